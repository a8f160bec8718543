package probe

import (
	"math"

	"github.com/go-spatial/geom"

	"isobar/geo"
)

// maxVertices bounds the corners of the polygons of one region.
const maxVertices = 200_000

// bands is how many bands of latitude the edges of polygons are sorted into.
const bands = 256

// edge is a side of a polygon, its lower end first.
type edge struct{ x0, y0, x1, y1 float64 }

// polygons are areas of longitude and latitude.
type polygons struct {
	box   geo.Box
	edges [][]edge // by band; an edge is in each that it touches
}

// Polygons is the region of polygons, in degrees, longitude first. The first ring of each is its rim, others are holes; a ring may be
// closed or not, and turn either way. Edges are straight in longitude and latitude, and go the way that their numbers say (RFC
// 7946, 3.1.1): from 170 to 190 crosses the antimeridian, from 170 to -170 goes around the Earth. Polygons may overlap.
func Polygons(list ...geom.Polygon) (Region, error) {
	if len(list) == 0 {
		return nil, wrong("area", "no polygon is given")
	}
	if len(list) == 1 {
		return polygon(list[0])
	}
	var u union
	corners := 0
	for _, p := range list {
		for _, ring := range p {
			corners += len(ring)
		}
		if corners > maxVertices {
			return nil, wrong("area", "it has more than %d corners", maxVertices)
		}
		r, err := polygon(p)
		if err != nil {
			return nil, err
		}
		u = append(u, r)
	}
	return u, nil
}

// union is several regions as one.
type union []Region

func (u union) Box() geo.Box {
	box := u[0].Box()
	for _, r := range u[1:] {
		b := r.Box()
		joined := join(box, b)
		if joined[2]-joined[0] >= 360 {
			joined[0], joined[2] = -180, 180
		}
		box = joined
	}
	return box
}

func (u union) Has(at geo.LonLat) bool {
	for _, r := range u {
		if r.Has(at) {
			return true
		}
	}
	return false
}

// polygon is the region of one.
func polygon(rings geom.Polygon) (Region, error) {
	if len(rings) == 0 || len(rings[0]) < 3 {
		return nil, wrong("area", "a polygon of fewer than 3 corners")
	}
	corners := 0
	box := geo.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, ring := range rings {
		if corners += len(ring); corners > maxVertices {
			return nil, wrong("area", "it has more than %d corners", maxVertices)
		}
		for _, c := range ring {
			if c[0]-c[0] != 0 || !(c[1] >= -90-rim && c[1] <= 90+rim) {
				return nil, wrong("area", "a corner at %v, %v", c[0], c[1])
			}
			box = geo.Box{min(box[0], c[0]), min(box[1], c[1]), max(box[2], c[0]), max(box[3], c[1])}
		}
	}
	if box[2]-box[0] > 360+rim {
		return nil, wrong("area", "it goes around the Earth more than once, from %v to %v degrees", box[0], box[2])
	}
	p := &polygons{box: normal(box[0], box[1], box[2], box[3]), edges: make([][]edge, bands)}
	shift := p.box[0] - box[0]
	for _, ring := range rings {
		for i, c := range ring {
			d := ring[(i+1)%len(ring)]
			if c != d {
				p.add(edge{c[0] + shift, c[1], d[0] + shift, d[1]})
			}
		}
	}
	return p, nil
}

// band is where a latitude lies among the bands.
func (p *polygons) band(latDeg float64) int {
	height := p.box[3] - p.box[1]
	if !(height > 0) {
		return 0
	}
	return min(max(int((latDeg-p.box[1])/height*bands), 0), bands-1)
}

// add sorts in an edge.
func (p *polygons) add(e edge) {
	if e.y0 > e.y1 {
		e = edge{e.x1, e.y1, e.x0, e.y0}
	}
	for b := p.band(e.y0 - rim); b <= p.band(e.y1+rim); b++ {
		p.edges[b] = append(p.edges[b], e)
	}
}

func (p *polygons) Box() geo.Box { return p.box }

// Has counts how many edges lie east of the place (even-odd rule).
func (p *polygons) Has(at geo.LonLat) bool {
	lon, ok := into(p.box, at)
	if !ok {
		return false
	}
	in, onRim := p.at(lon, at.Lat)
	if !in && !onRim && lon-360 >= p.box[0]-rim { // the same meridian, at the other end of a turn
		in, onRim = p.at(lon-360, at.Lat)
	}
	if !in && !onRim && lon+360 <= p.box[2]+rim {
		in, onRim = p.at(lon+360, at.Lat)
	}
	return in || onRim
}

// at tells whether a position lies inside, or on the rim.
func (p *polygons) at(x, y float64) (in, onRim bool) {
	for _, e := range p.edges[p.band(y)] {
		if y < e.y0-rim || y > e.y1+rim {
			continue
		}
		if e.touches(x, y) {
			return true, true
		}
		if y >= e.y0 && y < e.y1 && x < e.x0+(y-e.y0)/(e.y1-e.y0)*(e.x1-e.x0) {
			in = !in
		}
	}
	return in, false
}

// touches tells that a position lies on the edge.
func (e edge) touches(x, y float64) bool {
	dx, dy := e.x1-e.x0, e.y1-e.y0
	along := ((x-e.x0)*dx + (y-e.y0)*dy) / (dx*dx + dy*dy)
	along = min(max(along, 0), 1)
	return math.Abs(e.x0+along*dx-x) <= rim && math.Abs(e.y0+along*dy-y) <= rim
}
