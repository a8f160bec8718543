package geo

import "math"

// RotatedPole gives longitudes and latitudes, in degrees, in a system whose south pole lies at a place. Rotated longitude 0 is on
// the meridian of that place, and the system is then turned eastwards by angleDeg (GRIB2 template 3.1). On a sphere,
// and everywhere one to one; x is in [-180, 180].
func RotatedPole(southPole LonLat, angleDeg float64) Projection {
	sinLon, cosLon := math.Sincos(southPole.Lon * radians)
	sin, cos := math.Sincos((southPole.Lat + 90) * radians)
	return each[rotated]{rotated{
		x: vector{cos * cosLon, cos * sinLon, sin}, y: vector{-sinLon, cosLon, 0}, z: vector{-sin * cosLon, -sin * sinLon, cos},
		angle: angleDeg,
	}, XY{}}
}

// vector is a direction from the Earth's centre: to 0E 0N, to 90E 0N and to the north pole.
type vector [3]float64

func (v vector) dot(w vector) float64 { return v[0]*w[0] + v[1]*w[1] + v[2]*w[2] }

// rotated holds the axes of the rotated system.
type rotated struct {
	x, y, z vector
	angle   float64
}

func (r rotated) forward(at LonLat) XY {
	if !onEarth(at.Lat) {
		return nowhere
	}
	v := direction(at.Lon, at.Lat)
	x, y := v.dot(r.x), v.dot(r.y)
	return XY{turned(math.Atan2(y, x)*degrees - r.angle), math.Atan2(v.dot(r.z), math.Hypot(x, y)) * degrees}
}

func (r rotated) inverse(q XY) LonLat {
	if !onEarth(q.Y) {
		return noLonLat
	}
	w := direction(q.X+r.angle, q.Y)
	var v vector
	for i := range v {
		v[i] = w[0]*r.x[i] + w[1]*r.y[i] + w[2]*r.z[i]
	}
	return LonLat{math.Atan2(v[1], v[0]) * degrees, math.Atan2(v[2], math.Hypot(v[0], v[1])) * degrees}
}

func direction(lonDeg, latDeg float64) vector {
	sinLon, cosLon := math.Sincos(lonDeg * radians)
	sin, cos := math.Sincos(latDeg * radians)
	return vector{cos * cosLon, cos * sinLon, sin}
}
