package feature

import (
	"math"

	"github.com/go-spatial/geom"

	"isobar/geo"
)

// segment is a straight piece between two points.
type segment [2][2]float64

// Shape is a geometry taken apart to be compared with others, in the plane of degrees: lines are straight there, as RFC 7946 3.1.1 has
// them. What crosses the antimeridian must be cut there (RFC 7946 3.1.9), or lie wholly beyond it.
type Shape struct {
	points [][2]float64
	lines  []segment
	areas  []area
	bounds geo.Box
	any    bool
}

// area is a polygon's rings, the first its outline, and the box around it.
type area struct {
	rings  [][][2]float64
	bounds geo.Box
}

// ShapeOf takes a geometry apart.
func ShapeOf(g geom.Geometry) *Shape {
	s := &Shape{bounds: geo.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
	s.add(Flat(g))
	return s
}

func (s *Shape) add(g geom.Geometry) {
	switch g := g.(type) {
	case geom.Point:
		if !math.IsNaN(g[0]) && !math.IsNaN(g[1]) {
			s.points = append(s.points, g)
			s.grow(g)
		}
	case geom.MultiPoint:
		for _, p := range g {
			s.add(geom.Point(p))
		}
	case geom.LineString:
		for i, p := range g {
			s.grow(p)
			if i > 0 {
				s.lines = append(s.lines, segment{g[i-1], p})
			}
		}
	case geom.MultiLineString:
		for _, l := range g {
			s.add(geom.LineString(l))
		}
	case geom.Polygon:
		if len(g) == 0 || len(g[0]) < 3 {
			return
		}
		a := area{rings: g, bounds: geo.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
		for _, p := range g[0] {
			s.grow(p)
			a.bounds = around(a.bounds, p)
		}
		s.areas = append(s.areas, a)
	case geom.MultiPolygon:
		for _, p := range g {
			s.add(geom.Polygon(p))
		}
	case geom.Collection:
		for _, part := range g {
			s.add(part)
		}
	}
}

func (s *Shape) grow(p [2]float64) {
	s.any = true
	s.bounds = around(s.bounds, p)
}

func around(b geo.Box, p [2]float64) geo.Box {
	return geo.Box{min(b[0], p[0]), min(b[1], p[1]), max(b[2], p[0]), max(b[3], p[1])}
}

// Bounds is the box around a geometry, in the turn that its coordinates are in; ok is false for one without any.
func Bounds(g geom.Geometry) (box geo.Box, ok bool) {
	switch p := g.(type) { // the most of all, without memory
	case geom.Point:
		return geo.Box{p[0], p[1], p[0], p[1]}, true
	case geom.PointZ:
		return geo.Box{p[0], p[1], p[0], p[1]}, true
	}
	s := ShapeOf(g)
	return s.bounds, s.any
}

// meet tells that two boxes have a point in common.
func meet(a, b geo.Box) bool { return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3] }

// turns lists a box as boxes of one turn, from -180 to 180 degrees: two if it crosses the antimeridian. West > east crosses it, too.
func turns(b geo.Box) []geo.Box {
	if b[2] < b[0] {
		b[2] += 360
	}
	if b[2]-b[0] >= 360 {
		return []geo.Box{{-180, b[1], 180, b[3]}}
	}
	west := math.Mod(math.Mod(b[0]+180, 360)+360, 360) - 180
	east := west + b[2] - b[0]
	if east <= 180 {
		if west == -180 && b[0] != -180 { // 180 itself is on both sides
			return []geo.Box{{west, b[1], east, b[3]}, {180, b[1], 180, b[3]}}
		}
		return []geo.Box{{west, b[1], east, b[3]}}
	}
	return []geo.Box{{west, b[1], 180, b[3]}, {-180, b[1], east - 360, b[3]}}
}

// Window is a box that geometries are tried against, in any turn.
type Window struct {
	boxes  []geo.Box
	shapes []*Shape
}

// NewWindow prepares a box of degrees; west > east, and east > 180, cross the antimeridian.
func NewWindow(box geo.Box) *Window {
	w := &Window{}
	for _, part := range turns(box) {
		for _, turn := range []float64{0, 360, -360} { // geometries may go on beyond 180 degrees
			b := geo.Box{part[0] + turn, part[1], part[2] + turn, part[3]}
			w.boxes, w.shapes = append(w.boxes, b), append(w.shapes, ShapeOf(b))
		}
	}
	return w
}

// Meets tells that a geometry's box meets the window.
func (w *Window) Meets(bounds geo.Box) bool {
	for _, b := range w.boxes {
		if meet(b, bounds) {
			return true
		}
	}
	return false
}

// Holds tells that a geometry has a point in common with the window.
func (w *Window) Holds(g geom.Geometry) bool {
	bounds, ok := Bounds(g)
	if !ok || !w.Meets(bounds) {
		return false
	}
	if bounds[0] == bounds[2] && bounds[1] == bounds[3] {
		return true
	}
	s := ShapeOf(g)
	for i, b := range w.boxes {
		if meet(b, s.bounds) && (b[0] < b[2] && b[1] < b[3] && w.shapes[i].Intersects(s) || thin(b, s)) {
			return true
		}
	}
	return false
}

// thin tries a box without area, as a line.
func thin(b geo.Box, s *Shape) bool {
	if b[0] < b[2] && b[1] < b[3] {
		return false
	}
	return ShapeOf(geom.LineString{{b[0], b[1]}, {b[2], b[3]}}).Intersects(s)
}

// earthRadius is the mean radius in metres (IUGG).
const earthRadius = 6371008.8

// Distance is how far two places are apart, along the great circle of a sphere, in metres.
func Distance(a, b geo.LonLat) float64 {
	const rad = math.Pi / 180
	y, x := math.Sin((b.Lat-a.Lat)*rad/2), math.Sin((b.Lon-a.Lon)*rad/2)
	h := y*y + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*x*x
	return 2 * earthRadius * math.Asin(min(1, math.Sqrt(h)))
}

// Middle is the middle of the box around a shape: of a point, the point.
func (s *Shape) Middle() (p [2]float64, ok bool) {
	return [2]float64{(s.bounds[0] + s.bounds[2]) / 2, (s.bounds[1] + s.bounds[3]) / 2}, s.any
}
