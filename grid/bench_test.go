package grid

import (
	"testing"

	"isobar/geo"
)

// window is a tile's worth of places over Europe and the Atlantic.
func window() []geo.LonLat {
	places := make([]geo.LonLat, 256*256)
	for i := range places {
		places[i] = geo.LonLat{Lon: -30 + float64(i%256)*0.2, Lat: 75 - float64(i/256)*0.15}
	}
	return places
}

func BenchmarkWeigh(b *testing.B) {
	counts := make([]int, 2*1280)
	for j := range counts {
		counts[j] = 20 + 4*min(j, len(counts)-1-j)
	}
	reduced, err := ReducedGaussian(1280, counts, geo.Box{0, -89.946, 359.93, 89.946})
	if err != nil {
		b.Fatal(err)
	}
	regular, _ := LatLon(1440, 721, geo.Box{0, -90, 359.75, 90})
	lambert, _ := Projected(Lambert(geo.Sphere(6371229), 8, 50, 50), Cells{NX: 1799, NY: 1059, DX: 3000, DY: 3000, First: geo.LonLat{Lon: -20, Lat: 35}})
	nested, _ := HEALPix(256, true, 45)
	places, _ := Unstructured(spiral(1 << 20))
	gme, _ := Icosahedral(384, 0, Diamonds{})
	staggered, _ := Staggered(regular, false)
	at := window()
	dst := make([]Stencil, len(at))
	for name, g := range map[string]Grid{"icosahedral": gme, "staggered": staggered, "lat-lon": regular, "Lambert": lambert, "O1280": reduced, "HEALPix": nested, "a million places": places} {
		b.Run(name, func(b *testing.B) {
			g.Weigh(dst[:1], at[:1]) // builds an index
			for b.Loop() {
				g.Weigh(dst, at)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(at)), "ns/point")
		})
	}
}

// BenchmarkPlacesIndexed builds the index of as many cells as ICON's global grid has.
func BenchmarkPlacesIndexed(b *testing.B) {
	places := spiral(2949120)
	for b.Loop() {
		newNearness(places, around(places))
	}
}

func BenchmarkGaussianRows(b *testing.B) {
	for b.Loop() {
		if _, err := gaussianRows(1280); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNorth(b *testing.B) {
	e := geo.Sphere(6371229)
	c := Cells{NX: 1000, NY: 1000, DX: 3000, DY: 3000, First: geo.LonLat{Lon: -20, Lat: 35}}
	lambert, _ := Projected(Lambert(e, 8, 50, 50), c)
	azimuthal, _ := Projected(LambertAzimuthal(e, 8, 50), c)
	rotated, _ := Rotated(1000, 1000, geo.Box{-5, -5, 5, 5}, geo.LonLat{Lon: 10, Lat: -40}, 0)
	dst := make([]float64, 1000)
	for name, g := range map[string]Raster{"Lambert": lambert, "azimuthal": azimuthal, "rotated": rotated} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				g.(Turned).North(dst, 5000)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(dst)), "ns/cell")
		})
	}
}
