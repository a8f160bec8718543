package grid

import (
	"math"
	"math/rand/v2"
	"testing"

	"isobar/geo"
)

func spiral(n int) []geo.LonLat {
	places := make([]geo.LonLat, n)
	for i := range places {
		places[i] = geo.LonLat{
			Lon: math.Mod(float64(i)*137.50776405, 360) - 180,
			Lat: math.Asin(1-(2*float64(i)+1)/float64(n)) * 180 / math.Pi,
		}
	}
	return places
}

func TestNestedCellsAreRingsCells(t *testing.T) {
	want := []int{
		13, 5, 4, 0, 15, 7, 6, 1, 17, 9, 8, 2, 19, 11, 10, 3, 28, 20, 27, 12, 30, 22, 21, 14, 32, 24, 23, 16, 34, 26, 25, 18,
		44, 37, 36, 29, 45, 39, 38, 31, 46, 41, 40, 33, 47, 43, 42, 35,
	}
	small := must(t)(HEALPix(2, true, 45)).(*nestedGrid)
	for cell, ring := range want {
		if got := small.ring(cell); got != ring {
			t.Errorf("nested cell %d of 2 is ring cell %d, want %d", cell, got, ring)
		}
	}
	g := must(t)(HEALPix(4, true, 45)).(*nestedGrid)
	seen := map[int]bool{}
	for cell := range g.Len() {
		seen[g.ring(cell)] = true
	}
	if len(seen) != g.Len() {
		t.Errorf("%d nested cells are %d cells of rings", g.Len(), len(seen))
	}
	// Four cells that follow each other are a cell of the next coarser grid.
	coarse := must(t)(HEALPix(2, true, 45))
	for cell := range coarse.Len() {
		var at [1]geo.LonLat
		var quarters [4]geo.LonLat
		coarse.Places(at[:], cell)
		g.Places(quarters[:], 4*cell)
		for _, q := range quarters {
			if d := apart(at[0], q); d > 30 {
				t.Errorf("coarse cell %d at %v has a quarter at %v", cell, at[0], q)
			}
		}
	}
}

func TestUnstructuredPlacesEndAtTheirRim(t *testing.T) {
	var places []geo.LonLat
	for i := range 60 {
		for j := range 40 {
			places = append(places, geo.LonLat{Lon: 175 + float64(i)*0.2, Lat: 40 + float64(j)*0.2})
		}
	}
	g := must(t)(Unstructured(places))
	if got, want := g.Extent(), (geo.Box{175, 40, 186.8, 47.8}); math.Abs(got[0]-want[0]) > 1e-9 || math.Abs(got[2]-want[2]) > 1e-9 || got[3] != want[3] {
		t.Errorf("extent is %v, want %v", got, want)
	}
	for _, c := range []struct {
		at     geo.LonLat
		inside bool
	}{
		{geo.LonLat{Lon: 180.05, Lat: 43.07}, true}, {geo.LonLat{Lon: -179.95, Lat: 43.07}, true}, {geo.LonLat{Lon: 174.95, Lat: 43}, true},
		{geo.LonLat{Lon: 174, Lat: 43}, false}, {geo.LonLat{Lon: 180, Lat: 49}, false}, {geo.LonLat{Lon: 0, Lat: -43}, false},
		{geo.LonLat{Lon: 180, Lat: math.NaN()}, false}, {geo.LonLat{Lon: 180, Lat: 90}, false},
	} {
		var s [1]Stencil
		g.Weigh(s[:], []geo.LonLat{c.at})
		if got := s[0].Cell[0] >= 0; got != c.inside {
			t.Errorf("%v is inside: %v, want %v", c.at, got, c.inside)
		}
	}
}

func TestNearestPlacesAreTheNearest(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	places := make([]geo.LonLat, 3000)
	for i := range places {
		places[i] = geo.LonLat{Lon: random.Float64()*360 - 180, Lat: math.Asin(random.Float64()*2-1) * 180 / math.Pi}
	}
	n := newNearness(places, around(places))
	for k := range 2000 {
		at := geo.LonLat{Lon: random.Float64()*720 - 360, Lat: math.Asin(random.Float64()*2-1) * 180 / math.Pi}
		if k%100 == 0 {
			at.Lat = 90
		}
		found := n.nearest(at)
		best, far := -1, math.Inf(1)
		for i, p := range places {
			v, w := point(at), point(p)
			d := math.Hypot(math.Hypot(float64(v[0]-w[0]), float64(v[1]-w[1])), float64(v[2]-w[2]))
			if d < far {
				best, far = i, d
			}
		}
		if found.count < wanted || int(n.cells[found.where[0]]) != best && math.Abs(found.far[0]-far) > 1e-6 {
			t.Fatalf("nearest to %v is %v, %v, want %v, %v", at, n.cells[found.where[0]], found.far[0], best, far)
		}
	}
}
