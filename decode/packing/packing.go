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

// broken says what contradicts itself.
func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrBroken, fmt.Errorf(format, args...))
}

// unsupported names what is not read.
func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrUnsupported, fmt.Errorf(format, args...))
}

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

// reader is what reads a template: the octets that its header needs, and how its values are unpacked. Where linear is
// set, all values share the quantisation that the header begins with.
type reader struct {
	header int // octets of section 5 from octet 12 on
	unpack func(Values, []float32) error
	linear bool
	loose  bool // Bits is no bound of q
}

// reader finds what reads a template of code table 5.0.
func (v Values) reader() (reader, error) {
	switch v.Template {
	case 0:
		return reader{header: 9, unpack: unpackSimple, linear: true}, nil
	case 2:
		return reader{header: 36, unpack: unpackComplex, linear: true, loose: true}, nil
	case 3:
		return reader{header: 38, unpack: unpackComplex, linear: true, loose: true}, nil
	case 4:
		return reader{header: 1, unpack: unpackIEEE}, nil
	case 40, 40000: // 40000, 40010: as these packings were called while they were on trial
		return reader{header: 9, unpack: unpackJPEG2000, linear: true}, nil
	case 41, 40010:
		return reader{header: 9, unpack: unpackPNG, linear: true}, nil
	case 42:
		return reader{header: 14, unpack: unpackCCSDS, linear: true}, nil
	case 50:
		return reader{header: 13, unpack: unpackSpectralSimple}, nil
	case 51:
		return reader{header: 24, unpack: unpackSpectralComplex}, nil
	case 61:
		return reader{header: 13, unpack: unpackLogarithm}, nil
	case 200:
		return reader{header: 6, unpack: unpackRunLength}, nil
	case 50000:
		return reader{header: 18, unpack: unpackSpectralIEEE}, nil
	case templateSecondOrder, templateSecondOrderFlags:
		return reader{header: secondOrder2Header, unpack: unpackSecondOrder2, linear: true, loose: true}, nil
	case 1:
		return reader{}, unsupported("GRIB2 template 5.1, a matrix of values at each point")
	case 53:
		return reader{}, unsupported("GRIB2 template 5.53, bi-Fourier coefficients of a limited area")
	}
	return reader{}, unsupported("GRIB2 template 5.%d", v.Template)
}

// Unpack writes the values in the order of the data, NaN where missing value management says that there is none.
// len(dst) must be v.Count. Spectral packings give coefficients, real and imaginary parts alternating.
func (v Values) Unpack(dst []float32) error {
	if len(dst) != v.Count {
		return broken("%d values into a buffer of %d", v.Count, len(dst))
	}
	r, err := v.reader()
	if err != nil {
		return err
	}
	if len(v.Header) < r.header {
		return broken("GRIB2 template 5.%d of %d octets, want %d", v.Template, len(v.Header), r.header)
	}
	if err := r.unpack(v, dst); err != nil {
		return fmt.Errorf("GRIB2 template 5.%d: %w", v.Template, err)
	}
	return nil
}

// Linear tells the quantisation that all of the values share, if there is one.
func (v Values) Linear() (Linear, bool) {
	r, err := v.reader()
	if err != nil || !r.linear || len(v.Header) < r.header {
		return Linear{}, false
	}
	l := linearOf(v.Header)
	if r.loose {
		l.Bits = 32
	}
	return l, true
}
