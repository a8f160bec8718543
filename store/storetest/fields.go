package storetest

import (
	"errors"
	"math"
	"math/rand/v2"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// The runs of the tests.
const (
	monday  field.Time = 1_790_000_000 / 3600 * 3600
	tuesday            = monday + 24*3600
)

// key names a field of the tests.
func key(model string, run field.Time, element string, step int) field.Key {
	return field.Key{
		Model: model, Run: run, Element: element, Level: field.Level{Kind: elements.Height, Value: 2, To: 2},
		Valid: run + field.Time(step)*3600,
	}
}

// at is a key with the level replaced.
func at(k field.Key, l field.Level) field.Key {
	k.Level = l
	return k
}

var missing = float32(math.NaN())

// packing is how the values of newField are quantised.
var packing = field.Packing{Reference: 2000, Binary: -2, Decimal: 1, Bits: 14}

// newField makes a field of waves and noise, another one for each seed, quantised.
func newField(k field.Key, g grid.Grid, seed uint64) *field.Field {
	noise := rand.New(rand.NewPCG(seed, 7))
	nx, _ := g.Shape()
	values := make([]float32, g.Len())
	for i := range values {
		x, y := float64(i%nx), float64(i/nx)
		q := math.Round(1500 + 500*math.Sin(x/9+float64(seed))*math.Cos(y/7) + 40*noise.NormFloat64())
		values[i] = float32((packing.Reference + q*math.Ldexp(1, packing.Binary)) / math.Pow10(packing.Decimal))
	}
	p := packing
	return &field.Field{Key: k, Grid: g, Values: values, Packing: &p}
}

// differ is the first cell in which values differ, or -1. All that is missing is alike.
func differ(got, want []float32) int {
	if len(got) != len(want) {
		return min(len(got), len(want))
	}
	for i, v := range got {
		if v != want[i] && (v == v || want[i] == want[i]) {
			return i
		}
	}
	return -1
}

// isError checks that an error is of a kind.
func (s *suite) isError(err, kind error) {
	s.Helper()
	if !errors.Is(err, kind) {
		s.Errorf("error is %v, want %v", err, kind)
	}
}

// The grids of the tests: one around the Earth, its levels of some chunks; a small part of the Earth; and places in no order.
func (s *suite) world() grid.Raster {
	s.Helper()
	g, err := grid.LatLon(512, 257, geo.Box{0, -90, 360 - 360./512, 90})
	s.must(err)
	return g
}

func (s *suite) region() grid.Raster {
	s.Helper()
	g, err := grid.LatLon(70, 66, geo.Box{0, 40, 17.25, 56.25})
	s.must(err)
	return g
}

func (s *suite) places() grid.Grid {
	s.Helper()
	spread := rand.New(rand.NewPCG(3, 4))
	places := make([]geo.LonLat, 9000)
	for i := range places {
		places[i] = geo.LonLat{Lon: 20 * spread.Float64(), Lat: 40 + 10*spread.Float64()}
	}
	g, err := grid.Unstructured(places)
	s.must(err)
	return g
}
