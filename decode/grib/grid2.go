package grib

import (
	"bytes"
	"fmt"
	"math"

	"isobar/geo"
	"isobar/grid"
)

// A gridTemplate reads section 3 of edition 2.
type gridTemplate func(w *walk, o *octets) (*place, error)

// grids2 are the templates that are read, code table 3.1.
var grids2 = map[int]gridTemplate{
	0:     latLon2,
	1:     rotated2,
	2:     stretchedLatLon2,
	3:     bothLatLon2,
	4:     variable2,
	5:     variableRotated2,
	10:    mercator2,
	12:    transverse2,
	13:    mercator2, // 13, 23, 33: and which part of the grid a model forecasts
	20:    polar2,
	23:    polar2,
	30:    lambert2,
	31:    albers2,
	33:    lambert2,
	40:    gaussian2,
	41:    rotatedGaussian2,
	42:    stretchedGaussian2,
	43:    bothGaussian2,
	50:    harmonics2,
	51:    rotatedHarmonics2,
	52:    stretchedHarmonics2,
	53:    bothHarmonics2,
	90:    spaceView2,
	100:   icosahedral2,
	101:   unstructured2,
	110:   equidistant2,
	140:   azimuthal2,
	150:   healpix2,
	32768: staggered2,
	32769: turned2,
}

// refused2 names templates that are known, for those who look for the reason.
var refused2 = map[int]string{
	61: "spectral Mercator", 62: "spectral polar stereographic", 63: "spectral Lambert",
	120: "azimuth and range", 1000: "cross-section", 1100: "Hovmoller diagram", 1200: "time section",
}

// place2 reads section 3.
func (w *walk) place2(s section) (*place, error) {
	o, err := w.body(s)
	if err != nil {
		return nil, err
	}
	return w.grids.get(o.b, func() (p *place, err error) {
		defer caught(&err)
		return w.grid2(o)
	})
}

// grid2 makes the place that section 3 tells of.
func (w *walk) grid2(o *octets) (*place, error) {
	source, points, template := o.u8(6), o.u32(7), o.u16(13)
	if err := o.check("section 3"); err != nil {
		return nil, err
	}
	if source != 0 {
		return nil, fmt.Errorf("%w: grid of source %d, %d, without a template", ErrUnsupported, source, template)
	}
	if points < 1 || points > w.maxPoints {
		return nil, fmt.Errorf("%w: %d points; 1 to %d are read", ErrInvalid, points, w.maxPoints)
	}
	read, ok := grids2[template]
	if !ok {
		name := refused2[template]
		if name == "" {
			name = "unknown"
		}
		return nil, fmt.Errorf("%w: grid template 3.%d (%s)", ErrUnsupported, template, name)
	}
	p, err := read(w, o)
	if err == nil {
		err = o.check("section 3")
	}
	if err != nil {
		return nil, fmt.Errorf("grid template 3.%d: %w", template, err)
	}
	if p.stored() != points {
		return nil, fmt.Errorf("%w: grid template 3.%d has %d points, section 3 says %d", ErrInvalid, template, p.stored(), points)
	}
	p.template = template
	return p, nil
}

// angle is a fraction of degrees that lat-lon grids count in: 10^-6, or the basic angle over its subdivisions.
func angle(o *octets) float64 {
	basic, parts := o.u32(39), o.u32(43)
	if basic == 0 || basic == missing32 || parts == 0 || parts == missing32 {
		return 1e-6
	}
	return float64(basic) / float64(parts)
}

// degrees is a signed angle in units of u, NaN where it is missing. Millionths are divided, for the float64 next to the decimal.
func degrees(o *octets, n int, u float64) float64 {
	v := o.i32(n)
	switch {
	case o.u32(n) == missing32:
		return math.NaN()
	case u == 1e-6:
		return float64(v) / 1e6
	}
	return float64(v) * u
}

// micro is an angle in millionths of a degree.
func micro(o *octets, n int) float64 { return degrees(o, n, 1e-6) }

// point is a latitude and a longitude in millionths of a degree.
func point(o *octets, n int) geo.LonLat { return geo.LonLat{Lon: micro(o, n+4), Lat: micro(o, n)} }

// axes2 reads what the lat-lon templates have in common.
func axes2(o *octets) axes {
	u := angle(o)
	return axes{
		lon:   span{n: o.u32(31), first: degrees(o, 51, u), last: degrees(o, 60, u), step: math.Abs(degrees(o, 64, u))},
		lat:   span{n: o.u32(35), first: degrees(o, 47, u), last: degrees(o, 56, u), step: math.Abs(degrees(o, 68, u))},
		flags: o.u8(55), mode: o.u8(72),
	}
}

// latLon2 is template 3.0; a list of numbers makes its rows differ in length.
func latLon2(w *walk, o *octets) (*place, error) { return latLonListed2(w, o, 73) }

// latLonListed2 is what template 3.0 and its kin have in common; the list begins at octet n.
func latLonListed2(w *walk, o *octets, n int) (*place, error) {
	a := axes2(o)
	rows, err := rows2(o, n, a.lat.n)
	if err != nil {
		return nil, err
	}
	return w.latLon(a, rows)
}

// rows2 reads the list of numbers of points along each row, from octet n on; nil without one. Code table 3.11.
func rows2(o *octets, n, count int) ([]int, error) {
	size := o.u8(11)
	if size == 0 {
		return nil, nil
	}
	if size != 1 && size != 2 && size != 4 || count < 1 || count > len(o.b)/size {
		return nil, fmt.Errorf("%w: list of %d numbers of %d octets", ErrInvalid, count, size)
	}
	rows := make([]int, count)
	for i := range rows {
		switch at := n + i*size; size {
		case 1:
			rows[i] = o.u8(at)
		case 2:
			rows[i] = o.u16(at)
		case 4:
			rows[i] = o.u32(at)
		}
	}
	return rows, o.check("the list of numbers")
}

// rotated2 is template 3.1.
func rotated2(w *walk, o *octets) (*place, error) {
	a := axes2(o)
	if o.u8(11) != 0 {
		return nil, fmt.Errorf("%w: rotated rows of different lengths", ErrUnsupported)
	}
	u := angle(o)
	return w.rotated(a, geo.LonLat{Lon: degrees(o, 77, u), Lat: degrees(o, 73, u)}, turn2(o, 81))
}

// turn2 is an angle of rotation: an IEEE number. Some write it in millionths, which read as a number is next to nothing.
func turn2(o *octets, n int) float64 {
	v := o.f32(n)
	if math.Abs(v) < 1e-20 || math.IsNaN(v) || math.Abs(v) > 360 {
		v = micro(o, n)
	}
	if math.IsNaN(v) || math.Abs(v) > 360 {
		return 0
	}
	return v
}

// gaussian2 is template 3.40.
func gaussian2(w *walk, o *octets) (*place, error) { return gaussianListed2(w, o, 73) }

// gaussianListed2 is what template 3.40 and its kin have in common; the list begins at octet list.
func gaussianListed2(w *walk, o *octets, list int) (*place, error) {
	a := axes2(o)
	rows, err := rows2(o, list, a.lat.n)
	if err != nil {
		return nil, err
	}
	return w.gaussian(a, o.u32(68), rows)
}

// unstructured2 is template 3.101: points that are numbered in a grid described elsewhere, by its UUID; the number of the grid
// in its reference tells whether they are cells, corners or edges.
func unstructured2(_ *walk, o *octets) (*place, error) {
	p := &place{kind: unplaced, points: o.u32(7)}
	const uuid, end = 20, 35
	if id := o.b[min(uuid-1, len(o.b)):min(end, len(o.b))]; len(bytes.Trim(id, "\x00\xff")) > 0 {
		p.name = fmt.Sprintf("%x-%d", id, o.u8(19))
	}
	return p, nil
}

// healpix2 is template 3.150.
func healpix2(w *walk, o *octets) (*place, error) {
	const maxSide = 1 << 14
	side, lon, nested := o.u32(32), micro(o, 36), o.u8(41) != 0
	if side < 1 || side > maxSide || 12*side*side > w.maxPoints {
		return nil, fmt.Errorf("%w: side of %d points", ErrInvalid, side)
	}
	if math.IsNaN(lon) {
		lon = 45
	}
	p := &place{kind: healpix, points: 12 * side * side}
	return p.with(grid.HEALPix(side, nested, lon))
}

// turned2 is NCEP's template 3.32769: a grid turned about its centre, every point with all parameters.
func turned2(w *walk, o *octets) (*place, error) {
	u := angle(o)
	ni, nj, mode := o.u32(31), o.u32(35), o.u8(72)
	p, err := w.raster(ncepTurned, ni, nj, mode, o.u8(55))
	if err != nil {
		return nil, err
	}
	cells := p.cells(degrees(o, 64, u), degrees(o, 68, u), 1, geo.LonLat{Lon: degrees(o, 51, u), Lat: degrees(o, 47, u)})
	return p.with(grid.RotatedAbout(geo.LonLat{Lon: degrees(o, 60, u), Lat: degrees(o, 56, u)}, cells))
}
