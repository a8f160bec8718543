package main

import (
	"encoding/json"
	"io"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"isobar/gateway"
	"isobar/ingest"
)

func TestAServerTellsGatewaysOfItself(t *testing.T) {
	conf := defaults()
	conf.Listen, conf.Data = "127.0.0.1:0", t.TempDir()
	conf.Instance = instanceConfig{URL: "http://10.0.0.3:8080", Every: time.Second}
	in := t.TempDir()
	sampleFiles(t, in, "hrrr")
	h, err := newHouse(&environment{ctx: t.Context(), stdout: io.Discard, stderr: io.Discard, log: newLog(io.Discard, 0, "text")}, conf)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { h.listener.Close(); h.close() }()
	go h.catalogue.Run(t.Context())
	if _, err := h.intake.Paths(t.Context(), []string{in}, func(ingest.Progress) {}); err != nil {
		t.Fatal(err)
	}
	if err := h.caughtUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	go h.heartbeat(t.Context())
	if _, err := h.keeping.store.Get(t.Context(), gateway.Kind, conf.Instance.URL); err == nil {
		t.Error("it tells of itself before it is ready")
	}
	h.ready.Store(true)
	until(t, "the records tell of the server", func() bool {
		d, err := h.keeping.store.Get(t.Context(), gateway.Kind, conf.Instance.URL)
		var one gateway.Instance
		return err == nil && json.Unmarshal(d.Body, &one) == nil && slices.Equal(one.Models, []string{"hrrr"}) && !one.Seen.IsZero() && time.Until(d.Expires) > time.Second
	})
}

func TestLinksFollowWhatATrustedProxySays(t *testing.T) {
	h := &house{conf: config{TrustedProxies: []string{"10.0.0.0/8"}}}
	for name, c := range map[string]struct {
		from    string
		headers []string
		want    string
	}{
		"nobody is trusted":  {"192.0.2.1:5", []string{"Forwarded", "proto=https;host=evil.example"}, "http://example.com"},
		"Forwarded":          {"10.0.0.1:5", []string{"Forwarded", `for=192.0.2.1;proto=https;host="maps.example.org:8443", for=10.0.0.9`}, "https://maps.example.org:8443"},
		"X-Forwarded":        {"10.0.0.1:5", []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "maps.example.org", "X-Forwarded-Prefix", "/weather/"}, "https://maps.example.org/weather"},
		"Forwarded and path": {"10.0.0.1:5", []string{"Forwarded", "host=maps.example.org;proto=https", "X-Forwarded-Prefix", "/weather"}, "https://maps.example.org/weather"},
	} {
		r := httptest.NewRequest("GET", "http://example.com/", nil)
		r.RemoteAddr = c.from
		for i := 0; i < len(c.headers); i += 2 {
			r.Header.Set(c.headers[i], c.headers[i+1])
		}
		if got := h.baseURL(r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
