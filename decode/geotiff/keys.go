package geotiff

import (
	"math"

	"isobar/decode/crs"
	"isobar/geo"
)

// key numbers a GeoKey (GeoTIFF 1.1, annex B and 7.4; the names of projections' parameters are those of version 1.0).
type key uint16

const (
	keyModel             key = 1024
	keyRaster            key = 1025
	keyGeographic        key = 2048
	keyDatum             key = 2050
	keyAngularUnit       key = 2054
	keyAngularUnitSize   key = 2055
	keyEllipsoid         key = 2056
	keySemiMajor         key = 2057
	keySemiMinor         key = 2058
	keyInverseFlattening key = 2059
	keyPrimeMeridian     key = 2061
	keyProjected         key = 3072
	keyProjection        key = 3074
	keyTransform         key = 3075
	keyLinearUnit        key = 3076
	keyLinearUnitSize    key = 3077
	keyParallel1         key = 3078
	keyParallel2         key = 3079
	keyOriginLon         key = 3080
	keyOriginLat         key = 3081
	keyFalseEasting      key = 3082
	keyFalseNorthing     key = 3083
	keyFalseOriginLon    key = 3084
	keyFalseOriginLat    key = 3085
	keyFalseOriginX      key = 3086
	keyFalseOriginY      key = 3087
	keyCentreLon         key = 3088
	keyCentreLat         key = 3089
	keyCentreX           key = 3090
	keyCentreY           key = 3091
	keyScale             key = 3092
	keyScaleAtCentre     key = 3093
	keyAzimuth           key = 3094
	keyStraightPoleLon   key = 3095
	userDefined              = 32767
	modelProjected           = 1
	modelGeographic          = 2
	rasterPixelIsPoint       = 2
	unitDegree               = 9102
	unitMetre                = 9001
)

// keys are the numbers of an image's GeoKeys.
type keys map[key]float64

// readKeys reads the directory of keys.
func readKeys(f *file, d directory) (keys, error) {
	directory, err := f.uints(d, tagGeoKeys)
	if err != nil {
		return nil, err
	}
	doubles, err := f.doubles(d, tagGeoDoubles)
	if err != nil {
		return nil, err
	}
	k := keys{}
	if len(directory) < 4 {
		return k, nil
	}
	for e := directory[4:]; len(e) >= 4; e = e[4:] {
		switch where, at := tag(e[1]), e[3]; {
		case where == 0:
			k[key(e[0])] = float64(at)
		case where == tagGeoDoubles && at < uint64(len(doubles)):
			k[key(e[0])] = doubles[at]
		}
	}
	return k, nil
}

// pixelIsPoint tells that places are those of the pixels' centres.
func (k keys) pixelIsPoint() bool { return k[keyRaster] == rasterPixelIsPoint }

// code is a key's number; 0 where it is not there or the user's own.
func (k keys) code(name key) int {
	if v := k[name]; v > 0 && v < userDefined {
		return int(v)
	}
	return 0
}

// first is the first of keys that is there.
func (k keys) first(names ...key) float64 {
	for _, name := range names {
		if v, ok := k[name]; ok {
			return v
		}
	}
	return 0
}

// system is the coordinate system that the keys name.
func (k keys) system() (crs.System, error) {
	angle, err := k.angle()
	if err != nil {
		return crs.System{}, err
	}
	meridian := k[keyPrimeMeridian] * angle
	degrees := crs.Beside(meridian)
	if degrees.Unit = angle; angle == 1 {
		degrees.Unit = 0
	}
	switch model := k[keyModel]; model {
	case modelGeographic:
		return degrees, nil
	case modelProjected:
	case 0:
		if k.code(keyGeographic) != 0 && k[keyProjected] == 0 {
			return degrees, nil
		}
		if k[keyProjected] == 0 {
			return crs.System{}, invalid("no coordinate system")
		}
	default:
		return crs.System{}, unsupported("a model of type %v", model)
	}
	if code := k.code(keyProjected); code != 0 {
		return crs.EPSG(code)
	}
	unit, err := k.linearUnit()
	if err != nil {
		return crs.System{}, err
	}
	s, err := k.projection(unit, angle, meridian)
	s.Unit = unit
	return s, err
}

// angles are the units of angles, in degrees.
var angles = map[int]float64{0: 1, unitDegree: 1, 9122: 1, 9101: 180 / math.Pi, 9103: 1.0 / 60, 9104: 1.0 / 3600, 9105: 0.9, 9106: 0.9}

// angle is how many degrees an angle of one is.
func (k keys) angle() (float64, error) {
	code := k.code(keyAngularUnit)
	if size := k[keyAngularUnitSize]; code == 0 && size > 0 {
		return size * 180 / math.Pi, nil
	}
	angle, ok := angles[code]
	if !ok {
		return 0, unsupported("angles in the unit %d", code)
	}
	return angle, nil
}

// linearUnit is how many metres a coordinate is.
func (k keys) linearUnit() (float64, error) {
	switch unit := k.code(keyLinearUnit); {
	case unit == 0 && k[keyLinearUnitSize] > 0:
		return k[keyLinearUnitSize], nil
	case unit == 0, unit == unitMetre:
		return 1, nil
	case unit == 9036:
		return 1000, nil
	case unit == 9002:
		return 0.3048, nil
	case unit == 9003:
		return 1200.0 / 3937, nil
	default:
		return 0, unsupported("lengths in the unit %d", unit)
	}
}

// ellipsoid is the figure of the Earth.
func (k keys) ellipsoid() geo.Ellipsoid {
	if a := k[keySemiMajor]; a > 0 {
		if b := k[keySemiMinor]; b > 0 {
			return geo.Ellipsoid{Major: a, Minor: b}
		}
		return crs.Flattened(a, k[keyInverseFlattening])
	}
	for _, name := range []key{keyEllipsoid, keyGeographic} {
		if e, ok := crs.Ellipsoid(k.code(name)); ok {
			return e
		}
	}
	if code := k.code(keyDatum); code >= 6000 { // datums are numbered like the geographic systems on them
		if e, ok := crs.Ellipsoid(code - 2000); ok {
			return e
		}
	}
	return geo.WGS84
}

// projection is a system by its parameters (GeoTIFF 1.0, 6.3.3.3).
func (k keys) projection(unit, angle, meridian float64) (crs.System, error) {
	if code := k.code(keyProjection); code > 16000 && code <= 16060 {
		return crs.UTM(k.ellipsoid(), code-16000, false), nil
	} else if code > 16100 && code <= 16160 {
		return crs.UTM(k.ellipsoid(), code-16100, true), nil
	}
	e := k.ellipsoid()
	o := crs.Origin{
		Lon: meridian + angle*k.first(keyOriginLon, keyFalseOriginLon, keyCentreLon, keyStraightPoleLon),
		Lat: angle * k.first(keyOriginLat, keyFalseOriginLat, keyCentreLat),
		False: geo.XY{
			X: unit * k.first(keyFalseEasting, keyFalseOriginX, keyCentreX),
			Y: unit * k.first(keyFalseNorthing, keyFalseOriginY, keyCentreY),
		},
	}
	scale := k.first(keyScale, keyScaleAtCentre)
	if scale == 0 {
		scale = 1
	}
	lat1, lat2 := angle*k[keyParallel1], angle*k[keyParallel2]
	switch method := int(k[keyTransform]); method {
	case 1:
		return crs.TransverseMercator(e, o, scale), nil
	case 7:
		if _, ok := k[keyParallel1]; ok {
			return crs.Mercator(e, o, lat1), nil
		}
		return crs.MercatorScaled(e, o, scale), nil
	case 8:
		return crs.Lambert(e, o, lat1, lat2), nil
	case 9:
		return crs.LambertScaled(e, o, scale), nil
	case 10:
		return crs.LambertAzimuthal(e, o), nil
	case 11:
		return crs.Albers(e, o, lat1, lat2), nil
	case 15:
		if lon, ok := k[keyStraightPoleLon]; ok {
			o.Lon = meridian + angle*lon
		}
		if math.Abs(o.Lat) == 90 {
			return crs.PolarStereographicScaled(e, o.Lat < 0, o, scale), nil
		}
		return crs.PolarStereographic(e, o.Lat < 0, o, o.Lat), nil
	case 16:
		return crs.ObliqueStereographic(e, o, scale), nil
	}
	return k.rarer(e, o, scale, lat1, lat2)
}

// rarer are the projections whose grids are unstructured, and the one whose are in degrees.
func (k keys) rarer(e geo.Ellipsoid, o crs.Origin, scale, lat1, lat2 float64) (crs.System, error) {
	method := int(k[keyTransform])
	switch {
	case method == 12:
		return crs.AzimuthalEquidistant(e, o), nil
	case method == 13:
		return crs.EquidistantConic(e, o, lat1, lat2), nil
	case method == 14:
		return crs.Stereographic(e, o, scale), nil
	case method == 17:
		return crs.Equirectangular(e, o, lat1), nil
	case method == 19 && e.Major == e.Minor:
		return crs.Gnomonic(e, o), nil
	case method == 21 && e.Major == e.Minor:
		return crs.Orthographic(e, o), nil
	case method == 24:
		return crs.Sinusoidal(e, o), nil
	case method == 28:
		return crs.CylindricalEqualArea(e, o, lat1), nil
	case (method == 3 || method == 9815) && k[keyAzimuth] == 90:
		return crs.SwissOblique(e, o, scale), nil
	}
	return crs.System{}, unsupported("the projection of type %d", method)
}
