package grib

import (
	"fmt"
	"math"

	"isobar/grid"
)

// icosahedral2 is template 3.100.
func icosahedral2(w *walk, o *octets) (*place, error) {
	if position := o.u8(32); position != 0 && position != missing8 {
		return nil, fmt.Errorf("%w: points of an icosahedron's triangles that are no vertices, position %d", ErrUnsupported, position)
	}
	return w.icosahedral(o.u16(17), o.u8(15), o.u8(16), o.u8(19), o.u8(34), micro(o, 20), unsigned(o, 28, 1e6))
}

// icosahedral1 is DWD's type 192.
func icosahedral1(w *walk, o *octets) (*place, error) {
	return w.icosahedral(o.u24(14), o.u16(7), o.u16(9), o.u24(11), o.u8(31), float64(o.i32(18))/1000, unsigned(o, 26, 1000))
}

// unsigned is an angle that has no sign, in so many parts of a degree; 0 where it is missing.
func unsigned(o *octets, n int, parts float64) float64 {
	v := o.u32(n)
	if v == missing32 {
		return 0
	}
	return float64(v) / parts
}

// icosahedral makes a grid of ten diamonds, whose sides have ni = 2^n2 3^n3 intervals. The numbering of diamonds is eastwards on both
// hemispheres, as in the Manual on Codes' attachment and in all files of the model GME; the flag that tells is not looked at.
func (w *walk) icosahedral(ni, n2, n3, nd, mode int, poleDeg, lonDeg float64) (*place, error) {
	const diamonds, most2 = 10, 16
	switch {
	case nd != diamonds:
		return nil, fmt.Errorf("%w: icosahedron of %d diamonds", ErrUnsupported, nd)
	case n2 > most2 || n3 > 1 || ni != 1<<n2*(1+2*n3):
		return nil, fmt.Errorf("%w: %d intervals, not 2^%d 3^%d", ErrInvalid, ni, n2, n3)
	case poleDeg != 90 && poleDeg != 0 && !math.IsNaN(poleDeg): // 0: not filled in
		return nil, fmt.Errorf("%w: icosahedron with its pole at latitude %v", ErrUnsupported, poleDeg)
	case diamonds*(ni+1)*(ni+1) > w.maxPoints:
		return nil, fmt.Errorf("%w: more than %d points", ErrInvalid, w.maxPoints)
	}
	p := &place{kind: triangular, points: diamonds * (ni + 1) * (ni + 1)}
	return p.with(grid.Icosahedral(ni, lonDeg, grid.DiamondsOf(mode)))
}
