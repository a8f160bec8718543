package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"isobar/decode"
	"isobar/elements"
	"isobar/events"
	"isobar/ingest"
	"isobar/ingest/claim"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/ingest/source/index"
	"isobar/models"
	"isobar/records"
	"isobar/records/recordstest"
	"isobar/test/upstream"
)

// life is that of a worker's membership.
const life = 600 * time.Millisecond

// worker is one of several that work for a world's feeds, each with a folder of its own.
type worker struct {
	*Scheduler
	die    func() // what it has claimed is left to expire
	mu     sync.Mutex
	told   []events.Event
	claims *records.Claims
}

func (w *world) worker(t *testing.T, name string, kept records.Store, feeds ...models.Feed) *worker {
	t.Helper()
	living, die := context.WithCancel(context.Background())
	one := &worker{die: die, claims: records.NewClaims(living, kept, life)}
	t.Cleanup(one.claims.Close)
	shared := func(context.Context) (*claim.Shared, error) {
		return &claim.Shared{Claims: one.claims, Records: kept, Worker: name}, nil
	}
	known, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	client := fetch.New(fetch.Options{Blocked: time.Second, Rates: map[string]fetch.Rate{"nomads": {PerMinute: 1000}}})
	one.Scheduler, err = New(Options{
		Feeds: feeds, Fields: w.fields, Folder: filepath.Join(w.folder, name), Now: w.clock, Log: slog.New(slog.DiscardHandler), Shared: shared,
		Intake: ingest.New(w.fields, known, w.models, []decode.Format{decode.GRIB(), decode.GeoTIFF()}, slog.New(slog.DiscardHandler), ingest.Options{Shared: shared}),
		Source: func(f models.Feed) (source.Source, error) { return index.New(f, client) },
		Tell: func(e events.Event) {
			one.mu.Lock()
			defer one.mu.Unlock()
			one.told = append(one.told, e)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return one
}

// twice lists what was fetched more than once, and counts what was fetched.
func (w *world) twice() (again []string, n int) {
	seen := map[string]int{}
	for _, r := range w.upstream.Requests() {
		if r.Status == 206 {
			if seen[r.URL+r.Range]++; seen[r.URL+r.Range] == 2 {
				again = append(again, r.URL+" "+r.Range)
			}
		}
	}
	return again, len(seen)
}

func TestWorkersShareARunByItsSteps(t *testing.T) {
	for _, publish := range []string{"step", "run"} {
		t.Run(publish, func(t *testing.T) {
			w, kept := newWorld(t), recordstest.New()
			f := w.feed()
			f.Publish = publish
			var all []*worker
			var group sync.WaitGroup
			errs := make([]error, 3)
			for n := range errs {
				all = append(all, w.worker(t, fmt.Sprint("worker", n), kept, f))
				group.Go(func() { errs[n] = all[n].Once(context.Background(), nil) })
			}
			group.Wait()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
			got := w.keys(t)
			for run := range got {
				if h := hours(got[run]); !slices.Equal(h, []int{0, 3, 6, 9, 12}) {
					t.Errorf("run %s has steps %v", run, h)
				}
				for step, n := range got[run] {
					if n != 6 {
						t.Errorf("run %s + %s has %d fields", run, step, n)
					}
				}
			}
			if again, n := w.twice(); len(again) > 0 || len(got) != 2 {
				t.Errorf("of %d fetched, for %d runs, twice: %v", n, len(got), again)
			}
			working, fields, complete := 0, int64(0), 0
			for _, one := range all {
				s := one.Status()[0]
				t.Logf("%d fields, %d bytes", s.Fields, s.Bytes)
				if fields += s.Fields; s.Fields > 0 {
					working++
				}
				complete += len(one.told)
				if s.Complete != run06 {
					t.Errorf("a worker does not know the complete run: %+v", s)
				}
			}
			if fields != 60 || working < 2 && publish == "step" {
				t.Errorf("%d workers published %d fields, want 60 by several", working, fields)
			}
			shown, err := ReadShared(context.Background(), kept)
			if err != nil || len(shown) != 1 || shown[0].Fields != 60 || shown[0].Complete != run06 || shown[0].Done != 5 {
				t.Errorf("the status of all: %+v, %v", shown, err)
			}
			if err := w.worker(t, "late", kept, f).Once(context.Background(), nil); err != nil {
				t.Error(err)
			}
			if again, _ := w.twice(); len(again) > 0 {
				t.Errorf("a worker that comes later fetches again: %v", again)
			}
		})
	}
}

func TestTheWorkOfADeadWorkerGoesToAnother(t *testing.T) {
	for _, publish := range []string{"step", "run"} {
		t.Run(publish, func(t *testing.T) {
			w := newWorld(t, upstream.Fault{Kind: upstream.Slow, Path: "t06z.pgrb2.2p50.f003.idx", Times: 1, Wait: time.Minute})
			kept := recordstest.New()
			f := w.feed()
			f.Publish, f.Schedule.Poll = publish, time.Hour // nothing is found by looking again
			first, second := w.worker(t, "first", kept, f), w.worker(t, "second", kept, f)
			ctx, kill := context.WithCancel(context.Background())
			stop, end := context.WithCancel(context.Background())
			defer end()
			var group sync.WaitGroup
			group.Go(func() { _ = first.Run(ctx) })
			name := "feed/gfs-2p5/20261124T060000Z"
			if publish == "step" {
				name += "/10800"
			}
			until(t, "the first has what comes slowly", func() bool {
				_, err := kept.Get(context.Background(), records.ClaimKind, name)
				return err == nil
			})
			group.Go(func() { _ = second.Run(stop) })
			time.Sleep(2 * life)
			if h := hours(w.keys(t)[run06]); slices.Contains(h, 3) {
				t.Errorf("before the first dies run 06 has steps %v", h)
			}
			first.die()
			kill()
			died := time.Now()
			until(t, "all is published", func() bool {
				got := w.keys(t)
				return len(hours(got[run06])) == 5 && len(hours(got[run00])) == 5
			})
			t.Logf("%v after the first died all is published", time.Since(died).Round(time.Millisecond))
			end()
			group.Wait()
		})
	}
}

// until waits for something to come true.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come true that %s", what)
		}
	}
}
