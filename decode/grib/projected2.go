package grib

import (
	"fmt"
	"math"

	"isobar/geo"
	"isobar/grid"
)

// Flags of code table 3.5, the projection centre.
const (
	centreSouth   = 0x80
	centreBipolar = 0x40
)

const (
	millimetres = 1e-3
	centimetres = 1e-2
)

// mercator2 is template 3.10.
func mercator2(w *walk, o *octets) (*place, error) {
	earth, err := earth2(o)
	if err != nil {
		return nil, err
	}
	p, err := w.raster(mercator, o.u32(31), o.u32(35), o.u8(60), o.u8(47))
	if err != nil {
		return nil, err
	}
	if turn := o.u32(61); turn != 0 && turn != missing32 {
		return nil, fmt.Errorf("%w: Mercator grid turned by %v degrees", ErrUnsupported, micro(o, 61))
	}
	first, last, latTrue := point(o, 39), point(o, 52), micro(o, 48)
	dx, dy := float64(o.i32(65))*millimetres, float64(o.i32(69))*millimetres
	return p.mercator(earth, latTrue, dx, dy, first, last)
}

// mercator places the cells, whose steps follow from first and last point where they are missing.
func (p *place) mercator(earth geo.Ellipsoid, latTrue, dx, dy float64, first, last geo.LonLat) (*place, error) {
	a, b := mercatorPlace(earth, latTrue, first), mercatorPlace(earth, latTrue, last)
	if p.shifted() && !(dx > 0 && dy > 0) {
		return nil, fmt.Errorf("%w: half steps of no length", ErrInvalid)
	}
	if p.ni > 1 && dx <= 0 {
		dx = math.Abs(b.X-a.X) / float64(p.ni-1)
	}
	if p.nj > 1 && dy <= 0 {
		dy = math.Abs(b.Y-a.Y) / float64(p.nj-1)
	}
	return p.with(grid.Projected(grid.Mercator(earth, latTrue), p.cells(dx, dy, 1, first)))
}

// mercatorPlace is a place on Mercator's map whose lengths are true at a latitude.
func mercatorPlace(earth geo.Ellipsoid, latTrue float64, at geo.LonLat) geo.XY {
	const radians = math.Pi / 180
	squared := 1 - (earth.Minor/earth.Major)*(earth.Minor/earth.Major)
	e, sin := math.Sqrt(max(0, squared)), math.Sin(latTrue*radians)
	scale := earth.Major * math.Cos(latTrue*radians) / math.Sqrt(1-squared*sin*sin)
	lat := at.Lat * radians
	return geo.XY{X: scale * at.Lon * radians, Y: scale * (math.Asinh(math.Tan(lat)) - e*math.Atanh(e*math.Sin(lat)))}
}

// transverse2 is template 3.12: points are told in coordinates of the plane, in centimetres.
func transverse2(w *walk, o *octets) (*place, error) {
	earth, err := earth2(o)
	if err != nil {
		return nil, err
	}
	p, err := w.raster(transverse, o.u32(31), o.u32(35), o.u8(60), o.u8(47))
	if err != nil {
		return nil, err
	}
	at := point(o, 39)
	plane := grid.TransverseMercator(earth, at.Lon, at.Lat, o.f32(48))
	first := geo.XY{X: float64(o.i32(69)-o.i32(52)) * centimetres, Y: float64(o.i32(73)-o.i32(56)) * centimetres}
	cells := p.cells(float64(o.i32(61)), float64(o.i32(65)), centimetres, geo.LonLat{})
	return p.with(grid.ProjectedAt(plane, cells, first))
}

// conic2 reads what polar stereographic, Lambert and Albers have in common: the place of the first cell, the parallel of true
// lengths, the upright meridian and the steps.
func conic2(w *walk, o *octets, kind string) (p *place, earth geo.Ellipsoid, cells grid.Cells, err error) {
	if earth, err = earth2(o); err != nil {
		return nil, earth, cells, err
	}
	if o.u8(64)&centreBipolar != 0 {
		return nil, earth, cells, fmt.Errorf("%w: bipolar projection", ErrUnsupported)
	}
	if p, err = w.raster(kind, o.u32(31), o.u32(35), o.u8(65), o.u8(47)); err != nil {
		return nil, earth, cells, err
	}
	return p, earth, p.cells(float64(o.u32(56)), float64(o.u32(60)), millimetres, point(o, 39)), nil
}

// polar2 is template 3.20.
func polar2(w *walk, o *octets) (*place, error) {
	p, earth, cells, err := conic2(w, o, polar)
	if err != nil {
		return nil, err
	}
	plane := grid.PolarStereographic(earth, o.u8(64)&centreSouth != 0, micro(o, 52), micro(o, 48))
	return p.with(grid.Projected(plane, cells))
}

// lambert2 is template 3.30.
func lambert2(w *walk, o *octets) (*place, error) {
	p, earth, cells, err := conic2(w, o, lambert)
	if err != nil {
		return nil, err
	}
	return p.with(grid.Projected(grid.Lambert(earth, micro(o, 52), micro(o, 66), micro(o, 70)), cells))
}

// albers2 is template 3.31.
func albers2(w *walk, o *octets) (*place, error) {
	p, earth, cells, err := conic2(w, o, albers)
	if err != nil {
		return nil, err
	}
	return p.with(grid.Projected(grid.Albers(earth, micro(o, 52), micro(o, 66), micro(o, 70)), cells))
}

// azimuthal2 is template 3.140.
func azimuthal2(w *walk, o *octets) (*place, error) {
	earth, err := earth2(o)
	if err != nil {
		return nil, err
	}
	p, err := w.raster(azimuthal, o.u32(31), o.u32(35), o.u8(64), o.u8(55))
	if err != nil {
		return nil, err
	}
	cells := p.cells(float64(o.u32(56)), float64(o.u32(60)), millimetres, point(o, 39))
	return p.with(grid.Projected(grid.LambertAzimuthal(earth, micro(o, 51), micro(o, 47)), cells))
}

// spaceView2 is template 3.90.
func spaceView2(w *walk, o *octets) (*place, error) {
	earth, err := earth2(o)
	if err != nil {
		return nil, err
	}
	v := grid.View{
		Earth: earth, LonDeg: micro(o, 43), EarthRadii: float64(o.u32(69)) / 1e6,
		DiameterX: float64(o.u32(48)), DiameterY: float64(o.u32(52)),
		CentreX: float64(o.i32(56))/1000 - float64(o.i32(73)), CentreY: float64(o.i32(60))/1000 - float64(o.i32(77)),
	}
	return w.spaceView(v, o.u32(31), o.u32(35), o.u8(64), o.u8(47), micro(o, 39), micro(o, 65), o.u32(69) == missing32)
}

// spaceView makes the grid that a satellite above the equator sees. Its rows go as the scanning mode says, but each from west to
// east: of columns the mode tells only in which direction the coordinates of the sub-satellite point count.
func (w *walk) spaceView(v grid.View, ni, nj, mode, flags int, latDeg, turnDeg float64, infinite bool) (*place, error) {
	switch {
	case infinite:
		return nil, fmt.Errorf("%w: orthographic view", ErrUnsupported)
	case latDeg != 0:
		return nil, fmt.Errorf("%w: view from above latitude %v", ErrUnsupported, latDeg)
	case turnDeg != 0 && turnDeg != 180 && !math.IsNaN(turnDeg):
		return nil, fmt.Errorf("%w: view turned by %v degrees", ErrUnsupported, turnDeg)
	}
	if mode&scanWestwards != 0 {
		v.CentreX = float64(ni-1) - v.CentreX
	}
	if mode&scanNorthwards != 0 {
		v.CentreY = float64(nj-1) - v.CentreY
	}
	if mode&scanStaggered != 0 {
		return nil, fmt.Errorf("%w: view with rows shifted by half a step", ErrUnsupported)
	}
	p, err := w.raster(spaceView, ni, nj, mode&^scanWestwards, flags)
	if err != nil {
		return nil, err
	}
	v.NX, v.NY = ni, nj
	return p.with(grid.SpaceView(v))
}
