package geo

import "math"

// Ellipsoid is the figure of the Earth: its semi-axes in metres.
type Ellipsoid struct{ Major, Minor float64 }

// WGS84 is the ellipsoid of maps.
var WGS84 = Ellipsoid{6378137, 6356752.314245179}

// grs80 is the ellipsoid of European systems, a tenth of a millimetre from WGS84.
var grs80 = Ellipsoid{6378137, 6356752.314140356}

// Sphere is a figure of one radius in metres.
func Sphere(radius float64) Ellipsoid { return Ellipsoid{radius, radius} }

// third is the third flattening n, which the series are in.
func (e Ellipsoid) third() float64 { return (e.Major - e.Minor) / (e.Major + e.Minor) }

// eccentricity is e, and 0 for a figure that is not oblate.
func (e Ellipsoid) eccentricity() float64 {
	return math.Sqrt(max(0, (e.Major-e.Minor)*(e.Major+e.Minor))) / e.Major
}

// parallel is the radius of the parallel at a latitude, in semi-major axes.
func (e Ellipsoid) parallel(latDeg float64) float64 {
	sin, cos := math.Sincos(latDeg * radians)
	ecc := e.eccentricity()
	return cos / math.Sqrt(1-ecc*ecc*sin*sin)
}

// isometric is the distance of a latitude from the equator on Mercator's map, in semi-major axes: infinite at the poles.
func isometric(latRad, eccentricity float64) float64 {
	psi := math.Asinh(math.Tan(latRad))
	if eccentricity != 0 {
		psi -= eccentricity * math.Atanh(eccentricity*math.Sin(latRad))
	}
	return psi
}

// colatitude is tan of half the conformal distance from the north pole, exp of -isometric, precise near that pole.
func colatitude(latDeg, eccentricity float64) float64 {
	t := math.Tan((90 - latDeg) * (radians / 2))
	if eccentricity != 0 {
		t *= math.Exp(eccentricity * math.Atanh(eccentricity*math.Sin(latDeg*radians)))
	}
	return t
}

// authalicSine is q of Snyder's (3-12): twice the area between the equator and a latitude, in units of the sphere's.
func authalicSine(sin, eccentricity float64) float64 {
	if eccentricity == 0 {
		return 2 * sin
	}
	e := eccentricity
	return (1 - e*e) * (sin/(1-e*e*sin*sin) + math.Atanh(e*sin)/e)
}

// series is the difference between two kinds of latitude as a sum of c[k] sin(2(k+1) lat), to the sixth power of the third
// flattening: C. Karney, "On auxiliary latitudes", Survey Review 56 (2024), appendix A.
type series [6]float64

// sum is the series by Clenshaw's rule, from sine and cosine of twice the latitude.
func (c *series) sum(sin2, cos2 float64) float64 {
	u := 2 * cos2
	b4 := c[4] + u*c[5]
	b3 := c[3] + u*b4 - c[5]
	b2 := c[2] + u*b3 - b4
	b1 := c[1] + u*b2 - b3
	return sin2 * (c[0] + u*b1 - b2)
}

// at is the other latitude, in radians.
func (c *series) at(lat float64) float64 {
	sin2, cos2 := math.Sincos(2 * lat)
	return lat + c.sum(sin2, cos2)
}

// powers makes a series of polynomials in n: row k begins at the power k + 1.
func powers(n float64, rows [6][]float64) series {
	var c series
	first := n
	for k, row := range rows {
		power := first
		for _, factor := range row {
			c[k] += factor * power
			power *= n
		}
		first *= n
	}
	return c
}

// geodeticFromConformal leads from the conformal to the geodetic latitude.
func (e Ellipsoid) geodeticFromConformal() series {
	return powers(e.third(), [6][]float64{
		{2, -2. / 3, -2, 116. / 45, 26. / 45, -2854. / 675},
		{7. / 3, -8. / 5, -227. / 45, 2704. / 315, 2323. / 945},
		{56. / 15, -136. / 35, -1262. / 105, 73814. / 2835},
		{4279. / 630, -332. / 35, -399572. / 14175},
		{4174. / 315, -144838. / 6237},
		{601676. / 22275},
	})
}

// conformalFromGeodetic is the inverse of geodeticFromConformal.
func (e Ellipsoid) conformalFromGeodetic() series {
	return powers(e.third(), [6][]float64{
		{-2, 2. / 3, 4. / 3, -82. / 45, 32. / 45, 4642. / 4725},
		{5. / 3, -16. / 15, -13. / 9, 904. / 315, -1522. / 945},
		{-26. / 15, 34. / 21, 8. / 5, -12686. / 2835},
		{1237. / 630, -12. / 5, -24832. / 14175},
		{-734. / 315, 109598. / 31185},
		{444337. / 155925},
	})
}

// geodeticFromAuthalic leads from the latitude of equal areas to the geodetic one.
func (e Ellipsoid) geodeticFromAuthalic() series {
	return powers(e.third(), [6][]float64{
		{4. / 3, 4. / 45, -16. / 35, -2582. / 14175, 60136. / 467775, 28112932. / 212837625},
		{46. / 45, 152. / 945, -11966. / 14175, -21016. / 51975, 251310128. / 638512875},
		{3044. / 2835, 3802. / 14175, -94388. / 66825, -8797648. / 10945935},
		{6059. / 4725, 41072. / 93555, -1472637812. / 638512875},
		{768272. / 467775, 455935736. / 638512875},
		{4210684958. / 1915538625},
	})
}

// authalicFromGeodetic is the inverse of geodeticFromAuthalic.
func (e Ellipsoid) authalicFromGeodetic() series {
	return powers(e.third(), [6][]float64{
		{-4. / 3, -4. / 45, 88. / 315, 538. / 4725, 20824. / 467775, -44732. / 2837835},
		{34. / 45, 8. / 105, -2482. / 14175, -37192. / 467775, -12467764. / 212837625},
		{-1532. / 2835, -898. / 14175, 54968. / 467775, 100320856. / 1915538625},
		{6007. / 14175, 24496. / 467775, -5884124. / 70945875},
		{-23356. / 66825, -839792. / 19348875},
		{570284222. / 1915538625},
	})
}
