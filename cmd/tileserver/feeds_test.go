package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"isobar/cmd/tileserver/samples"
	"isobar/events"
	"isobar/events/webhook"
	"isobar/test/upstream"
)

// ownModel is a model of one's own, in one file: what it is, and where it is fetched. %s is the provider's address.
const ownModel = `
families:
  - id: mine
    title: Mine
    attribution: The makers of Mine
    licence: CC BY 4.0
    from: [{centre: [7], process: [81, 96], grid: ["latlon:144x73:*"]}]
    grids: [{id: mine-2p5, title: Mine 2.5°, grid: "latlon:144x73:0,-90,357.5,90"}]
feeds:
  - model: mine-2p5
    kind: index
    settings: {url: "%s/noaa/gfs.{run:20060102}/{run:15}/atmos/gfs.t{run:15}z.pgrb2.2p50.f{step:3}"}
    runs: {every: 6h, delay: 3h, poll: 1s, look: 1}
    steps: [{from: 0h, to: 6h, every: 3h}]
    elements: [{names: {var: TMP, level: "500 mb|850 mb"}}]
`

// playing starts a provider whose runs are all there, and writes ownModel into a folder of rows.
func playing(t *testing.T) (rows string) {
	t.Helper()
	pool, err := upstream.Embedded(samples.Files)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(upstream.New(pool, upstream.Options{Delay: 3 * time.Hour, Keep: 48 * time.Hour}))
	t.Cleanup(h.Close)
	rows = t.TempDir()
	writeFile(t, filepath.Join(rows, "mine.yaml"), fmt.Appendf(nil, ownModel, h.URL))
	return rows
}

func TestAModelIsAddedByOneFile(t *testing.T) {
	rows := playing(t)
	s := start(t, "serve", "--data", filepath.Join(t.TempDir(), "data"), "--models", rows+",mine-2p5")
	until(t, "a model that a file adds is served", func() bool { return s.layers(t)["mine-2p5.t"] })
	until(t, "its run is complete", func() bool {
		_, body := s.fetch(t, "/status")
		return strings.Contains(body, `"model":"mine-2p5"`) && strings.Contains(body, `"done":3`)
	})
	_, capabilities := s.fetch(t, "/wms?SERVICE=WMS&REQUEST=GetCapabilities")
	for _, want := range []string{"Mine 2.5°", "The makers of Mine"} {
		if !strings.Contains(capabilities, want) {
			t.Errorf("capabilities do not say %q", want)
		}
	}
	if status, body := s.fetch(t, "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=mine-2p5.t&CRS=CRS:84&BBOX=-180,-90,180,90&WIDTH=64&HEIGHT=32&FORMAT=image/png"); status != 200 {
		t.Errorf("a map of it: %d %.200s", status, body)
	}
	status, out, _ := call("models", "--models", rows)
	if status != 0 || !strings.Contains(out, "mine-2p5") {
		t.Errorf("tileserver models: status %d, %s", status, out)
	}
}

// hears listens to a server's events.
func (s *server) hears(t *testing.T) *lines {
	t.Helper()
	resp, err := http.Get(s.url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	heard := &lines{}
	go func() {
		for scan := bufio.NewScanner(resp.Body); scan.Scan(); {
			heard.add(scan.Text())
		}
	}()
	return heard
}

// receiver takes webhooks.
type receiver struct {
	mu     sync.Mutex
	events []events.Event
	wrong  []string // what was wrong with messages
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	var e events.Event
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil || json.Unmarshal(body, &e) != nil || q.Header.Get("Content-Type") != events.ContentType {
		r.wrong = append(r.wrong, string(body))
	}
	if want := webhook.Sign("of the test", q.Header.Get(webhook.IDHeader), q.Header.Get(webhook.TimeHeader), body); q.Header.Get(webhook.SignatureHeader) != want {
		r.wrong = append(r.wrong, "signature "+q.Header.Get(webhook.SignatureHeader))
	}
	r.events = append(r.events, e)
}

var metricsLine = regexp.MustCompile(`msg=metrics url=(\S+)`)

// TestListenersHearOfFeedsBesideTheServer has one program fetch and another serve the same folder: clients of the second hear of steps and
// runs, whoever was configured gets a webhook, and the metrics and the status page tell how the feed does.
func TestListenersHearOfFeedsBesideTheServer(t *testing.T) {
	hooks := &receiver{}
	to := httptest.NewServer(hooks)
	defer to.Close()
	rows, dir := playing(t), t.TempDir()
	data, conf := filepath.Join(dir, "data"), filepath.Join(dir, "config.yaml")
	t.Setenv("HOOK_SECRET", "of the test")
	writeFile(t, conf, fmt.Appendf(nil, "rows: {models: %q}\nmetrics: 127.0.0.1:0\ncallbacks: [127.0.0.1]\nfeeds: {webhooks: [{url: %q, secret: \"${HOOK_SECRET}\", types: [org.isobar.run.complete], models: [\"mine-*\"]}]}\n", rows, to.URL))
	s := start(t, "serve", "--data", data, "--config", conf)
	heard := s.hears(t)
	if status, _, errs := call("status", "--data", data); status != 1 {
		t.Errorf("where no feed has worked the status is %d: %s", status, errs)
	}
	status, out, errs := call("ingest", "--data", data, "--models", rows+",mine-2p5", "--once")
	if status != 0 || !strings.Contains(out, "3 of 3 files, 6 fields") {
		t.Fatalf("ingest: status %d, %s%s", status, out, errs)
	}
	until(t, "the run's end is heard", func() bool { return strings.Contains(heard.String(), "event: "+events.RunComplete) })
	until(t, "three steps are heard", func() bool { return strings.Count(heard.String(), "event: "+events.StepPublished) == 3 })
	until(t, "the webhook is called", func() bool {
		hooks.mu.Lock()
		defer hooks.mu.Unlock()
		return len(hooks.events) > 0
	})
	hooks.mu.Lock()
	if e := hooks.events[0]; len(hooks.events) != 1 || len(hooks.wrong) > 0 || e.Type != events.RunComplete || e.Source != "/collections/mine-2p5" {
		t.Errorf("the webhook got %+v; wrong: %q", hooks.events, hooks.wrong)
	}
	hooks.mu.Unlock()
	if status, out, _ := call("status", "--data", data); status != 0 || !strings.Contains(out, "3 of 3") {
		t.Errorf("tileserver status: %d\n%s", status, out)
	}
	s.url = strings.TrimSuffix(metricsLine.FindStringSubmatch(s.log.String())[1], "/metrics")
	_, metrics := s.fetch(t, "/metrics")
	for _, want := range []string{`isobar_feed_fields_total{model="mine-2p5"} 6`, `isobar_feed_age_seconds{model="mine-2p5"} `, `isobar_feed_late_seconds{model="mine-2p5"} 0`, `isobar_feed_failures_total{model="mine-2p5"} 0`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

func TestEventsAreDescribed(t *testing.T) {
	s := start(t, "serve", "--data", filepath.Join(t.TempDir(), "data"))
	status, body := s.fetch(t, "/asyncapi")
	var doc struct {
		AsyncAPI   string
		Servers    map[string]struct{ Host, Protocol string }
		Channels   map[string]struct{ Address string }
		Operations map[string]struct {
			Action   string
			Messages []struct {
				Ref string `json:"$ref"`
			}
		}
		Components struct {
			Messages map[string]struct{ Name string }
		}
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil || status != 200 {
		t.Fatalf("%d %v: %s", status, err, body)
	}
	if doc.AsyncAPI != "3.0.0" || "http://"+doc.Servers["here"].Host != s.url || doc.Channels["events"].Address != "/events" || doc.Operations["tell"].Action != "send" {
		t.Errorf("the description is %+v", doc)
	}
	for _, m := range doc.Operations["tell"].Messages {
		name := strings.TrimPrefix(m.Ref, "#/channels/events/messages/")
		if doc.Components.Messages[name].Name == "" {
			t.Errorf("%s leads nowhere", m.Ref)
		}
	}
	if _, landing := s.fetch(t, "/?f=json"); !strings.Contains(landing, "/asyncapi") {
		t.Error("the landing page has no link to it")
	}
}

func TestBadFeedSettingsAreToldAtTheStart(t *testing.T) {
	rows := playing(t)
	for _, c := range []struct{ name, config, want string }{
		{"a model without a feed", "feeds: {models: [nope]}", `no row says where "nope" is fetched`},
		{"a host that may not be called", "feeds: {webhooks: [{url: 'https://elsewhere.example/x'}]}", "feeds.webhooks[0].url"},
		{"an event that is not there", "callbacks: ['*']\nfeeds: {webhooks: [{url: 'https://a.example/x', types: [rain]}]}", `feeds.webhooks[0].types: "rain"`},
		{"a key that is not there", "feeds: {parallels: 3}", `unknown field "parallels"`},
	} {
		conf := filepath.Join(t.TempDir(), "config.yaml")
		writeFile(t, conf, []byte("rows: {models: '"+rows+"'}\n"+c.config+"\n"))
		status, _, errs := call("serve", "--config", conf, "--data", filepath.Join(t.TempDir(), "data"), "--listen", "127.0.0.1:0")
		if status == 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d, %s; want %q", c.name, status, errs, c.want)
		}
	}
}
