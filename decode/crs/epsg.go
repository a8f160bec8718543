package crs

import "isobar/geo"

// ellipsoids are those of the EPSG registry that grids are on: semi-axis and inverse flattening, 0 for a sphere.
var ellipsoids = map[int][2]float64{
	7001: {6377563.396, 299.3249646}, 7002: {6377340.189, 299.3249646}, 7003: {6378160, 298.25}, 7011: {6378249.2, 293.466021293627},
	7015: {6377276.345, 300.8017}, 7036: {6378160, 298.247167427}, 7049: {6378140, 298.257},
	7004: {6377397.155, 299.1528128}, 7008: {6378206.4, 294.978698213898}, 7019: {6378137, 298.257222101},
	7022: {6378388, 297}, 7024: {6378245, 298.3}, 7030: {6378137, 298.257223563}, 7035: {6371000, 0}, 7043: {6378135, 298.26},
	7048: {6371007, 0}, 7052: {6370997, 0}, 7058: {6378273, 298.279411123064},
}

// figures are geographic systems whose ellipsoid is not WGS 84's. Grids in degrees need none.
var figures = map[int]int{
	4258: 7019, 4269: 7019, 4267: 7008, 4277: 7001, 4314: 7004, 4230: 7022, 4284: 7024, 4289: 7004, 4322: 7043,
	4035: 7035, 4047: 7048, 4052: 7052, 4054: 7058,
}

// Ellipsoid is that of an EPSG code, of an ellipsoid (7030) or of a geographic system (4326).
func Ellipsoid(code int) (geo.Ellipsoid, bool) {
	if of, ok := figures[code]; ok {
		code = of
	} else if code >= 4000 && code < 5000 {
		code = 7030
	}
	e, ok := ellipsoids[code]
	return Flattened(e[0], e[1]), ok
}

// Flattened is an ellipsoid by its semi-major axis and its inverse flattening, which is 0 for a sphere.
func Flattened(major, inverse float64) geo.Ellipsoid {
	if inverse == 0 {
		return geo.Sphere(major)
	}
	return geo.Ellipsoid{Major: major, Minor: major * (1 - 1/inverse)}
}

// EPSG is the system of a code of the EPSG registry, v11.
func EPSG(code int) (System, error) {
	if text, ok := definitions[code]; ok {
		return PROJ(text)
	}
	wgs84, grs80 := geo.WGS84, Flattened(6378137, 298.257222101)
	hughes := Flattened(6378273, 298.279411123064)
	at := func(lon, lat, x, y float64) Origin { return Origin{Lon: lon, Lat: lat, False: geo.XY{X: x, Y: y}} }
	switch {
	case code >= 4000 && code < 5000:
		return System{}, nil
	case code > 32600 && code <= 32660:
		return UTM(wgs84, code-32600, false), nil
	case code > 32700 && code <= 32760:
		return UTM(wgs84, code-32700, true), nil
	case code >= 25828 && code <= 25838:
		return UTM(grs80, code-25800, false), nil
	case code > 26900 && code <= 26923:
		return UTM(grs80, code-26900, false), nil
	}
	switch code {
	case 3857, 3785, 900913:
		return Mercator(geo.Sphere(wgs84.Major), Origin{}, 0), nil
	case 3395:
		return Mercator(wgs84, Origin{}, 0), nil
	case 3034:
		return Lambert(grs80, at(10, 52, 4e6, 2.8e6), 35, 65), nil
	case 3035:
		return LambertAzimuthal(grs80, at(10, 52, 4321000, 3210000)), nil
	case 2154:
		return Lambert(grs80, at(3, 46.5, 700000, 6600000), 49, 44), nil
	case 3067:
		return UTM(grs80, 35, false), nil
	case 3006:
		return UTM(grs80, 33, false), nil
	case 3995:
		return PolarStereographic(wgs84, false, Origin{}, 71), nil
	case 3413:
		return PolarStereographic(wgs84, false, at(-45, 90, 0, 0), 70), nil
	case 3411:
		return PolarStereographic(hughes, false, at(-45, 90, 0, 0), 70), nil
	case 3031:
		return PolarStereographic(wgs84, true, Origin{}, -71), nil
	case 3976:
		return PolarStereographic(wgs84, true, Origin{}, -70), nil
	case 3412:
		return PolarStereographic(hughes, true, Origin{}, -70), nil
	case 5041, 32661:
		return PolarStereographic(wgs84, false, at(0, 90, 2e6, 2e6), polarTrue(wgs84, 0.994)), nil
	case 5042, 32761:
		return PolarStereographic(wgs84, true, at(0, -90, 2e6, 2e6), polarTrue(wgs84, 0.994)), nil
	case 6931:
		return LambertAzimuthal(wgs84, at(0, 90, 0, 0)), nil
	case 6932:
		return LambertAzimuthal(wgs84, at(0, -90, 0, 0)), nil
	case 5070:
		return Albers(grs80, at(-96, 23, 0, 0), 29.5, 45.5), nil
	case 3347, 3348:
		return Lambert(grs80, at(-91.866666666666667, 63.390675, 6200000, 3000000), 49, 77), nil
	case 3978, 3979:
		return Lambert(grs80, at(-95, 49, 0, 0), 49, 77), nil
	case 28992:
		return ObliqueStereographic(Flattened(6377397.155, 299.1528128), at(5.38763888888889, 52.15616055555555, 155000, 463000), 0.9999079), nil
	}
	return System{}, unknown("EPSG:%d", code)
}
