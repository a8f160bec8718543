package feature

import (
	"math"

	"github.com/go-spatial/geom"

	"isobar/field"
)

// Earliest and Latest are the open ends of an interval.
const (
	Earliest = field.Time(math.MinInt64)
	Latest   = field.Time(math.MaxInt64)
)

// Plain is a geometry without measures (M), and by value: what is left is Point, LineString, Polygon, their Multi and Z forms, and
// Collection. A box (Extent) is a Polygon. What is none of these stays.
func Plain(g geom.Geometry) geom.Geometry {
	switch g := g.(type) {
	case geom.PointM:
		return geom.Point{g[0], g[1]}
	case geom.PointZM:
		return geom.PointZ{g[0], g[1], g[2]}
	case geom.MultiPointM:
		return geom.MultiPoint(flat(g))
	case geom.MultiPointZM:
		return geom.MultiPointZ(high(g))
	case geom.LineStringM:
		return geom.LineString(flat(g))
	case geom.LineStringZM:
		return geom.LineStringZ(high(g))
	case geom.MultiLineStringM:
		return geom.MultiLineString(flats(g))
	case geom.MultiLineStringZM:
		return geom.MultiLineStringZ(highs(g))
	case geom.PolygonM:
		return geom.Polygon(flats(g))
	case geom.PolygonZM:
		return geom.PolygonZ(highs(g))
	case *geom.Point:
		return *g
	case *geom.Extent:
		return Plain(*g)
	case geom.Extent:
		return geom.Polygon{{{g[0], g[1]}, {g[2], g[1]}, {g[2], g[3]}, {g[0], g[3]}}}
	}
	return g
}

// high drops measures and keeps heights.
func high(line [][4]float64) [][3]float64 {
	all := make([][3]float64, len(line))
	for i, p := range line {
		all[i] = [3]float64{p[0], p[1], p[2]}
	}
	return all
}

func highs(lines [][][4]float64) [][][3]float64 {
	all := make([][][3]float64, len(lines))
	for i, line := range lines {
		all[i] = high(line)
	}
	return all
}

// Flat is a geometry in the plane: Plain, and without heights.
func Flat(g geom.Geometry) geom.Geometry {
	switch g := Plain(g).(type) {
	case geom.PointZ:
		return geom.Point{g[0], g[1]}
	case geom.MultiPointZ:
		return geom.MultiPoint(flat(g))
	case geom.LineStringZ:
		return geom.LineString(flat(g))
	case geom.MultiLineStringZ:
		return geom.MultiLineString(flats(g))
	case geom.PolygonZ:
		return geom.Polygon(flats(g))
	case geom.Collection:
		all := make(geom.Collection, len(g))
		for i, part := range g {
			all[i] = Flat(part)
		}
		return all
	default:
		return g
	}
}
