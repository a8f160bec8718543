package geo

import "math"

// TransverseMercator is the transverse Mercator projection about the meridian lonDeg, with a scale along it; origin is where it
// meets latDeg. It is Krüger's to the sixth power of the third flattening: right to nanometres within 40 degrees of the
// meridian. Some 80 degrees away, on the equator, images end.
func TransverseMercator(e Ellipsoid, lonDeg, latDeg, scale float64, origin XY) Projection {
	n := e.third()
	t := transverse{
		lon: lonDeg, scale: scale * e.Major / (1 + n) * (1 + n*n/4 + n*n*n*n/64 + n*n*n*n*n*n/256),
		conformal: e.conformalFromGeodetic(), geodetic: e.geodeticFromConformal(),
		there: powers(n, [6][]float64{
			{1. / 2, -2. / 3, 5. / 16, 41. / 180, -127. / 288, 7891. / 37800},
			{13. / 48, -3. / 5, 557. / 1440, 281. / 630, -1983433. / 1935360},
			{61. / 240, -103. / 140, 15061. / 26880, 167603. / 181440},
			{49561. / 161280, -179. / 168, 6601661. / 7257600},
			{34729. / 80640, -3418889. / 1995840},
			{212378941. / 319334400},
		}),
		back: powers(n, [6][]float64{
			{1. / 2, -2. / 3, 37. / 96, -1. / 360, -81. / 512, 96199. / 604800},
			{1. / 48, 1. / 15, -437. / 1440, 46. / 105, -1118711. / 3870720},
			{17. / 480, -37. / 840, -209. / 4480, 5569. / 90720},
			{4397. / 161280, -11. / 504, -830251. / 7257600},
			{4583. / 161280, -108847. / 3991680},
			{20648693. / 638668800},
		}),
	}
	t.south = t.forward(LonLat{lonDeg, latDeg}).Y
	return each[transverse]{t, origin}
}

// transverse follows Karney, "Transverse Mercator with an accuracy of a few nanometers", J. Geodesy 85 (2011).
type transverse struct {
	lon, scale, south   float64 // south is the origin's distance from the equator
	conformal, geodetic series
	there, back         series
}

// farthest is the widest eta with an image, as PROJ has it.
const farthest = 2.623395162778

func (t transverse) forward(at LonLat) XY {
	if !onEarth(at.Lat) {
		return nowhere
	}
	sin, cos := math.Sincos(t.conformal.at(at.Lat * radians))
	east, ahead := math.Sincos((at.Lon - t.lon) * radians)
	ahead *= cos
	h := math.Hypot(sin, ahead)
	sinh := cos * east / h
	eta := math.Asinh(sinh)
	if !(math.Abs(eta) <= farthest) {
		return nowhere
	}
	xi := math.Atan2(sin, ahead)
	s, c := sin/h, ahead/h
	dXi, dEta := t.there.complexSum(2*s*c, c*c-s*s, 2*sinh*math.Sqrt(1+sinh*sinh), 1+2*sinh*sinh)
	return XY{t.scale * (eta + dEta), t.scale*(xi+dXi) - t.south}
}

func (t transverse) inverse(q XY) LonLat {
	xi, eta := (q.Y+t.south)/t.scale, q.X/t.scale
	if !(math.Abs(eta) <= farthest && math.Abs(xi) <= math.Pi) {
		return noLonLat
	}
	sin2, cos2 := math.Sincos(2 * xi)
	e2 := math.Exp(2 * eta)
	dXi, dEta := t.back.complexSum(sin2, cos2, (e2-1/e2)/2, (e2+1/e2)/2)
	sin, cos := math.Sincos(xi - dXi)
	sinh := math.Sinh(eta - dEta)
	level, whole := math.Hypot(sinh, cos), math.Sqrt(1+sinh*sinh)
	s, c := sin/whole, level/whole // of the conformal latitude
	lat := math.Atan2(sin, level) + t.geodetic.sum(2*s*c, c*c-s*s)
	return LonLat{turned(math.Atan2(sinh, cos)*degrees + t.lon), lat * degrees}
}

// complexSum is sum for a complex angle, from the sine and cosine of twice its real part and the hyperbolic ones of twice its
// imaginary part.
func (c *series) complexSum(sin, cos, sinh, cosh float64) (re, im float64) {
	ur, ui := 2*cos*cosh, -2*sin*sinh
	var br, bi, ar, ai float64 // b and the b before it
	for k := len(c) - 1; k >= 0; k-- {
		br, bi, ar, ai = c[k]+ur*br-ui*bi-ar, ur*bi+ui*br-ai, br, bi
	}
	sr, si := sin*cosh, cos*sinh
	return sr*br - si*bi, sr*bi + si*br
}
