package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"isobar/records"
	"isobar/records/bolt"
	"isobar/records/recordstest"
)

// clock is a time that a test sets.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) set(text string) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

func at(text string) *clock {
	c := &clock{}
	c.set(text)
	return c
}

func TestQuotasHoldByDayAndMonth(t *testing.T) {
	c := at("2026-11-25T23:00:00Z")
	q := NewQuotas([]Quota{
		{Who: "key:loader", Per: "day", Requests: 5}, {Who: "client:*", Per: "day", Requests: 3, Bytes: 1000}, {Who: "*", Per: "month", Requests: 7},
	}, nil, "a", c.now)
	take := func(who string, n int) (text string) {
		for range n {
			_, ok := q.Take(who)
			text += fmt.Sprint(ok)[:1]
		}
		return text
	}
	for _, one := range []struct {
		who  string
		n    int
		want string
	}{{"client:192.0.2.1", 4, "tttf"}, {"client:192.0.2.2", 1, "t"}, {"key:loader", 6, "tttttf"}, {"user:ada/b", 8, "tttttttf"}} {
		if got := take(one.who, one.n); got != one.want {
			t.Errorf("%s: %s, want %s", one.who, got, one.want)
		}
	}
	q.Spend("client:192.0.2.2", 999)
	if all, ok := q.Take("client:192.0.2.2"); !ok || all[0].Left != (Count{1, 1}) {
		t.Errorf("a byte before the end: %v %+v", ok, all)
	}
	q.Spend("client:192.0.2.2", 500)
	all, ok := q.Take("client:192.0.2.2")
	if ok || !all[0].Over() || all[1].Over() {
		t.Errorf("after too many bytes: %v %+v", ok, all)
	}
	h := http.Header{}
	Tell(h, all)
	for name, want := range map[string]string{
		"Retry-After":      "3600",
		"RateLimit-Policy": `"day";q=3;w=86400, "day-bytes";q=1000;qu="content-bytes";w=86400, "month";q=7;w=2592000`,
		"RateLimit":        `"day";r=1;t=3600, "day-bytes";r=0;t=3600, "month";r=5;t=435600`,
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	c.set("2026-11-26T00:00:00Z")
	if got := take("client:192.0.2.1", 4); got != "tttf" {
		t.Errorf("the next day: %s", got)
	}
	if got := take("client:192.0.2.1", 1) + take("key:loader", 3); got != "fttf" {
		t.Errorf("the month's goes on: %s", got)
	}
	c.set("2026-12-01T00:00:00Z")
	if got := take("key:loader", 6); got != "tttttf" {
		t.Errorf("the next month: %s", got)
	}
}

func TestQuotasOutliveTheProcess(t *testing.T) {
	c, file := at("2026-11-25T12:00:00Z"), filepath.Join(t.TempDir(), "r.db")
	rows := []Quota{{Who: "*", Per: "day", Requests: 10, Bytes: 100}, {Who: "*", Per: "month", Requests: 1000}}
	for life := range 3 {
		store, err := bolt.Open(file, bolt.Options{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		q := NewQuotas(rows, store, "serve", c.now)
		if life == 0 {
			q.Take("key:early") // before it has read what was there
		}
		if err := q.Share(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, ok := q.Take("client:a")
		if want := int64(9 - 3*life); !ok || all[0].Left.Requests != want {
			t.Errorf("life %d: %v, %d left, want %d", life, ok, all[0].Left.Requests, want)
		}
		q.Take("client:a")
		q.Take("client:a")
		q.Spend("client:a", 20)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- q.Run(ctx, slog.New(slog.DiscardHandler)) }()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServersShareQuotas(t *testing.T) {
	c, store := at("2026-11-25T12:00:00Z"), recordstest.New()
	rows := []Quota{{Who: "*", Per: "day", Requests: 10}}
	a, b := NewQuotas(rows, store, "host/1/x", c.now), NewQuotas(rows, store, "host/2/y", c.now)
	for range 6 {
		a.Take("user:ada")
	}
	share := func() {
		for range 2 {
			for _, q := range []*Quotas{a, b} {
				if err := q.Share(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	share()
	if all, ok := b.Take("user:ada"); !ok || all[0].Left.Requests != 3 {
		t.Errorf("what another server was asked does not count: %v %+v", ok, all)
	}
	for range 3 {
		b.Take("user:ada")
	}
	share()
	for name, q := range map[string]*Quotas{"a": a, "b": b} {
		if _, ok := q.Take("user:ada"); ok {
			t.Errorf("%s lets one more through than all may", name)
		}
	}
	c.set("2026-11-26T12:00:00Z")
	share()
	if _, ok := a.Take("user:ada"); !ok || len(a.periods) != 1 {
		t.Errorf("the next day: %v, %d periods are kept", ok, len(a.periods))
	}
}

func TestQuotasAreCountedWhileTheRecordsAreAway(t *testing.T) {
	c, store := at("2026-11-25T12:00:00Z"), recordstest.New()
	q := NewQuotas([]Quota{{Who: "*", Per: "day", Requests: 2}}, store, "a", c.now)
	q.Take("a")
	store.Fail(func(op, _, _ string) error {
		if op == "put" {
			return errors.New("away")
		}
		return nil
	})
	if err := q.Share(t.Context()); err == nil {
		t.Fatal("no error")
	}
	store.Fail(nil)
	if err := q.Share(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	for d, err := range store.List(t.Context(), quotaKind, records.Range{}) {
		if n++; err != nil || !strings.Contains(string(d.Body), `"a":{"r":1}`) {
			t.Errorf("%v %s", err, d.Body)
		}
	}
	if n != 1 {
		t.Errorf("%d documents", n)
	}
}

func TestClientsOfOneNetworkAreOne(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8::1": "2001:db8::/64", "2001:db8::ffff:1": "2001:db8::/64", "fe80::1%eth0": "fe80::/64", "pipe": "pipe",
	} {
		r := asking()
		if got := ClientOf(r.WithContext(WithClient(r.Context(), address))); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	r := asking()
	for want, p := range map[string]Principal{"client:192.0.2.1": {}, "key:a": {Name: "a", Method: "key"}, "user:a": {Name: "a", Method: "session"}} {
		if got := Who(p, r); got != want {
			t.Errorf("%+v: %s, want %s", p, got, want)
		}
	}
}
