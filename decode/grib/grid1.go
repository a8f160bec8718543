package grib

import (
	"fmt"
	"math"

	"isobar/geo"
	"isobar/grid"
)

// grids1 are the data representation types that are read, code table 6 of edition 1.
var grids1 = map[int]gridTemplate{
	0:   latLon1,
	1:   mercator1,
	3:   lambert1,
	4:   gaussian1,
	5:   polar1,
	8:   albers1,
	10:  rotated1,
	14:  rotated1Of(rotatedGG, gaussian1),
	20:  stretched1Of(stretchedLL, latLon1),
	24:  stretched1Of(stretchedGG, gaussian1),
	30:  both1Of(rotatedStretchedLL, latLon1),
	34:  both1Of(rotatedStretchedGG, gaussian1),
	50:  harmonics1,
	60:  rotated1Of(rotatedSH, harmonics1),
	70:  stretched1Of(stretchedSH, harmonics1),
	80:  both1Of(rotatedStretchedSH, harmonics1),
	90:  spaceView1,
	192: icosahedral1,
	201: semiStaggered1,
	202: filled1,
	203: staggered1,
	205: turned1,
}

// refused1 names types that are known, for those who look for the reason.
var refused1 = map[int]string{
	2: "gnomonic", 6: "UTM", 7: "polyconic", 13: "oblique Lambert",
}

// place1 reads section 2 of edition 1, or finds the grid by its number where there is none.
func (w *walk) place1(s section, centre, number int) (*place, error) {
	if s.length == 0 {
		return w.grids.get([]byte{byte(centre), byte(number)}, func() (*place, error) { return w.numbered1(centre, number) })
	}
	o, err := w.body(s)
	if err != nil {
		return nil, err
	}
	return w.grids.get(o.b, func() (p *place, err error) {
		defer caught(&err)
		return w.grid1(o)
	})
}

// grid1 makes the place that section 2 tells of.
func (w *walk) grid1(o *octets) (*place, error) {
	kind := o.u8(6)
	read, ok := grids1[kind]
	if !ok {
		name := refused1[kind]
		if name == "" {
			name = "unknown"
		}
		return nil, fmt.Errorf("%w: grid type %d (%s)", ErrUnsupported, kind, name)
	}
	p, err := read(w, o)
	if err == nil {
		err = o.check("section 2")
	}
	if err != nil {
		return nil, fmt.Errorf("grid type %d: %w", kind, err)
	}
	return p, nil
}

// milli is an angle in thousandths of a degree.
func milli(o *octets, n int) float64 { return float64(o.i24(n)) / 1000 }

// place1At is a latitude and a longitude.
func place1At(o *octets, n int) geo.LonLat { return geo.LonLat{Lon: milli(o, n+3), Lat: milli(o, n)} }

// step1 is an increment of two octets, NaN where it is missing. Some write it with a sign.
func step1(o *octets, n int) float64 {
	if o.u16(n) == missing16 {
		return math.NaN()
	}
	return math.Abs(float64(o.i16(n))) / 1000
}

// axes1 reads what lat-lon and Gaussian grids have in common.
func axes1(o *octets) axes {
	return axes{
		lon:   span{n: o.u16(7), first: milli(o, 14), last: milli(o, 21), step: step1(o, 24)},
		lat:   span{n: o.u16(9), first: milli(o, 11), last: milli(o, 18), step: step1(o, 26)},
		flags: o.u8(17), mode: o.u8(28),
	}
}

// rows1 reads the list of numbers of points along each row, which lies behind the vertical coordinates; nil without one.
func rows1(o *octets, count int) ([]int, error) {
	vertical, at := o.u8(4), o.u8(5)
	if at == missing8 || at == 0 || o.u16(7) != missing16 {
		return nil, nil
	}
	at += 4 * vertical
	if count < 1 || count > len(o.b)/2 {
		return nil, fmt.Errorf("%w: list of %d numbers in %d octets", ErrInvalid, count, len(o.b))
	}
	rows := make([]int, count)
	for i := range rows {
		rows[i] = o.u16(at + 2*i)
	}
	return rows, o.check("the list of numbers")
}

// latLon1 is type 0.
func latLon1(w *walk, o *octets) (*place, error) {
	a := axes1(o)
	rows, err := rows1(o, a.lat.n)
	if err != nil {
		return nil, err
	}
	return w.latLon(a, rows)
}

// rotated1 is type 10.
func rotated1(w *walk, o *octets) (*place, error) {
	return w.rotated(axes1(o), place1At(o, 33), o.ibm32(39))
}

// gaussian1 is type 4.
func gaussian1(w *walk, o *octets) (*place, error) {
	a := axes1(o)
	rows, err := rows1(o, a.lat.n)
	if err != nil {
		return nil, err
	}
	return w.gaussian(a, o.u16(26), rows)
}

// mercator1 is type 1.
func mercator1(w *walk, o *octets) (*place, error) {
	flags := o.u8(17)
	p, err := w.raster(mercator, o.u16(7), o.u16(9), o.u8(28), flags)
	if err != nil {
		return nil, err
	}
	return p.mercator(earth1(flags), milli(o, 24), float64(o.i24(29)), float64(o.i24(32)), place1At(o, 11), place1At(o, 18))
}

// conic1 reads what polar stereographic, Lambert and Albers have in common.
func conic1(w *walk, o *octets, kind string) (*place, geo.Ellipsoid, grid.Cells, error) {
	flags := o.u8(17)
	p, err := w.raster(kind, o.u16(7), o.u16(9), o.u8(28), flags)
	if err != nil {
		return nil, geo.Ellipsoid{}, grid.Cells{}, err
	}
	if o.u8(27)&centreBipolar != 0 {
		return nil, geo.Ellipsoid{}, grid.Cells{}, fmt.Errorf("%w: bipolar projection", ErrUnsupported)
	}
	return p, earth1(flags), p.cells(float64(o.u24(21)), float64(o.u24(24)), 1, place1At(o, 11)), nil
}

// polar1 is type 5: lengths are true at 60 degrees.
func polar1(w *walk, o *octets) (*place, error) {
	p, earth, cells, err := conic1(w, o, polar)
	if err != nil {
		return nil, err
	}
	return p.with(grid.Projected(grid.PolarStereographic(earth, o.u8(27)&centreSouth != 0, milli(o, 18), 60), cells))
}

// lambert1 is type 3.
func lambert1(w *walk, o *octets) (*place, error) {
	p, earth, cells, err := conic1(w, o, lambert)
	if err != nil {
		return nil, err
	}
	return p.with(grid.Projected(grid.Lambert(earth, milli(o, 18), milli(o, 29), milli(o, 32)), cells))
}

// albers1 is type 8.
func albers1(w *walk, o *octets) (*place, error) {
	p, earth, cells, err := conic1(w, o, albers)
	if err != nil {
		return nil, err
	}
	return p.with(grid.Projected(grid.Albers(earth, milli(o, 18), milli(o, 29), milli(o, 32)), cells))
}

// spaceView1 is type 90.
func spaceView1(w *walk, o *octets) (*place, error) {
	flags := o.u8(17)
	v := grid.View{
		Earth: earth1(flags), LonDeg: milli(o, 14), EarthRadii: float64(o.u24(32)) / 1e6,
		DiameterX: float64(o.u24(18)), DiameterY: float64(o.u24(21)),
		CentreX: float64(o.i16(24) - o.i16(35)), CentreY: float64(o.i16(26) - o.i16(37)),
	}
	const infinite = 0xffffff
	return w.spaceView(v, o.u16(7), o.u16(9), o.u8(28), flags, milli(o, 11), milli(o, 29), o.u24(32) == infinite)
}
