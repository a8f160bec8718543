package crs

import (
	"math"
	"strconv"
	"strings"

	"isobar/geo"
)

// maxText bounds a definition.
const maxText = 4096

// named are ellipsoids by PROJ's names for them and for their datums.
var named = map[string]int{
	"WGS84": 7030, "GRS80": 7019, "bessel": 7004, "clrk66": 7008, "intl": 7022, "krass": 7024, "airy": 7001, "WGS72": 7043,
	"NAD83": 7019, "NAD27": 7008, "mod_airy": 7002, "aust_SA": 7003, "clrk80ign": 7011, "evrst30": 7015, "GRS67": 7036, "IAU76": 7049,
	"OSGB36": 7001, "potsdam": 7004, "ire65": 7002, "GGRS87": 7019,
}

// meridians are those that longitudes count from, by PROJ's names.
var meridians = map[string]float64{"greenwich": 0, "paris": 2.337229166666667, "ferro": -17.666666666666668, "oslo": 10.722916666666667}

// definition is the parameters of a PROJ string.
type definition map[string]string

// PROJ reads a definition as PROJ 4 has them, "+proj=lcc +lat_0=63 +R=6371000", of the systems that grids are in.
func PROJ(text string) (System, error) {
	if len(text) > maxText {
		return System{}, unknown("a definition of %d characters", len(text))
	}
	d := definition{}
	for word := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(strings.TrimPrefix(word, "+"), "=")
		d[key] = value
	}
	e, err := d.ellipsoid()
	if err != nil {
		return System{}, err
	}
	if _, ok := d["R_A"]; ok {
		e = authalic(e)
	}
	s, err := d.system(e)
	if err != nil {
		return s, err
	}
	return s.in(d)
}

// lengths are the units of lengths, in metres.
var lengths = map[string]float64{"m": 1, "km": 1000, "dm": 0.1, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "us-ft": 1200.0 / 3937, "kmi": 1852}

// in is the system in the definition's unit. x_0 and y_0 are metres in any unit.
func (s System) in(d definition) (System, error) {
	unit, err := d.number("to_meter", 1)
	if name, ok := d["units"]; ok && err == nil {
		if unit, ok = lengths[name]; !ok {
			return s, unknown("the unit %q", name)
		}
	}
	if err != nil || s.Angles() || unit == 1 {
		return s, err
	}
	s.Unit = unit
	return s, nil
}

// number is a parameter's value, or another if it is not there.
func (d definition) number(key string, other float64) (float64, error) {
	text, ok := d[key]
	if !ok {
		return other, nil
	}
	if v, ok := meridians[text]; ok && key == "pm" {
		return v, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, unknown("+%s=%.40q", key, text)
	}
	return v, nil
}

// numbers are several, which are 0 where they are not there.
func (d definition) numbers(keys ...string) (values []float64, err error) {
	values = make([]float64, len(keys))
	for i, key := range keys {
		if values[i], err = d.number(key, 0); err != nil {
			return values, err
		}
	}
	return values, nil
}

// authalic is the sphere whose surface is as large as the ellipsoid's.
func authalic(e geo.Ellipsoid) geo.Ellipsoid {
	ecc2 := eccentricity2(e)
	if ecc2 < 1e-12 {
		return e
	}
	ecc := math.Sqrt(ecc2)
	return geo.Sphere(e.Major * math.Sqrt((1+(1-ecc2)/ecc*math.Atanh(ecc))/2))
}

func (d definition) ellipsoid() (geo.Ellipsoid, error) {
	v, err := d.numbers("R", "a", "b", "rf", "f", "e", "es")
	if err != nil {
		return geo.WGS84, err
	}
	radius, a, b := v[0], v[1], v[2]
	switch {
	case radius != 0:
		return geo.Sphere(radius), nil
	case a != 0 && b != 0:
		return geo.Ellipsoid{Major: a, Minor: b}, nil
	case a != 0 && v[3] != 0:
		return Flattened(a, v[3]), nil
	case a != 0 && v[4] != 0:
		return geo.Ellipsoid{Major: a, Minor: a * (1 - v[4])}, nil
	case a != 0 && v[5] != 0:
		return geo.Ellipsoid{Major: a, Minor: a * math.Sqrt(max(0, 1-v[5]*v[5]))}, nil
	case a != 0 && v[6] != 0:
		return geo.Ellipsoid{Major: a, Minor: a * math.Sqrt(max(0, 1-v[6]))}, nil
	case a != 0:
		return geo.Sphere(a), nil
	}
	for _, key := range []string{"ellps", "datum"} {
		if name, ok := d[key]; ok {
			if name == "sphere" {
				return geo.Sphere(6370997), nil
			}
			code, ok := named[name]
			if !ok {
				return geo.WGS84, unknown("the ellipsoid %.40q", name)
			}
			e, _ := Ellipsoid(code)
			return e, nil
		}
	}
	return geo.WGS84, nil
}

func (d definition) system(e geo.Ellipsoid) (System, error) {
	v, err := d.numbers("lon_0", "lat_0", "x_0", "y_0", "lat_1", "lat_2", "lat_ts", "h", "zone", "o_lat_p", "o_lon_p", "pm", "alpha", "gamma", "lonc")
	if err != nil {
		return System{}, err
	}
	scale, err := d.number("k_0", 1)
	if _, ok := d["k"]; ok && err == nil {
		scale, err = d.number("k", 1)
	}
	if err != nil {
		return System{}, err
	}
	o := Origin{Lon: v[0] + v[11], Lat: v[1], False: geo.XY{X: v[2], Y: v[3]}}
	lat1, lat2, latTrue := v[4], v[5], v[6]
	switch name := d["proj"]; name {
	case "longlat", "latlong", "lonlat", "latlon":
		return Beside(v[11]), nil
	case "ob_tran":
		if inner := d["o_proj"]; inner != "longlat" && inner != "latlong" {
			return System{}, unknown("a rotated %.40q", inner)
		}
		return Rotated(geo.LonLat{Lon: o.Lon, Lat: -v[9]}, -v[10]), nil
	case "merc", "webmerc":
		if latTrue == 0 && scale != 1 {
			latTrue = mercatorTrue(e, scale)
		}
		return Mercator(e, o, latTrue), nil
	case "stere", "ups":
		if math.Abs(o.Lat) != 90 {
			return Stereographic(e, o, scale), nil
		}
		if _, ok := d["lat_ts"]; !ok {
			latTrue = polarTrue(e, scale)
		}
		return PolarStereographic(e, o.Lat < 0, o, latTrue), nil
	case "sterea":
		return ObliqueStereographic(e, o, scale), nil
	case "lcc":
		if _, ok := d["lat_2"]; !ok {
			lat2 = lat1
		}
		if _, ok := d["lat_0"]; !ok && lat1 == lat2 {
			o.Lat = lat1
		}
		if scale != 1 {
			if lat1 != lat2 || lat1 != o.Lat {
				return System{}, unknown("a Lambert map of scale %v and two parallels", scale)
			}
			return LambertScaled(e, o, scale), nil
		}
		return Lambert(e, o, lat1, lat2), nil
	case "aea":
		return Albers(e, o, lat1, lat2), nil
	case "laea":
		return LambertAzimuthal(e, o), nil
	case "tmerc", "etmerc":
		return TransverseMercator(e, o, scale), nil
	case "utm":
		_, south := d["south"]
		if v[8] < 1 || v[8] > 60 || v[8] != math.Trunc(v[8]) {
			return System{}, unknown("the UTM zone %v", v[8])
		}
		return UTM(e, int(v[8]), south), nil
	case "geos":
		return Geostationary(e, o, v[7], d["sweep"] == "x"), nil
	case "eqc":
		return Equirectangular(e, o, latTrue), nil
	case "cea":
		if latTrue == 0 && scale != 1 {
			latTrue = mercatorTrue(e, scale)
		}
		return CylindricalEqualArea(e, o, latTrue), nil
	case "sinu":
		return Sinusoidal(e, o), nil
	case "eqdc":
		return EquidistantConic(e, o, lat1, lat2), nil
	case "aeqd":
		return AzimuthalEquidistant(e, o), nil
	case "gnom", "ortho":
		if e.Major != e.Minor {
			return System{}, unknown("+proj=%s on an ellipsoid", name)
		}
		if name == "gnom" {
			return Gnomonic(e, o), nil
		}
		return Orthographic(e, o), nil
	case "somerc":
		return SwissOblique(e, o, scale), nil
	case "omerc":
		if _, ok := d["gamma"]; v[12] != 90 || ok && v[13] != 90 {
			return System{}, unknown("an oblique Mercator map turned by %v degrees", v[12])
		}
		o.Lon += v[14]
		return SwissOblique(e, o, scale), nil
	default:
		return System{}, unknown("the projection %.40q", name)
	}
}
