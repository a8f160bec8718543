package answer

import (
	"errors"
	"math"
	"testing"

	"isobar/geo"
	"isobar/layers"
)

func TestAPathHasAValueForEachPlace(t *testing.T) {
	b := newBench(t, Limits{})
	got, err := b.Path(t.Context(), PathRequest{Layer: LayerChoice{Name: "b.c"}, At: []geo.LonLat{{Lon: 1, Lat: 2}, {Lon: math.NaN()}, {Lon: 3, Lat: 4}}})
	if err != nil || got.Unit != "degC" || len(got.Values) != 3 || got.Values[0] != got.Values[2] || !math.IsNaN(got.Values[1]) {
		t.Errorf("%v: %+v", err, got)
	}
	if b.meter.calls != 1 {
		t.Errorf("%d calls for one path, want 1", b.meter.calls)
	}
	for _, c := range []struct {
		r    PathRequest
		want error
	}{
		{PathRequest{Layer: LayerChoice{Name: "nope"}, At: make([]geo.LonLat, 2)}, layers.ErrUnknownLayer},
		{PathRequest{Layer: LayerChoice{Name: "a.t"}}, ErrTooLarge},
		{PathRequest{Layer: LayerChoice{Name: "a.t"}, At: make([]geo.LonLat, MaxPath+1)}, ErrTooLarge},
	} {
		if _, err := b.Path(t.Context(), c.r); !errors.Is(err, c.want) {
			t.Errorf("%d places of %s: %v, want %v", len(c.r.At), c.r.Layer.Name, err, c.want)
		}
	}
}

func TestTheRangeOfAFieldIsToldInItsLayersUnit(t *testing.T) {
	b := newBench(t, Limits{})
	low, high, unit, err := b.Range(t.Context(), LayerChoice{Name: "b.c"})
	if err != nil || unit != "degC" || math.Abs(low+273.15) > 1e-9 || math.Abs(high+272.15) > 1e-9 {
		t.Errorf("%g to %g %s, %v", low, high, unit, err)
	}
	if _, _, _, err := b.Range(t.Context(), LayerChoice{Name: "nope"}); !errors.Is(err, layers.ErrUnknownLayer) {
		t.Errorf("a layer that is not there: %v", err)
	}
}
