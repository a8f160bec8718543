package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spatial/geom"

	"isobar/events"
	"isobar/events/webhook"
	"isobar/feature"
	"isobar/records"
)

// storm is an alert at two places.
func storm() Alert {
	return Alert{ID: "storm", Title: "Storm", Expression: "speed(u10, v10) > 15", Model: "m", Features: places()}
}

func alerts(t testing.TB, h *house, at float64, list ...Alert) *Alerts {
	t.Helper()
	s := NewAlerts(h.options(at))
	for _, d := range list {
		if _, err := s.Create(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func state(t testing.TB, s *Alerts, id string) State {
	t.Helper()
	st, err := s.State(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// wind is lines of u10 (v10 is 0) from an hour on.
func wind(from int, speeds ...float64) (lines []string) {
	for i, v := range speeds {
		lines = append(lines, fmt.Sprintf("u10 %d %g", from+i, v), fmt.Sprintf("v10 %d 0", from+i))
	}
	return lines
}

func TestAlertFiresAndClears(t *testing.T) {
	h := build(t)
	h.put(t, 0, wind(0, 20, 10, 10, 10)...) // 20 is past
	s := alerts(t, h, 1, storm())
	run(t, s)
	heard := h.bus.Listen("")
	until(t, "looked at", func() bool { return !state(t, s, "storm").Checked.IsZero() })
	if st := state(t, s, "storm"); st.Active || st.Fired != 0 {
		t.Fatalf("with 10 m/s: %+v", st)
	}
	h.put(t, 1, wind(2, 16, 18)...)
	until(t, "active", func() bool { return state(t, s, "storm").Active })
	st := state(t, s, "storm")
	if st.First.Place != "A" || st.First.Time != run0+2*hour || *st.First.Value != 16 || *st.Extreme.Value != 18 || st.Extreme.Time != run0+3*hour || st.Fired != 1 {
		t.Errorf("active: %+v, first %+v, extreme %+v", st, st.First, st.Extreme)
	}
	h.put(t, 2, wind(3, 30)...)
	until(t, "worse", func() bool { return *state(t, s, "storm").Extreme.Value == 30 })
	h.put(t, 3, wind(2, 5, 5, 5)...)
	until(t, "over", func() bool { return !state(t, s, "storm").Active })
	if st := state(t, s, "storm"); st.Fired != 1 || len(st.History) != 2 || !st.History[0].Active || st.History[1].Active {
		t.Errorf("over: %+v", st)
	}
	for _, want := range []string{events.AlertFired, events.AlertCleared} {
		m, err := heard.Next(t.Context())
		if err != nil || m.Event.Type != want {
			t.Errorf("heard %s, %v, want %s", m.Event.Type, err, want)
		}
	}
}

// TestAlertRules tries conditions against winds from hour 1 on, one arrival after the other: 'f' is active, '-' is not.
func TestAlertRules(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(a *Alert)
		winds  [][]float64
		want   string
	}{
		{"any time of the window", func(a *Alert) {}, [][]float64{{10, 16, 10}, {10, 15, 10}, {16}}, "f-f"},
		{"for two hours", func(a *Alert) { a.For = 2 * time.Hour }, [][]float64{{16, 16, 10, 16}, {10, 16, 16, 16}, {10, 16, 10, 16}}, "-f-"},
		{"hysteresis", func(a *Alert) { a.Clear = "speed(u10, v10) < 12" }, [][]float64{{14, 14}, {10, 16}, {10, 14}, {10, 11}, {14, 14}}, "-ff--"},
		{"least is worst", func(a *Alert) { a.Expression = "u10 < 3" }, [][]float64{{4, 4}, {4, 1}}, "-f"},
		{"not beyond the window", func(a *Alert) { a.End = time.Hour }, [][]float64{{10, 10, 20}, {10, 20, 20}}, "-f"},
		{"in an area", func(a *Alert) {
			a.Features, a.Area = nil, geom.Polygon{{{-5, 40}, {25, 40}, {25, 60}, {-5, 60}}}
		}, [][]float64{{10}, {16}}, "-f"},
		{"in an area smaller than a cell", func(a *Alert) {
			a.Features, a.Area = nil, geom.Polygon{{{2, 48}, {3, 48}, {3, 49}}}
		}, [][]float64{{10}, {16}}, "-f"},
	} {
		h := build(t)
		h.put(t, 0, wind(1, 0)...)
		a := storm()
		c.change(&a)
		s := alerts(t, h, 1, a)
		got := ""
		for i, winds := range c.winds {
			h.put(t, 0, wind(1, winds...)...)
			h.put(t, -1-3*1, wind(-24, float64(i))...) // a run of long ago, which changes nothing
			if err := s.work(t.Context()); err != nil {
				t.Fatal(err)
			}
			got += map[bool]string{true: "f", false: "-"}[state(t, s, "storm").Active]
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAlertTellsItsTrouble(t *testing.T) {
	h := build(t)
	h.put(t, 0, wind(1, 20)...)
	s := alerts(t, h, 200) // long after
	if err := s.Ensure(t.Context(), storm()); err != nil {
		t.Fatal(err)
	}
	other := storm()
	other.ID, other.Model = "other", "nope"
	if err := s.Ensure(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if err := s.work(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"storm": "no time", "other": "nope"} {
		if st := state(t, s, id); !strings.Contains(st.Trouble, want) || st.Active {
			t.Errorf("%s: %+v, want the trouble %q", id, st, want)
		}
	}
}

func TestAlertsAreFeatures(t *testing.T) {
	h := build(t)
	h.put(t, 0, wind(1, 20)...)
	area := storm()
	area.ID, area.Features, area.Area = "area", nil, geom.Polygon{{{-5, 40}, {25, 40}, {25, 60}, {-5, 60}, {-5, 40}}}
	area.Webhooks = nil
	s := alerts(t, h, 1, storm(), area)
	if err := s.work(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := s.Query(t.Context(), feature.Query{Filter: func(f *feature.Feature) bool { v, _ := f.Property("active"); return v == true }})
	if err != nil || page.Matched != 2 {
		t.Fatalf("%d alerts are active, %v, want 2", page.Matched, err)
	}
	f, err := s.Feature(t.Context(), "storm")
	text := string(feature.Form{}.Append(nil, &f))
	for _, want := range []string{`"type":"MultiPoint"`, `"firstPlace":"A"`, `"extreme":20`, `"firstTime":"` + (run0 + hour).String()} {
		if !strings.Contains(text, want) {
			t.Errorf("the alert is %s, %v, without %s", text, err, want)
		}
	}
	if err := s.Delete(t.Context(), "storm"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Feature(t.Context(), "storm"); !errors.Is(err, feature.ErrNotFound) {
		t.Errorf("after Delete: %v, want %v", err, feature.ErrNotFound)
	}
	if _, err := s.Create(t.Context(), area); !errors.Is(err, feature.ErrExists) {
		t.Errorf("Create again: %v, want %v", err, feature.ErrExists)
	}
}

func TestAlertsThatAreWrongNameTheMember(t *testing.T) {
	h := build(t)
	h.put(t, 0, wind(1, 20)...)
	o := h.options(1)
	o.Sender = webhook.New(webhook.Options{Store: h.records, Hosts: webhook.Hosts{"hooks.example.com"}})
	s := NewAlerts(o)
	for member, change := range map[string]func(a *Alert){
		"id":              func(a *Alert) { a.ID = "" + strings.Repeat("x", 65) },
		"expression":      func(a *Alert) { a.Expression = "speed(u10" },
		"expression ":     func(a *Alert) { a.Expression = "nope > 1" },
		"clear":           func(a *Alert) { a.Clear = "u10 <" },
		"levels.t":        func(a *Alert) { a.Levels = map[string]float64{"t": 1} },
		"features":        func(a *Alert) { a.Features = nil },
		"features[1].id":  func(a *Alert) { a.Features[1].ID = "A" },
		"area":            func(a *Alert) { a.Features, a.Area = nil, geom.Point{1, 2} },
		"window":          func(a *Alert) { a.Start, a.End = time.Hour, -time.Hour },
		"for":             func(a *Alert) { a.For = 48 * time.Hour },
		"webhooks[0].url": func(a *Alert) { a.Webhooks = []Webhook{{URL: "https://example.com"}} },
		"expires":         func(a *Alert) { a.Expires = clock(0) },
	} {
		a := storm()
		change(&a)
		_, err := s.Create(t.Context(), a)
		var wrong *MemberError
		if !errors.As(err, &wrong) || wrong.Member != strings.TrimSpace(member) {
			t.Errorf("%s: error %v, want a MemberError of it", member, err)
		}
	}
}

// TestAlertKilledAtAnyWriteFiresOnce lets processes die at their n-th write while an alert fires and clears; who is told is told each
// once.
func TestAlertKilledAtAnyWriteFiresOnce(t *testing.T) {
	var mu sync.Mutex
	var told []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e events.Event
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &e); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		mu.Lock()
		defer mu.Unlock()
		told = append(told, e.Type)
	}))
	defer server.Close()
	for writes := range 9 {
		told = nil
		h := build(t)
		h.put(t, 0, wind(1, 20)...)
		both := func(ctx context.Context) { // one process: alerts, and their sender
			o := h.options(1)
			sender := webhook.New(webhook.Options{Store: h.records, Hosts: webhook.Hosts{"127.0.0.1"}, Holder: "test", First: time.Millisecond, Lease: o.Lease})
			o.Sender = sender
			var all sync.WaitGroup
			all.Go(func() { _ = sender.Run(ctx) })
			all.Go(func() { _ = NewAlerts(o).Run(ctx) })
			all.Wait()
		}
		a := storm()
		a.Webhooks = []Webhook{{URL: server.URL, Secret: "s"}}
		if err := NewAlerts(h.options(1)).Ensure(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		ctx, die := context.WithCancel(t.Context())
		h.dieAt(writes, die, stateKind, "outbox") // the note of a delivery apart: see webhook.Sender
		gone := make(chan struct{})
		go func() { defer close(gone); both(ctx) }()
		select {
		case <-gone:
		case <-time.After(400 * time.Millisecond):
		}
		die()
		<-gone
		h.records.Fail(nil)
		ctx, stop := context.WithCancel(t.Context())
		gone = make(chan struct{})
		go func() { defer close(gone); both(ctx) }()
		s := NewAlerts(h.options(1))
		until(t, "active", func() bool { return state(t, s, "storm").Active })
		h.put(t, 0, wind(1, 5)...)
		heard := func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(told) }
		until(t, "told", func() bool { return slices.Contains(heard(), events.AlertCleared) })
		until(t, "delivered", func() bool {
			for range h.records.List(t.Context(), "outbox", records.Range{}) {
				return false
			}
			return true
		})
		stop()
		<-gone
		if want := []string{events.AlertFired, events.AlertCleared}; !slices.Equal(heard(), want) {
			t.Errorf("killed at write %d: told %q, want %q", writes, heard(), want)
		}
	}
}
