package grid

import (
	"math"
	"testing"

	"isobar/geo"
)

// staggeredGrids are of part of the Earth and around it, upright and turned, of odd and even numbers of columns and rows.
func staggeredGrids(t *testing.T) []Grid {
	lambert := Lambert(geo.Sphere(6371229), 0, 50, 50)
	var all []Grid
	for _, odd := range []bool{false, true} {
		for _, base := range []Raster{
			must(t)(LatLon(7, 5, geo.Box{0, 40, 6, 44})).(Raster),
			must(t)(LatLon(8, 4, geo.Box{170, -40, 177, -37})).(Raster),
			must(t)(LatLon(36, 19, geo.Box{0, -90, 350, 90})).(Raster),
			must(t)(Rotated(9, 6, geo.Box{-4, -5, 4, 5}, geo.LonLat{Lon: 10, Lat: -38}, 0)).(Raster),
			must(t)(Projected(lambert, Cells{NX: 6, NY: 7, DX: 1e5, DY: 1e5, First: geo.LonLat{Lon: -3, Lat: 47}})).(Raster),
		} {
			all = append(all, must(t)(Staggered(base, odd)))
		}
	}
	return all
}

func TestStaggeredCellsAreEverySecondOfTheRaster(t *testing.T) {
	for _, g := range staggeredGrids(t) {
		s, turned := g.(*staggered)
		if !turned {
			s = &g.(*turnedStaggered).staggered
		}
		nx, ny := s.base.Shape()
		base := make([]geo.LonLat, nx*ny)
		s.base.Places(base, 0)
		var want []geo.LonLat
		for k, p := range base {
			if (k%nx+k/nx+s.first)%2 == 0 {
				want = append(want, p)
			}
		}
		got := make([]geo.LonLat, g.Len())
		g.Places(got, 0)
		if len(got) != len(want) {
			t.Fatalf("%s has %d cells, want %d", g.ID(), len(got), len(want))
		}
		stencils := make([]Stencil, len(got))
		g.Weigh(stencils, got)
		for k, p := range got {
			var one [1]geo.LonLat
			if g.Places(one[:], k); p != want[k] || one[0] != want[k] {
				t.Fatalf("%s: cell %d lies at %v, or %v, want %v", g.ID(), k, p, one[0], want[k])
			}
			weight := float32(0)
			for c, cell := range stencils[k].Cell {
				if cell >= 0 && got[cell] == p {
					weight += stencils[k].Weight[c]
				}
			}
			if weight < 0.999 {
				t.Errorf("%s: at cell %d of %v are %v", g.ID(), k, p, stencils[k])
			}
		}
		if again, err := Parse(g.ID()); err != nil || again.Len() != g.Len() {
			t.Errorf("%q parses as %v, %v", g.ID(), again, err)
		}
	}
}

// TestStaggeredGridsInterpolateLinearly takes values that are linear in a raster's coordinates: away from the rim no weights differ
// from a plane's.
func TestStaggeredGridsInterpolateLinearly(t *testing.T) {
	const nx, ny = 20, 14
	base := must(t)(LatLon(nx, ny, geo.Box{0, 30, nx - 1, 30 + ny - 1})).(Raster)
	for _, odd := range []bool{false, true} {
		g := must(t)(Staggered(base, odd))
		cells := make([]geo.LonLat, g.Len())
		g.Places(cells, 0)
		value := func(p geo.LonLat) float64 { return 3*p.Lon - 2*p.Lat }
		for lon := -0.4; lon < nx-0.6; lon += 0.13 {
			for lat := 29.6; lat < 30+ny-0.6; lat += 0.17 {
				p := geo.LonLat{Lon: lon, Lat: lat}
				var s [1]Stencil
				g.Weigh(s[:], []geo.LonLat{p})
				if s[0].Cell[0] < 0 {
					if lon > 0.5 && lon < nx-1.5 || lat > 30.5 && lat < 30+ny-1.5 {
						t.Fatalf("%v is outside", p)
					}
					continue
				}
				got, sum := 0.0, 0.0
				for c, cell := range s[0].Cell {
					got += float64(s[0].Weight[c]) * value(cells[cell])
					sum += float64(s[0].Weight[c])
				}
				rim := lon < 1 || lon > nx-2 || lat < 31 || lat > 30+ny-2
				if math.Abs(sum-1) > 1e-6 || !rim && math.Abs(got-value(p)) > 1e-4 {
					t.Fatalf("at %v the value is %v, want %v; weights sum to %v", p, got, value(p), sum)
				}
			}
		}
	}
}

func TestStaggeredGridsAreTurnedAsTheirRasters(t *testing.T) {
	base := must(t)(Rotated(9, 6, geo.Box{-4, -5, 4, 5}, geo.LonLat{Lon: 10, Lat: -38}, 0)).(Turned)
	g := must(t)(Staggered(base.(Raster), false)).(Turned)
	all, some := make([]float64, 54), make([]float64, 27)
	base.North(all, 0)
	g.North(some, 0)
	for k, j := 0, 0; j < 6; j++ {
		for i := j % 2; i < 9; i += 2 {
			if some[k] != all[j*9+i] {
				t.Fatalf("cell %d is turned by %v, want %v", k, some[k], all[j*9+i])
			}
			k++
		}
	}
}

func TestRastersThatCannotBeStaggeredAreRefused(t *testing.T) {
	for _, base := range []Raster{
		must(t)(LatLon(1, 5, geo.Box{0, 40, 0, 44})).(Raster),
		must(t)(LatLon(45, 19, geo.Box{0, -90, 352, 90})).(Raster), // around the Earth: the seam would lie between two of a kind
	} {
		if g, err := Staggered(base, false); err == nil {
			t.Errorf("%s is staggered: %s", base.ID(), g.ID())
		}
	}
}
