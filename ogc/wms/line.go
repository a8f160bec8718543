package wms

import (
	"math"
	"strconv"
	"strings"

	"isobar/geo"
	"isobar/ogc"
)

// maxVertices bounds the places of a line as it is written.
const maxVertices = 100

// line reads LINESTRING in CRS: places with commas between them, each two numbers with a blank, in the order of axes that BBOX has.
func (q *request) line() ([]geo.LonLat, error) {
	name, code := q.First(q.version.crs(), "crs", "srs")
	if code == "" {
		return nil, ogc.Missing(name)
	}
	ref, err := geo.Lookup(code)
	if err != nil {
		return nil, err
	}
	text := q.Get("linestring")
	if text == "" {
		return nil, ogc.Missing("linestring")
	}
	parts := strings.Split(text, ",")
	if len(parts) < 2 || len(parts) > maxVertices {
		return nil, ogc.Invalid("linestring", "linestring has %d places, not 2 to %d", len(parts), maxVertices)
	}
	xy := make([]geo.XY, len(parts))
	for i, part := range parts {
		words := strings.Fields(part)
		if len(words) != 2 {
			return nil, ogc.Invalid("linestring", "linestring: %q is not two numbers", ogc.Clip(part))
		}
		x, err1 := strconv.ParseFloat(words[0], 64)
		y, err2 := strconv.ParseFloat(words[1], 64)
		if err1 != nil || err2 != nil || !(math.Abs(x) <= farthest) || !(math.Abs(y) <= farthest) {
			return nil, ogc.Invalid("linestring", "linestring: %q is not two numbers", ogc.Clip(part))
		}
		if q.version == v130 && ref.NorthFirst {
			x, y = y, x
		}
		xy[i] = geo.XY{X: x, Y: y}
	}
	at := make([]geo.LonLat, len(xy))
	ref.Inverse(at, xy)
	for i, p := range at {
		if math.IsNaN(p.Lon) || math.IsNaN(p.Lat) {
			return nil, ogc.Invalid("linestring", "linestring: %q is no place on Earth", ogc.Clip(parts[i]))
		}
	}
	return at, nil
}

// earthKm is the radius of a sphere as large as the Earth.
const earthKm = 6371.0088

// along are n places at even distances along great circles through places.
func along(line []geo.LonLat, n int) []vertex {
	points := make([][3]float64, len(line))
	from := make([]float64, len(line)) // kilometres to each place
	for i, p := range line {
		sinLat, cosLat := math.Sincos(p.Lat * math.Pi / 180)
		sinLon, cosLon := math.Sincos(p.Lon * math.Pi / 180)
		points[i] = [3]float64{cosLat * cosLon, cosLat * sinLon, sinLat}
		if i > 0 {
			from[i] = from[i-1] + earthKm*angle(points[i-1], points[i])
		}
	}
	total, leg := from[len(from)-1], 1
	out := make([]vertex, n)
	for k := range out {
		at := total * float64(k) / float64(n-1)
		for leg < len(line)-1 && at > from[leg] {
			leg++
		}
		t := 0.0
		if length := from[leg] - from[leg-1]; length > 0 {
			t = min((at-from[leg-1])/length, 1)
		}
		p := between(points[leg-1], points[leg], t)
		out[k] = vertex{Distance: math.Round(at*1e3) / 1e3,
			Lon: math.Round(math.Atan2(p[1], p[0])*180/math.Pi*1e6) / 1e6, Lat: math.Round(math.Atan2(p[2], math.Hypot(p[0], p[1]))*180/math.Pi*1e6) / 1e6}
	}
	return out
}

// angle is the angle between two unit vectors.
func angle(a, b [3]float64) float64 {
	x, y, z := a[1]*b[2]-a[2]*b[1], a[2]*b[0]-a[0]*b[2], a[0]*b[1]-a[1]*b[0]
	return math.Atan2(math.Sqrt(x*x+y*y+z*z), a[0]*b[0]+a[1]*b[1]+a[2]*b[2])
}

// between is a part t of the way from one unit vector to another, along the great circle.
func between(a, b [3]float64, t float64) (p [3]float64) {
	whole := angle(a, b)
	u, v := 1-t, t
	if sin := math.Sin(whole); sin > 1e-12 {
		u, v = math.Sin((1-t)*whole)/sin, math.Sin(t*whole)/sin
	}
	for i := range p {
		p[i] = u*a[i] + v*b[i]
	}
	return p
}
