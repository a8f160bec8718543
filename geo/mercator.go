package geo

import "math"

// Mercator is Mercator's projection, upright about lonDeg, with lengths true at latTrueDeg. origin is the false easting and
// northing. It repeats: longitudes keep their turn. The poles have no image.
func Mercator(e Ellipsoid, lonDeg, latTrueDeg float64, origin XY) Projection {
	return each[mercator]{mercator{
		lon: lonDeg, scale: e.Major * e.parallel(latTrueDeg),
		eccentricity: e.eccentricity(), geodetic: e.geodeticFromConformal(),
	}, origin}
}

type mercator struct {
	lon, scale   float64 // scale is metres in a radian of longitude
	eccentricity float64
	geodetic     series
}

func (m mercator) forward(at LonLat) XY {
	if !(at.Lat > -90 && at.Lat < 90) {
		return nowhere
	}
	return XY{(at.Lon - m.lon) * radians * m.scale, isometric(at.Lat*radians, m.eccentricity) * m.scale}
}

// inverse gives latitudes near the poles however far out y lies.
func (m mercator) inverse(q XY) LonLat {
	psi := q.Y / m.scale
	lat := math.Atan(math.Sinh(psi))
	if m.eccentricity != 0 {
		sin := math.Tanh(psi)
		lat += m.geodetic.sum(2*sin/math.Cosh(psi), 1-2*sin*sin)
	}
	return LonLat{q.X/m.scale*degrees + m.lon, lat * degrees}
}
