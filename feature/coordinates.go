package feature

import (
	"math"

	"github.com/go-spatial/geom"
)

// position is up to three numbers, and whether the third is there.
type position struct {
	at   [3]float64
	high bool
}

// geometry reads a geometry object.
func (s *scanner) geometry() geom.Geometry {
	found := s.members("type", "coordinates", "geometries")
	kind := s.kind(found)
	if kind == "GeometryCollection" {
		at, ok := found["geometries"]
		if !ok {
			s.refuse("a GeometryCollection without geometries")
		}
		parts := geom.Collection{}
		s.deeper()
		s.visit(at, "geometries", func() {
			s.array(func(i int) {
				s.item(i)
				parts = append(parts, s.geometry())
				s.out()
			})
		})
		s.depth--
		return parts
	}
	at, ok := found["coordinates"]
	if !ok {
		s.refuse("a geometry %q without coordinates", kind)
	}
	var g geom.Geometry
	s.visit(at, "coordinates", func() { g = s.shape(kind) })
	return g
}

// shape reads coordinates of a kind of geometry.
func (s *scanner) shape(kind string) geom.Geometry {
	switch kind {
	case "Point":
		if p := s.position(); p.high {
			return geom.PointZ(p.at)
		} else {
			return geom.Point{p.at[0], p.at[1]}
		}
	case "MultiPoint":
		line, high := s.line(0)
		if high {
			return geom.MultiPointZ(line)
		}
		return geom.MultiPoint(flat(line))
	case "LineString":
		line, high := s.line(2)
		if high {
			return geom.LineStringZ(line)
		}
		return geom.LineString(flat(line))
	case "MultiLineString":
		lines, high := s.lines(2, false)
		if high {
			return geom.MultiLineStringZ(lines)
		}
		return geom.MultiLineString(flats(lines))
	case "Polygon":
		rings, high := s.lines(4, true)
		if high {
			return geom.PolygonZ(rings)
		}
		return geom.Polygon(flats(rings))
	case "MultiPolygon":
		all := geom.MultiPolygon{}
		s.array(func(i int) {
			s.item(i)
			s.count()
			rings, _ := s.lines(4, true)
			all = append(all, flats(rings))
			s.out()
		})
		return all
	}
	s.path = s.path[:len(s.path)-1]
	s.into("type")
	s.refuse("no geometry is called %q", kind)
	return nil
}

// maxDegrees bounds a coordinate: some turns beyond the antimeridian.
const maxDegrees = 1080

// count takes one more of what is bounded: vertices, and polygons, which may be empty.
func (s *scanner) count() {
	if s.vertices++; s.vertices > s.limits.Vertices {
		s.refuse("more than %d vertices in all", s.limits.Vertices)
	}
}

// position reads longitude, latitude and perhaps a height; what follows is passed over (RFC 7946 3.1.1).
func (s *scanner) position() (p position) {
	s.count()
	n := 0
	s.array(func(i int) {
		v := s.number()
		if i < 3 {
			p.at[i] = v
		}
		n++
	})
	switch {
	case n < 2:
		s.refuse("a position of %d numbers", n)
	case math.Abs(p.at[0]) > maxDegrees:
		s.refuse("longitude %g is beyond %d degrees", p.at[0], maxDegrees)
	case math.Abs(p.at[1]) > 90:
		s.refuse("latitude %g is beyond 90 degrees", p.at[1])
	}
	p.high = n > 2
	return p
}

// line reads positions, least at least; high tells that all have heights.
func (s *scanner) line(least int) (line [][3]float64, high bool) {
	high = true
	line = [][3]float64{}
	s.array(func(int) {
		p := s.position()
		line = append(line, p.at)
		high = high && p.high
	})
	if len(line) < least {
		s.refuse("%d positions where %d are the least", len(line), least)
	}
	return line, high && len(line) > 0
}

// lines reads lines, or rings whose last position is the first and is left out, as geom has them.
func (s *scanner) lines(least int, rings bool) (all [][][3]float64, high bool) {
	high = true
	all = [][][3]float64{}
	s.array(func(i int) {
		s.item(i)
		line, h := s.line(least)
		if rings {
			last := len(line) - 1
			if line[0] != line[last] {
				s.refuse("a ring that isn't closed")
			}
			line = line[:last]
		}
		all = append(all, line)
		high = high && h
		s.out()
	})
	return all, high && len(all) > 0
}

// flat drops heights.
func flat(line [][3]float64) [][2]float64 {
	plane := make([][2]float64, len(line))
	for i, p := range line {
		plane[i] = [2]float64{p[0], p[1]}
	}
	return plane
}

func flats(lines [][][3]float64) [][][2]float64 {
	all := make([][][2]float64, len(lines))
	for i, line := range lines {
		all[i] = flat(line)
	}
	return all
}
