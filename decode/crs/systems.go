package crs

import (
	"math"

	"isobar/geo"
	"isobar/grid"
)

// rotated is the type of grids on a turned globe.
const rotated = "rotated_ll"

// Rotated is degrees on a globe whose south pole is moved and which is then turned by an angle, as grid.Rotated has it.
func Rotated(southPole geo.LonLat, angleDeg float64) System {
	return System{Type: rotated, pole: southPole, angle: angleDeg, places: geo.RotatedPole(southPole, angleDeg)}
}

// Origin is where a plane has its zero: the place named by a projection, and the coordinates it is given (false easting and
// northing) in metres.
type Origin struct {
	Lon, Lat float64
	False    geo.XY
}

// Mercator is true to scale at latTrueDeg.
func Mercator(e geo.Ellipsoid, o Origin, latTrueDeg float64) System {
	map0 := geo.Mercator(e, 0, latTrueDeg, geo.XY{})
	zero := forward(map0, o.Lon, 0)
	return planar("mercator", grid.Mercator(e, latTrueDeg), map0, geo.XY{X: o.False.X - zero.X, Y: o.False.Y})
}

// PolarStereographic has its origin at a pole, and o.Lon upright.
func PolarStereographic(e geo.Ellipsoid, south bool, o Origin, latTrueDeg float64) System {
	return planar("polar_stereographic", grid.PolarStereographic(e, south, o.Lon, latTrueDeg),
		geo.PolarStereographic(e, south, o.Lon, latTrueDeg, geo.XY{}), o.False)
}

// MercatorScaled has a scale at the equator.
func MercatorScaled(e geo.Ellipsoid, o Origin, scale float64) System {
	return Mercator(e, o, mercatorTrue(e, scale))
}

// PolarStereographicScaled has a scale at the pole.
func PolarStereographicScaled(e geo.Ellipsoid, south bool, o Origin, scale float64) System {
	return PolarStereographic(e, south, o, polarTrue(e, scale))
}

// Lambert is the conformal cone.
func Lambert(e geo.Ellipsoid, o Origin, lat1Deg, lat2Deg float64) System {
	cone := geo.LambertConformal(e, o.Lon, max(lat1Deg, lat2Deg), lat1Deg, lat2Deg, geo.XY{})
	return planar("lambert", grid.Lambert(e, o.Lon, lat1Deg, lat2Deg), cone, below(o, forward(cone, o.Lon, o.Lat)))
}

// Albers is the cone of equal areas.
func Albers(e geo.Ellipsoid, o Origin, lat1Deg, lat2Deg float64) System {
	cone := geo.Albers(e, o.Lon, max(lat1Deg, lat2Deg), lat1Deg, lat2Deg, geo.XY{})
	return planar("albers", grid.Albers(e, o.Lon, lat1Deg, lat2Deg), cone, below(o, forward(cone, o.Lon, o.Lat)))
}

// LambertAzimuthal is the map of equal areas about a place.
func LambertAzimuthal(e geo.Ellipsoid, o Origin) System {
	return planar("lambert_azimuthal_equal_area", grid.LambertAzimuthal(e, o.Lon, o.Lat),
		geo.LambertAzimuthal(e, o.Lon, o.Lat, geo.XY{}), o.False)
}

// TransverseMercator has a scale on its central meridian.
func TransverseMercator(e geo.Ellipsoid, o Origin, scale float64) System {
	return planar("transverse_mercator", grid.TransverseMercator(e, o.Lon, o.Lat, scale),
		geo.TransverseMercator(e, o.Lon, o.Lat, scale, geo.XY{}), o.False)
}

// Geostationary is seen from a height in metres, in angles times that height, by an instrument that sweeps about the y axis, or the x axis.
func Geostationary(e geo.Ellipsoid, o Origin, heightMetres float64, sweepX bool) System {
	plane := grid.Geostationary
	if sweepX {
		plane = grid.GeostationaryX
	}
	return planar("space_view", plane(e, o.Lon, heightMetres), geo.Geostationary(e, o.Lon, heightMetres, sweepX, geo.XY{}), o.False)
}

// LambertScaled touches the Earth at the origin's latitude, at a scale.
func LambertScaled(e geo.Ellipsoid, o Origin, scale float64) System {
	o.False.X, o.False.Y = o.False.X/scale, o.False.Y/scale
	s := Lambert(e, o, o.Lat, o.Lat)
	if scale != 1 {
		s.scale = 1 / scale
	}
	return s
}

// Equirectangular has meridians and parallels evenly spaced on a sphere of the semi-major axis, those at latTrueDeg truly: its grids are
// grids in degrees.
func Equirectangular(e geo.Ellipsoid, o Origin, latTrueDeg float64) System {
	dy := 1 / (e.Major * radian)
	dx := dy / math.Cos(latTrueDeg*radian)
	return System{even: geo.XY{X: dx, Y: dy}, shift: geo.XY{X: o.False.X - o.Lon/dx, Y: o.False.Y - o.Lat/dy}}
}

// Beside is latitude and longitude where longitudes count from another meridian.
func Beside(meridianDeg float64) System { return System{shift: geo.XY{X: -meridianDeg}} }

// UTM is a zone of the universal transverse Mercator projection.
func UTM(e geo.Ellipsoid, zone int, south bool) System {
	o := Origin{Lon: float64(6*zone - 183), False: geo.XY{X: 500000}}
	if south {
		o.False.Y = 1e7
	}
	return TransverseMercator(e, o, 0.9996)
}

func planar(name string, p grid.Plane, places geo.Projection, shift geo.XY) System {
	return System{Type: name, plane: &p, places: places, shift: shift}
}

// below is what to take off, the origin lying at a point of the plane.
func below(o Origin, at geo.XY) geo.XY { return geo.XY{X: o.False.X - at.X, Y: o.False.Y - at.Y} }

func forward(p geo.Projection, lonDeg, latDeg float64) geo.XY {
	var at [1]geo.XY
	p.Forward(at[:], []geo.LonLat{{Lon: lonDeg, Lat: latDeg}})
	return at[0]
}

// eccentricity2 is the square of an ellipsoid's.
func eccentricity2(e geo.Ellipsoid) float64 { return 1 - (e.Minor/e.Major)*(e.Minor/e.Major) }

// mercatorTrue is the latitude where a Mercator map with a scale at the equator is true; NaN if there is none.
func mercatorTrue(e geo.Ellipsoid, scale float64) float64 {
	return math.Asin(math.Sqrt((1-scale*scale)/(1-scale*scale*eccentricity2(e)))) * (180 / math.Pi)
}

// polarTrue is the latitude where a polar stereographic map with a scale at the pole is true (EPSG guidance note 7-2, 3.7.1):
// found by halving, since the scale rises with latitude. NaN if there is none.
func polarTrue(e geo.Ellipsoid, scale float64) float64 {
	if scale == 1 {
		return 90
	}
	if !(scale > 0.5 && scale < 1) {
		return math.NaN()
	}
	ecc := math.Sqrt(max(0, eccentricity2(e)))
	pole := math.Sqrt(math.Pow(1+ecc, 1+ecc) * math.Pow(1-ecc, 1-ecc))
	low, high := 0.0, 90.0
	for range 60 {
		lat := (low + high) / 2
		sin, cos := math.Sincos(lat * (math.Pi / 180))
		t := math.Tan((90-lat)*(math.Pi/360)) * math.Pow((1+ecc*sin)/(1-ecc*sin), ecc/2)
		if k := cos / math.Sqrt(1-ecc*ecc*sin*sin) / t * pole / 2; k < scale {
			low = lat
		} else {
			high = lat
		}
	}
	return (low + high) / 2
}
