package schedule

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"isobar/decode"
	"isobar/elements"
	"isobar/events"
	"isobar/field"
	"isobar/ingest"
	"isobar/ingest/fetch"
	"isobar/ingest/source"
	"isobar/ingest/source/index"
	"isobar/ingest/source/nomads"
	"isobar/models"
	"isobar/store"
	"isobar/store/local"
	"isobar/test/upstream"
)

// world is an upstream, a store, and a scheduler between them.
type world struct {
	upstream *upstream.Server
	url      string
	fields   store.Store
	intake   *ingest.Intake
	folder   string
	now      time.Time
	mu       sync.Mutex
	told     []events.Event
	models   *models.Catalogue
}

func newWorld(t *testing.T, faults ...upstream.Fault) *world {
	t.Helper()
	w := &world{folder: t.TempDir(), now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	pool, err := upstream.Embedded(os.DirFS("../../cmd/tileserver/samples"))
	if err != nil {
		t.Fatal(err)
	}
	w.upstream = upstream.New(pool, upstream.Options{Clock: w.clock, Delay: 3 * time.Hour, Pace: 30 * time.Minute, Faults: faults})
	h := httptest.NewServer(w.upstream)
	t.Cleanup(h.Close)
	w.url = h.URL
	if w.fields, err = local.Open(filepath.Join(w.folder, "fields"), local.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.fields.Close() })
	known, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	if w.models, err = models.Load(models.Rows()); err != nil {
		t.Fatal(err)
	}
	w.intake = ingest.New(w.fields, known, w.models, []decode.Format{decode.GRIB(), decode.GeoTIFF()}, slog.New(slog.DiscardHandler), ingest.Options{})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass lets time go on.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// feed is the 2.5 degree model by its index, three-hourly to twelve hours.
func (w *world) feed() models.Feed {
	return models.Feed{
		Model: "gfs-2p5", Kind: "index", Publish: "step",
		Settings: map[string]any{"url": w.url + "/noaa/gfs.{run:20060102}/{run:15}/atmos/gfs.t{run:15}z.pgrb2.2p50.f{step:3}"},
		Schedule: models.Schedule{Every: 6 * time.Hour, Delay: 3 * time.Hour, Poll: time.Second, Look: 2, Steps: []models.StepRange{{To: 12 * time.Hour, Every: 3 * time.Hour}}},
		Elements: []models.Wanted{{Names: map[string]string{"var": "TMP|UGRD|VGRD", "level": "500 mb|850 mb"}}},
	}
}

func (w *world) scheduler(t *testing.T, feeds ...models.Feed) *Scheduler {
	t.Helper()
	return w.schedulerOf(t, fetch.New(fetch.Options{Blocked: time.Second, Rates: map[string]fetch.Rate{"nomads": {PerMinute: 1000}}}), feeds...)
}

// schedulerOf asks by a client.
func (w *world) schedulerOf(t *testing.T, client *fetch.Client, feeds ...models.Feed) *Scheduler {
	t.Helper()
	s, err := New(Options{
		Feeds: feeds, Intake: w.intake, Fields: w.fields, Folder: filepath.Join(w.folder, "feeds"), Now: w.clock, Log: slog.New(slog.DiscardHandler),
		Source: func(f models.Feed) (source.Source, error) {
			if f.Kind == "nomads" {
				return nomads.New(f, client)
			}
			return index.New(f, client)
		},
		Tell: func(e events.Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.told = append(w.told, e)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// keys lists what is published, by run and step.
func (w *world) keys(t *testing.T) map[field.Time]map[time.Duration]int {
	t.Helper()
	snapshot, err := w.fields.Hold(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	found := map[field.Time]map[time.Duration]int{}
	for k := range snapshot.Keys() {
		if found[k.Run] == nil {
			found[k.Run] = map[time.Duration]int{}
		}
		found[k.Run][k.Valid.UTC().Sub(k.Run.UTC())]++
	}
	return found
}

func hours(found map[time.Duration]int) (steps []int) {
	for step := range found {
		steps = append(steps, int(step.Hours()))
	}
	slices.Sort(steps)
	return steps
}

var (
	run06 = field.At(time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC))
	run00 = run06 - 6*3600
	run12 = run06 + 6*3600
)

func TestStepsArePublishedAsTheyCome(t *testing.T) {
	w := newWorld(t)
	s := w.scheduler(t, w.feed())
	w.pass(-2 * time.Hour) // 10:00: of run 06 the steps 0, 3, 6 are there
	_ = s.Once(context.Background(), nil)
	got := w.keys(t)
	if h := hours(got[run06]); !slices.Equal(h, []int{0, 3, 6}) || got[run06][0] != 6 {
		t.Errorf("run 06 has steps %v, %d fields at step 0", h, got[run06][0])
	}
	if h := hours(got[run00]); len(h) != 5 {
		t.Errorf("run 00 has steps %v, want all five", h)
	}
	w.pass(2 * time.Hour)
	if err := s.Once(context.Background(), nil); err != nil {
		t.Error(err)
	}
	if h := hours(w.keys(t)[run06]); len(h) != 5 {
		t.Errorf("run 06 has steps %v at noon, want all", h)
	}
	status := s.Status()[0]
	if status.Complete != run06 || status.Error != "" || status.Done != 5 {
		t.Errorf("status %+v", status)
	}
}

func TestNothingIsFetchedTwice(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		if err := w.scheduler(t, w.feed()).Once(context.Background(), nil); err != nil { // a new scheduler each time, as after a restart
			t.Fatal(err)
		}
	}
	seen := map[string]int{}
	for _, r := range w.upstream.Requests() {
		if r.Status == 206 {
			seen[r.URL+r.Range]++
		}
	}
	for what, n := range seen {
		if n > 1 {
			t.Errorf("%s was fetched %d times", what, n)
		}
	}
	if len(seen) == 0 {
		t.Error("nothing was fetched")
	}
}

func TestEveryFaultIsOvercome(t *testing.T) {
	for _, kind := range []upstream.Kind{upstream.Missing, upstream.Redirect, upstream.Page, upstream.TooMany, upstream.Failing, upstream.Truncated, upstream.Short, upstream.OtherRun, upstream.Reset, upstream.Flipped, upstream.Slow} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, upstream.Fault{Kind: kind, Path: "t06z.pgrb2.2p50.f006", Times: 1, Wait: time.Second})
			s := w.scheduler(t, w.feed())
			ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
			defer cancel()
			for ctx.Err() == nil && len(hours(w.keys(t)[run06])) < 5 {
				_ = s.Once(ctx, nil)
				time.Sleep(50 * time.Millisecond)
			}
			got := w.keys(t)
			for run, steps := range got {
				for step, n := range steps {
					if n != 6 {
						t.Errorf("run %s + %s has %d fields, want 6", run, step, n)
					}
				}
				if run != run06 && run != run00 {
					t.Errorf("fields of run %s", run)
				}
			}
			if h := hours(got[run06]); len(h) != 5 {
				t.Errorf("run 06 has steps %v", h)
			}
		})
	}
}

func TestAWholeRunIsPublishedAtOnce(t *testing.T) {
	w := newWorld(t)
	w.pass(-90 * time.Minute) // 10:30: one step of run 06 is missing
	f := w.feed()
	f.Publish = "run"
	s := w.scheduler(t, f)
	_ = s.Once(context.Background(), nil)
	if got := w.keys(t); len(got[run06]) != 0 || len(got[run00]) != 5 {
		t.Errorf("before the last step: run 06 has %v, run 00 %v", hours(got[run06]), hours(got[run00]))
	}
	w.pass(90 * time.Minute)
	if err := s.Once(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if got := w.keys(t); len(got[run06]) != 5 {
		t.Errorf("run 06 has %v", hours(got[run06]))
	}
}

func TestOldRunsAreLetGo(t *testing.T) {
	w := newWorld(t)
	f := w.feed()
	f.Keep.Runs = 1
	if err := w.scheduler(t, f).Once(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if got := w.keys(t); len(got) != 1 || len(got[run06]) != 5 {
		t.Errorf("%d runs are kept", len(got))
	}
	f.Keep = models.Retention{Age: time.Hour}
	_ = w.scheduler(t, f).Once(context.Background(), nil)
	if got := w.keys(t); len(got) != 0 {
		t.Errorf("runs older than an hour are kept: %v", got)
	}
}

func TestTheNewestRunIsTheOneWhoseFirstStepIsDue(t *testing.T) {
	s := models.Schedule{Every: 6 * time.Hour, Delay: 3*time.Hour + 30*time.Minute}
	for _, c := range []struct {
		hour, minute int
		want         field.Time
	}{{9, 29, run00}, {9, 30, run06}, {15, 29, run06}, {15, 30, run12}} {
		if got := due(s, time.Date(2026, 11, 24, c.hour, c.minute, 0, 0, time.UTC)); got != c.want {
			t.Errorf("at %02d:%02d the newest run is %s, want %s", c.hour, c.minute, got, c.want)
		}
	}
	s.First = time.Hour
	if got := due(s, time.Date(2026, 11, 24, 10, 45, 0, 0, time.UTC)); got != run06+3600 {
		t.Errorf("with runs from 01 on it is %s", got)
	}
}
