package mvt

import (
	"math"
	"slices"
)

// Raster is values at the nodes of a lattice, row by row from the top, from which contours are drawn: NX by NY of them, a multiple of
// Step units of the tile apart, the first at Origin to the left of and above the tile's corner. NaN is no value.
type Raster struct {
	NX, NY       int
	Values       []float32
	Step, Origin int32
}

// corner is a node of a cell: its number and its value. Middles of cells have numbers beyond those of nodes.
type corner struct {
	id int
	v  float64
}

// cells calls visit for each cell, upper left corner first and then clockwise on the screen. A cell where both corners of one
// diagonal lie above those of the other is ambiguous, and comes as four triangles around the mean in its middle, so that lines and
// bands of all values agree. Cells with a missing corner are left out.
func (r *Raster) cells(visit func(ring []corner)) {
	nodes := r.NX * r.NY
	for y := range r.NY - 1 {
		for x := range r.NX - 1 {
			var q [4]corner
			at, missing := y*r.NX+x, false
			for i, n := range [4]int{at, at + 1, at + 1 + r.NX, at + r.NX} {
				q[i] = corner{n, float64(r.Values[n])}
				missing = missing || math.IsNaN(q[i].v)
			}
			switch {
			case missing:
			case min(q[0].v, q[2].v) > max(q[1].v, q[3].v) || max(q[0].v, q[2].v) < min(q[1].v, q[3].v):
				middle := corner{nodes + at, (q[0].v + q[1].v + q[2].v + q[3].v) / 4}
				for i := range q {
					visit([]corner{q[i], q[(i+1)%4], middle})
				}
			default:
				visit(q[:])
			}
		}
	}
}

// place is where a corner lies.
func (r *Raster) place(id int) (x, y float64) {
	half := 0.0
	if nodes := r.NX * r.NY; id >= nodes {
		id, half = id-nodes, 0.5
	}
	step := float64(r.Step)
	return (float64(id%r.NX)+half)*step - float64(r.Origin), (float64(id/r.NX)+half)*step - float64(r.Origin)
}

// point names a point of a contour, so that both cells beside an edge name it alike: a node (b is -1), or where the edge from node a to
// node b, a < b, has a value, the first or the second of two.
type point struct {
	a, b   int
	second bool
}

// crossing is where an edge has a value.
func crossing(p, q corner, second bool) point {
	return point{min(p.id, q.id), max(p.id, q.id), second}
}

// at is where a point lies, in whole units. low and high are the values that its edge is crossed at.
func (r *Raster) at(p point, low, high float64) XY {
	x, y := r.place(p.a)
	if p.b >= 0 {
		v := low
		if p.second {
			v = high
		}
		from, to := r.value(p.a), r.value(p.b)
		t := (v - from) / (to - from)
		x1, y1 := r.place(p.b)
		x, y = x+(x1-x)*t, y+(y1-y)*t
	}
	return XY{int32(math.Round(x)), int32(math.Round(y))}
}

// value gives what corners were made with.
func (r *Raster) value(id int) float64 {
	nodes := r.NX * r.NY
	if id < nodes {
		return float64(r.Values[id])
	}
	n := id - nodes
	return (float64(r.Values[n]) + float64(r.Values[n+1]) + float64(r.Values[n+1+r.NX]) + float64(r.Values[n+r.NX])) / 4
}

// Lines gives the lines along which the raster has a value, the higher side on their right as seen on a screen. Closed lines end where
// they begin.
func (r *Raster) Lines(v float64) (lines [][]XY) {
	next := map[point]point{}
	var starts []point
	entered := map[point]bool{}
	r.cells(func(ring []corner) {
		var up, down point
		found := false
		for i, p := range ring {
			q := ring[(i+1)%len(ring)]
			switch {
			case p.v < v && q.v >= v:
				up, found = crossing(p, q, false), true
			case p.v >= v && q.v < v:
				down = crossing(p, q, false)
			}
		}
		if found { // clockwise the rim rises, is high, and falls; the line goes back from the fall to the rise
			next[down] = up
			starts = append(starts, down)
			entered[up] = true
		}
	})
	for pass := range 2 { // lines that begin somewhere, then those that are closed
		for _, s := range starts {
			if _, open := next[s]; open && (pass == 1 || !entered[s]) {
				if line := r.follow(next, s, v); len(line) > 1 {
					lines = append(lines, line)
				}
			}
		}
	}
	return lines
}

// follow walks along a line and takes it out.
func (r *Raster) follow(next map[point]point, s point, v float64) (line []XY) {
	add := func(p point) { line = extend(line, r.at(p, v, v)) }
	add(s)
	for p, ok := next[s]; ok; {
		delete(next, s)
		add(p)
		s = p
		p, ok = next[s]
	}
	return line
}

// extend appends a point, unless it is the one before or makes the one before needless.
func extend(line []XY, p XY) []XY {
	if n := len(line); n > 0 {
		b := line[n-1]
		if b == p {
			return line
		}
		if n > 1 {
			a := line[n-2]
			ux, uy, wx, wy := int64(b.X-a.X), int64(b.Y-a.Y), int64(p.X-b.X), int64(p.Y-b.Y)
			if ux*wy == uy*wx && ux*wx+uy*wy > 0 {
				line[n-1] = p
				return line
			}
		}
	}
	return append(line, p)
}

// Band gives the areas where low <= value < high as the rings of one feature of polygons: outer rings, each followed by its holes.
func (r *Raster) Band(low, high float64) [][]XY {
	ways := map[point][]point{}
	var order []point
	r.cells(func(ring []corner) {
		piece := clip(ring, low, high)
		for i, p := range piece {
			q := piece[(i+1)%len(piece)]
			if p == q {
				continue
			}
			if back := slices.Index(ways[q], p); back >= 0 { // the cell beside has this edge, too: it lies inside
				ways[q] = slices.Delete(ways[q], back, back+1)
				continue
			}
			ways[p] = append(ways[p], q)
			order = append(order, p)
		}
	})
	var rings [][]XY
	for _, s := range order {
		for len(ways[s]) > 0 {
			if ring := r.round(ways, s, low, high); len(ring) >= 3 && area2(ring) != 0 {
				rings = append(rings, ring)
			}
		}
	}
	return nested(rings)
}

// clip is the part of a cell within a band, clockwise. Where it has two parts of the rim, they are one piece across the middle.
func clip(ring []corner, low, high float64) (piece []point) {
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		if p.v >= low && p.v < high {
			piece = append(piece, point{a: p.id, b: -1})
		}
		crossesLow, crossesHigh := (p.v < low) != (q.v < low), (p.v < high) != (q.v < high)
		rising := p.v < q.v
		if crossesLow && rising {
			piece = append(piece, crossing(p, q, false))
		}
		if crossesHigh {
			piece = append(piece, crossing(p, q, true))
		}
		if crossesLow && !rising {
			piece = append(piece, crossing(p, q, false))
		}
	}
	return piece
}

// round walks around a ring and takes it out.
func (r *Raster) round(ways map[point][]point, s point, low, high float64) (ring []XY) {
	for p := s; ; {
		out := ways[p]
		if len(out) == 0 {
			break
		}
		q := out[len(out)-1]
		ways[p] = out[:len(out)-1]
		ring = extend(ring, r.at(q, low, high))
		if p = q; p == s {
			break
		}
	}
	for len(ring) > 1 && ring[0] == ring[len(ring)-1] {
		ring = ring[:len(ring)-1]
	}
	return ring
}

// area2 is twice a ring's area, positive if it is clockwise on a screen, as y goes down (MVT 2.1 4.3.3.3).
func area2(ring []XY) (sum int64) {
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += int64(p.X)*int64(q.Y) - int64(q.X)*int64(p.Y)
	}
	return sum
}

// nested puts holes behind the smallest outer ring that they lie in. A hole in none is left out: rounding has made it one.
func nested(rings [][]XY) (sorted [][]XY) {
	var outer []int
	holes := map[int][][]XY{}
	for i, r := range rings {
		if area2(r) > 0 {
			outer = append(outer, i)
		}
	}
	for _, r := range rings {
		if area2(r) >= 0 {
			continue
		}
		best, size := -1, int64(math.MaxInt64)
		for _, o := range outer {
			if a := area2(rings[o]); a < size && a >= -area2(r) && within(rings[o], r) {
				best, size = o, a
			}
		}
		if best >= 0 {
			holes[best] = append(holes[best], r)
		}
	}
	for _, o := range outer {
		sorted = append(sorted, rings[o])
		sorted = append(sorted, holes[o]...)
	}
	return sorted
}

// within tells that a ring lies in another: by a place inside of it, as corners and sides may be the other's, too.
func within(outer, inner []XY) bool {
	x, y, ok := interior(inner)
	return ok && inside(outer, x, y)
}

// nudge is how far from a ring's side a place inside of it is looked for, in units of the tile.
const nudge = 0.25

// interior is a place inside a ring, close to the middle of one of its sides; ok is false for a ring that holds none.
func interior(ring []XY) (x, y float64, ok bool) {
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
		length := math.Hypot(dx, dy)
		if length == 0 {
			continue
		}
		x, y = (float64(a.X)+float64(b.X))/2, (float64(a.Y)+float64(b.Y))/2
		for _, side := range []float64{nudge, -nudge} {
			if px, py := x-dy/length*side, y+dx/length*side; inside(ring, px, py) {
				return px, py, true
			}
		}
	}
	return 0, 0, false
}

// inside counts the sides to the right of a place.
func inside(ring []XY, x, y float64) (in bool) {
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		ay, by := float64(a.Y), float64(b.Y)
		if (ay > y) != (by > y) && x < float64(b.X-a.X)*(y-ay)/(by-ay)+float64(a.X) {
			in = !in
		}
	}
	return in
}
