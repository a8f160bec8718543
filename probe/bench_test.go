package probe

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-spatial/geom"

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

// BenchmarkAlong follows a route whose points have a time each, between those of fields.
func BenchmarkAlong(b *testing.B) {
	h := quarter(b, benchElements[:5], 13)
	var columns []Column
	for _, name := range benchElements[:5] {
		columns = append(columns, Column{Layer: h.layer(b, "g."+name)})
	}
	route := make([]Point, 1000)
	for i := range route {
		at := run0 + field.Time(i)*12*hour/1000
		route[i] = Point{At: geo.LonLat{Lon: float64(i) / 10, Lat: 50}, Time: &at}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.engine.Along(b.Context(), h.catalogue, clock(0), columns, nil, route, AlongOptions{Linear: true}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStatistics sums up a fortieth of the Earth at 13 steps.
func BenchmarkStatistics(b *testing.B) {
	h := quarter(b, benchElements[:1], 13)
	area, err := Polygons(geom.Polygon{square(0, 30, 60, 60)})
	if err != nil {
		b.Fatal(err)
	}
	r := StatisticsRequest{Columns: []Column{{Layer: h.layer(b, "g.t2m")}}, Times: Times{Interval: true}, Area: area, Percentiles: []float64{50}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.engine.Statistics(b.Context(), h.catalogue, clock(0), r); err != nil {
			b.Fatal(err)
		}
	}
}
