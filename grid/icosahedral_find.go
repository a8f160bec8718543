package grid

import (
	"math"

	"isobar/geo"
)

// vector is a direction from the Earth's centre.
type vector [3]float64

func vectorOf(p geo.LonLat) vector {
	sinLon, cosLon := math.Sincos(p.Lon * (math.Pi / 180))
	sin, cos := math.Sincos(p.Lat * (math.Pi / 180))
	if math.Abs(p.Lat) == 90 {
		cos = 0
	}
	return vector{cos * cosLon, cos * sinLon, sin}
}

func (a vector) place() geo.LonLat {
	return geo.LonLat{Lon: math.Atan2(a[1], a[0]) * (180 / math.Pi), Lat: math.Atan2(a[2], math.Hypot(a[0], a[1])) * (180 / math.Pi)}
}

func (a vector) plus(b vector) vector   { return vector{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }
func (a vector) times(f float64) vector { return vector{a[0] * f, a[1] * f, a[2] * f} }
func (a vector) dot(b vector) float64   { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
func (a vector) unit() vector           { return a.times(1 / math.Sqrt(a.dot(a))) }
func (a vector) cross(b vector) vector {
	return vector{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}
func (a vector) apart(b vector) float64 {
	return math.Atan2(math.Sqrt(a.cross(b).dot(a.cross(b))), a.dot(b))
}
func (a vector) triple(b, c vector) float64 { return a.dot(b.cross(c)) }

// shares are the weights of a triangle's corners at a place in it, which sum to 1: linear on the triangle's plane, seen from the
// Earth's centre. One is negative outside.
func (t *triangle) shares(p vector) (s [3]float64) {
	sum := 0.0
	for k := range s {
		s[k] = p.triple(t[(k+1)%3].at, t[(k+2)%3].at)
		sum += s[k]
	}
	for k := range s {
		s[k] /= sum
	}
	return s
}

// inner is how far inside a place is: its least share.
func (t *triangle) inner(p vector) float64 {
	s := t.shares(p)
	return min(s[0], s[1], s[2])
}

// search is the way to a triangle: those that lie in each other, from one of the roots on. The next one that is looked for often
// lies in some of them.
type search struct {
	face int
	way  []triangle
}

// find leads to the smallest triangle that holds holds, whose parts inside tells apart.
func (s *search) find(g *icosahedral, face int, holds func(t *triangle) bool, inside func(t, m *triangle) int) *triangle {
	if s.way == nil {
		s.way = make([]triangle, 0, g.halves+1)
	}
	known := len(s.way)
	for known > 0 && (s.face != face || !holds(&s.way[known-1])) {
		known--
	}
	s.face, s.way = face, s.way[:known]
	if known == 0 {
		roots := g.roots[face]
		root := 0
		for root < len(roots)-1 && !holds(&roots[root]) {
			root++
		}
		s.way = append(s.way, roots[root])
	}
	for len(s.way) <= g.halves {
		t := &s.way[len(s.way)-1]
		m := t.halves()
		s.way = append(s.way, t.part(inside(t, &m), &m))
	}
	return &s.way[len(s.way)-1]
}

// Weigh implements Grid: linear between the corners of the triangle that a place lies in.
func (g *icosahedral) Weigh(dst []Stencil, at []geo.LonLat) {
	var s search
	var v vector
	holds := func(t *triangle) bool { return t.inner(v) >= -1e-12 }
	inside := func(t, m *triangle) int { return t.side(m, v) }
	for k, p := range at {
		if !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 1e6) {
			dst[k] = Stencil{Cell: [4]int32{-1, -1, -1, -1}}
			continue
		}
		v = vectorOf(p)
		face := g.face(v)
		t := s.find(g, face, holds, inside)
		dst[k] = g.stencil(face/2, t, t.shares(v))
	}
}

// stencil is that of a triangle's corners. Shares that rounding has below nothing count nothing.
func (g *icosahedral) stencil(diamond int, t *triangle, shares [3]float64) (s Stencil) {
	sum := max(shares[0], 0) + max(shares[1], 0) + max(shares[2], 0)
	for c := range t {
		s.Cell[c], s.Weight[c] = int32(g.cell(diamond, t[c].i, t[c].j)), float32(max(shares[c], 0)/sum)
	}
	s.Cell[3] = s.Cell[0]
	return s
}

// face is the one that a place lies in: that with the nearest middle.
func (g *icosahedral) face(v vector) (face int) {
	most := math.Inf(-1)
	for k := range g.faces {
		if d := v.dot(g.faces[k].sum()); d > most {
			face, most = k, d
		}
	}
	return face
}

func (t *triangle) sum() vector { return t[0].at.plus(t[1].at).plus(t[2].at) }

// side tells which of its four parts a place in a triangle lies in: on the other side of the line between the middles of two of its sides
// than the third's is a corner's.
func (t *triangle) side(m *triangle, v vector) int {
	for k := range 3 {
		line := m[(k+1)%3].at.cross(m[(k+2)%3].at)
		if (line.dot(v) > 0) == (line.dot(t[k].at) > 0) {
			return k
		}
	}
	return 3
}

// cell is the number of a diamond's point.
func (g *icosahedral) cell(diamond, i, j int) int {
	if g.order.EquatorFirst {
		i = g.n - i
	}
	if g.order.EastFirst {
		j = g.n - j
	}
	if g.order.Along {
		i, j = j, i
	}
	side := g.n + 1
	return (diamond*side+j)*side + i
}

// Places implements Grid: triangles are halved where a cell is, until it is a corner.
func (g *icosahedral) Places(dst []geo.LonLat, first int) {
	var s search
	var i, j int
	holds := func(t *triangle) bool { return t.holds(i, j) }
	inside := func(t, m *triangle) int {
		for k := range 3 {
			if part := t.part(k, m); part.holds(i, j) {
				return k
			}
		}
		return 3
	}
	for k := range dst {
		var diamond int
		diamond, i, j = g.point(first + k)
		face := 2 * diamond
		if i+j > g.n {
			face++
		}
		for _, c := range s.find(g, face, holds, inside) {
			if c.i == i && c.j == j {
				dst[k] = c.at.place()
			}
		}
	}
}

// point is the inverse of cell.
func (g *icosahedral) point(cell int) (diamond, i, j int) {
	side := g.n + 1
	i, j, diamond = cell%side, cell/side%side, cell/(side*side)
	if g.order.Along {
		i, j = j, i
	}
	if g.order.EquatorFirst {
		i = g.n - i
	}
	if g.order.EastFirst {
		j = g.n - j
	}
	return diamond, i, j
}

// holds tells that a point of the diamond is in a triangle, or on its rim.
func (t *triangle) holds(i, j int) bool {
	size := t[1].i - t[0].i // signed
	a, b := i-t[0].i, j-t[0].j
	if t[1].i == t[0].i { // the corner of a triangle that begins at the tip
		size = t[2].i - t[0].i
	}
	if size < 0 {
		size, a, b = -size, -a, -b
	}
	return a >= 0 && b >= 0 && a+b <= size
}
