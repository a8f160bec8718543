package feature

import (
	"github.com/go-spatial/geom"

	"isobar/geo"
)

// Map is a geometry with its positions moved; heights stay, measures are left out.
func Map(g geom.Geometry, move func(p [2]float64) [2]float64) geom.Geometry {
	switch g := Plain(g).(type) {
	case geom.Point:
		return geom.Point(move(g))
	case geom.PointZ:
		return geom.PointZ(lifted(move)(g))
	case geom.MultiPoint:
		return geom.MultiPoint(each(g, move))
	case geom.MultiPointZ:
		return geom.MultiPointZ(each(g, lifted(move)))
	case geom.LineString:
		return geom.LineString(each(g, move))
	case geom.LineStringZ:
		return geom.LineStringZ(each(g, lifted(move)))
	case geom.MultiLineString:
		return geom.MultiLineString(eachOf(g, move))
	case geom.MultiLineStringZ:
		return geom.MultiLineStringZ(eachOf(g, lifted(move)))
	case geom.Polygon:
		return geom.Polygon(eachOf(g, move))
	case geom.PolygonZ:
		return geom.PolygonZ(eachOf(g, lifted(move)))
	case geom.MultiPolygon:
		all := make(geom.MultiPolygon, len(g))
		for i, p := range g {
			all[i] = eachOf(p, move)
		}
		return all
	case geom.Collection:
		all := make(geom.Collection, len(g))
		for i, part := range g {
			all[i] = Map(part, move)
		}
		return all
	default:
		return g
	}
}

// lifted moves positions with heights.
func lifted(move func([2]float64) [2]float64) func([3]float64) [3]float64 {
	return func(p [3]float64) [3]float64 {
		m := move([2]float64{p[0], p[1]})
		return [3]float64{m[0], m[1], p[2]}
	}
}

func each[V vertex](line []V, move func(V) V) []V {
	moved := make([]V, len(line))
	for i, p := range line {
		moved[i] = move(p)
	}
	return moved
}

func eachOf[V vertex](lines [][]V, move func(V) V) [][]V {
	moved := make([][]V, len(lines))
	for i, l := range lines {
		moved[i] = each(l, move)
	}
	return moved
}

// Project is a geometry of degrees in a reference system, its coordinates in the order of the system's axes. What has no image there
// becomes NaN, which is written as null.
func Project(g geom.Geometry, ref geo.Reference) geom.Geometry {
	dst, src := make([]geo.XY, 1), make([]geo.LonLat, 1)
	return Map(g, func(p [2]float64) [2]float64 {
		src[0] = geo.LonLat{Lon: p[0], Lat: p[1]}
		ref.Forward(dst, src)
		if ref.NorthFirst {
			return [2]float64{dst[0].Y, dst[0].X}
		}
		return [2]float64{dst[0].X, dst[0].Y}
	})
}

// Unproject is the way back: a geometry of a reference system in degrees, longitude first.
func Unproject(g geom.Geometry, ref geo.Reference) geom.Geometry {
	dst, src := make([]geo.LonLat, 1), make([]geo.XY, 1)
	if b, ok := g.(geom.Extent); ok && ref.Degrees { // it may cross the antimeridian
		if ref.NorthFirst {
			return geom.Extent{b[1], b[0], b[3], b[2]}
		}
		return b
	}
	return Map(g, func(p [2]float64) [2]float64 {
		src[0] = geo.XY{X: p[0], Y: p[1]}
		if ref.NorthFirst {
			src[0] = geo.XY{X: p[1], Y: p[0]}
		}
		ref.Inverse(dst, src)
		return [2]float64{dst[0].Lon, dst[0].Lat}
	})
}
