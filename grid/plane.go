package grid

import "isobar/geo"

// Plane is a projection that grids lie in, with its parameters. Planes have their origin where the constructor says; false
// eastings and northings are the caller's to take off.
type Plane struct {
	geo.Projection
	name   string
	params []float64
	earth  geo.Ellipsoid
}

// Mercator is GRIB2 template 3.10: lengths are true at latTrueDeg.
func Mercator(earth geo.Ellipsoid, latTrueDeg float64) Plane { return Plane{} }

// PolarStereographic is GRIB2 template 3.20: seen from above the north or the south pole, with lonDeg running down the map
// from the north pole (up, from the south pole), and lengths true at latTrueDeg, whose sign is ignored. The origin is the pole.
func PolarStereographic(earth geo.Ellipsoid, south bool, lonDeg, latTrueDeg float64) Plane { return Plane{} }

// Lambert is Lambert's conformal conic projection, GRIB2 template 3.30: lonDeg is upright and lengths are true at lat1Deg and
// lat2Deg, which may be the same. The origin is at lonDeg and the greater of the two.
func Lambert(earth geo.Ellipsoid, lonDeg, lat1Deg, lat2Deg float64) Plane { return Plane{} }

// Albers is the equal-area conic projection, GRIB2 template 3.31, with Lambert's parameters.
func Albers(earth geo.Ellipsoid, lonDeg, lat1Deg, lat2Deg float64) Plane { return Plane{} }

// LambertAzimuthal is the azimuthal equal-area projection, GRIB2 template 3.140, about a place, which is the origin.
func LambertAzimuthal(earth geo.Ellipsoid, lonDeg, latDeg float64) Plane { return Plane{} }

// TransverseMercator is GRIB2 template 3.12 about a place, which is the origin, with a scale on the central meridian.
func TransverseMercator(earth geo.Ellipsoid, lonDeg, latDeg, scale float64) Plane { return Plane{} }

// Geostationary is the Earth seen from heightMetres above lonDeg on the equator. Plane coordinates are scanning angles times
// the height, as with PROJ's "geos", sweeping about the y axis.
func Geostationary(earth geo.Ellipsoid, lonDeg, heightMetres float64) Plane { return Plane{} }
