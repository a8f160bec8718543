package grib

import (
	"fmt"
	"math"

	"isobar/geo"
	"isobar/grid"
)

// NCEP's Eta and NMM models lie on Arakawa's E grid, in coordinates turned about their centre: mass points of every other row, counted
// from the second, are half a step further; winds lie between them. Files tell the step from a mass point to a wind point of the same
// row, half of that between mass points (Office Note 388, table D), and round it to thousandths of a degree: first point and centre tell
// it better, for these grids lie evenly about their centre.

// turnedAbout is a grid of even steps in coordinates turned about a place on the Earth.
type turnedAbout struct {
	centre, first geo.LonLat
	dx, dy        float64 // as told, degrees
}

// staggered1 is type 203, and staggered2 template 3.32768.
func staggered1(w *walk, o *octets) (*place, error) {
	t := turnedAbout{centre: place1At(o, 18), first: place1At(o, 11), dx: step1(o, 24), dy: step1(o, 26)}
	return t.staggered(w, o.u16(7), o.u16(9), o.u8(28), o.u8(17))
}

func staggered2(w *walk, o *octets) (*place, error) {
	u := angle(o)
	t := turnedAbout{
		centre: geo.LonLat{Lon: degrees(o, 60, u), Lat: degrees(o, 56, u)}, first: geo.LonLat{Lon: degrees(o, 51, u), Lat: degrees(o, 47, u)},
		dx: degrees(o, 64, u), dy: degrees(o, 68, u),
	}
	return t.staggered(w, o.u32(31), o.u32(35), o.u8(72), o.u8(55))
}

// staggered has ni points in each row. Where the scanning mode doesn't say which rows are offset they are those of mass points.
func (t turnedAbout) staggered(w *walk, ni, nj, mode, flags int) (*place, error) {
	if mode&(scanOddOffset|scanEvenOffset) == 0 {
		mode |= scanEvenOffset
	}
	p, err := w.raster(ncepStaggered, ni, nj, mode, flags)
	if err != nil {
		return nil, err
	}
	t.measure(2*(ni-1), nj-1)
	return t.place(p)
}

// place makes a raster's grid; of one whose rows are offset, dx is half the step.
func (t turnedAbout) place(p *place) (*place, error) {
	dx := t.dx
	if p.alternate {
		dx *= 2
	}
	return p.with(grid.RotatedAbout(t.centre, p.cells(dx, t.dy, 1, t.first)))
}

// measure takes the steps from the way between first point and centre, which is half of so many columns and rows, if what is told
// is about that, once or twice over.
func (t *turnedAbout) measure(columns, rows int) {
	x, y := t.turned(t.first)
	t.dx = measured(t.dx, 2*math.Abs(x), columns)
	t.dy = measured(t.dy, 2*math.Abs(y), rows)
}

// measured is the step that a way of so many steps tells, if it is what is told, or half of that, but for rounding.
func measured(told, way float64, steps int) float64 {
	if steps < 1 {
		return told
	}
	const near, rounding = 0.02, 0.0011
	step := way / float64(steps)
	for _, t := range []float64{told, told / 2} {
		if math.Abs(step-t) < near*t+rounding {
			return step
		}
	}
	return told
}

// turned is where a place lies in coordinates turned so that the centre is their origin.
func (t *turnedAbout) turned(at geo.LonLat) (x, y float64) {
	const radians = math.Pi / 180
	sin, cos := math.Sincos(at.Lat * radians)
	sin0, cos0 := math.Sincos(t.centre.Lat * radians)
	sinLon, cosLon := math.Sincos((at.Lon - t.centre.Lon) * radians)
	y = math.Asin(max(-1, min(1, cos0*sin-sin0*cos*cosLon)))
	x = math.Atan2(cos*sinLon, cos0*cos*cosLon+sin0*sin)
	return x / radians, y / radians
}

// listed1 reads types 201 and 202, which tell neither centre nor rows: octets 18 and 21 have the points of the first row and the
// number of rows. The centre is where the first point has to lie evenly about it.
func listed1(o *octets) (t turnedAbout, columns, rows int, err error) {
	columns, rows = o.u24(18), o.u24(21)
	t = turnedAbout{first: place1At(o, 11), dx: step1(o, 24), dy: step1(o, 26)}
	if columns < 1 || rows < 1 || !(t.dx > 0 && t.dy > 0) {
		return t, 0, 0, fmt.Errorf("%w: grid of %d x %d points, steps of %v and %v degrees", ErrInvalid, columns, rows, t.dx, t.dy)
	}
	return t, columns, rows, nil
}

// semiStaggered1 is type 201: mass points and wind points in one list, rows of n and n-1 points in turn.
func semiStaggered1(w *walk, o *octets) (*place, error) {
	t, columns, rows, err := listed1(o)
	if err != nil {
		return nil, err
	}
	mode := o.u8(28) | scanEvenOffset | scanFewer
	p, err := w.raster(ncepStaggered, columns, rows, mode, o.u8(17))
	if err != nil {
		return nil, err
	}
	return t.centred(p, o, 2*(columns-1), rows-1)
}

// filled1 is type 202: as 201, with values at all points of the raster.
func filled1(w *walk, o *octets) (*place, error) {
	t, columns, rows, err := listed1(o)
	if err != nil {
		return nil, err
	}
	p, err := w.raster(ncepTurned, columns, rows, o.u8(28), o.u8(17))
	if err != nil {
		return nil, err
	}
	return t.centred(p, o, columns-1, rows-1)
}

// centred finds the centre, half of so many columns and rows from the first point, and makes the grid.
func (t turnedAbout) centred(p *place, o *octets, columns, rows int) (*place, error) {
	if total := o.u16(7); total != p.points && total != p.points&0xffff {
		return nil, fmt.Errorf("%w: grid of %d points, not %d", ErrInvalid, p.points, total)
	}
	const radians = math.Pi / 180
	x, y := p.signs()
	x, y = -x*t.dx*float64(columns)/2*radians, -y*t.dy*float64(rows)/2*radians
	// sin(lat) = sin(y) cos(lat0) + cos(y) cos(x) sin(lat0)
	a, b := math.Sin(y), math.Cos(y)*math.Cos(x)
	sine := math.Sin(t.first.Lat*radians) / math.Hypot(a, b)
	if !(math.Abs(sine) <= 1) {
		return nil, fmt.Errorf("%w: no centre about which the first point lies at %v", ErrInvalid, t.first)
	}
	lat0 := math.Asin(sine) - math.Atan2(a, b)
	east := math.Atan2(math.Cos(y)*math.Sin(x), b*math.Cos(lat0)-a*math.Sin(lat0))
	t.centre = geo.LonLat{Lon: t.first.Lon - east/radians, Lat: lat0 / radians}
	return t.place(p)
}

// turned1 is type 205: a grid turned about its centre, whose last point tells the steps better than they are told.
func turned1(w *walk, o *octets) (*place, error) {
	ni, nj := o.u16(7), o.u16(9)
	p, err := w.raster(ncepTurned, ni, nj, o.u8(28), o.u8(17))
	if err != nil {
		return nil, err
	}
	t := turnedAbout{centre: place1At(o, 18), first: place1At(o, 11), dx: step1(o, 24), dy: step1(o, 26)}
	if len(o.b) >= 34 {
		x1, y1 := t.turned(t.first)
		x2, y2 := t.turned(place1At(o, 29))
		t.dx, t.dy = measured(t.dx, math.Abs(x2-x1), ni-1), measured(t.dy, math.Abs(y2-y1), nj-1)
	}
	return t.place(p)
}
