package geo

import "math"

// PolarStereographic is the stereographic projection from above the north pole, or the south pole: lonDeg runs down from the
// north pole, or up from the south pole, and lengths are true at latTrueDeg of that hemisphere, whatever its sign. origin
// is the pole. The other pole has no image.
func PolarStereographic(e Ellipsoid, south bool, lonDeg, latTrueDeg float64, origin XY) Projection {
	lat := math.Abs(latTrueDeg)
	if 90-lat < 1e-9 {
		return polarStereographic(e, south, lonDeg, 1, origin)
	}
	return stereographicOf(e, south, lonDeg, e.parallel(lat)/colatitude(lat, e.eccentricity()), origin)
}

// polarStereographic has a scale at the pole instead of a true parallel.
func polarStereographic(e Ellipsoid, south bool, lonDeg, scale float64, origin XY) Projection {
	ecc := e.eccentricity()
	return stereographicOf(e, south, lonDeg, 2*scale/math.Sqrt(math.Pow(1+ecc, 1+ecc)*math.Pow(1-ecc, 1-ecc)), origin)
}

func stereographicOf(e Ellipsoid, south bool, lonDeg, scale float64, origin XY) Projection {
	side := 1.0
	if south {
		side = -1
	}
	return each[stereographic]{stereographic{
		side: side, lon: lonDeg, scale: e.Major * scale,
		eccentricity: e.eccentricity(), geodetic: e.geodeticFromConformal(),
	}, origin}
}

type stereographic struct {
	side, lon, scale float64 // side is -1 in the south
	eccentricity     float64
	geodetic         series
}

func (s stereographic) forward(at LonLat) XY {
	lat := at.Lat * s.side
	if !(lat > -90 && lat <= 90) {
		return nowhere
	}
	rho := s.scale * colatitude(lat, s.eccentricity)
	sin, cos := math.Sincos((at.Lon - s.lon) * radians)
	return XY{rho * sin, -s.side * rho * cos}
}

func (s stereographic) inverse(q XY) LonLat {
	far := 2 * math.Atan(math.Hypot(q.X, q.Y)/s.scale)
	if s.eccentricity != 0 {
		sin2, cos2 := math.Sincos(2 * far)
		far -= s.geodetic.sum(sin2, -cos2)
	}
	return LonLat{turned(math.Atan2(q.X, -s.side*q.Y)*degrees + s.lon), s.side * (90 - far*degrees)}
}
