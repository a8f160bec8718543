package watch

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spatial/geom"

	"isobar/elements"
	"isobar/events"
	"isobar/feature"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/layers"
	"isobar/models"
	"isobar/probe"
	"isobar/records"
	"isobar/records/recordstest"
	"isobar/sample"
	"isobar/store"
	"isobar/store/local"
	"isobar/styles"
)

const (
	hour            = 3600
	run0 field.Time = 1_790_000_000 - 1_790_000_000%86400
)

// clock is a time in hours after run0.
func clock(h float64) time.Time { return run0.UTC().Add(time.Duration(h * float64(time.Hour))) }

// house is a store on disk, its catalogue that follows, an engine, and records.
type house struct {
	fields  store.Store
	source  *layers.Source
	records *recordstest.Memory
	bus     *events.Bus
	probes  counting
	grid    grid.Grid
}

// counting counts questions.
type counting struct {
	Prober
	mu    sync.Mutex
	asked int
}

func (c *counting) Probe(ctx context.Context, cat *layers.Catalogue, now time.Time, r probe.Request) (probe.Result, error) {
	c.mu.Lock()
	c.asked++
	c.mu.Unlock()
	return c.Prober.Probe(ctx, cat, now, r)
}

func build(t testing.TB) *house {
	t.Helper()
	rows, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	known, err := models.Load(models.Rows())
	if err != nil {
		t.Fatal(err)
	}
	painted, err := styles.Load(styles.Rows())
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	memory := recordstest.New()
	memory.Now = func() time.Time { return clock(0) }
	h := &house{records: memory, bus: events.NewBus(1000, nil), probes: counting{Prober: probe.New(sample.New(1<<20), probe.Limits{})}}
	if h.fields, err = local.Open(t.TempDir(), local.Options{Categories: rows.IsCategory, ChunkCacheBytes: 64 << 20, Log: quiet}); err != nil {
		t.Fatal(err)
	}
	if h.source, err = layers.NewSource(t.Context(), h.fields, rows, known, painted, quiet); err != nil {
		t.Fatal(err)
	}
	if h.grid, err = grid.LatLon(36, 19, geo.Box{0, -90, 350, 90}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = h.source.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done; h.source.Close(); h.fields.Close() })
	return h
}

// put publishes fields of model m of one run, with the same value everywhere: "t2m 3 280" is t2m at hour 3 after run0.
func (h *house) put(t testing.TB, run field.Time, lines ...string) {
	t.Helper()
	w, err := h.fields.Begin(t.Context(), "m", run0+run*hour)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, line := range lines {
		var element string
		var at field.Time
		var value float32
		if _, err := fmt.Sscan(line, &element, &at, &value); err != nil {
			t.Fatal(err)
		}
		values := make([]float32, h.grid.Len())
		for i := range values {
			values[i] = value
		}
		k := field.Key{Model: "m", Run: run0 + run*hour, Element: element, Level: field.Level{Kind: elements.Surface}, Valid: run0 + at*hour}
		if err := w.Put(t.Context(), &field.Field{Key: k, Grid: h.grid, Values: values}); err != nil {
			t.Fatal(err)
		}
	}
	was := h.source.Changed()
	if err := w.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-was
}

// options are those of one process.
func (h *house) options(at float64) Options {
	return Options{
		Store: h.records, Catalogues: h.source, Prober: &h.probes, Bus: h.bus, Holder: "test", Lease: 300 * time.Millisecond,
		Now: func() time.Time { return clock(at) },
	}
}

// runner is streams or alerts.
type runner interface{ Run(context.Context) error }

// run lets one work until stop is called.
func run(t testing.TB, r runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = r.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never %s", what)
		}
	}
}

// point is a place with a name.
func point(id string, lon, lat float64, props ...feature.Property) feature.Feature {
	return feature.Feature{ID: id, Geometry: geom.Point{lon, lat}, Properties: props}
}

// died is a process's end at its n-th write of some kind.
func (h *house) dieAt(n int, die func(), kinds ...string) {
	var mu sync.Mutex
	h.records.Fail(func(op, kind, id string) error {
		mu.Lock()
		defer mu.Unlock()
		if op != "put" && op != "delete" || kind == records.LeaseKind || len(kinds) > 0 && !strings.Contains(strings.Join(kinds, " "), kind) {
			return nil
		}
		if n--; n < 0 {
			die()
			return context.Canceled
		}
		return nil
	})
}
