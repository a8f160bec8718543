package answer

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"iter"
	"log/slog"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isobar/cache/mem"
	"isobar/elements"
	"isobar/encode"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/layers"
	"isobar/models"
	"isobar/render"
	"isobar/sample"
	"isobar/store"
	"isobar/styles"
)

// spot is a grid of which only the name counts.
type spot string

func (s spot) ID() string                                { return string(s) }
func (s spot) Len() int                                  { return 4 }
func (s spot) Shape() (nx, ny int)                       { return 2, 2 }
func (s spot) Weigh(dst []grid.Stencil, at []geo.LonLat) {}
func (s spot) Places(dst []geo.LonLat, first int)        {}
func (s spot) Extent() geo.Box                           { return geo.Box{0, 0, 1, 1} }

// shelf is a store in memory.
type shelf struct {
	mu   sync.Mutex
	now  snapshot
	open atomic.Int64
}

// snapshot is the keys of one version. Fields that end with the same hour have the same ETag.
type snapshot struct {
	version string
	keys    []field.Key
	etag    string
	etags   map[string]string // by element, beside etag
	shelf   *shelf
	closed  *atomic.Bool
}

func (s *shelf) Hold(context.Context) (store.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open.Add(1)
	held := s.now
	held.shelf, held.closed = s, new(atomic.Bool)
	return held, nil
}
func (s *shelf) Changes(context.Context) <-chan struct{} { return nil }
func (s *shelf) Close() error                            { return nil }
func (s *shelf) Drop(context.Context, string, field.Time) error {
	return errors.ErrUnsupported
}
func (s *shelf) Begin(context.Context, string, field.Time) (store.Writer, error) {
	return nil, errors.ErrUnsupported
}

func (s snapshot) Version() string           { return s.version }
func (s snapshot) Keys() iter.Seq[field.Key] { return slices.Values(s.keys) }
func (s snapshot) Info(k field.Key) (store.Info, bool) {
	return store.Info{Grid: spot("grid of " + k.Model), Min: 0, Max: 1, ETag: s.etag + s.etags[k.Element]}, slices.Contains(s.keys, k)
}
func (s snapshot) Windows(context.Context, []field.Key, grid.Window, [][]float32) error {
	return store.ErrNotFound
}
func (s snapshot) Close() {
	if s.closed.Swap(true) {
		panic("a snapshot is closed twice")
	}
	s.shelf.open.Add(-1)
}

// rows is elements, models and styles in one.
type rows struct{ stop float64 }

func (rows) Get(id string) elements.Element {
	return elements.Element{ID: id, Title: "Title of " + id, Unit: "K"}
}
func (rows) Derive([]string) []elements.Derivation {
	return nil
}
func (r rows) For(el elements.Element, min, max float64) []*styles.Style {
	stops := []styles.Stop{{Value: r.stop, Color: color.NRGBA{A: 255}}, {Value: 300, Color: color.NRGBA{R: 255, A: 255}}}
	unit := "K"
	if el.ID == "c" {
		unit = "degC"
	}
	return []*styles.Style{
		{ID: "warm", Unit: unit, Kind: styles.Smooth, Stops: stops}, {ID: "grey", Unit: "K", Kind: styles.Smooth, Stops: stops},
		{ID: "with-u", Unit: unit, Kind: styles.Smooth, Stops: stops, Paint: []styles.Painter{{Kind: styles.Fill}, {Kind: styles.Lines, Element: "u", Width: r.stop}}},
	}
}

type modelRows struct{}

func (modelRows) Get(id string) models.Model { return models.Model{ID: id, Title: id} }

// easel is a painter that counts. While gate is not nil drawing waits for it, or for its context.
type easel struct {
	draws, legends atomic.Int64
	busy, busiest  atomic.Int64
	stopped        atomic.Int64
	recycled       atomic.Int64
	gate           chan struct{}
	fault          func() error
	last           atomic.Pointer[render.Map]
}

func (e *easel) Draw(ctx context.Context, f sample.Fields, m render.Map) (image.Image, error) {
	e.draws.Add(1)
	e.last.Store(&m)
	busy := e.busy.Add(1)
	defer e.busy.Add(-1)
	for was := e.busiest.Load(); busy > was && !e.busiest.CompareAndSwap(was, busy); was = e.busiest.Load() {
	}
	if e.gate != nil {
		select {
		case <-e.gate:
		case <-ctx.Done():
			e.stopped.Add(1)
			return nil, ctx.Err()
		}
	}
	if f.(snapshot).closed.Load() {
		return nil, errors.New("the snapshot is closed while it is drawn from")
	}
	if e.fault != nil {
		return nil, e.fault()
	}
	return image.NewNRGBA(image.Rect(0, 0, m.View.Width, m.View.Height)), nil
}

func (e *easel) Recycle(image.Image) { e.recycled.Add(1) }

func (e *easel) Legend(l render.Legend) (image.Image, error) {
	e.legends.Add(1)
	return image.NewNRGBA(image.Rect(0, 0, 10, 10)), nil
}

func (e *easel) Document(l render.Legend, mediaType string) ([]byte, error) {
	e.legends.Add(1)
	return []byte(mediaType + " of " + l.Style.ID), nil
}

// meter is a sampler that gives the hour of the valid time in Kelvin above 273.15, and counts its calls.
type meter struct{ calls int }

func (m *meter) Places(ctx context.Context, f sample.Fields, ins []sample.Input, at []geo.LonLat, dst [][]float32) error {
	m.calls++
	for i, in := range ins {
		if in.Grid.ID() != ins[0].Grid.ID() {
			return sample.ErrInput
		}
		for j := range at {
			dst[i][j] = float32(273.15 + float64((in.Keys[0].Valid-run0)/hour))
		}
	}
	return ctx.Err()
}

// View gives the hour to each pixel, and nothing to the first.
func (m *meter) View(ctx context.Context, f sample.Fields, in sample.Input, v geo.View, dst []float32) error {
	m.calls++
	for i := range dst {
		dst[i] = float32(273.15 + float64((in.Keys[0].Valid-run0)/hour))
	}
	dst[0] = float32(math.NaN())
	return ctx.Err()
}

// format encodes a picture as a text that tells its size.
func format(mediaType string, alpha bool) encode.Picture {
	return encode.Picture{Type: mediaType, Alpha: alpha, Encode: func(img image.Image) ([]byte, error) {
		return fmt.Append(nil, mediaType, img.Bounds()), nil
	}}
}

const hour = field.Time(3600)

// run0 is 2026-11-24T00:00:00Z.
const run0 = field.Time(1795478400)

// bench is a service and all that is fake below it.
type bench struct {
	*Service
	shelf  *shelf
	easel  *easel
	meter  *meter
	source *layers.Source
}

// newBench makes a service on two models, a with t and u at 0 to 6 h, and b with t and, shown in Celsius, c. It fails a test that leaves snapshots open.
func newBench(t testing.TB, limits Limits) *bench {
	t.Helper()
	b := &bench{shelf: &shelf{}, easel: &easel{}, meter: &meter{}}
	b.shelf.now = snapshot{version: "1", etag: "x"}
	for h := field.Time(0); h <= 6; h++ {
		b.shelf.now.keys = append(b.shelf.now.keys, key("a", "t", h), key("a", "u", h), key("b", "t", h), key("b", "c", h))
	}
	t.Cleanup(func() { // after all that was asked for is done
		b.source.Close()
		for range 1000 { // a flight that the last one left ends a little later
			if b.shelf.open.Load() == 0 {
				return
			}
			time.Sleep(time.Millisecond)
		}
		t.Errorf("%d snapshots are open after the test, want 0", b.shelf.open.Load())
	})
	b.serve(t, rows{250}, limits)
	return b
}

// serve makes the service anew, on what the shelf has now.
func (b *bench) serve(t testing.TB, r rows, limits Limits) {
	t.Helper()
	source, err := layers.NewSource(t.Context(), b.shelf, r, modelRows{}, r, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if b.source != nil {
		b.source.Close()
	}
	b.source = source
	b.Service = New(Parts{
		Catalogue: source, Sampler: b.meter, Painter: b.easel, Cache: mem.New(1 << 20), Limits: limits,
		Formats: []encode.Picture{format("image/png", true), format("image/jpeg", false)},
	})
	b.Service.now = func() time.Time { return (run0 + 2*hour).UTC() }
}

func key(model, element string, valid field.Time) field.Key {
	return field.Key{Model: model, Run: run0, Element: element, Level: field.Level{Kind: elements.Surface}, Valid: run0 + valid*hour}
}

// tile is a request for a picture of some layers.
func tile(names ...string) MapRequest {
	r := MapRequest{
		View:   geo.View{Ref: geo.Reference{Code: "EPSG:3857"}, Box: geo.Box{0, 0, 5009377.085697312, 5009377.085697312}, Width: 256, Height: 256},
		Format: "image/png", Transparent: true,
	}
	for _, n := range names {
		r.Layers = append(r.Layers, LayerChoice{Name: n})
	}
	return r
}
