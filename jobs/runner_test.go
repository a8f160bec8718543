package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isobar/events/webhook"
	"isobar/records"
	"isobar/records/recordstest"
)

// works are processes for tests.
var works = map[string]Work{
	"echo": func(_ context.Context, input json.RawMessage, _ func(int, string)) (Result, error) {
		return Result{"application/json", input}, nil
	},
	"fail": func(context.Context, json.RawMessage, func(int, string)) (Result, error) {
		return Result{}, errors.New("no such place")
	},
	"panic": func(context.Context, json.RawMessage, func(int, string)) (Result, error) { panic("at the disco") },
	"wait": func(ctx context.Context, _ json.RawMessage, progress func(int, string)) (Result, error) {
		<-ctx.Done()
		return Result{}, ctx.Err()
	},
	"large": func(context.Context, json.RawMessage, func(int, string)) (Result, error) {
		return Result{"text/plain", []byte(strings.Repeat("0123456789", 1<<20))}, nil
	},
}

const life = 400 * time.Millisecond

func runner(s records.Store, o Options) *Runner {
	o.Holder, o.Lease = "test", life
	return New(s, works, o)
}

// run lets a runner work until stop is called.
func run(t *testing.T, r *Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = r.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

func submit(t *testing.T, r *Runner, process, input string) Job {
	t.Helper()
	j, err := r.Submit(t.Context(), process, json.RawMessage(input), Callback{})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func wait(t *testing.T, r *Runner, id string) Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	j, err := r.Wait(ctx, id)
	if err != nil {
		t.Fatalf("Wait(%s): %v; the job is %s", id, err, j.Status)
	}
	return j
}

// until waits for something.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never %s", what)
		}
	}
}

func open(t *testing.T, s records.Store) (n int) {
	t.Helper()
	for _, err := range s.List(t.Context(), openKind, records.Range{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

func TestJobsAreDone(t *testing.T) {
	store := recordstest.New()
	r := runner(store, Options{})
	run(t, r)
	for _, c := range []struct {
		process        string
		status         Status
		message, bytes string
	}{
		{"echo", Successful, "", `{"a":1}`},
		{"fail", Failed, "no such place", ""},
		{"panic", Failed, "internal error", ""},
		{"large", Successful, "", strings.Repeat("0123456789", 1<<20)},
	} {
		j := wait(t, r, submit(t, r, c.process, `{"a":1}`).ID)
		if j.Status != c.status || j.Message != c.message || j.Finished.IsZero() || j.Started.IsZero() {
			t.Errorf("%s: %s %q, want %s %q", c.process, j.Status, j.Message, c.status, c.message)
		}
		result, err := r.Result(t.Context(), j.ID)
		if c.status == Failed {
			if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), c.message) {
				t.Errorf("%s: Result: %v, want %v with the message", c.process, err, ErrFailed)
			}
			continue
		}
		if err != nil || string(result.Body) != c.bytes {
			t.Errorf("%s: Result is %d bytes, %v, want %d", c.process, len(result.Body), err, len(c.bytes))
		}
	}
	until(t, "all closed", func() bool { return open(t, store) == 0 })
}

func TestJobsAreListed(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	r := runner(recordstest.New(), Options{Clock: func() time.Time { now = now.Add(time.Second); return now }})
	var ids []string
	for _, process := range []string{"echo", "wait", "echo"} {
		ids = append(ids, submit(t, r, process, `1`).ID)
	}
	if ids[0] >= ids[1] || ids[1] >= ids[2] {
		t.Errorf("identities are not in the order of time: %q", ids)
	}
	first, err := r.Get(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Dismiss(t.Context(), ids[2]); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		f       Filter
		want    []string
		matched int
	}{
		{Filter{}, []string{ids[2], ids[1], ids[0]}, 3},
		{Filter{Limit: 1, Offset: 1}, []string{ids[1]}, 3},
		{Filter{Processes: []string{"echo"}}, []string{ids[2], ids[0]}, 2},
		{Filter{Statuses: []Status{Dismissed}}, []string{ids[2]}, 1},
		{Filter{To: first.Created}, []string{ids[0]}, 1},
		{Filter{From: first.Created.Add(time.Nanosecond)}, []string{ids[2], ids[1]}, 2},
		{Filter{MinTaken: time.Second}, nil, 0},
	} {
		got, matched, err := r.List(t.Context(), c.f)
		if err != nil || matched != c.matched || len(got) != len(c.want) {
			t.Errorf("List(%+v) = %d of %d, %v, want %d of %d", c.f, len(got), matched, err, len(c.want), c.matched)
			continue
		}
		for i := range got {
			if got[i].ID != c.want[i] {
				t.Errorf("List(%+v)[%d] = %s, want %s", c.f, i, got[i].ID, c.want[i])
			}
		}
	}
}

func TestAJobIsDismissed(t *testing.T) {
	store := recordstest.New()
	r := runner(store, Options{Workers: 1})
	run(t, r)
	other := runner(store, Options{}) // another door to the same jobs
	for _, by := range []*Runner{r, other} {
		j := submit(t, r, "wait", `1`)
		waits := submit(t, r, "echo", `2`)
		until(t, "running", func() bool { j, err := r.Get(t.Context(), j.ID); return err == nil && j.Status == Running })
		if _, err := r.Result(t.Context(), j.ID); !errors.Is(err, ErrNotDone) {
			t.Errorf("Result of a running job: %v, want %v", err, ErrNotDone)
		}
		if j, err := by.Dismiss(t.Context(), j.ID); err != nil || j.Status != Dismissed {
			t.Fatalf("Dismiss: %s, %v", j.Status, err)
		}
		if j := wait(t, r, waits.ID); j.Status != Successful {
			t.Errorf("the next job is %s", j.Status)
		}
		if j := wait(t, r, j.ID); j.Status != Dismissed {
			t.Errorf("the dismissed job is %s", j.Status)
		}
		if _, err := by.Dismiss(t.Context(), waits.ID); err != nil {
			t.Errorf("Dismiss of a job that is done: %v", err)
		}
		if _, err := r.Result(t.Context(), waits.ID); !errors.Is(err, ErrNotFound) {
			t.Errorf("Result of a removed job: %v, want %v", err, ErrNotFound)
		}
	}
	if _, err := r.Dismiss(t.Context(), "nope"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Dismiss of none: %v, want %v", err, ErrNotFound)
	}
}

func TestWhatCanNotBeDoneIsRefused(t *testing.T) {
	r := runner(recordstest.New(), Options{Workers: 1, Queue: 1, CallbackHosts: webhook.Hosts{"hooks.example.com"}})
	for _, c := range []struct {
		process  string
		input    string
		callback Callback
		want     error
	}{
		{"nope", `1`, Callback{}, ErrProcess},
		{"echo", `"` + strings.Repeat("x", MaxInput) + `"`, Callback{}, records.ErrTooLarge},
		{"echo", `1`, Callback{Failed: "https://example.com/"}, webhook.ErrForbidden},
		{"echo", `1`, Callback{Success: "https://hooks.example.com/"}, nil},
		{"echo", `1`, Callback{}, nil},
		{"echo", `1`, Callback{}, ErrFull},
	} {
		if _, err := r.Submit(t.Context(), c.process, json.RawMessage(c.input), c.callback); !errors.Is(err, c.want) {
			t.Errorf("Submit(%s, %.10s, %v): %v, want %v", c.process, c.input, c.callback, err, c.want)
		}
	}
}

func TestCallbacksTellTheResult(t *testing.T) {
	var mu sync.Mutex
	got := map[string]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		mu.Lock()
		defer mu.Unlock()
		got[q.URL.Path] += string(body)
	}))
	defer server.Close()
	r := runner(recordstest.New(), Options{CallbackHosts: webhook.Hosts{"127.0.0.1"}})
	run(t, r)
	to := Callback{Success: server.URL + "/success", InProgress: server.URL + "/progress", Failed: server.URL + "/failed"}
	for _, process := range []string{"echo", "fail"} {
		if _, err := r.Submit(t.Context(), process, json.RawMessage(`{"a":1}`), to); err != nil {
			t.Fatal(err)
		}
	}
	path := func(p string) string { mu.Lock(); defer mu.Unlock(); return got[p] }
	until(t, "all told", func() bool {
		return path("/success") != "" && path("/failed") != "" && strings.Count(path("/progress"), "running") == 2
	})
	if path("/success") != `{"a":1}` || !strings.Contains(path("/failed"), `"status":"failed","message":"no such place"`) {
		t.Errorf("told %q", got)
	}
}

func TestJobsUnderWayArePutBackWhenTheRunnerEnds(t *testing.T) {
	store := recordstest.New()
	r := runner(store, Options{})
	stop := run(t, r)
	j := submit(t, r, "wait", `1`)
	until(t, "running", func() bool { j, err := r.Get(t.Context(), j.ID); return err == nil && j.Status == Running })
	stop()
	if j, err := r.Get(t.Context(), j.ID); err != nil || j.Status != Accepted {
		t.Errorf("the job is %s, %v, want %s", j.Status, err, Accepted)
	}
}

// TestJobsKilledAtAnyWriteAreNeitherLostNorDoubled lets runners fall silent at their n-th write, for all n.
func TestJobsKilledAtAnyWriteAreNeitherLostNorDoubled(t *testing.T) {
	for writes := range 9 {
		store := recordstest.New()
		j := submit(t, runner(store, Options{}), "echo", `"x"`)
		ctx, die := context.WithCancel(t.Context())
		var left atomic.Int64
		left.Store(int64(writes))
		store.Fail(func(op, kind, id string) error {
			if (op == "put" || op == "delete") && left.Add(-1) < 0 {
				die()
				return context.Canceled
			}
			return nil
		})
		first := runner(store, Options{})
		gone := make(chan struct{})
		go func() { defer close(gone); _ = first.Run(ctx) }()
		select {
		case <-gone:
		case <-time.After(life):
		}
		die()
		<-gone
		store.Fail(nil)
		second := runner(store, Options{})
		stop := run(t, second)
		if j := wait(t, second, j.ID); j.Status != Successful {
			t.Errorf("killed at write %d: the job is %s %q", writes, j.Status, j.Message)
		}
		if result, err := second.Result(t.Context(), j.ID); err != nil || string(result.Body) != `"x"` {
			t.Errorf("killed at write %d: the result is %q, %v", writes, result.Body, err)
		}
		until(t, "closed", func() bool { return open(t, store) == 0 })
		stop()
	}
}

func TestManyRunnersDoEachJobOnce(t *testing.T) {
	store := recordstest.New()
	var mu sync.Mutex
	times := map[string]int{}
	count := map[string]Work{"count": func(_ context.Context, input json.RawMessage, _ func(int, string)) (Result, error) {
		mu.Lock()
		defer mu.Unlock()
		times[string(input)]++
		return Result{}, nil
	}}
	var all []*Runner
	for i := range 3 {
		r := New(store, count, Options{Holder: fmt.Sprint(i), Lease: life, Workers: 3})
		run(t, r)
		all = append(all, r)
	}
	var ids []string
	for i := range 60 {
		ids = append(ids, submit(t, all[i%3], "count", fmt.Sprint(i)).ID)
	}
	for _, id := range ids {
		wait(t, all[0], id)
	}
	for i := range 60 {
		if n := times[fmt.Sprint(i)]; n != 1 {
			t.Errorf("job %d was done %d times", i, n)
		}
	}
}
