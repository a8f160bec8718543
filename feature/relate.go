package feature

import (
	"math"
	"slices"
)

// Intersects tells that two shapes have a point in common.
func (s *Shape) Intersects(o *Shape) bool {
	if !s.any || !o.any || !meet(s.bounds, o.bounds) {
		return false
	}
	return s.touches(o) || o.touches(s) || crossing(s, o)
}

// touches tells that a point, or an end of a line or ring of o lies in s.
func (s *Shape) touches(o *Shape) bool {
	if slices.ContainsFunc(o.points, s.Covers) {
		return true
	}
	for _, l := range o.lines {
		if s.inArea(l[0]) >= 0 || s.inArea(l[1]) >= 0 {
			return true
		}
	}
	for _, a := range o.areas {
		if s.inArea(a.rings[0][0]) >= 0 {
			return true
		}
	}
	return false
}

// crossing tells that a line or ring of one meets one of the other.
func crossing(s, o *Shape) bool {
	for a := range s.edges {
		box := boxOf(a)
		if !meet(box, o.bounds) {
			continue
		}
		for b := range o.edges {
			if meet(box, boxOf(b)) && segmentsMeet(a, b) {
				return true
			}
		}
	}
	return false
}

// edges are all lines and the sides of all rings.
func (s *Shape) edges(yield func(segment) bool) {
	for _, l := range s.lines {
		if !yield(l) {
			return
		}
	}
	for _, a := range s.areas {
		for _, ring := range a.rings {
			for i, p := range ring {
				if !yield(segment{p, ring[(i+1)%len(ring)]}) {
					return
				}
			}
		}
	}
}

func boxOf(s segment) [4]float64 {
	return [4]float64{min(s[0][0], s[1][0]), min(s[0][1], s[1][1]), max(s[0][0], s[1][0]), max(s[0][1], s[1][1])}
}

// Covers tells that a point is one of the points, lies on a line, or in an area or on its edge.
func (s *Shape) Covers(p [2]float64) bool {
	if slices.Contains(s.points, p) || s.inArea(p) >= 0 {
		return true
	}
	for _, l := range s.lines {
		if on(l, p) {
			return true
		}
	}
	return false
}

// inArea is 1 for a point inside an area, 0 for one on the edge of one, -1 outside.
func (s *Shape) inArea(p [2]float64) int {
	best := -1
	for i := range s.areas {
		if best = max(best, s.areas[i].side(p)); best > 0 {
			break
		}
	}
	return best
}

// side is 1 inside, 0 on the edge of the outline or of a hole, -1 outside or in a hole.
func (a *area) side(p [2]float64) int {
	if p[0] < a.bounds[0] || p[0] > a.bounds[2] || p[1] < a.bounds[1] || p[1] > a.bounds[3] {
		return -1
	}
	for i, ring := range a.rings {
		switch in := inRing(ring, p); {
		case in == 0:
			return 0
		case (in > 0) != (i == 0):
			return -1
		}
	}
	return 1
}

// inRing counts how often a ray to the east meets a ring: 1 inside, 0 on it, -1 outside.
func inRing(ring [][2]float64, p [2]float64) int {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if on(segment{a, b}, p) {
			return 0
		}
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			in = !in
		}
	}
	if in {
		return 1
	}
	return -1
}

// turn is the sign of the area of a triangle: on which side of a to b lies c. What rounding can make of nought is nought.
func turn(a, b, c [2]float64) int {
	l, r := (b[0]-a[0])*(c[1]-a[1]), (b[1]-a[1])*(c[0]-a[0])
	switch d := l - r; {
	case math.Abs(d) <= 1e-14*(math.Abs(l)+math.Abs(r)):
		return 0
	case d > 0:
		return 1
	}
	return -1
}

// on tells that a point lies on a segment.
func on(s segment, p [2]float64) bool {
	b := boxOf(s)
	return p[0] >= b[0] && p[0] <= b[2] && p[1] >= b[1] && p[1] <= b[3] && turn(s[0], s[1], p) == 0
}

// segmentsMeet tells that two segments have a point in common.
func segmentsMeet(a, b segment) bool {
	d1, d2 := turn(a[0], a[1], b[0]), turn(a[0], a[1], b[1])
	d3, d4 := turn(b[0], b[1], a[0]), turn(b[0], b[1], a[1])
	if d1 != d2 && d3 != d4 {
		return true
	}
	return on(a, b[0]) || on(a, b[1]) || on(b, a[0]) || on(b, a[1])
}

// Within tells that all of s lies in o, and that their insides meet (OGC 06-103r4 6.1.15.2). The parts of o are tried one by one: what only
// two of them together cover does not lie within.
func (s *Shape) Within(o *Shape) bool {
	if !s.any || !o.any || s.bounds[0] < o.bounds[0] || s.bounds[1] < o.bounds[1] || s.bounds[2] > o.bounds[2] || s.bounds[3] > o.bounds[3] {
		return false
	}
	inside := false
	for _, p := range s.points {
		if !o.Covers(p) {
			return false
		}
		inside = inside || o.inArea(p) > 0 || slices.Contains(o.points, p) || o.onLine(p)
	}
	for e := range s.edges {
		for _, p := range pieces(e, o) {
			if !o.Covers(p) {
				return false
			}
			inside = inside || o.inArea(p) > 0 || len(s.lines) > 0 && o.onLine(p)
		}
	}
	for _, a := range s.areas {
		if !o.surrounds(&a) {
			return false
		}
		inside = true
	}
	return inside
}

// onLine tells that a point lies on a line, not at the line's end alone.
func (s *Shape) onLine(p [2]float64) bool {
	ends := 0
	for _, l := range s.lines {
		if on(l, p) {
			if p != l[0] && p != l[1] {
				return true
			}
			ends++
		}
	}
	return ends > 1
}

// pieces are points between those where a segment meets another shape's edges, one of each piece, and its ends.
func pieces(e segment, o *Shape) [][2]float64 {
	cuts := []float64{0, 1}
	box := boxOf(e)
	at := func(t float64) [2]float64 {
		return [2]float64{e[0][0] + t*(e[1][0]-e[0][0]), e[0][1] + t*(e[1][1]-e[0][1])}
	}
	along := func(p [2]float64) {
		dx, dy := e[1][0]-e[0][0], e[1][1]-e[0][1]
		if n := dx*dx + dy*dy; n > 0 {
			cuts = append(cuts, ((p[0]-e[0][0])*dx+(p[1]-e[0][1])*dy)/n)
		}
	}
	for b := range o.edges {
		if !meet(box, boxOf(b)) || !segmentsMeet(e, b) {
			continue
		}
		for _, p := range b {
			if on(e, p) {
				along(p)
			}
		}
		dx, dy, ex, ey := e[1][0]-e[0][0], e[1][1]-e[0][1], b[1][0]-b[0][0], b[1][1]-b[0][1]
		if d := dx*ey - dy*ex; d != 0 {
			cuts = append(cuts, ((b[0][0]-e[0][0])*ey-(b[0][1]-e[0][1])*ex)/d)
		}
	}
	slices.Sort(cuts)
	middles := [][2]float64{e[0], e[1]}
	for i := 1; i < len(cuts); i++ {
		if cuts[i]-cuts[i-1] > 1e-12 && cuts[i-1] >= 0 && cuts[i] <= 1 {
			middles = append(middles, at((cuts[i-1]+cuts[i])/2))
		}
	}
	return middles
}

// surrounds tells that no edge of s lies inside an area whose own edges s covers: no hole of s does.
func (s *Shape) surrounds(a *area) bool {
	if len(s.areas) == 0 {
		return false
	}
	alone := &Shape{areas: []area{*a}, bounds: a.bounds, any: true}
	for _, own := range s.areas {
		for _, ring := range own.rings {
			for i, p := range ring {
				for _, m := range pieces(segment{p, ring[(i+1)%len(ring)]}, alone) {
					if a.side(m) > 0 {
						return false
					}
				}
			}
		}
	}
	return true
}

// Equals tells that two shapes are the same points.
func (s *Shape) Equals(o *Shape) bool {
	return s.any && o.any && s.bounds == o.bounds && s.coveredBy(o) && o.coveredBy(s)
}

func (s *Shape) coveredBy(o *Shape) bool {
	for _, p := range s.points {
		if !o.Covers(p) {
			return false
		}
	}
	for e := range s.edges {
		for _, p := range pieces(e, o) {
			if !o.Covers(p) {
				return false
			}
		}
	}
	for _, a := range s.areas {
		if !o.surrounds(&a) {
			return false
		}
	}
	return true
}
