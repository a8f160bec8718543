package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"isobar/internal/mongodb"
)

// The databases of the test, and the token of those who write.
const (
	fieldsDatabase  = "isobar_test_scale_fields"
	recordsDatabase = "isobar_test_scale"
	token           = "of-the-test"
)

// house is the servers, ingesters and gateway over one database.
type house struct {
	work      string
	uri       string
	database  *process // nil: it is not ours, and not killed
	servers   []*process
	ingesters []*process
	gateway   *process
	gate      string // address of the gateway
	incoming  string // folder of the ingesters
	client    *mongodb.Client
}

// all is what is killed.
func (h *house) all() []*process {
	all := append(append([]*process{h.gateway}, h.servers...), h.ingesters...)
	if h.database != nil {
		all = append(all, h.database)
	}
	return all
}

// newHouse writes the configurations. ferret is the program of a database; else uri names one.
func newHouse(o options, work, ferret, uri, provider string, runs int) (*house, error) {
	h := &house{work: work, uri: uri, incoming: filepath.Join(work, "incoming")}
	rowsFolder := filepath.Join(work, "rows")
	for _, folder := range []string{h.incoming, rowsFolder} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(rowsFolder, "rows.yaml"), fmt.Appendf(nil, rows, provider, runs+3), 0o644); err != nil {
		return nil, err
	}
	var err error
	if ferret != "" {
		address := fmt.Sprintf("127.0.0.1:%d", freePort())
		h.uri = "mongodb://" + address + "/"
		if h.database, err = h.process("database", address, nil, ferret, address, filepath.Join(work, "database")); err != nil {
			return nil, err
		}
	}
	if h.client, err = mongodb.Connect(mongodb.Options{URI: h.uri}); err != nil {
		return nil, err
	}
	env := []string{"ISOBAR_MONGODB_URI=" + strings.TrimRight(h.uri, "/") + "/" + recordsDatabase}
	for n := range 3 {
		address := fmt.Sprintf("127.0.0.1:%d", freePort())
		config := h.file(fmt.Sprintf("server-%d.yaml", n), fmt.Sprintf(storeConfig, rowsFolder, fieldsDatabase, recordsDatabase)+fmt.Sprintf(serverConfig, address, token))
		p, err := h.process(fmt.Sprintf("server %d", n+1), "http://"+address+"/readyz", env, o.program, "serve", "--config", config, "--data", filepath.Join(work, fmt.Sprintf("server-%d", n)), "--listen", address)
		if err != nil {
			return nil, err
		}
		h.servers = append(h.servers, p)
	}
	for n := range 2 {
		config := h.file(fmt.Sprintf("ingester-%d.yaml", n), fmt.Sprintf(storeConfig, rowsFolder, fieldsDatabase, recordsDatabase))
		p, err := h.process(fmt.Sprintf("ingester %d", n+1), "", env, o.program, "ingest", h.incoming, "--config", config, "--data", filepath.Join(work, fmt.Sprintf("ingester-%d", n)), "--models", fetched)
		if err != nil {
			return nil, err
		}
		h.ingesters = append(h.ingesters, p)
	}
	address := fmt.Sprintf("127.0.0.1:%d", freePort())
	h.gate = "http://" + address
	h.gateway, err = h.process("gateway", h.gate+"/readyz", env, o.program, "gateway", "--config", h.file("gateway.yaml", fmt.Sprintf(gatewayConfig, address)))
	return h, err
}

// storeConfig is for servers and ingesters, serverConfig for servers, gatewayConfig for the gateway.
const (
	storeConfig = `rows: {models: %q}
store: {kind: mongo, database: %s, records: %s}
`
	serverConfig = `trusted_proxies: [127.0.0.0/8]
instance: {url: "http://%s", every: 1s}
auth: {tokens: [%s]}
callbacks: [127.0.0.1]
`
	gatewayConfig = `listen: %s
instances: {records: mongodb, refresh: 1s, probe: 500ms}
`
)

// file writes a file of the working folder, and gives its path.
func (h *house) file(name, text string) string {
	path := filepath.Join(h.work, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		panic(err) // a folder of our own
	}
	return path
}

func (h *house) process(name, probe string, env []string, command ...string) (*process, error) {
	log, err := os.Create(filepath.Join(h.work, strings.ReplaceAll(name, " ", "-")+".log"))
	if err != nil {
		return nil, err
	}
	return &process{name: name, command: command, env: env, log: log, probe: probe, rest: 300 * time.Millisecond}, nil
}

// begin starts everything, the database first.
func (h *house) begin() error {
	if h.database != nil {
		if err := h.database.begin(); err != nil {
			return err
		}
		if !h.database.awake(time.Minute) {
			return fmt.Errorf("the database does not start: see %s", h.database.log.Name())
		}
	}
	for _, p := range h.all() {
		if p == h.database {
			continue
		}
		if err := p.begin(); err != nil {
			return err
		}
	}
	for _, p := range append([]*process{h.gateway}, h.servers...) {
		if !p.awake(time.Minute) {
			return fmt.Errorf("%s is not ready: see %s", p.name, p.log.Name())
		}
	}
	return nil
}

// end stops everything, the database last.
func (h *house) end() {
	for _, p := range h.all() {
		if p != h.database {
			p.stop()
		}
	}
	if h.database != nil {
		h.database.stop()
	}
}

// unavailable is how long the database was away since a moment, in all.
func (h *house) unavailable(since time.Time) time.Duration {
	if h.database == nil {
		return 0
	}
	return h.database.down(since)
}

// quiet is a single server over a local store, that nobody disturbs: what is right.
type quiet struct {
	*process
	base, data string
}

// newQuiet starts a server of files, and waits until it serves all of them.
func newQuiet(o options, work, rowsFolder, files string) (*quiet, error) {
	address := fmt.Sprintf("127.0.0.1:%d", freePort())
	h := &house{work: work}
	config := h.file("quiet.yaml", fmt.Sprintf("rows: {models: %q}\ntrusted_proxies: [127.0.0.0/8]\nauth: {tokens: [%s]}\n", rowsFolder, token))
	q := &quiet{base: "http://" + address, data: filepath.Join(work, "data")}
	var err error
	if q.process, err = h.process("quiet", q.base+"/readyz", nil, o.program, "serve", files, "--config", config, "--data", q.data, "--listen", address); err != nil {
		return nil, err
	}
	if err := q.begin(); err != nil {
		return nil, err
	}
	if !q.awake(2 * time.Minute) {
		return nil, fmt.Errorf("the quiet server is not ready: see %s", q.log.Name())
	}
	return q, nil
}

// through makes a request look to a server as if it came through the gateway.
func (h *house) through(r *http.Request) {
	r.Header.Set("X-Forwarded-Host", strings.TrimPrefix(h.gate, "http://"))
	r.Header.Set("X-Forwarded-Proto", "http")
	r.Header.Set("X-Forwarded-For", "127.0.0.1")
}
