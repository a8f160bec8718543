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
	keyStraightPoleLon   key = 3095
	userDefined              = 32767
	modelProjected           = 1
	modelGeographic          = 2
	rasterPixelIsPoint       = 2
	unitDegree               = 9102
	unitMetre                = 9001
)

// keys are the numbers of an image's GeoKeys; texts are of no use here.
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
	if angle := k.code(keyAngularUnit); angle != 0 && angle != unitDegree && angle != 9122 {
		return crs.System{}, unsupported("angles in the unit %d", angle)
	}
	if k[keyPrimeMeridian] != 0 {
		return crs.System{}, unsupported("a prime meridian at %v degrees", k[keyPrimeMeridian])
	}
	switch model := k[keyModel]; model {
	case modelGeographic:
		return crs.System{}, nil
	case modelProjected:
	case 0:
		if k.code(keyGeographic) != 0 && k[keyProjected] == 0 {
			return crs.System{}, nil
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
	s, err := k.projection(unit)
	s.Unit = unit
	return s, err
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
func (k keys) projection(unit float64) (crs.System, error) {
	if code := k.code(keyProjection); code > 16000 && code <= 16060 {
		return crs.UTM(k.ellipsoid(), code-16000, false), nil
	} else if code > 16100 && code <= 16160 {
		return crs.UTM(k.ellipsoid(), code-16100, true), nil
	}
	e := k.ellipsoid()
	o := crs.Origin{
		Lon: k.first(keyOriginLon, keyFalseOriginLon, keyCentreLon, keyStraightPoleLon),
		Lat: k.first(keyOriginLat, keyFalseOriginLat, keyCentreLat),
		False: geo.XY{
			X: unit * k.first(keyFalseEasting, keyFalseOriginX, keyCentreX),
			Y: unit * k.first(keyFalseNorthing, keyFalseOriginY, keyCentreY),
		},
	}
	scale := k.first(keyScale, keyScaleAtCentre)
	if scale == 0 {
		scale = 1
	}
	lat1, lat2 := k[keyParallel1], k[keyParallel2]
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
		if scale != 1 {
			return crs.System{}, unsupported("a Lambert map of scale %v", scale)
		}
		return crs.Lambert(e, o, o.Lat, o.Lat), nil
	case 10:
		return crs.LambertAzimuthal(e, o), nil
	case 11:
		return crs.Albers(e, o, lat1, lat2), nil
	case 15:
		if lat, ok := k[keyStraightPoleLon]; ok {
			o.Lon = lat
		}
		if math.Abs(o.Lat) == 90 {
			return crs.PolarStereographicScaled(e, o.Lat < 0, o, scale), nil
		}
		return crs.PolarStereographic(e, o.Lat < 0, o, o.Lat), nil
	case 16:
		return crs.ObliqueStereographic(e, o, scale), nil
	default:
		return crs.System{}, unsupported("the projection of type %d", method)
	}
}
