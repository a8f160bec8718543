package grid

import (
	"math"
	"testing"

	"isobar/geo"
)

// unique counts places that are one, and gives each of them a number.
func unique(places []geo.LonLat) (numbers []int, count int) {
	seen := map[[3]int32]int{}
	for _, p := range places {
		v := vectorOf(p)
		key := [3]int32{int32(math.Round(v[0] * 1e7)), int32(math.Round(v[1] * 1e7)), int32(math.Round(v[2] * 1e7))}
		n, ok := seen[key]
		if !ok {
			n = len(seen)
			seen[key] = n
		}
		numbers = append(numbers, n)
	}
	return numbers, len(seen)
}

func TestIcosahedralPointsLieEvenlyOnTheEarth(t *testing.T) {
	for _, n := range []int{1, 2, 3, 6, 8, 12} {
		g := must(t)(Icosahedral(n, 0, Diamonds{}))
		places := make([]geo.LonLat, g.Len())
		g.Places(places, 0)
		if want := 10 * (n + 1) * (n + 1); len(places) != want {
			t.Errorf("%d intervals: %d points, want %d", n, len(places), want)
		}
		if _, count := unique(places); count != 10*n*n+2 { // Euler: 12 vertices, 30 sides, 20 faces
			t.Errorf("%d intervals: %d places, want %d", n, count, 10*n*n+2)
		}
		side, least, most := n+1, math.Inf(1), 0.0
		for d := range 10 {
			for j := range side {
				for i := range n {
					at := (d*side+j)*side + i
					for _, next := range []int{at + 1, (d*side+i)*side + j + side} { // along i, and along j
						a := vectorOf(places[at])
						if next != at+1 {
							a = vectorOf(places[(d*side+i)*side+j])
						}
						far := a.apart(vectorOf(places[next]))
						least, most = min(least, far), max(most, far)
					}
				}
			}
		}
		if most > 1.4*least {
			t.Errorf("%d intervals: neighbours are %v to %v apart", n, least, most)
		}
	}
}

// TestIcosahedralDiamondsLieAsInTheModelGME tells the corners of some diamonds, as DWD's documentation has them.
func TestIcosahedralDiamondsLieAsInTheModelGME(t *testing.T) {
	const n, ring = 4, 26.565051177
	g := must(t)(Icosahedral(n, 0, Diamonds{}))
	side := n + 1
	for _, c := range []struct {
		diamond, i, j int
		want          geo.LonLat
	}{
		{0, 0, 0, geo.LonLat{Lat: 90}},
		{0, n, 0, geo.LonLat{Lon: -36, Lat: ring}},
		{0, 0, n, geo.LonLat{Lon: 36, Lat: ring}},
		{0, n, n, geo.LonLat{Lon: 0, Lat: -ring}},
		{1, n, 0, geo.LonLat{Lon: 36, Lat: ring}},
		{4, 0, n, geo.LonLat{Lon: -36, Lat: ring}},
		{5, 0, 0, geo.LonLat{Lat: -90}},
		{5, n, 0, geo.LonLat{Lon: 0, Lat: -ring}},
		{5, 0, n, geo.LonLat{Lon: 72, Lat: -ring}},
		{5, n, n, geo.LonLat{Lon: 36, Lat: ring}},
	} {
		var got [1]geo.LonLat
		g.Places(got[:], (c.diamond*side+c.j)*side+c.i)
		if apart(got[0], c.want) > 1e-6 {
			t.Errorf("diamond %d, (%d, %d) lies at %v, want %v", c.diamond, c.i, c.j, got[0], c.want)
		}
	}
}

func TestIcosahedralCellsAreFoundWhereTheyAre(t *testing.T) {
	for _, n := range []int{1, 4, 6, 24} {
		for _, order := range []Diamonds{{}, {EquatorFirst: true}, {EastFirst: true, Along: true}, {true, true, true}} {
			g := must(t)(Icosahedral(n, 11, order))
			places, stencils := make([]geo.LonLat, g.Len()), make([]Stencil, g.Len())
			g.Places(places, 0)
			g.Weigh(stencils, places)
			for k, s := range stencils {
				weight := float32(0)
				for c, cell := range s.Cell {
					if apart(places[cell], places[k]) < 1e-6 {
						weight += s.Weight[c]
					}
				}
				if weight < 0.9999 {
					t.Fatalf("%s: at cell %d of %v are %v", g.ID(), k, places[k], s)
				}
			}
			if again, err := Parse(g.ID()); err != nil || again.ID() != g.ID() {
				t.Errorf("%q parses as %v, %v", g.ID(), again, err)
			}
		}
	}
}

// TestIcosahedralWeightsLeadToThePlace weighs the corners' directions: their sum must point to the place.
func TestIcosahedralWeightsLeadToThePlace(t *testing.T) {
	g := must(t)(Icosahedral(12, 0, Diamonds{}))
	places := make([]geo.LonLat, g.Len())
	g.Places(places, 0)
	for _, p := range spiral(5000) {
		var s [1]Stencil
		g.Weigh(s[:], []geo.LonLat{p})
		var sum vector
		weights := 0.0
		for c, cell := range s[0].Cell {
			sum = sum.plus(vectorOf(places[cell]).times(float64(s[0].Weight[c])))
			weights += float64(s[0].Weight[c])
			if vectorOf(p).apart(vectorOf(places[cell])) > 0.15 {
				t.Fatalf("at %v is cell %d of %v", p, cell, places[cell])
			}
		}
		if math.Abs(weights-1) > 1e-6 || sum.apart(vectorOf(p)) > 1e-6 {
			t.Fatalf("weights at %v sum to %v and lead to %v", p, weights, sum.place())
		}
	}
}

func TestIcosahedraCutOtherwiseAreRefused(t *testing.T) {
	for _, n := range []int{0, -4, 5, 9, 18, 1 << 13} {
		if g, err := Icosahedral(n, 0, Diamonds{}); err == nil {
			t.Errorf("%d intervals make %s", n, g.ID())
		}
	}
}
