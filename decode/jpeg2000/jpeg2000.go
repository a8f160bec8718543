// Package jpeg2000 reads JPEG 2000 codestreams of one component, as GRIB 2 template 5.40 holds them.
package jpeg2000

import "errors"

// ErrUnsupported marks what the standard allows and this package does not read.
var ErrUnsupported = errors.New("jpeg2000: unsupported")

// Header describes a codestream without decoding it.
type Header struct {
	Width, Height int
	BitDepth      int  // of a sample, 1 to 32
	Signed        bool // samples are two's complement
	Reversible    bool // the 5/3 wavelet: samples come back exactly
}

// ReadHeader reads the main header of a raw codestream or of the first one in a JP2 file.
func ReadHeader(data []byte) (Header, error) {
	return Header{}, ErrUnsupported
}

// Decode writes the samples row after row: len(dst) must be Width*Height. Unsigned samples of 32 bits come as their bit pattern.
func Decode(dst []int32, data []byte) error {
	return ErrUnsupported
}
