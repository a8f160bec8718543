package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// hear reads events until none comes, and writes their subjects; what was missed before one is a dash.
func hear(t *testing.T, r *Reader) (heard string, last string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for {
		m, err := r.Next(ctx)
		if errors.Is(err, context.Canceled) {
			return heard, last
		}
		if err != nil {
			t.Fatal(err)
		}
		if m.Missed {
			heard += "-"
		}
		heard, last = heard+m.Event.Subject, m.ID
	}
}

func say(b *Bus, subjects string) {
	for _, s := range subjects {
		b.Publish(Event{Type: StepPublished, Source: "/test", Subject: string(s)})
	}
}

func TestListenersGoOnWhereTheyWere(t *testing.T) {
	b := NewBus(4, nil)
	first := b.Listen("")
	say(b, "ab")
	heard, last := hear(t, first)
	if heard != "ab" {
		t.Fatalf("heard %q, want ab", heard)
	}
	for _, c := range []struct{ after, said, want string }{
		{last, "", ""},
		{last, "cd", "cd"},
		{last, "ef", "cdef"},
		{last, "", "cdef"},
		{last, "g", "-defg"}, // c is forgotten
		{"1", "", "-defg"},
		{"nonsense", "", "-defg"},
		{"", "h", "h"},
	} {
		r := b.Listen(c.after)
		say(b, c.said)
		if heard, _ := hear(t, r); heard != c.want {
			t.Errorf("after %q, said %q: heard %q, want %q", c.after, c.said, heard, c.want)
		}
	}
}

func TestAListenerOfAnotherLifeIsToldOfAGap(t *testing.T) {
	b := NewBus(4, nil)
	r := b.Listen("17")
	say(b, "ab")
	if heard, _ := hear(t, r); heard != "-ab" {
		t.Errorf("heard %q, want -ab", heard)
	}
}

func TestASlowListenerIsToldOfAGap(t *testing.T) {
	b := NewBus(3, nil)
	r := b.Listen("")
	say(b, "abcdefgh")
	if heard, _ := hear(t, r); heard != "-fgh" {
		t.Errorf("heard %q, want -fgh", heard)
	}
}

func TestIdentitiesRiseAcrossRestartsAndAtOneTime(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	b := NewBus(10, clock)
	one, two := b.Publish(Event{}), b.Publish(Event{ID: "mine"})
	three := b.Publish(Event{})
	if one.ID >= three.ID || two.ID != "mine" || !one.Time.Equal(now) {
		t.Errorf("identities %s, %s, %s at %v", one.ID, two.ID, three.ID, one.Time)
	}
	now = now.Add(time.Second)
	if later := NewBus(10, clock).Publish(Event{}); later.ID <= three.ID {
		t.Errorf("after a restart: %s, want more than %s", later.ID, three.ID)
	}
}

func TestManyListenWhileManyPublish(t *testing.T) {
	const speakers, each = 4, 200
	b := NewBus(speakers*each, nil)
	var all sync.WaitGroup
	for range 4 {
		r := b.Listen("")
		all.Go(func() {
			seen := map[string]bool{}
			for len(seen) < speakers*each {
				m, err := r.Next(t.Context())
				if err != nil || m.Missed || seen[m.Event.Subject] {
					t.Errorf("%v, %v after %d events", m, err, len(seen))
					return
				}
				seen[m.Event.Subject] = true
			}
		})
	}
	for s := range speakers {
		all.Go(func() {
			for i := range each {
				b.Publish(Event{Subject: fmt.Sprint(s, "/", i)})
			}
		})
	}
	all.Wait()
}

func TestAnEventIsACloudEvent(t *testing.T) {
	e := Event{ID: "7", Type: AlertFired, Source: "/alerts/storm", Time: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC), Data: json.RawMessage(`{"value":17}`)}
	body, err := e.CloudEvent()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"specversion":"1.0","id":"7","type":"org.isobar.alert.fired","source":"/alerts/storm","time":"2026-11-24T06:00:00Z",` +
		`"data":{"value":17},"datacontenttype":"application/json"}`
	if string(body) != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
}
