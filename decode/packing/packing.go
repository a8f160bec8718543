// Package packing turns the packed values of GRIB messages into numbers.
package packing

import (
	"errors"
	"fmt"
)

// ErrUnsupported marks a packing that the standard allows and this package does not read; the error says which.
var ErrUnsupported = errors.New("unsupported packing")

// ErrBroken marks packed values that contradict themselves or end too early.
var ErrBroken = errors.New("broken packing")

// Linear is a quantisation: a value is (Reference + q*2^Binary) / 10^Decimal, with q an unsigned integer of Bits bits
// (GRIB2 template 5.0). Bits is 0 where all values are the reference, and an upper bound (32) for the complex packings,
// whose headers don't tell how large q gets.
type Linear struct {
	Reference       float64
	Binary, Decimal int
	Bits            int
}

// Values is a packed sequence as a GRIB 2 message holds it.
type Values struct {
	Template int    // section 5 octets 10-11
	Header   []byte // section 5 from octet 12 on: the template
	Data     []byte // section 7 from octet 6 on
	Count    int    // section 5 octets 6-9: number of values
	// Rows tells how many values each row of the grid has in Data, in the order of the data (points that a bitmap leaves
	// out don't count). Only packings split row by row ask; nil: not known, and these are refused.
	Rows func() []int
	// Truncation is J of a triangular truncation J=K=M (GRIB2 template 3.50); spectral packings alone ask for it.
	Truncation int
}

// Unpack writes the values in the order of the data, NaN where missing value management says that there is none.
// len(dst) must be v.Count. Spectral packings give coefficients, real and imaginary parts alternating.
func (v Values) Unpack(dst []float32) error {
	if len(dst) != v.Count {
		return fmt.Errorf("%w: %d values into a buffer of %d", ErrBroken, v.Count, len(dst))
	}
	return fmt.Errorf("%w: GRIB 2 template 5.%d", ErrUnsupported, v.Template)
}

// Linear tells the quantisation that all of the values share, if there is one.
func (v Values) Linear() (Linear, bool) {
	return Linear{}, false
}

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

// Unpack writes the values in the order of the data. len(dst) must be v.Count. Spectral packings give coefficients, real
// and imaginary parts alternating.
func (v Values1) Unpack(dst []float32) error {
	if len(dst) != v.Count {
		return fmt.Errorf("%w: %d values into a buffer of %d", ErrBroken, v.Count, len(dst))
	}
	return fmt.Errorf("%w: GRIB 1", ErrUnsupported)
}

// Linear tells the quantisation that all of the values share, if there is one.
func (v Values1) Linear() (Linear, bool) {
	return Linear{}, false
}
