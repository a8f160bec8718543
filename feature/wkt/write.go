package wkt

import (
	"strconv"

	"github.com/go-spatial/geom"
)

// Append writes a geometry; nil, and one of a kind that geom has but well-known text has not, is GEOMETRYCOLLECTION EMPTY. Numbers have the
// digits that tell them from others.
func Append(dst []byte, g geom.Geometry) []byte {
	switch g := g.(type) {
	case geom.Point:
		return tagged(dst, "POINT", g[:])
	case geom.PointZ:
		return tagged(dst, "POINT Z", g[:])
	case geom.PointM:
		return tagged(dst, "POINT M", g[:])
	case geom.PointZM:
		return tagged(dst, "POINT ZM", g[:])
	case geom.MultiPoint:
		return line(append(dst, "MULTIPOINT"...), g, false)
	case geom.MultiPointZ:
		return line(append(dst, "MULTIPOINT Z"...), g, false)
	case geom.MultiPointM:
		return line(append(dst, "MULTIPOINT M"...), g, false)
	case geom.MultiPointZM:
		return line(append(dst, "MULTIPOINT ZM"...), g, false)
	case geom.LineString:
		return line(append(dst, "LINESTRING"...), g, false)
	case geom.LineStringZ:
		return line(append(dst, "LINESTRING Z"...), g, false)
	case geom.LineStringM:
		return line(append(dst, "LINESTRING M"...), g, false)
	case geom.LineStringZM:
		return line(append(dst, "LINESTRING ZM"...), g, false)
	case geom.MultiLineString:
		return lines(append(dst, "MULTILINESTRING"...), g, false)
	case geom.MultiLineStringZ:
		return lines(append(dst, "MULTILINESTRING Z"...), g, false)
	case geom.MultiLineStringM:
		return lines(append(dst, "MULTILINESTRING M"...), g, false)
	case geom.MultiLineStringZM:
		return lines(append(dst, "MULTILINESTRING ZM"...), g, false)
	case geom.Polygon:
		return lines(append(dst, "POLYGON"...), g, true)
	case geom.PolygonZ:
		return lines(append(dst, "POLYGON Z"...), g, true)
	case geom.PolygonM:
		return lines(append(dst, "POLYGON M"...), g, true)
	case geom.PolygonZM:
		return lines(append(dst, "POLYGON ZM"...), g, true)
	case geom.MultiPolygon:
		return list(append(dst, "MULTIPOLYGON"...), len(g), func(dst []byte, i int) []byte { return lines(dst, g[i], true) })
	case geom.Collection:
		return list(append(dst, "GEOMETRYCOLLECTION"...), len(g), func(dst []byte, i int) []byte { return Append(dst, g[i]) })
	}
	return append(dst, "GEOMETRYCOLLECTION EMPTY"...)
}

func tagged(dst []byte, kind string, v []float64) []byte {
	return append(position(append(append(dst, kind...), '('), v), ')')
}

func position(dst []byte, v []float64) []byte {
	for i, n := range v {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = strconv.AppendFloat(dst, n, 'g', -1, 64)
	}
	return dst
}

func list(dst []byte, n int, each func(dst []byte, i int) []byte) []byte {
	if n == 0 {
		return append(dst, " EMPTY"...)
	}
	for i := range n {
		if i == 0 {
			dst = append(dst, '(')
		} else {
			dst = append(dst, ',')
		}
		dst = each(dst, i)
	}
	return append(dst, ')')
}

type vertex interface {
	[2]float64 | [3]float64 | [4]float64
}

func numbers[V vertex](v *V) []float64 {
	switch p := any(v).(type) {
	case *[2]float64:
		return p[:]
	case *[3]float64:
		return p[:]
	case *[4]float64:
		return p[:]
	}
	return nil
}

// line writes positions; a ring, open in geom, is closed.
func line[V vertex](dst []byte, all []V, ring bool) []byte {
	n := len(all)
	if ring && n > 0 {
		n++
	}
	return list(dst, n, func(dst []byte, i int) []byte { return position(dst, numbers(&all[i%len(all)])) })
}

func lines[V vertex](dst []byte, all [][]V, rings bool) []byte {
	return list(dst, len(all), func(dst []byte, i int) []byte { return line(dst, all[i], rings) })
}
