package sse

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isobar/events"
)

// listen asks for events and gives the lines of the answer.
func listen(t *testing.T, bus *events.Bus, o Options, after string) (next func() string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := Serve(w, r, bus, o); err != nil && r.Context().Err() == nil {
			t.Error(err)
		}
	}))
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(server.Close)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("type %q", got)
	}
	t.Cleanup(func() { response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	return func() string { // one block
		var block []string
		for lines.Scan() && lines.Text() != "" {
			block = append(block, lines.Text())
		}
		return strings.Join(block, "\n")
	}
}

func TestEventsAreStreamedAndResumed(t *testing.T) {
	at := time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)
	bus := events.NewBus(2, func() time.Time { return at })
	next := listen(t, bus, Options{Want: func(e *events.Event) bool { return e.Subject != "no" }}, "")
	next() // hello: it listens
	bus.Publish(events.Event{ID: "e1", Type: events.StepPublished, Source: "/collections/gfs"})
	bus.Publish(events.Event{Subject: "no"})
	want := "id: 1795500000000000\nevent: org.isobar.step.published\n" +
		`data: {"specversion":"1.0","id":"e1","type":"org.isobar.step.published","source":"/collections/gfs","time":"2026-11-24T06:00:00Z"}`
	if got := next(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	bus.Publish(events.Event{Type: "three"})
	if got := next(); !strings.Contains(got, "three") || strings.Contains(got, "gap") {
		t.Errorf("got %q", got)
	}
	resumed := listen(t, bus, Options{}, "1795500000000001")
	resumed()
	if got := resumed(); !strings.Contains(got, "three") {
		t.Errorf("resumed: %q, want the third event", got)
	}
	late := listen(t, bus, Options{}, "1795500000000000")
	late()
	if got := late(); strings.Contains(got, "event: gap") {
		t.Errorf("nothing is missed after the first: %q", got)
	}
	lost := listen(t, bus, Options{}, "7")
	lost()
	if got := lost(); !strings.HasPrefix(got, "event: gap\ndata: {}") {
		t.Errorf("after a forgotten message: %q, want a gap", got)
	}
}

func TestASilentStreamHasAHeart(t *testing.T) {
	next := listen(t, events.NewBus(2, nil), Options{Heartbeat: time.Millisecond}, "")
	next()
	for range 2 {
		if got := next(); got != ": still here" {
			t.Errorf("got %q", got)
		}
	}
}
