package crs

import (
	"math"

	"isobar/geo"
)

// What stands here are maps that no grid knows: their grids are unstructured. Formulas are those of Snyder, Map Projections: A Working
// Manual (USGS 1395), unless another source is named.

// pointwise is a projection of single places.
type pointwise struct {
	forward func(geo.LonLat) geo.XY
	inverse func(geo.XY) geo.LonLat
}

var _ geo.Projection = pointwise{}

func (p pointwise) Forward(dst []geo.XY, src []geo.LonLat) {
	for i, at := range src {
		dst[i] = p.forward(at)
	}
}

func (p pointwise) Inverse(dst []geo.LonLat, src []geo.XY) {
	for i, at := range src {
		dst[i] = p.inverse(at)
	}
}

// unplaced is a system whose grids are unstructured.
func unplaced(o Origin, p pointwise) System {
	return System{Type: "unstructured_grid", places: p, mesh: true, shift: o.False}
}

// Stereographic is the stereographic map about any place, its ellipsoid being mapped on a sphere first (Snyder, 21).
func Stereographic(e geo.Ellipsoid, o Origin, scale float64) System {
	ecc2 := eccentricity2(e)
	p := &stereographic{origin: o, ecc: math.Sqrt(max(0, ecc2)), n: 1, c: 1}
	sin, cos := math.Sincos(o.Lat * radian)
	w := (1 + sin) / (1 - sin) * math.Pow((1-p.ecc*sin)/(1+p.ecc*sin), p.ecc)
	p.chi = math.Asin((w - 1) / (w + 1))
	p.twice = 2 * scale * e.Major * cos / math.Sqrt(1-ecc2*sin*sin) / math.Cos(p.chi)
	return System{Type: "unstructured_grid", places: p, mesh: true}
}

// arc is the length of the meridian from the equator, and latitude its inverse in degrees.
func arc(e geo.Ellipsoid) (length, latitude func(float64) float64) {
	along := geo.TransverseMercator(e, 0, 0, 1, geo.XY{})
	length = func(latDeg float64) float64 { return forward(along, 0, latDeg).Y }
	latitude = func(y float64) float64 {
		var at [1]geo.LonLat
		along.Inverse(at[:], []geo.XY{{Y: y}})
		return at[0].Lat
	}
	return length, latitude
}

// parallel is the radius of a circle of latitude.
func parallel(e geo.Ellipsoid, latDeg float64) float64 {
	sin, cos := math.Sincos(latDeg * radian)
	return e.Major * cos / math.Sqrt(1-eccentricity2(e)*sin*sin)
}

// beyond is the longitude of places that are not on the map.
func beyond(lonDeg, latDeg float64) geo.LonLat {
	const slack = 1e-6
	if !(math.Abs(lonDeg) <= 180+slack && math.Abs(latDeg) <= 90+slack) {
		return geo.LonLat{Lon: math.NaN(), Lat: math.NaN()}
	}
	return geo.LonLat{Lon: lonDeg, Lat: max(-90, min(latDeg, 90))}
}

// about turns a place so that the map's middle meridian is 0, and back.
func about(o Origin, at geo.LonLat) float64 { return math.Remainder(at.Lon-o.Lon, 360) }

func (o Origin) back(at geo.LonLat) geo.LonLat { return geo.LonLat{Lon: at.Lon + o.Lon, Lat: at.Lat} }

// Sinusoidal has true parallels, evenly spaced (Snyder, 30).
func Sinusoidal(e geo.Ellipsoid, o Origin) System {
	length, latitude := arc(e)
	return unplaced(o, pointwise{
		func(at geo.LonLat) geo.XY {
			return geo.XY{X: parallel(e, at.Lat) * about(o, at) * radian, Y: length(at.Lat)}
		},
		func(q geo.XY) geo.LonLat {
			lat := latitude(q.Y)
			return o.back(beyond(q.X/parallel(e, lat)/radian, lat))
		},
	})
}

// EquidistantConic has true meridians, and two true parallels (Snyder, 16).
func EquidistantConic(e geo.Ellipsoid, o Origin, lat1Deg, lat2Deg float64) System {
	length, latitude := arc(e)
	n := math.Sin(lat1Deg * radian)
	if lat1Deg != lat2Deg {
		n = (parallel(e, lat1Deg) - parallel(e, lat2Deg)) / (length(lat2Deg) - length(lat1Deg))
	}
	tip := parallel(e, lat1Deg)/n + length(lat1Deg)
	rho0 := tip - length(o.Lat)
	return unplaced(o, pointwise{
		func(at geo.LonLat) geo.XY {
			rho := tip - length(at.Lat)
			sin, cos := math.Sincos(n * about(o, at) * radian)
			return geo.XY{X: rho * sin, Y: rho0 - rho*cos}
		},
		func(q geo.XY) geo.LonLat {
			side := math.Copysign(1, n)
			rho := side * math.Hypot(q.X, rho0-q.Y)
			return o.back(beyond(math.Atan2(side*q.X, side*(rho0-q.Y))/n/radian, latitude(tip-rho)))
		},
	})
}

// CylindricalEqualArea is true at latTrueDeg (Snyder, 10).
func CylindricalEqualArea(e geo.Ellipsoid, o Origin, latTrueDeg float64) System {
	k, ecc2 := parallel(e, latTrueDeg)/e.Major, max(0, eccentricity2(e))
	ecc := math.Sqrt(ecc2)
	authalic := func(sin float64) float64 { // q of Snyder, 3-12
		if ecc < 1e-8 {
			return 2 * sin
		}
		return (1 - ecc2) * (sin/(1-ecc2*sin*sin) + math.Atanh(ecc*sin)/ecc)
	}
	pole := authalic(1)
	return unplaced(o, pointwise{
		func(at geo.LonLat) geo.XY {
			return geo.XY{X: e.Major * k * about(o, at) * radian, Y: e.Major * authalic(math.Sin(at.Lat*radian)) / (2 * k)}
		},
		func(q geo.XY) geo.LonLat {
			want := 2 * q.Y * k / e.Major
			if math.Abs(want) > pole*(1+1e-9) {
				return beyond(math.NaN(), 0)
			}
			lat := math.Asin(max(-1, min(want/pole, 1)))
			for range 20 { // Newton's method on q, which is flat at the poles
				sin, cos := math.Sincos(lat)
				if cos < 1e-9 {
					break
				}
				one := 1 - ecc2*sin*sin
				step := (want - authalic(sin)) * one * one / (2 * cos * (1 - ecc2))
				if lat = max(-math.Pi/2, min(lat+step, math.Pi/2)); math.Abs(step) < 1e-14 {
					break
				}
			}
			return o.back(beyond(q.X/(e.Major*k)/radian, lat/radian))
		},
	})
}

// SwissOblique is the oblique Mercator map of Switzerland and Hungary, by way of a sphere (swisstopo, Formulas and constants, 3).
func SwissOblique(e geo.Ellipsoid, o Origin, scale float64) System {
	ecc2 := max(0, eccentricity2(e))
	ecc := math.Sqrt(ecc2)
	sin, cos := math.Sincos(o.Lat * radian)
	alpha := math.Sqrt(1 + ecc2/(1-ecc2)*cos*cos*cos*cos)
	b0 := math.Asin(sin / alpha)
	radius := scale * e.Major * math.Sqrt(1-ecc2) / (1 - ecc2*sin*sin)
	isometric := func(sin float64) float64 { return math.Atanh(sin) - ecc*math.Atanh(ecc*sin) }
	k := math.Atanh(math.Sin(b0)) - alpha*isometric(sin)
	sinB, cosB := math.Sincos(b0)
	return unplaced(o, pointwise{
		func(at geo.LonLat) geo.XY {
			b := math.Asin(math.Tanh(alpha*isometric(math.Sin(at.Lat*radian)) + k))
			sinI, cosI := math.Sincos(alpha * about(o, at) * radian)
			l := math.Atan2(sinI, sinB*math.Tan(b)+cosB*cosI)
			return geo.XY{X: radius * l, Y: radius * math.Atanh(cosB*math.Sin(b)-sinB*math.Cos(b)*cosI)}
		},
		func(q geo.XY) geo.LonLat {
			sinL, cosL := math.Sincos(q.X / radius)
			sinT := math.Tanh(q.Y / radius)
			cosT := math.Sqrt(1 - sinT*sinT)
			b := cosB*sinT + sinB*cosT*cosL
			lon := math.Atan2(sinL*cosT, cosB*cosT*cosL-sinB*sinT) / alpha
			psi := (math.Atanh(b) - k) / alpha
			lat := math.Asin(math.Tanh(psi))
			for range 20 {
				lat = math.Asin(math.Tanh(psi + ecc*math.Atanh(ecc*math.Sin(lat))))
			}
			return o.back(beyond(lon/radian, lat/radian))
		},
	})
}
