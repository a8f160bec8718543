package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"isobar/events"
	"isobar/records"
	"isobar/records/recordstest"
)

func TestHostsAreThoseOfTheList(t *testing.T) {
	list := Hosts{"hooks.example.com", "*.example.org", "localhost:9000", "10.1.0.0/16", "[::1]:80"}
	for url, want := range map[string]bool{
		"https://hooks.example.com/a":      true,
		"https://HOOKS.example.com.:8443/": true,
		"http://hooks.example.com":         true,
		"https://example.com":              false,
		"https://a.b.example.org":          true,
		"https://example.org":              false,
		"https://badexample.org":           false,
		"http://localhost:9000":            true,
		"http://localhost":                 false,
		"http://10.1.2.3:81":               true,
		"http://10.2.2.3":                  false,
		"http://[::1]/":                    true,
		"ftp://hooks.example.com":          false,
		"https://u:p@hooks.example.com":    false,
		"hooks.example.com":                false,
		"https:///a":                       false,
		"https://hooks.example.com@evil":   false,
		"":                                 false,
	} {
		if err := list.Check(url); (err == nil) != want {
			t.Errorf("Check(%q) = %v, want allowed: %v", url, err, want)
		}
	}
}

func TestNamesLeadToNoNetworkOfOnesOwn(t *testing.T) {
	for _, c := range []struct {
		list          Hosts
		host, address string
		want          bool
	}{
		{Hosts{"*"}, "evil.example", "127.0.0.1", false},
		{Hosts{"*"}, "evil.example", "::ffff:10.0.0.1", false},
		{Hosts{"*"}, "evil.example", "169.254.169.254", false},
		{Hosts{"*"}, "evil.example", "fd00::1", false},
		{Hosts{"*"}, "evil.example", "100.64.1.1", false},
		{Hosts{"*"}, "evil.example", "0.0.0.0", false},
		{Hosts{"*"}, "evil.example", "64:ff9b::7f00:1", false},
		{Hosts{"*"}, "good.example", "93.184.215.14", true},
		{Hosts{"*", "10.0.0.0/8"}, "inner.example", "10.0.0.1", true},
		{Hosts{"inner.example"}, "inner.example", "10.0.0.1", true},
		{Hosts{"other.example"}, "inner.example", "93.184.215.14", false},
	} {
		if got := c.list.permits(c.host, "443", netip.MustParseAddr(c.address)); got != c.want {
			t.Errorf("%v: %s at %s is permitted: %v, want %v", c.list, c.host, c.address, got, c.want)
		}
	}
}

func TestAClientDialsNoForbiddenAddress(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, err := Hosts{"*"}.Client(time.Second).Get(server.URL)
	if !errors.Is(err, ErrForbidden) {
		t.Errorf("Get of %s: %v, want %v", server.URL, err, ErrForbidden)
	}
}

// TestSignature compares with the example of Standard Webhooks' reference implementations.
func TestSignature(t *testing.T) {
	got := Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("Sign gives %s, want %s", got, want)
	}
}

// receiver is a server that answers as it is told, and keeps what it got.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []http.Header
	bodies []string
	status []int // of the next answers, then 204
}

func receive(t *testing.T, status ...int) *receiver {
	t.Helper()
	r := &receiver{status: status}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got, r.bodies = append(r.got, q.Header), append(r.bodies, string(body))
		if len(r.status) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if r.status[0] == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(r.status[0])
		r.status = r.status[1:]
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) tries() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.got)
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never %s", what)
		}
	}
}

func empty(t *testing.T, s records.Store) func() bool {
	return func() bool {
		for _, err := range s.List(t.Context(), "outbox", records.Range{}) {
			if err != nil {
				t.Fatal(err)
			}
			return false
		}
		return true
	}
}

func sender(s records.Store) *Sender {
	return New(Options{Store: s, Hosts: Hosts{"127.0.0.1"}, Holder: "test", First: time.Millisecond, Lease: 300 * time.Millisecond})
}

// run lets a sender deliver until stop is called.
func run(t *testing.T, s *Sender) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

func TestAMessageIsTriedUntilItIsDelivered(t *testing.T) {
	store, at := recordstest.New(), receive(t, 500, 302, 429)
	s := sender(store)
	run(t, s)
	e := events.Event{ID: "a/1", Type: events.AlertFired, Source: "/alerts/a", Time: time.Unix(1795500000, 0).UTC()}
	if err := s.SendEvent(t.Context(), at.URL, "secret", e); err != nil {
		t.Fatal(err)
	}
	until(t, "delivered", empty(t, store))
	if n := at.tries(); n != 4 {
		t.Errorf("%d tries, want 4", n)
	}
	for i, h := range at.got {
		if h.Get(IDHeader) != at.got[0].Get(IDHeader) || h.Get("Content-Type") != events.ContentType {
			t.Errorf("try %d: id %q, type %q", i, h.Get(IDHeader), h.Get("Content-Type"))
		}
		if got, want := h.Get(SignatureHeader), Sign("secret", h.Get(IDHeader), h.Get(TimeHeader), []byte(at.bodies[i])); got != want {
			t.Errorf("try %d: signature %q, want %q", i, got, want)
		}
	}
	if err := s.SendEvent(t.Context(), at.URL, "secret", e); err != nil { // once more
		t.Fatal(err)
	}
	if !empty(t, store)() {
		t.Error("what was sent waits again")
	}
}

func TestAMessageIsGivenUp(t *testing.T) {
	store, at := recordstest.New(), receive(t, 410)
	s := sender(store)
	run(t, s)
	if err := s.Send(t.Context(), Message{ID: "1", URL: at.URL}); err != nil {
		t.Fatal(err)
	}
	until(t, "given up", empty(t, store))
	if at.tries() != 1 {
		t.Errorf("%d tries, want 1", at.tries())
	}
	old := New(Options{Store: store, Hosts: Hosts{"127.0.0.1"}, Holder: "test", Life: time.Nanosecond})
	if _, err := old.post(t.Context(), Message{URL: "http://192.0.2.1"}); !errors.Is(err, ErrForbidden) {
		t.Errorf("a host that was taken off the list: %v, want %v", err, ErrForbidden)
	}
	if err := s.Send(t.Context(), Message{ID: "2", URL: "https://example.com"}); !errors.Is(err, ErrForbidden) {
		t.Errorf("Send to a host that is not on the list: %v, want %v", err, ErrForbidden)
	}
}

// TestKilledSendersLoseNothing stops senders at any write of theirs, again and again: each message comes, none is forgotten, and those
// that come twice have one identity.
func TestKilledSendersLoseNothing(t *testing.T) {
	store, at := recordstest.New(), receive(t)
	var want []string
	for i := range 60 { // more than all of them can deliver
		id := fmt.Sprintf("%02d", i)
		want = append(want, id)
		if err := sender(store).Send(t.Context(), Message{ID: id, URL: at.URL}); err != nil {
			t.Fatal(err)
		}
	}
	for writes := range 12 { // dies at its n-th write
		ctx, die := context.WithCancel(t.Context())
		left := writes
		var mu sync.Mutex
		store.Fail(func(op, kind, id string) error {
			mu.Lock()
			defer mu.Unlock()
			if op != "put" && op != "delete" || kind == records.LeaseKind {
				return nil
			}
			if left--; left < 0 {
				die()
				return context.Canceled
			}
			return nil
		})
		_ = sender(store).Run(ctx)
	}
	store.Fail(nil)
	run(t, sender(store))
	until(t, "all delivered", empty(t, store))
	var got []string
	for _, h := range at.got {
		got = append(got, h.Get(IDHeader))
	}
	slices.Sort(got)
	t.Logf("%d messages came %d times", len(want), len(got))
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAResultIsLoadedWhenItIsSent(t *testing.T) {
	store, at := recordstest.New(), receive(t)
	s := New(Options{Store: store, Hosts: Hosts{"127.0.0.1"}, Holder: "test", Load: func(_ context.Context, ref string) (string, []byte, error) {
		return "text/plain", []byte("body of " + ref), nil
	}})
	run(t, s)
	if err := s.Send(t.Context(), Message{ID: "1", URL: at.URL, Ref: "job"}); err != nil {
		t.Fatal(err)
	}
	until(t, "delivered", empty(t, store))
	if at.bodies[0] != "body of job" || at.got[0].Get("Content-Type") != "text/plain" {
		t.Errorf("got %q of type %q", at.bodies[0], at.got[0].Get("Content-Type"))
	}
}
