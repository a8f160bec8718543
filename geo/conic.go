package geo

import "math"

// LambertConformal is Lambert's conformal conic projection: lonDeg is upright, lengths are true at lat1Deg and lat2Deg, which
// may be the same but not opposite, and origin is where lonDeg meets latDeg. The pole beyond the cone has no image, nor has
// a position in the cone's gap a place.
func LambertConformal(e Ellipsoid, lonDeg, latDeg, lat1Deg, lat2Deg float64, origin XY) Projection {
	ecc := e.eccentricity()
	m1, t1 := e.parallel(lat1Deg), colatitude(lat1Deg, ecc)
	cone := math.Sin(lat1Deg * radians)
	if math.Abs(lat1Deg-lat2Deg) > 1e-9 {
		cone = math.Log(m1/e.parallel(lat2Deg)) / math.Log(t1/colatitude(lat2Deg, ecc))
	}
	c := conformalConic{
		lon: lonDeg, cone: cone, scale: e.Major * m1 / (cone * math.Pow(t1, cone)),
		eccentricity: ecc, geodetic: e.geodeticFromConformal(),
	}
	c.rho = c.scale * math.Pow(colatitude(latDeg, ecc), cone)
	return each[conformalConic]{c, origin}
}

type conformalConic struct {
	lon, cone, scale float64
	rho              float64 // of the origin
	eccentricity     float64
	geodetic         series
}

func (c conformalConic) forward(at LonLat) XY {
	if !onEarth(at.Lat) || at.Lat == -math.Copysign(90, c.cone) {
		return nowhere
	}
	rho := c.scale * math.Pow(colatitude(at.Lat, c.eccentricity), c.cone)
	return fan(rho, c.rho, c.cone, at.Lon-c.lon)
}

func (c conformalConic) inverse(q XY) LonLat {
	rho, lon := unfan(q, c.rho, c.cone)
	far := 2 * math.Atan(math.Pow(rho/math.Abs(c.scale), 1/c.cone))
	if c.eccentricity != 0 {
		sin2, cos2 := math.Sincos(2 * far)
		far -= c.geodetic.sum(sin2, -cos2)
	}
	return fanned(lon, c.lon, 90-far*degrees)
}

// fan lays a place on an unrolled cone, rho away from its tip; negative in the south, as cone is.
func fan(rho, rhoOrigin, cone, lonDeg float64) XY {
	sin, cos := math.Sincos(cone * turned(lonDeg) * radians)
	return XY{rho * sin, rhoOrigin - rho*cos}
}

// unfan is the distance from the tip, positive, and the longitude in degrees: NaN in the gap.
func unfan(q XY, rhoOrigin, cone float64) (rho, lonDeg float64) {
	side := math.Copysign(1, cone)
	down := rhoOrigin - q.Y
	lonDeg = math.Atan2(side*q.X, side*down) / cone * degrees
	if !(math.Abs(lonDeg) <= 180+1e-9) {
		lonDeg = math.NaN()
	}
	return math.Hypot(q.X, down), lonDeg
}

// fanned is a place found on a cone.
func fanned(lonDeg, uprightDeg, latDeg float64) LonLat {
	if lonDeg != lonDeg || latDeg != latDeg {
		return noLonLat
	}
	return LonLat{turned(lonDeg + uprightDeg), latDeg}
}

// Albers is the equal-area conic projection, with LambertConformal's parameters.
func Albers(e Ellipsoid, lonDeg, latDeg, lat1Deg, lat2Deg float64, origin XY) Projection {
	ecc := e.eccentricity()
	q := func(latDeg float64) float64 { return authalicSine(math.Sin(latDeg*radians), ecc) }
	m1, q1 := e.parallel(lat1Deg), q(lat1Deg)
	cone := math.Sin(lat1Deg * radians)
	if math.Abs(lat1Deg-lat2Deg) > 1e-9 {
		m2 := e.parallel(lat2Deg)
		cone = (m1*m1 - m2*m2) / (q(lat2Deg) - q1)
	}
	c := equalAreaConic{
		lon: lonDeg, cone: cone, c: m1*m1 + cone*q1, major: e.Major, pole: q(90),
		eccentricity: ecc, geodetic: e.geodeticFromAuthalic(),
	}
	c.rho = c.radius(q(latDeg))
	return each[equalAreaConic]{c, origin}
}

type equalAreaConic struct {
	lon, cone, c, major float64
	pole                float64 // q of the pole
	rho                 float64 // of the origin
	eccentricity        float64
	geodetic            series
}

// radius is rho of Snyder's (14-12).
func (c equalAreaConic) radius(q float64) float64 {
	return c.major * math.Sqrt(max(0, c.c-c.cone*q)) / c.cone
}

func (c equalAreaConic) forward(at LonLat) XY {
	if !onEarth(at.Lat) {
		return nowhere
	}
	return fan(c.radius(authalicSine(math.Sin(at.Lat*radians), c.eccentricity)), c.rho, c.cone, at.Lon-c.lon)
}

func (c equalAreaConic) inverse(p XY) LonLat {
	rho, lon := unfan(p, c.rho, c.cone)
	rho *= c.cone / c.major
	sin := (c.c - rho*rho) / (c.cone * c.pole)
	if sin > 1 && sin < 1+1e-12 || sin < -1 && sin > -1-1e-12 { // a pole, rounded
		sin = math.Copysign(1, sin)
	}
	return fanned(lon, c.lon, c.geodetic.at(math.Asin(sin))*degrees)
}
