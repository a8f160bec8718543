package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestStreamsAndAlertsOfTheConfigurationAreSetUpOnce starts a house again and again: what the configuration declares is made at first, left as
// it is when it is the same, and changed when it is not.
func TestStreamsAndAlertsOfTheConfigurationAreSetUpOnce(t *testing.T) {
	data, conf, hook := t.TempDir(), defaults(), ""
	places := filepath.Join(t.TempDir(), "places.geojson")
	writeFile(t, places, []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[-8.6,41.1]},"properties":{"course":270}}]}`))
	t.Setenv("HOOK_SECRET", "of the test")
	conf.Listen, conf.Data = "127.0.0.1:0", data
	file := filepath.Join(t.TempDir(), "c.yaml")
	look := func(text string) (stream, alert map[string]any) {
		t.Helper()
		writeFile(t, file, []byte(text))
		conf.Streams, conf.Alerts = nil, nil
		if err := readConfig(file, &conf); err != nil {
			t.Fatal(err)
		}
		if err := conf.check(); err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		h, err := newHouse(&environment{ctx: t.Context(), stdout: &log, stderr: &log, log: newLog(&log, 0, "text")}, conf)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { h.listener.Close(); h.close() }()
		if err := h.ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		kept, err := h.keeping.alerts.Get(t.Context(), "storm")
		if err != nil {
			t.Fatal(err)
		}
		hook = kept.Webhooks[0].Secret
		for path, to := range map[string]*map[string]any{"/streams/places": &stream, "/alerts/storm": &alert} {
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if err := json.Unmarshal(w.Body.Bytes(), to); err != nil || w.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", path, w.Code, w.Body)
			}
		}
		return stream, alert
	}
	row := "callbacks: [hooks.example.org]\nstreams:\n - {id: places, features: " + places + ", layers: [gfs-0p25.wd10], bearing_property: course, interpolation: nearest, keep: 48h}\n" +
		"alerts:\n - {id: storm, model: gfs-0p25, expression: ws10 > 20, clear: ws10 < 17, features: airports, end: 48h, for: 3h, webhooks: [{url: 'https://hooks.example.org/x', secret: '${HOOK_SECRET}'}]}\n"
	stream, alert := look(row)
	if stream["bearingProperty"] != "course" || stream["interpolation"] != "nearest" || stream["keep"] != 48.0 || stream["numberOfFeatures"] != 1.0 {
		t.Errorf("the stream is %v", stream)
	}
	if alert["clear"] != "ws10 < 17" || alert["end"] != 48.0 || alert["for"] != 3.0 || hook != "of the test" {
		t.Errorf("the alert is %v, its secret %q", alert, hook)
	}
	time.Sleep(2 * time.Millisecond)
	again, alertAgain := look(row)
	if again["created"] != stream["created"] || alertAgain["created"] != alert["created"] {
		t.Errorf("made anew: %v, %v", again["created"], alertAgain["created"])
	}
	other, changed := look(strings.Replace(row, "ws10 > 20", "ws10 > 25", 1))
	if changed["expression"] != "ws10 > 25" || changed["created"] != alert["created"] || other["created"] != stream["created"] {
		t.Errorf("after a change: %v, %v", other, changed)
	}
}
