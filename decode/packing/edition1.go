package packing

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Bits of octet 4 of GRIB1 section 4 (code table 11).
const (
	flagSpectral = 1 << 7
	flagComplex  = 1 << 6
	flagIntegers = 1 << 5
	flagMore     = 1 << 4 // octet 14 holds more flags
)

// headerLength1 is the part of GRIB1 section 4 that all packings share.
const headerLength1 = 11

// Values1 is a packed sequence as a GRIB 1 message holds it.
type Values1 struct {
	Section []byte // section 4 whole, from the three octets of its length on
	Decimal int    // section 1 octets 27-28: the decimal scale factor
	Count   int    // number of values in the section: points of the grid that a bitmap doesn't leave out
	// Rows tells how many values each row of the grid has in the section, in the order of the data; see Values.
	Rows func() []int
	// Truncation is J of a triangular truncation J=K=M; spectral packings alone ask for it.
	Truncation int
}

// flags is the upper half of octet 4.
func (v Values1) flags() byte { return v.Section[3] & 0xf0 }

// linear reads octets 5 to 11.
func (v Values1) linear() Linear {
	return Linear{
		Reference: ibmFloat(v.Section[6:]), Binary: signMagnitude(v.Section[4:6]), Decimal: v.Decimal,
		Bits: int(v.Section[10]),
	}
}

// Unpack writes the values in the order of the data. len(dst) must be v.Count. Spectral packings give coefficients, real
// and imaginary parts alternating.
func (v Values1) Unpack(dst []float32) error {
	if len(dst) != v.Count {
		return broken("%d values into a buffer of %d", v.Count, len(dst))
	}
	if len(v.Section) < headerLength1 {
		return broken("GRIB1 section 4 of %d octets", len(v.Section))
	}
	if err := v.unpack(dst); err != nil {
		return fmt.Errorf("GRIB1 section 4: %w", err)
	}
	return nil
}

// allMissing is the binary scale factor, all bits set, of fields without any value.
const allMissing = -0x7fff

// unpack finds the packing by its flags.
func (v Values1) unpack(dst []float32) error {
	data, l := v.Section[headerLength1:], v.linear()
	if l.Binary == allMissing {
		for i := range dst {
			dst[i] = float32(math.NaN())
		}
		return nil
	}
	switch v.flags() {
	case 0, flagIntegers:
		return simple(dst, data, l)
	case flagMore:
		return v.unpackMatrix(dst)
	case flagMore | flagIntegers:
		if len(data) < 1 {
			return broken("floats without a precision")
		}
		return floats(dst, data[1:], int(data[0]))
	case flagComplex, flagComplex | flagMore, flagComplex | flagIntegers, flagComplex | flagMore | flagIntegers:
		return v.unpackSecondOrder(dst)
	case flagSpectral, flagSpectral | flagIntegers:
		return v.unpackSpectralSimple(dst)
	case flagSpectral | flagComplex, flagSpectral | flagComplex | flagIntegers:
		return v.unpackSpectralComplex(dst)
	}
	return unsupported("flags %#02x", v.flags())
}

// Linear tells the quantisation that all of the values share, if there is one.
func (v Values1) Linear() (Linear, bool) {
	if len(v.Section) < headerLength1 || v.linear().Binary == allMissing {
		return Linear{}, false
	}
	l := v.linear()
	switch flags := v.flags(); {
	case flags&flagSpectral != 0 || flags == flagMore|flagIntegers:
		return Linear{}, false
	case flags&flagComplex != 0:
		l.Bits = 32
	}
	return l, true
}

// matrixHeader1 is where coefficients or values of a section with a matrix of values begin.
const matrixHeader1 = 24

// unpackMatrix reads simple packing with the additional flags of octet 14, if these say that each point has one value.
func (v Values1) unpackMatrix(dst []float32) error {
	s := v.Section
	if len(s) < matrixHeader1 {
		return broken("%d octets", len(s))
	}
	if s[13]&(flagMatrix|flagExtended) != 0 { // ecCodes looks for the flag in the place of flagExtended
		return unsupported("a matrix of values at each point")
	}
	at := matrixHeader1 + 4*(int(s[19])+int(s[21]))
	if at > len(s) {
		return broken("coefficients of %d octets in %d", at-matrixHeader1, len(s)-matrixHeader1)
	}
	return simple(dst, s[at:], v.linear())
}

// ibmFloat reads a float of IBM's System/360: a sign, an exponent of 16 that is 64 too large, a fraction of 24 bits.
func ibmFloat(octets []byte) float64 {
	w := binary.BigEndian.Uint32(octets)
	x := math.Ldexp(float64(w&0xffffff), 4*(int(w>>24&0x7f)-64)-24)
	if w>>31 != 0 {
		return -x
	}
	return x
}
