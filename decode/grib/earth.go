package grib

import (
	"fmt"

	"isobar/geo"
)

// Figures of the Earth, code table 3.2, that are not told in the file.
var earths = map[int]geo.Ellipsoid{
	0:  geo.Sphere(6367470),
	2:  {Major: 6378160, Minor: 6356775},             // IAU 1965
	4:  {Major: 6378137, Minor: 6356752.314140356},   // IAG-GRS80
	5:  geo.WGS84,                                    //
	6:  geo.Sphere(6371229),                          //
	8:  geo.Sphere(6371200),                          // on the WGS84 datum
	9:  {Major: 6377563.396, Minor: 6356256.9092373}, // Airy 1830, of the Ordnance Survey
	10: geo.WGS84,                                    // with corrected geomagnetic coordinates
}

// defaultEarth stands in where a file leaves out the axes that it should tell.
var defaultEarth = geo.Sphere(6371229)

// earth2 reads the figure of the Earth, octets 15 to 30 of section 3.
func earth2(o *octets) (geo.Ellipsoid, error) {
	switch shape := o.u8(15); shape {
	case 1:
		radius, ok := o.scaled(16)
		if !ok {
			return defaultEarth, nil
		}
		return ellipsoid(radius, radius, 1)
	case 3, 7:
		scale := 1.0
		if shape == 3 {
			scale = 1000
		}
		major, ok := o.scaled(21)
		minor, ok2 := o.scaled(26)
		if !ok || !ok2 {
			return defaultEarth, nil
		}
		return ellipsoid(major, minor, scale)
	case missing8:
		return defaultEarth, nil
	default:
		e, ok := earths[shape]
		if !ok {
			return e, fmt.Errorf("%w: shape of the Earth %d", ErrUnsupported, shape)
		}
		return e, nil
	}
}

// ellipsoid is a figure of given axes. Some writers take metres for kilometres, or the other way round: the Earth tells.
func ellipsoid(major, minor, scale float64) (geo.Ellipsoid, error) {
	for _, s := range []float64{scale, 1000, 1} {
		a, b := major*s, minor*s
		if a > 6e6 && a < 7e6 && b > 6e6 && b <= a {
			return geo.Ellipsoid{Major: a, Minor: b}, nil
		}
	}
	return geo.Ellipsoid{}, fmt.Errorf("%w: Earth of axes %v and %v", ErrInvalid, major, minor)
}

// earth1 reads the figure of the Earth from edition 1's resolution and component flags.
func earth1(flags int) geo.Ellipsoid {
	const oblate = 0x40
	if flags&oblate != 0 {
		return earths[2]
	}
	return earths[0]
}
