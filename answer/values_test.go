package answer

import (
	"errors"
	"math"
	"strings"
	"testing"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

func TestValuesAreToldAsPeopleReadThem(t *testing.T) {
	b := newBench(t, Limits{})
	got, err := b.Values(t.Context(), ValuesRequest{Layers: []LayerChoice{{Name: "b.c"}, {Name: "a.t"}, {Name: "b.t"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		layer, unit string
		value       float64
	}{{"b.c", "degC", 2}, {"a.t", "K", 275.15}, {"b.t", "K", 275.15}} {
		v := got[i]
		if v.Layer.Name != want.layer || v.Unit != want.unit || len(v.At) != 1 || math.Abs(v.At[0].Value-want.value) > 1e-9 || v.At[0].Pick.Valid != run0+2*hour {
			t.Errorf("got %s %q %+v, want %+v", v.Layer.Name, v.Unit, v.At, want)
		}
	}
	if b.meter.calls != 2 {
		t.Errorf("%d reads for layers of 2 grids, want 2", b.meter.calls)
	}
}

func TestASeriesIsReadAtOnce(t *testing.T) {
	b := newBench(t, Limits{})
	s := layers.Selection{Interval: true, Time: &layers.TimeChoice{Start: run0 + hour, End: run0 + 4*hour}}
	got, err := b.Values(t.Context(), ValuesRequest{Layers: []LayerChoice{{Name: "b.c", Selection: s}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(got[0].At) != 4 || b.meter.calls != 1 {
		t.Fatalf("%d values by %d reads, want 4 by one", len(got[0].At), b.meter.calls)
	}
	for i, v := range got[0].At {
		if want := float64(i + 1); math.Abs(v.Value-want) > 1e-9 || v.Pick.Valid != run0+field.Time(i+1)*hour {
			t.Errorf("value %d is %v at %v, want %v", i, v.Value, v.Pick.Valid, want)
		}
	}
}

func TestAnIntervalIsOneTimeUnlessASeriesIsWanted(t *testing.T) {
	b := newBench(t, Limits{})
	s := layers.Selection{Time: &layers.TimeChoice{Start: run0 + hour, End: run0 + 4*hour}}
	got, err := b.Values(t.Context(), ValuesRequest{Layers: []LayerChoice{{Name: "a.t", Selection: s}}})
	if err != nil || len(got[0].At) != 1 || got[0].At[0].Pick.Valid != run0+hour {
		t.Errorf("got %+v, %v, want the first time alone", got, err)
	}
}

func TestAPixelThatShowsNoPlaceHasNoValue(t *testing.T) {
	b := newBench(t, Limits{})
	got, err := b.Values(t.Context(), ValuesRequest{Layers: []LayerChoice{{Name: "a.t"}}, At: geo.LonLat{Lon: math.NaN(), Lat: math.NaN()}})
	if err != nil || !math.IsNaN(got[0].At[0].Value) || b.meter.calls != 0 {
		t.Errorf("got %+v, %v by %d reads, want NaN by none", got, err, b.meter.calls)
	}
}

func TestWhatIsWrongWithValuesIsSaid(t *testing.T) {
	b := newBench(t, Limits{Layers: 2})
	for h := field.Time(7); h <= maxTimes; h++ {
		b.shelf.now.keys = append(b.shelf.now.keys, key("a", "t", h))
	}
	b.serve(t, rows{250}, Limits{Layers: 2})
	for _, c := range []struct {
		layers []LayerChoice
		want   error
		text   string
	}{
		{nil, ErrTooLarge, "layers 0"},
		{make([]LayerChoice, 3), ErrTooLarge, "layers 3"},
		{[]LayerChoice{{Name: "nope"}}, layers.ErrUnknownLayer, "nope"},
		{[]LayerChoice{{Name: "a.t", Style: "nope"}}, layers.ErrUnknownStyle, "nope"},
		{[]LayerChoice{{Name: "a.t", Selection: layers.Selection{Interval: true}}}, ErrTooLarge, "more than 1000 times"},
	} {
		if _, err := b.Values(t.Context(), ValuesRequest{Layers: c.layers}); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("got %v, want %v with %q", err, c.want, c.text)
		}
	}
	if n := b.shelf.open.Load(); n != 1 {
		t.Errorf("%d snapshots are open after faults, want the source's own", n)
	}
}

func TestNumbersAreWidenedAsTheyAreWritten(t *testing.T) {
	for _, v := range []float64{281.15, 0.1, -1e-7, 101325, 0, 3.4e38} {
		if got := widen(float32(v)); got != v {
			t.Errorf("widen(%v) = %v", v, got)
		}
	}
	if !math.IsNaN(widen(float32(math.NaN()))) || !math.IsInf(widen(float32(math.Inf(-1))), -1) {
		t.Error("what is no number does not stay so")
	}
}
