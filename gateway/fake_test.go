package gateway

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// server is a stand-in for an instance: it has collections, and says its name.
type server struct {
	*httptest.Server
	name     string
	ids      []string
	asked    atomic.Int64 // requests but those of the gateway itself
	fresh    atomic.Int64 // lists that were sent whole
	ready    atomic.Bool
	last     atomic.Pointer[http.Request]
	override func(w http.ResponseWriter, r *http.Request) bool
}

func startServer(t *testing.T, name string, ids ...string) *server {
	t.Helper()
	s := &server{name: name, ids: ids}
	s.ready.Store(true)
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// ServeHTTP answers as an instance does.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/readyz" {
		if !s.ready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return
	}
	if r.UserAgent() != "isobar-gateway" {
		s.asked.Add(1)
		s.last.Store(r)
	}
	if s.override != nil && s.override(w, r) {
		return
	}
	base := "http://" + r.Host
	if h := r.Header.Get("X-Forwarded-Host"); h != "" {
		base = r.Header.Get("X-Forwarded-Proto") + "://" + h + r.Header.Get("X-Forwarded-Prefix")
	}
	switch {
	case r.URL.Path == "/collections":
		etag := `W/"` + strings.Join(s.ids, "-") + base + `"`
		w.Header().Set("ETag", etag)
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		s.fresh.Add(1)
		list := make([]string, len(s.ids))
		for i, id := range s.ids {
			list[i] = fmt.Sprintf(`{"id":%q,"links":[{"href":"%s/collections/%s"}]}`, id, base, id)
		}
		fmt.Fprintf(w, `{"links":[{"href":"%s/collections","rel":"self"}],"collections":[%s]}`, base, strings.Join(list, ","))
	case r.URL.Path == "/wms" && strings.EqualFold(r.URL.Query().Get("request"), "GetCapabilities"):
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, wmsOf(base, s.ids...))
	default:
		w.Header().Set("X-Server", s.name)
		fmt.Fprintf(w, "%s %s", s.name, r.URL.RequestURI())
	}
}

// wmsOf is capabilities of layers.
func wmsOf(base string, ids ...string) string {
	models := map[string]string{}
	var order []string
	for _, id := range ids {
		model, _, layer := strings.Cut(id, ".")
		if !layer {
			continue
		}
		if models[model] == "" {
			order = append(order, model)
		}
		models[model] += "<Layer><Name>" + id + "</Name><Title>x > y</Title></Layer>"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0"?><WMS_Capabilities version="1.3.0" updateSequence="%d"><Capability><Request href="%s/wms?"/><Layer><Title>All</Title>`, len(ids), base)
	for _, m := range order {
		b.WriteString("<Layer><Title>" + m + "</Title>" + models[m] + "</Layer>")
	}
	b.WriteString("</Layer></Capability></WMS_Capabilities>")
	return b.String()
}

// open starts a gateway and waits until it knows all instances that are ready.
func open(t *testing.T, change func(*Config, *Options), servers ...*server) (*httptest.Server, *Gateway) {
	t.Helper()
	c, o := Defaults(), Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	c.Instances.Probe, c.Instances.Refresh = 100*time.Millisecond, 100*time.Millisecond
	for _, s := range servers {
		c.Instances.Static = append(c.Instances.Static, s.URL)
	}
	if change != nil {
		change(&c, &o)
	}
	g, err := New(c, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); g.Run(ctx) }()
	h := httptest.NewServer(g)
	t.Cleanup(func() { h.Close(); cancel(); <-done })
	until(t, "the instances are found", func() bool {
		v := g.pool.view.Load()
		n := 0
		for _, s := range servers {
			if s.ready.Load() {
				n++
			}
		}
		return v.up() >= n
	})
	return h, g
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("not within five seconds: %s", what)
}

// get asks, and gives the answer with its body.
func get(t *testing.T, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, r, headers...)
}

func do(t *testing.T, r *http.Request, headers ...string) (*http.Response, string) {
	t.Helper()
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: noRedirect, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s: %v", r.URL, err)
	}
	return res, string(body)
}
