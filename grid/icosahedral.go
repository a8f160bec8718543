package grid

import (
	"fmt"
	"math"
	"math/bits"

	"isobar/geo"
)

// Diamonds is the order in which a file has the points of a diamond (GRIB2 flag table 3.10). The zero order goes from the pole to
// the equator along i, and then from west to east along j.
type Diamonds struct {
	EquatorFirst bool // i runs from the equator to the pole
	EastFirst    bool // j runs from east to west
	Along        bool // along j first
}

// Icosahedral is a grid of triangles on the Earth (GRIB2 template 3.100, points at the vertices; DWD's model GME): an icosahedron with
// vertices at both poles, whose sides are cut into intervals: a power of two, or three times one. Two of its faces make one of ten
// diamonds, five at the north pole and then five at the south pole, each group eastwards from lonDeg, the centre line of the first. A
// diamond has (intervals+1)^2 points; those on its rim are those of its neighbours too.
func Icosahedral(intervals int, lonDeg float64, order Diamonds) (Grid, error) {
	const most = 1 << 12
	if intervals < 1 || intervals > most || diamonds*(intervals+1)*(intervals+1) > MaxCells {
		return nil, invalid("an icosahedron cut into %d intervals", intervals)
	}
	g := &icosahedral{n: intervals, lon: western(lonDeg), order: order}
	rest, thirds := intervals, intervals%3 == 0
	if thirds {
		rest /= 3
	}
	if g.halves = bits.TrailingZeros(uint(rest)); rest != 1<<g.halves {
		return nil, invalid("an icosahedron cut into %d intervals", intervals)
	}
	if err := finite(lonDeg); err != nil {
		return nil, err
	}
	g.id = fmt.Sprintf("icosahedral:%d:%d:%s", intervals, order.flags(), list(g.lon))
	g.faces = faces(intervals, g.lon)
	for k := range g.faces {
		root := g.faces[k : k+1]
		if thirds {
			root = g.faces[k].thirds()
		}
		g.roots = append(g.roots, root)
	}
	return g, nil
}

// diamonds of the icosahedron.
const diamonds = 10

// The bits of flag table 3.10.
const (
	equatorFirst = 0x80
	eastFirst    = 0x40
	alongFirst   = 0x20
)

func (d Diamonds) flags() (flags int) {
	for bit, set := range map[int]bool{equatorFirst: d.EquatorFirst, eastFirst: d.EastFirst, alongFirst: d.Along} {
		if set {
			flags |= bit
		}
	}
	return flags
}

// DiamondsOf reads flag table 3.10.
func DiamondsOf(flags int) Diamonds {
	return Diamonds{EquatorFirst: flags&equatorFirst != 0, EastFirst: flags&eastFirst != 0, Along: flags&alongFirst != 0}
}

// corner is a vertex of a triangle, and its steps from the pole along the western and the eastern side of its diamond.
type corner struct {
	at   vector
	i, j int
}

// triangle is one of the faces, or a part of it.
type triangle [3]corner

type icosahedral struct {
	id     string
	n      int
	lon    float64
	order  Diamonds
	halves int          // how often sides are halved, after a cut into three if there is one
	faces  []triangle   // each diamond's polar one, then the other
	roots  [][]triangle // what is halved of each face: itself, or its nine parts
}

var _ Grid = (*icosahedral)(nil)

func (g *icosahedral) ID() string          { return g.id }
func (g *icosahedral) Len() int            { return diamonds * (g.n + 1) * (g.n + 1) }
func (g *icosahedral) Shape() (nx, ny int) { return g.Len(), 1 }
func (g *icosahedral) Extent() geo.Box     { return geo.Box{-180, -90, 180, 90} }

// faces are those of an icosahedron: vertices lie at both poles, and in two rings of five at the latitude whose tangent is 1/2.
func faces(n int, lonDeg float64) (all []triangle) {
	ring := math.Atan(0.5) * (180 / math.Pi)
	for d := range diamonds {
		lat, lon := ring, lonDeg+72*float64(d)
		if d >= diamonds/2 {
			lat, lon = -ring, lon+36
		}
		pole := corner{vectorOf(geo.LonLat{Lat: math.Copysign(90, lat)}), 0, 0}
		west := corner{vectorOf(geo.LonLat{Lon: lon - 36, Lat: lat}), n, 0}
		east := corner{vectorOf(geo.LonLat{Lon: lon + 36, Lat: lat}), 0, n}
		tip := corner{vectorOf(geo.LonLat{Lon: lon, Lat: -lat}), n, n}
		all = append(all, triangle{pole, west, east}, triangle{tip, east, west})
	}
	return all
}

// thirds are the nine triangles that one falls into when its sides are cut into three equal intervals of great circles; the inner
// point is its middle.
func (t *triangle) thirds() (parts []triangle) {
	const into = 3
	var points [into + 1][into + 1]corner
	for a := range into + 1 {
		for b := range into + 1 - a {
			c := into - a - b
			p := corner{i: (c*t[0].i + a*t[1].i + b*t[2].i) / into, j: (c*t[0].j + a*t[1].j + b*t[2].j) / into}
			switch {
			case c == 0:
				p.at = third(t[1].at, t[2].at, b)
			case b == 0:
				p.at = third(t[0].at, t[1].at, a)
			case a == 0:
				p.at = third(t[0].at, t[2].at, b)
			default:
				p.at = t[0].at.plus(t[1].at).plus(t[2].at).unit()
			}
			points[a][b] = p
		}
	}
	for a := range into {
		for b := range into - a {
			parts = append(parts, triangle{points[a][b], points[a+1][b], points[a][b+1]})
			if a+b+1 < into {
				parts = append(parts, triangle{points[a+1][b+1], points[a][b+1], points[a+1][b]})
			}
		}
	}
	return parts
}

// third is some thirds of the way from a to b on their great circle.
func third(a, b vector, thirds int) vector {
	f, angle := float64(thirds)/3, a.apart(b)
	return a.times(math.Sin((1 - f) * angle)).plus(b.times(math.Sin(f * angle))).unit()
}

// middle is the corner halfway between two.
func (c *corner) middle(d *corner) corner {
	return corner{c.at.plus(d.at).unit(), (c.i + d.i) / 2, (c.j + d.j) / 2}
}

// halves are the corners halfway along the sides; that k is across from corner k.
func (t *triangle) halves() (m triangle) {
	return triangle{t[1].middle(&t[2]), t[2].middle(&t[0]), t[0].middle(&t[1])}
}

// part is one of the four triangles between the corners and the middles of the sides: that of a corner, or the inner one.
func (t *triangle) part(k int, m *triangle) triangle {
	switch k {
	case 0:
		return triangle{t[0], m[2], m[1]}
	case 1:
		return triangle{m[2], t[1], m[0]}
	case 2:
		return triangle{m[1], m[0], t[2]}
	}
	return *m
}
