package grid

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"isobar/geo"
)

var (
	upright = geo.LonLat{Lat: -90}
	north   = geo.LonLat{Lat: 90}
)

// Around the Earth, and of a part of it.
func warpedOf(t *testing.T, w Warp) []Grid {
	return []Grid{
		must(t)(Warped(must(t)(LatLon(36, 19, geo.Box{-180, -90, 170, 90})), w)),
		must(t)(Warped(must(t)(Gaussian(16, 64, 32, geo.Box{0, -86, 354.375, 86})), w)),
		must(t)(Warped(must(t)(ReducedGaussian(2, []int{8, 12, 12, 8}, geo.Box{0, -59, 330, 59})), w)),
		must(t)(Warped(must(t)(LatLon(7, 5, geo.Box{-3, -2, 3, 2})), w)),
	}
}

func TestAGridThatIsTurnedIsARotatedOne(t *testing.T) {
	box, pole := geo.Box{-18, -8, 2, 12}, geo.LonLat{Lon: 10, Lat: -40}
	want := must(t)(Rotated(21, 21, box, pole, 15))
	got := must(t)(Warped(must(t)(LatLon(21, 21, box)), Warp{SouthPole: pole, AngleDeg: 15, Pole: north, Factor: 1}))
	n := want.Len()
	a, b, p, q := make([]geo.LonLat, n), make([]geo.LonLat, n), make([]float64, n), make([]float64, n)
	want.Places(a, 0)
	got.Places(b, 0)
	want.(Turned).North(p, 0)
	got.(Turned).North(q, 0)
	for i := range n {
		if d := apart(a[i], b[i]); d > 1e-9 || math.Abs(p[i]-q[i]) > 1e-6 {
			t.Fatalf("cell %d lies at %v, its north %v; turned: %v, %v", i, a[i], p[i], b[i], q[i])
		}
	}
}

func TestWarpedCellsAreFoundWhereTheyAre(t *testing.T) {
	for _, w := range []Warp{
		{upright, 0, north, 1},
		{geo.LonLat{Lon: 10, Lat: -40}, 15, north, 1},
		{upright, 0, geo.LonLat{Lon: 2, Lat: 46}, 2.5},
		{geo.LonLat{Lon: 182.5, Lat: -46.5}, 0, north, 2.2}, // as ARPEGE over France
	} {
		for _, g := range warpedOf(t, w) {
			at, stencils := make([]geo.LonLat, g.Len()), make([]Stencil, g.Len())
			g.Places(at, 0)
			g.Weigh(stencils, at)
			if nx, ny := g.Shape(); nx != g.Len() || ny != 1 {
				t.Errorf("%s has %d columns and %d rows on the Earth", g.ID(), nx, ny)
			}
			angles := make([]float64, g.Len())
			g.(Turned).North(angles, 0)
			for i, s := range stencils {
				var there [1]geo.LonLat
				g.Places(there[:], int(max(0, s.Cell[0])))
				if weight := weightOf(s, i); weight < 0.999 && apart(at[i], there[0]) > 1e-6 { // a pole is many cells
					t.Fatalf("%s: cell %d at %v has weight %v there", g.ID(), i, at[i], weight)
				}
				if math.IsNaN(angles[i]) || w.SouthPole == upright && w.Factor == 1 && math.Abs(angles[i]) > 1e-6 {
					t.Fatalf("%s: cell %d has its north at %v", g.ID(), i, angles[i])
				}
				if b := g.Extent(); at[i].Lat < b.MinY()-1e-9 || at[i].Lat > b.MaxY()+1e-9 {
					t.Fatalf("%s: cell %d at %v is outside %v", g.ID(), i, at[i], b)
				}
			}
			again, err := Parse(g.ID())
			if err != nil || again.ID() != g.ID() || again.Extent() != g.Extent() {
				t.Errorf("Parse(%q) = %v, %v", g.ID(), again, err)
			}
		}
	}
}

func TestCellsAreFinerAroundThePoleOfStretching(t *testing.T) {
	at := geo.LonLat{Lon: 2, Lat: 46}
	for _, factor := range []float64{1, 2.5, 0.5} {
		g := must(t)(Warped(must(t)(LatLon(36, 1801, geo.Box{-180, -90, 170, 90})), Warp{SouthPole: upright, Pole: at, Factor: factor}))
		var pole, next, far, last [1]geo.LonLat
		g.Places(pole[:], 0)
		g.Places(next[:], 36)
		g.Places(far[:], g.Len()-36)
		g.Places(last[:], g.Len()-72)
		if apart(pole[0], at) > 1e-6 {
			t.Errorf("stretched %v times, the first row lies at %v", factor, pole[0])
		}
		near, away := apart(pole[0], next[0]), apart(far[0], last[0])
		if math.Abs(away/near-factor*factor) > 0.01*factor*factor {
			t.Errorf("stretched %v times, cells are %v at the pole and %v across the Earth", factor, near, away)
		}
	}
}

func TestWarpsThatAreNoneAreRefused(t *testing.T) {
	base := must(t)(LatLon(4, 3, geo.Box{0, 0, 3, 2}))
	for _, w := range []Warp{
		{geo.LonLat{Lat: -91}, 0, north, 1}, {upright, 0, geo.LonLat{Lat: 95}, 1}, {upright, 0, north, 0}, {upright, 0, north, -2}, {upright, 0, north, 1e5},
		{upright, math.NaN(), north, 1}, {upright, 0, north, math.Inf(1)},
	} {
		if g, err := Warped(base, w); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: %v, %v", w, g, err)
		}
	}
	for _, id := range []string{
		"warped:0,-90,0,0,90,1", "warped:0,-90,0,0,90,1:warped:0,-90,0,0,90,1:latlon:4x3:0,0,3,2", "warped:0,-90,0,0,90:latlon:4x3:0,0,3,2",
		fmt.Sprintf("warped:0,-90,0,0,90,1:places:100:%032d", 0), "warped:0,-90,0,0,90,1:latlon:4x3:0,0,3",
	} {
		if g, err := Parse(id); err == nil {
			t.Errorf("Parse(%q) = %v", id, g)
		}
	}
}
