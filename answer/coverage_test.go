package answer

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"math"
	"testing"
	"time"

	"isobar/cache/mem"
	"isobar/coverage"
	"isobar/elements"
	"isobar/encode"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/layers"
	"isobar/sample"
)

// raw is a format of bare numbers.
func raw() encode.Coverage {
	return encode.Coverage{
		Name: "raw", Type: "application/octet-stream; kind=raw", Extension: ".raw",
		Check: func(s *coverage.Source) error {
			if s.Bands() > 40 {
				return encode.ErrUnfit
			}
			return nil
		},
		Size: func(s *coverage.Source) (int64, bool) { return 4 * s.Cells(), true },
		Encode: func(ctx context.Context, w io.Writer, s *coverage.Source) error {
			size := s.Width() * s.Height()
			for v := range s.Variables {
				values := make([]float32, size*s.Planes(v))
				if err := s.Read(ctx, v, 0, s.Planes(v), 0, s.Height(), values); err != nil {
					return err
				}
				if err := binary.Write(w, binary.LittleEndian, values); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// coverages serve t at three times, on two levels and by two members, whose values tell them apart, and s at the surface; and u and v.
func coverages(t *testing.T, limits CoverageLimits) *Coverages {
	t.Helper()
	world, err := grid.LatLon(36, 19, geo.Box{-180, -90, 170, 90})
	if err != nil {
		t.Fatal(err)
	}
	speed, err := elements.ParseExpression("speed(u, v)")
	if err != nil {
		t.Fatal(err)
	}
	fields := globe{grid: world, value: map[field.Key]func(geo.LonLat) float64{
		key("g", "u", 0): func(at geo.LonLat) float64 { return 3 }, key("g", "v", 0): func(at geo.LonLat) float64 { return 4 },
	}}
	for h := field.Time(0); h < 3; h++ {
		for l := range 2 {
			for m := range 2 {
				k := key("g", "t", h)
				k.Level = field.Level{Kind: elements.Pressure, Value: float64(l+1) * 1e4, To: float64(l+1) * 1e4}
				k.Member = m
				fields.value[k] = func(geo.LonLat) float64 { return float64(100*h) + float64(10*l) + float64(m) }
			}
		}
		if h > 0 {
			fields.value[key("g", "s", h)] = func(at geo.LonLat) float64 { return at.Lon }
		}
	}
	r := windRows{speed: speed}
	source, err := layers.NewSource(t.Context(), globes{globe: fields}, r, modelRows{}, r, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(source.Close)
	s := New(Parts{Catalogue: source, Cache: mem.New(1 << 20)})
	s.now = func() time.Time { return (run0 + 2*hour).UTC() }
	return NewCoverages(s, sample.New(1<<20), []encode.Coverage{raw()}, limits)
}

var whole = coverage.Cut{X: coverage.All, Y: coverage.All}

// numbersOf gives a coverage's values, and what is known of it.
func numbersOf(t *testing.T, c *Coverages, r CoverageRequest) ([]float32, Coverage) {
	t.Helper()
	a, err := c.Coverage(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Done()
	var b bytes.Buffer
	if err := a.Write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if int64(b.Len()) != a.Bytes || !a.Exact {
		t.Errorf("%d bytes, foreseen were %d", b.Len(), a.Bytes)
	}
	values := make([]float32, b.Len()/4)
	if err := binary.Read(&b, binary.LittleEndian, values); err != nil {
		t.Fatal(err)
	}
	return values, a
}

func TestACoverageHasTheAxesThatAreAskedFor(t *testing.T) {
	c := coverages(t, CoverageLimits{})
	at := func(h field.Time) *layers.TimeChoice {
		return &layers.TimeChoice{Start: run0 + h*hour, End: run0 + h*hour}
	}
	cell := coverage.Cut{X: coverage.At(10), Y: coverage.At(10)}
	interval := func(a, b float64) *coverage.Interval { return &coverage.Interval{Low: a, High: b} }
	slice := func(v float64) *coverage.Interval { i := coverage.At(v); return &i }
	for _, k := range []struct {
		name                   string
		request                CoverageRequest
		want                   []float32
		times, levels, members bool
	}{
		{"a plane by default", CoverageRequest{Layers: []string{"g.t"}, Cut: cell}, []float32{210}, false, false, false},
		{"a plane", CoverageRequest{Layers: []string{"g.t"}, Time: at(1), Level: interval(1e4, 1e4), Member: interval(1, 1), Cut: cell}, []float32{101}, false, false, false},
		{"a cube", CoverageRequest{Layers: []string{"g.t"}, Cube: true, Cut: cell}, []float32{0, 10, 100, 110, 200, 210, 1, 11, 101, 111, 201, 211}, true, true, true},
		{
			"trimmed to one of each", CoverageRequest{Layers: []string{"g.t"}, Cube: true, Time: at(1), Level: interval(1e4, 1e4), Member: interval(1, 1), Cut: cell},
			[]float32{101}, true, true, true,
		},
		{
			"sliced", CoverageRequest{Layers: []string{"g.t"}, Cube: true, Time: at(1), SliceTime: true, Level: slice(1e4), Member: slice(1), Cut: cell},
			[]float32{101}, false, false, false,
		},
		{
			"times", CoverageRequest{Layers: []string{"g.t"}, Time: &layers.TimeChoice{Start: run0 + hour, End: math.MaxInt64}, Cut: cell},
			[]float32{110, 210}, true, false, false,
		},
		{"levels", CoverageRequest{Layers: []string{"g.t"}, Level: interval(0, 1e9), Cut: cell}, []float32{200, 210}, false, true, false},
		{"two elements, of which one lacks a time", CoverageRequest{Layers: []string{"g.s", "g.t"}, Cube: true, Level: slice(1e4), Member: slice(0), Cut: cell}, []float32{nan, 10, 10, 0, 100, 200}, true, false, false},
		{"a derived element", CoverageRequest{Layers: []string{"g.ws"}, Cut: cell}, []float32{5}, false, false, false},
	} {
		got, a := numbersOf(t, c, k.request)
		if !same(got, k.want) {
			t.Errorf("%s: got %v, want %v", k.name, got, k.want)
		}
		v := len(a.Source.Variables) - 1
		if a.Source.HasTimes() != k.times || a.Source.HasLevels(v) != k.levels || a.Source.HasMembers() != k.members {
			t.Errorf("%s: axes time %v, level %v, member %v", k.name, a.Source.HasTimes(), a.Source.HasLevels(v), a.Source.HasMembers())
		}
	}
}

var nan = float32(math.NaN())

func same(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && (a[i] == a[i] || b[i] == b[i]) {
			return false
		}
	}
	return true
}

func TestACoverageIsNamedByAllThatItIsMadeFrom(t *testing.T) {
	c := coverages(t, CoverageLimits{})
	run := run0
	tags := map[string]string{}
	for name, r := range map[string]CoverageRequest{
		"plain": {Layers: []string{"g.t"}, Cut: whole}, "cube": {Layers: []string{"g.t"}, Cut: whole, Cube: true},
		"east": {Layers: []string{"g.t"}, Cut: coverage.Cut{X: coverage.Interval{Low: 0, High: 50}, Y: coverage.All}}, "other": {Layers: []string{"g.s"}, Cut: whole},
		"scaled": {Layers: []string{"g.t"}, Cut: coverage.Cut{X: coverage.All, Y: coverage.All, Width: 5}},
		"near":   {Layers: []string{"g.t"}, Cut: coverage.Cut{X: coverage.All, Y: coverage.All, Width: 5, Interpolation: coverage.Nearest}},
	} {
		_, a := numbersOf(t, c, r)
		if other, taken := tags[a.ETag]; taken {
			t.Errorf("%s and %s are both %s", name, other, a.ETag)
		}
		tags[a.ETag] = name
		if a.Pinned {
			t.Errorf("%s never changes?", name)
		}
	}
	_, a := numbersOf(t, c, CoverageRequest{
		Layers: []string{"g.s"}, Run: &run, Time: &layers.TimeChoice{Start: run0 + hour, End: run0 + hour}, Cut: whole,
	})
	if !a.Pinned || a.MaxAge != year {
		t.Errorf("what pins run and time is kept for %v", a.MaxAge)
	}
}

func TestTheDefaultFormatIsOneThatFits(t *testing.T) {
	c := coverages(t, CoverageLimits{})
	fussy := raw()
	fussy.Name, fussy.Type = "fussy", "image/x-fussy"
	fussy.Check = func(s *coverage.Source) error { return encode.ErrUnfit }
	c = NewCoverages(c.service, c.sampler, []encode.Coverage{fussy, raw()}, CoverageLimits{})
	if a, err := c.Coverage(t.Context(), CoverageRequest{Layers: []string{"g.t"}, Cut: whole}); err != nil || a.Format.Name != "raw" {
		t.Errorf("nobody's choice: got %q, %v, want raw", a.Format.Name, err)
	} else {
		a.Done()
	}
	if _, err := c.Coverage(t.Context(), CoverageRequest{Layers: []string{"g.t"}, Cut: whole, Format: "fussy"}); !errors.Is(err, encode.ErrUnfit) {
		t.Errorf("a choice that does not fit: got %v", err)
	}
}

func TestWhatIsTooMuchIsToldBeforeItIsRead(t *testing.T) {
	for _, k := range []struct {
		name   string
		limits CoverageLimits
		want   BudgetError
	}{
		{"values", CoverageLimits{Cells: 100}, BudgetError{Cells: 12 * 36 * 19, Bytes: 4 * 12 * 36 * 19, MaxCells: 100}},
		{"bytes", CoverageLimits{Bytes: 1000}, BudgetError{Cells: 12 * 36 * 19, Bytes: 4 * 12 * 36 * 19, MaxBytes: 1000}},
		{"fields", CoverageLimits{Planes: 2}, BudgetError{Planes: 3, MaxPlanes: 2}},
	} {
		_, err := coverages(t, k.limits).Coverage(t.Context(), CoverageRequest{Layers: []string{"g.t"}, Cube: true, Cut: whole})
		var budget *BudgetError
		if !errors.As(err, &budget) || *budget != k.want || !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: got %v, want %v", k.name, err, &k.want)
		}
	}
}

func TestWhatIsWrongWithACoverageIsSaid(t *testing.T) {
	c := coverages(t, CoverageLimits{})
	ten := coverage.At(10)
	var none *layers.DimensionError
	for _, k := range []struct {
		name    string
		request CoverageRequest
		want    error
	}{
		{"a layer", CoverageRequest{Layers: []string{"g.nope"}, Cut: whole}, layers.ErrUnknownLayer},
		{"a format", CoverageRequest{Layers: []string{"g.t"}, Format: "text/bogus", Cut: whole}, encode.ErrUnknownFormat},
		{"an option", CoverageRequest{Layers: []string{"g.t"}, Options: map[string]string{"a": "b"}, Cut: whole}, encode.ErrOption},
		{"a place", CoverageRequest{Layers: []string{"g.t"}, Cut: coverage.Cut{X: coverage.All, Y: coverage.Interval{Low: 100, High: 120}}}, coverage.ErrOutside},
		{"nothing", CoverageRequest{Cut: whole}, ErrTooLarge},
	} {
		if _, err := c.Coverage(t.Context(), k.request); !errors.Is(err, k.want) {
			t.Errorf("%s: got %v, want %v", k.name, err, k.want)
		}
	}
	for name, r := range map[string]CoverageRequest{
		"time":      {Layers: []string{"g.t"}, Time: &layers.TimeChoice{Start: 5, End: 6}, Cut: whole},
		"elevation": {Layers: []string{"g.t"}, Level: &ten, Cut: whole}, "member": {Layers: []string{"g.t"}, Member: &ten, Cut: whole},
	} {
		if _, err := c.Coverage(t.Context(), r); !errors.As(err, &none) || none.Dimension != name {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, name := range []string{"", "raw", "application/octet-stream", "application/octet-stream;kind=raw"} {
		if f, err := c.Format(name); err != nil || f.Name != "raw" {
			t.Errorf("format %q: %v", name, err)
		}
	}
}

func TestACoverageAfterDoneIsRefused(t *testing.T) {
	a, err := coverages(t, CoverageLimits{}).Coverage(t.Context(), CoverageRequest{Layers: []string{"g.t"}, Cut: whole})
	if err != nil {
		t.Fatal(err)
	}
	a.Done()
	if err := a.Write(t.Context(), io.Discard); !errors.Is(err, errFinished) {
		t.Errorf("got %v", err)
	}
}

// stuck is a client that takes nothing until it is let go.
type stuck struct{ taken, release chan struct{} }

func (s *stuck) Write(b []byte) (int, error) {
	close(s.taken)
	<-s.release
	return len(b), nil
}

func TestASlowClientHoldsNoPicturesSeat(t *testing.T) {
	c := coverages(t, CoverageLimits{AtOnce: 1})
	a, err := c.Coverage(t.Context(), CoverageRequest{Layers: []string{"g.t"}, Cut: whole})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Done()
	slow, done := &stuck{make(chan struct{}), make(chan struct{})}, make(chan error)
	go func() { done <- a.Write(context.WithoutCancel(t.Context()), slow) }()
	<-slow.taken
	if n := len(c.service.seats); n != 0 {
		t.Errorf("%d seats of pictures are taken", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Write(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("a second one at once: %v", err)
	}
	close(slow.release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
