package crs

import (
	"math"

	"isobar/geo"
)

// azimuthal is a map of a sphere about a place: how far from it a place is drawn depends on the angle between them alone.
// radius and angle are inverse to each other.
func azimuthal(e geo.Ellipsoid, o Origin, radius, angle func(float64) float64) System {
	sin0, cos0 := math.Sincos(o.Lat * radian)
	return unplaced(o, pointwise{
		func(at geo.LonLat) geo.XY {
			sin, cos := math.Sincos(at.Lat * radian)
			sinLon, cosLon := math.Sincos(about(o, at) * radian)
			x, y := cos*sinLon, cos0*sin-sin0*cos*cosLon
			c := math.Atan2(math.Hypot(x, y), sin0*sin+cos0*cos*cosLon)
			k := e.Major
			if c > 0 {
				k *= radius(c) / math.Sin(c)
			}
			return geo.XY{X: k * x, Y: k * y}
		},
		func(q geo.XY) geo.LonLat {
			rho := math.Hypot(q.X, q.Y)
			if rho == 0 {
				return geo.LonLat{Lon: o.Lon, Lat: o.Lat}
			}
			c := angle(rho / e.Major)
			sin, cos := math.Sincos(c)
			if !(c <= math.Pi) {
				return beyond(math.NaN(), 0)
			}
			lat := math.Asin(max(-1, min(cos*sin0+q.Y*sin*cos0/rho, 1)))
			lon := math.Atan2(q.X*sin, rho*cos0*cos-q.Y*sin0*sin)
			return o.back(beyond(lon/radian, lat/radian))
		},
	})
}

// Gnomonic is a sphere seen from its centre (Snyder, 22).
func Gnomonic(e geo.Ellipsoid, o Origin) System { return azimuthal(e, o, math.Tan, math.Atan) }

// Orthographic is a sphere seen from afar (Snyder, 20).
func Orthographic(e geo.Ellipsoid, o Origin) System { return azimuthal(e, o, math.Sin, math.Asin) }

// AzimuthalEquidistant has true distances and directions from a place (Snyder, 25; on an ellipsoid along geodesics).
func AzimuthalEquidistant(e geo.Ellipsoid, o Origin) System {
	same := func(c float64) float64 { return c }
	s := azimuthal(e, o, same, same)
	if e.Major != e.Minor {
		p := s.places.(pointwise)
		p.inverse = func(q geo.XY) geo.LonLat {
			return o.back(along(e, o.Lat, math.Atan2(q.X, q.Y), math.Hypot(q.X, q.Y)))
		}
		s.places = p
	}
	return s
}

// along is the end of a geodesic that begins at a latitude on the meridian 0 (Vincenty, Survey Review XXIII 176, 1975: the direct problem).
func along(e geo.Ellipsoid, latDeg, azimuth, metres float64) geo.LonLat {
	f := 1 - e.Minor/e.Major
	sinA, cosA := math.Sincos(azimuth)
	tanU := (1 - f) * math.Tan(latDeg*radian)
	cosU := 1 / math.Sqrt(1+tanU*tanU)
	sinU := tanU * cosU
	start := math.Atan2(tanU, cosA)
	sinAlpha := cosU * sinA
	cos2Alpha := 1 - sinAlpha*sinAlpha
	u2 := cos2Alpha * (e.Major*e.Major - e.Minor*e.Minor) / (e.Minor * e.Minor)
	a := 1 + u2/16384*(4096+u2*(-768+u2*(320-175*u2)))
	b := u2 / 1024 * (256 + u2*(-128+u2*(74-47*u2)))
	sigma := metres / (e.Minor * a)
	var sin, cos, middle float64
	for range 100 {
		middle = math.Cos(2*start + sigma)
		sin, cos = math.Sincos(sigma)
		delta := b * sin * (middle + b/4*(cos*(2*middle*middle-1)-b/6*middle*(4*sin*sin-3)*(4*middle*middle-3)))
		next := metres/(e.Minor*a) + delta
		if done := math.Abs(next-sigma) < 1e-14; done {
			break
		}
		sigma = next
	}
	t := sinU*sin - cosU*cos*cosA
	lat := math.Atan2(sinU*cos+cosU*sin*cosA, (1-f)*math.Hypot(sinAlpha, t))
	lambda := math.Atan2(sin*sinA, cosU*cos-sinU*sin*cosA)
	c := f / 16 * cos2Alpha * (4 + f*(4-3*cos2Alpha))
	lon := lambda - (1-c)*f*sinAlpha*(sigma+c*sin*(middle+c*cos*(2*middle*middle-1)))
	return beyond(lon/radian, lat/radian)
}
