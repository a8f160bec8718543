package geo

import "math"

// Geostationary is the Earth seen from heightMetres above the equator at lonDeg. Coordinates are scanning angles times the
// height. The instrument sweeps about the y axis as Meteosat's, or about the x axis as GOES-R's (CGMS 03, 4.4.3.2). What is
// beyond the limb has no image, nor has space a place.
func Geostationary(e Ellipsoid, lonDeg, heightMetres float64, sweepX bool, origin XY) Projection {
	return each[geostationary]{geostationary{
		lon: lonDeg, major: e.Major, height: heightMetres / e.Major, axes: e.Minor / e.Major, sweepX: sweepX,
	}, origin}
}

// geostationary reckons in semi-major axes, with x from the Earth's centre to the satellite, y east and z north.
type geostationary struct {
	lon, major, height float64
	axes               float64 // semi-minor to semi-major
	sweepX             bool
}

func (g geostationary) forward(at LonLat) XY {
	if !onEarth(at.Lat) {
		return nowhere
	}
	sin, cos := math.Sincos(at.Lat * radians)
	r := 1 / math.Sqrt(cos*cos+g.axes*g.axes*sin*sin)
	east, ahead := math.Sincos((at.Lon - g.lon) * radians)
	x, y, z := r*cos*ahead, r*cos*east, r*g.axes*g.axes*sin
	away := g.height + 1 - x
	if !(away*x-y*y-z*z/(g.axes*g.axes) >= 0) {
		return nowhere
	}
	metres := g.height * g.major
	if g.sweepX {
		return XY{metres * math.Atan(y/math.Hypot(z, away)), metres * math.Atan(z/away)}
	}
	return XY{metres * math.Atan(y/away), metres * math.Atan(z/math.Hypot(y, away))}
}

func (g geostationary) inverse(q XY) LonLat {
	metres := g.height * g.major
	a, b := q.X/metres, q.Y/metres
	if !(math.Abs(a) < math.Pi/2 && math.Abs(b) < math.Pi/2) {
		return noLonLat
	}
	y, z := math.Tan(a), math.Tan(b)
	if g.sweepX {
		y *= math.Hypot(1, z)
	} else {
		z *= math.Hypot(1, y)
	}
	// Where the line of sight (-1, y, z) meets the ellipsoid first.
	d := g.height + 1
	squares := 1 + y*y + z*z/(g.axes*g.axes)
	under := d*d - squares*(d*d-1)
	if !(under >= 0) {
		return noLonLat
	}
	k := (d - math.Sqrt(under)) / squares
	x := d - k
	y, z = k*y, k*z
	lat := math.Atan(z / (g.axes * g.axes * math.Hypot(x, y)))
	return LonLat{turned(math.Atan2(y, x)*degrees + g.lon), lat * degrees}
}
