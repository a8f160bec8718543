package probe

import (
	"log/slog"
	"math"
	"sync"
	"testing"
	"time"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/layers"
	"isobar/models"
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

// house is a store on disk, its catalogue, and an engine.
type house struct {
	store     store.Store
	catalogue *layers.Catalogue
	engine    *Engine
}

// part is a field to be: its values are a formula's.
type part struct {
	model, element string
	level          field.Level
	run, hours     field.Time // after run0; valid after run
	span           field.Seconds
	grid           grid.Grid
	value          func(at geo.LonLat) float64
}

// build fills a store and reads its catalogue.
func build(t testing.TB, limits Limits, parts ...part) *house {
	t.Helper()
	h := empty(t, limits)
	byRun := map[[2]string][]part{}
	for _, p := range parts {
		id := [2]string{p.model, (run0 + p.run*hour).String()}
		byRun[id] = append(byRun[id], p)
	}
	for _, list := range byRun {
		h.fill(t, list)
	}
	h.look(t)
	return h
}

// shipped are the rows, read once.
var shipped = sync.OnceValues(func() (rows struct {
	elements *elements.Catalogue
	models   *models.Catalogue
	styles   *styles.Catalogue
}, err error) {
	if rows.elements, err = elements.Load(elements.Rows()); err != nil {
		return rows, err
	}
	if rows.models, err = models.Load(models.Rows()); err != nil {
		return rows, err
	}
	rows.styles, err = styles.Load(styles.Rows())
	return rows, err
})

// empty is a house without fields.
func empty(t testing.TB, limits Limits) *house {
	t.Helper()
	rows, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	fields, err := local.Open(t.TempDir(), local.Options{Categories: rows.elements.IsCategory, ChunkCacheBytes: 64 << 20, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fields.Close() })
	return &house{store: fields, engine: New(sample.New(1<<20), limits)}
}

// fill writes fields of one run.
func (h *house) fill(t testing.TB, list []part) {
	t.Helper()
	w, err := h.store.Begin(t.Context(), list[0].model, run0+list[0].run*hour)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, p := range list {
		at := make([]geo.LonLat, p.grid.Len())
		p.grid.Places(at, 0)
		values := make([]float32, len(at))
		for i, a := range at {
			values[i] = float32(p.value(a))
		}
		if p.level.Kind == "" {
			p.level.Kind = elements.Surface
		}
		k := field.Key{
			Model: p.model, Run: run0 + p.run*hour, Element: p.element, Level: p.level, Valid: run0 + (p.run+p.hours)*hour, Span: p.span,
		}
		if err := w.Put(t.Context(), &field.Field{Key: k, Grid: p.grid, Values: values}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// look reads the catalogue.
func (h *house) look(t testing.TB) {
	t.Helper()
	rows, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	source, err := layers.NewSource(t.Context(), h.store, rows.elements, rows.models, rows.styles, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var release func()
	h.catalogue, release = source.Hold()
	t.Cleanup(func() { release(); source.Close() })
}

// layer finds a layer.
func (h *house) layer(t testing.TB, name string) *layers.Layer {
	t.Helper()
	l, err := h.catalogue.Layer(name)
	if err != nil {
		for _, l := range h.catalogue.Layers() {
			t.Log(l.Name)
		}
		t.Fatal(err)
	}
	return l
}

// probe asks, at 4 hours after run0.
func (h *house) probe(t testing.TB, r Request) Result {
	t.Helper()
	got, err := h.engine.Probe(t.Context(), h.catalogue, clock(4), r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// globe is a grid around the Earth, a node at every tenth degree.
func globe(t testing.TB) grid.Grid { return latLon(t, 36, 19, geo.Box{0, -90, 350, 90}) }

func latLon(t testing.TB, nx, ny int, centres geo.Box) grid.Grid {
	t.Helper()
	g, err := grid.LatLon(nx, ny, centres)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// flat is the same value everywhere.
func flat(v float64) func(geo.LonLat) float64 { return func(geo.LonLat) float64 { return v } }

// list asks for times in hours after run0.
func list(hours ...field.Time) Times {
	var t Times
	for _, h := range hours {
		t.List = append(t.List, run0+h*hour)
	}
	return t
}

// near compares values; NaN is like NaN.
func near(got, want float32, tol float64) bool {
	if got != got || want != want {
		return got != got && want != want
	}
	return math.Abs(float64(got-want)) <= tol
}

// gone is no value.
var gone = float32(math.NaN())
