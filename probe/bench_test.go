package probe

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"isobar/field"
	"isobar/geo"
)

// benchElements are 8 stored elements, one of them nearest, and what is derived from two of them.
var benchElements = []string{"t2m", "u10", "v10", "msl", "r2m", "d2m", "tcc", "ptype"}

// quarter fills a store with a quarter degree of the Earth.
func quarter(b *testing.B, names []string, steps int) *house {
	b.Helper()
	h := empty(b, Limits{})
	g := latLon(b, 1440, 721, geo.Box{0, -90, 359.75, 90})
	w, err := h.store.Begin(b.Context(), "g", run0)
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	rows, err := shipped()
	if err != nil {
		b.Fatal(err)
	}
	values := make([]float32, g.Len())
	for n, name := range names {
		level := field.Level{Kind: rows.elements.Get(name).LevelKind}
		for s := range steps {
			for i := range values {
				x, y := float64(i%1440), float64(i/1440)
				values[i] = float32(math.Round(16*(280+20*math.Sin(x/97+float64(s)/7)*math.Cos(y/51)+math.Sin(x*7+y)+float64(n)))) / 16
			}
			k := field.Key{Model: "g", Run: run0, Element: name, Level: level, Valid: run0 + field.Time(s)*hour}
			if err := w.Put(b.Context(), &field.Field{Key: k, Grid: g, Values: values, Packing: &field.Packing{Reference: 250, Binary: -4, Bits: 12}}); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := w.Publish(b.Context()); err != nil {
		b.Fatal(err)
	}
	h.look(b)
	return h
}

// BenchmarkSeries asks for one place, one element, 65 steps.
func BenchmarkSeries(b *testing.B) {
	h := quarter(b, []string{"t2m"}, 65)
	r := Request{Columns: []Column{{Layer: h.layer(b, "g.t2m"), Unit: "degC"}}, Times: Times{Interval: true}, At: make([]geo.LonLat, 1)}
	for _, c := range []struct {
		name   string
		places int
	}{{"same", 1}, {"random", 1 << 20}} {
		b.Run(c.name, func(b *testing.B) {
			source := rand.New(rand.NewPCG(1, 2))
			b.ReportAllocs()
			for b.Loop() {
				if c.places > 1 {
					r.At[0] = geo.LonLat{Lon: 360 * source.Float64(), Lat: 180*source.Float64() - 90}
				}
				if got, err := h.engine.Probe(b.Context(), h.catalogue, clock(0), r); err != nil || len(got.Series[0].Times) != 65 {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPlaces asks for 8 elements at 13 steps at many places.
func BenchmarkPlaces(b *testing.B) {
	h := quarter(b, benchElements, 13)
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			source := rand.New(rand.NewPCG(1, 2))
			r := Request{Times: Times{Interval: true}, At: make([]geo.LonLat, n)}
			for _, name := range benchElements {
				r.Columns = append(r.Columns, Column{Layer: h.layer(b, "g."+name)})
			}
			for i := range r.At {
				r.At[i] = geo.LonLat{Lon: 360 * source.Float64(), Lat: 180*source.Float64() - 90}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.engine.Probe(b.Context(), h.catalogue, clock(0), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
