package packing

import (
	"encoding/binary"
	"math"
)

// linearOf reads the octets that the templates of GRIB2 5.0, 5.2, 5.3 and 5.40 to 5.61 begin with: reference value (an
// IEEE float), binary scale, decimal scale, bits. The header has 9 octets or more.
func linearOf(header []byte) Linear {
	return Linear{
		Reference: float64(math.Float32frombits(binary.BigEndian.Uint32(header))),
		Binary:    signMagnitude(header[4:6]),
		Decimal:   signMagnitude(header[6:8]),
		Bits:      int(header[8]),
	}
}

// signMagnitude reads an integer of up to 8 octets whose first bit is its sign (GRIB2 regulation 92.1.5).
func signMagnitude(octets []byte) int {
	if len(octets) == 0 {
		return 0
	}
	n := int(octets[0] & 0x7f)
	for _, b := range octets[1:] {
		n = n<<8 | int(b)
	}
	if octets[0]&0x80 != 0 {
		return -n
	}
	return n
}

// scale turns integers into values. The sum reference + q*unit is exact in float64 wherever the reference is a float32
// not far smaller than a unit, so one rounding is left before that to float32: results are right to half a unit in the
// last place of float32, also where reference and q*unit nearly cancel.
type scale struct {
	reference, unit, decimal float64 // R, 2^E, 10^-D
}

// newScale refuses what has no finite values.
func newScale(l Linear) (scale, error) {
	s := scale{reference: l.Reference, unit: math.Ldexp(1, l.Binary), decimal: math.Pow10(-l.Decimal)}
	if l.Bits == 0 {
		s.unit = 0
	}
	for _, x := range []float64{s.reference, s.unit, s.decimal} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return scale{}, broken("reference %v, binary scale %d, decimal scale %d", l.Reference, l.Binary, l.Decimal)
		}
	}
	return s, nil
}

// of is the value of q.
func (s scale) of(q float64) float32 { return float32((s.reference + q*s.unit) * s.decimal) }

// fill writes the value of q = 0 everywhere: a constant field, of which no bits are packed.
func (s scale) fill(dst []float32) {
	v := s.of(0)
	for i := range dst {
		dst[i] = v
	}
}

// apply writes the values of q; len(q) is len(dst).
func (s scale) apply(dst []float32, q []int64) {
	for ; len(dst) >= 8 && len(q) >= 8; dst, q = dst[8:], q[8:] {
		to, from := (*[8]float32)(dst), (*[8]int64)(q)
		to[0] = s.of(float64(from[0]))
		to[1] = s.of(float64(from[1]))
		to[2] = s.of(float64(from[2]))
		to[3] = s.of(float64(from[3]))
		to[4] = s.of(float64(from[4]))
		to[5] = s.of(float64(from[5]))
		to[6] = s.of(float64(from[6]))
		to[7] = s.of(float64(from[7]))
	}
	for i := range dst {
		dst[i] = s.of(float64(q[i]))
	}
}
