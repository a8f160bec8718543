package grid

import (
	"math"

	"isobar/geo"
)

// Plane is a projection that grids lie in, with its parameters. Planes have their origin where the constructor says; false
// eastings and northings are the caller's to take off. A constructor given what makes no plane gives one that Projected refuses.
type Plane struct {
	projection geo.Projection
	name       string
	params     []float64 // as the ID has them
	earth      geo.Ellipsoid
	turn       float64 // the period of x, 0 if it has none
	tip        geo.XY  // where meridians meet on a conformal map, if they are straight
	side       float64 // 1 if north is that way, -1 if south, 0 for other maps
	err        error
}

// makePlane rounds parameters, so that a plane and its ID are the same, and builds on them.
func makePlane(name string, earth geo.Ellipsoid, params []float64, build func(geo.Ellipsoid, []float64) Plane) Plane {
	earth, err := rounded(earth)
	if err == nil {
		err = finite(params...)
	}
	if err != nil {
		return Plane{err: err}
	}
	params = append([]float64(nil), params...)
	for i := range params {
		params[i] = micro(params[i])
	}
	p := build(earth, params)
	p.name, p.params, p.earth = name, params, earth
	return p
}

// planes are the constructors by name, and the number of their parameters, in their order.
var planes = map[string]struct {
	params int
	build  func(geo.Ellipsoid, []float64) Plane
}{
	"mercator":  {1, func(e geo.Ellipsoid, p []float64) Plane { return Mercator(e, p[0]) }},
	"polar":     {3, func(e geo.Ellipsoid, p []float64) Plane { return PolarStereographic(e, p[0] != 0, p[1], p[2]) }},
	"lambert":   {3, func(e geo.Ellipsoid, p []float64) Plane { return Lambert(e, p[0], p[1], p[2]) }},
	"albers":    {3, func(e geo.Ellipsoid, p []float64) Plane { return Albers(e, p[0], p[1], p[2]) }},
	"azimuthal": {2, func(e geo.Ellipsoid, p []float64) Plane { return LambertAzimuthal(e, p[0], p[1]) }},
	"transverse": {3, func(e geo.Ellipsoid, p []float64) Plane {
		return TransverseMercator(e, p[0], p[1], p[2])
	}},
	"geostationary":  {2, func(e geo.Ellipsoid, p []float64) Plane { return Geostationary(e, p[0], p[1]) }},
	"geostationaryx": {2, func(e geo.Ellipsoid, p []float64) Plane { return GeostationaryX(e, p[0], p[1]) }},
}

// Mercator is GRIB2 template 3.10: lengths are true at latTrueDeg. The origin is at 0E 0N.
func Mercator(earth geo.Ellipsoid, latTrueDeg float64) Plane {
	return makePlane("mercator", earth, []float64{math.Abs(latTrueDeg)}, func(e geo.Ellipsoid, p []float64) Plane {
		if p[0] > 89 {
			return Plane{err: invalid("a Mercator map true at %v degrees", p[0])}
		}
		m := geo.Mercator(e, 0, p[0], geo.XY{})
		var end [1]geo.XY
		m.Forward(end[:], []geo.LonLat{{Lon: 360}})
		return Plane{projection: m, turn: end[0].X}
	})
}

// PolarStereographic is GRIB2 template 3.20: seen from above the north or the south pole, with lonDeg running down the map
// from the north pole (up, from the south pole), and lengths true at latTrueDeg, whose sign is ignored. The origin is the pole.
func PolarStereographic(earth geo.Ellipsoid, south bool, lonDeg, latTrueDeg float64) Plane {
	side := 0.0
	if south {
		side = 1
	}
	return makePlane("polar", earth, []float64{side, western(lonDeg), math.Abs(latTrueDeg)}, func(e geo.Ellipsoid, p []float64) Plane {
		if p[2] > 90 {
			return Plane{err: invalid("a polar map true at %v degrees", p[2])}
		}
		return Plane{projection: geo.PolarStereographic(e, south, p[1], p[2], geo.XY{}), side: 1 - 2*side}
	})
}

// Lambert is Lambert's conformal conic projection, GRIB2 template 3.30: lonDeg is upright and lengths are true at lat1Deg and
// lat2Deg, which may be the same. The origin is at lonDeg and the greater of the two.
func Lambert(earth geo.Ellipsoid, lonDeg, lat1Deg, lat2Deg float64) Plane {
	return makeCone("lambert", earth, lonDeg, lat1Deg, lat2Deg, true, geo.LambertConformal)
}

// Albers is the equal-area conic projection, GRIB2 template 3.31, with Lambert's parameters.
func Albers(earth geo.Ellipsoid, lonDeg, lat1Deg, lat2Deg float64) Plane {
	return makeCone("albers", earth, lonDeg, lat1Deg, lat2Deg, false, geo.Albers)
}

func makeCone(
	name string, earth geo.Ellipsoid, lonDeg, lat1Deg, lat2Deg float64, conformal bool,
	project func(e geo.Ellipsoid, lonDeg, latDeg, lat1Deg, lat2Deg float64, origin geo.XY) geo.Projection,
) Plane {
	high, low := max(lat1Deg, lat2Deg), min(lat1Deg, lat2Deg)
	return makePlane(name, earth, []float64{western(lonDeg), high, low}, func(e geo.Ellipsoid, p []float64) Plane {
		const flat = 0.01 // degrees from no cone: a map about the equator, or a pole
		if math.Abs(p[1]+p[2]) < flat || max(p[1], -p[2]) > 90-flat {
			return Plane{err: invalid("a cone between %v and %v degrees", p[1], p[2])}
		}
		plane := Plane{projection: project(e, p[0], p[1], p[1], p[2], geo.XY{})}
		if conformal {
			plane.side, plane.tip = math.Copysign(1, p[1]+p[2]), meeting(plane.projection, p[0], p[1])
		}
		return plane
	})
}

// meeting is where the meridians of a cone meet, on the upright one: the tangent of a second leads there.
func meeting(p geo.Projection, lonDeg, latDeg float64) geo.XY {
	const away, apart = 30, 10 // degrees
	var at [2]geo.XY
	p.Forward(at[:], []geo.LonLat{{Lon: lonDeg + away, Lat: latDeg}, {Lon: lonDeg + away, Lat: latDeg - math.Copysign(apart, latDeg)}})
	a, b := at[0], at[1]
	return geo.XY{Y: a.Y - a.X*(b.Y-a.Y)/(b.X-a.X)}
}

// LambertAzimuthal is the azimuthal equal-area projection, GRIB2 template 3.140, about a place, which is the origin.
func LambertAzimuthal(earth geo.Ellipsoid, lonDeg, latDeg float64) Plane {
	return makePlane("azimuthal", earth, []float64{western(lonDeg), latDeg}, func(e geo.Ellipsoid, p []float64) Plane {
		if math.Abs(p[1]) > 90 {
			return Plane{err: invalid("a map about %v degrees north", p[1])}
		}
		return Plane{projection: geo.LambertAzimuthal(e, p[0], p[1], geo.XY{})}
	})
}

// TransverseMercator is GRIB2 template 3.12 about a place, which is the origin, with a scale on the central meridian.
func TransverseMercator(earth geo.Ellipsoid, lonDeg, latDeg, scale float64) Plane {
	return makePlane("transverse", earth, []float64{western(lonDeg), latDeg, scale}, func(e geo.Ellipsoid, p []float64) Plane {
		if math.Abs(p[1]) > 90 || p[2] < 0.1 || p[2] > 10 {
			return Plane{err: invalid("a map about %v degrees north at a scale of %v", p[1], p[2])}
		}
		return Plane{projection: geo.TransverseMercator(e, p[0], p[1], p[2], geo.XY{})}
	})
}

// Geostationary is the Earth seen from heightMetres above lonDeg on the equator. Plane coordinates are scanning angles times
// the height, as with PROJ's "geos", sweeping about the y axis.
func Geostationary(earth geo.Ellipsoid, lonDeg, heightMetres float64) Plane {
	return makeView("geostationary", earth, lonDeg, heightMetres, false)
}

// GeostationaryX is Geostationary for instruments that sweep about the x axis, as those of GOES-R do.
func GeostationaryX(earth geo.Ellipsoid, lonDeg, heightMetres float64) Plane {
	return makeView("geostationaryx", earth, lonDeg, heightMetres, true)
}

func makeView(name string, earth geo.Ellipsoid, lonDeg, heightMetres float64, sweepX bool) Plane {
	return makePlane(name, earth, []float64{western(lonDeg), milli(heightMetres)}, func(e geo.Ellipsoid, p []float64) Plane {
		if p[1] < e.Major/100 || p[1] > 1e9 {
			return Plane{err: invalid("a view from a height of %v m", p[1])}
		}
		return Plane{projection: geo.Geostationary(e, p[0], p[1], sweepX, geo.XY{})}
	})
}
