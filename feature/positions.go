package feature

import (
	"math"

	"github.com/go-spatial/geom"
)

// AppendGeometry writes a geometry; nil, and one of a kind that GeoJSON has not, is null. Measures (M) are left out.
func AppendGeometry(dst []byte, g geom.Geometry) []byte { return appendGeometry(dst, g, 0) }

func appendGeometry(dst []byte, g geom.Geometry, digits int) []byte {
	begin := func(kind string) {
		dst = append(dst, `{"type":"`...)
		dst = append(dst, kind...)
		dst = append(dst, `","coordinates":`...)
	}
	w := coordinates{digits}
	switch g := Plain(g).(type) {
	case geom.Point:
		begin("Point")
		dst = w.point(dst, g[:])
	case geom.PointZ:
		begin("Point")
		dst = w.point(dst, g[:])
	case geom.MultiPoint:
		begin("MultiPoint")
		dst = appendLine(w, dst, g, false)
	case geom.MultiPointZ:
		begin("MultiPoint")
		dst = appendLine(w, dst, g, false)
	case geom.LineString:
		begin("LineString")
		dst = appendLine(w, dst, g, false)
	case geom.LineStringZ:
		begin("LineString")
		dst = appendLine(w, dst, g, false)
	case geom.MultiLineString:
		begin("MultiLineString")
		dst = appendLines(w, dst, g, false)
	case geom.MultiLineStringZ:
		begin("MultiLineString")
		dst = appendLines(w, dst, g, false)
	case geom.Polygon:
		begin("Polygon")
		dst = appendLines(w, dst, g, true)
	case geom.PolygonZ:
		begin("Polygon")
		dst = appendLines(w, dst, g, true)
	case geom.MultiPolygon:
		begin("MultiPolygon")
		dst = appendList(dst, g, func(dst []byte, p [][][2]float64) []byte { return appendLines(w, dst, p, true) })
	case geom.Collection:
		dst = append(dst, `{"type":"GeometryCollection","geometries":`...)
		dst = appendList(dst, g, func(dst []byte, part geom.Geometry) []byte { return appendGeometry(dst, part, digits) })
	default:
		return append(dst, "null"...)
	}
	return append(dst, '}')
}

// coordinates writes positions with at most digits decimals; 0: all.
type coordinates struct{ digits int }

func (w coordinates) point(dst []byte, p []float64) []byte {
	dst = append(dst, '[')
	for i, v := range p {
		if i > 0 {
			dst = append(dst, ',')
		}
		if w.digits > 0 {
			scale := math.Pow10(w.digits)
			v = math.Round(v*scale) / scale
		}
		dst = appendNumber(dst, v, 64)
	}
	return append(dst, ']')
}

// vertex is a position of two or three numbers.
type vertex interface{ [2]float64 | [3]float64 }

func numbers[V vertex](v *V) []float64 {
	switch p := any(v).(type) {
	case *[2]float64:
		return p[:]
	case *[3]float64:
		return p[:]
	}
	return nil
}

// appendLine writes positions; a ring, open in geom, is closed.
func appendLine[V vertex](w coordinates, dst []byte, line []V, ring bool) []byte {
	dst = append(dst, '[')
	for i := range line {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = w.point(dst, numbers(&line[i]))
	}
	if ring && len(line) > 0 {
		dst = append(dst, ',')
		dst = w.point(dst, numbers(&line[0]))
	}
	return append(dst, ']')
}

func appendLines[V vertex](w coordinates, dst []byte, lines [][]V, rings bool) []byte {
	return appendList(dst, lines, func(dst []byte, line []V) []byte { return appendLine(w, dst, line, rings) })
}
