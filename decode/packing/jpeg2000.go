package packing

import (
	"errors"

	"isobar/decode/jpeg2000"
)

// unpackJPEG2000 reads GRIB2 template 5.40: the integers are the samples of a codestream's only component.
func unpackJPEG2000(v Values, dst []float32) error {
	l := linearOf(v.Header)
	s, err := newScale(l)
	if err != nil {
		return err
	}
	if l.Bits == 0 {
		s.fill(dst)
		return nil
	}
	h, err := jpeg2000.ReadHeader(v.Data)
	if err != nil {
		return ofJPEG2000(err)
	}
	if err := area(h.Width, h.Height, len(dst)); err != nil {
		return err
	}
	samples := make([]int32, len(dst))
	if err := jpeg2000.Decode(samples, v.Data); err != nil {
		return ofJPEG2000(err)
	}
	if !h.Signed && h.BitDepth == 32 {
		for i, q := range samples {
			dst[i] = s.of(float64(uint32(q)))
		}
		return nil
	}
	for i, q := range samples {
		dst[i] = s.of(float64(q))
	}
	return nil
}

// ofJPEG2000 tells what is unsupported from what is broken.
func ofJPEG2000(err error) error {
	if errors.Is(err, jpeg2000.ErrUnsupported) {
		return unsupported("%w", err)
	}
	return broken("%w", err)
}

// area checks that an image has as many pixels as there are values.
func area(width, height, count int) error {
	if width <= 0 || height <= 0 || width > count || height > count/width || width*height != count {
		return broken("an image of %d by %d for %d values", width, height, count)
	}
	return nil
}
