package packing

import (
	"encoding/binary"

	"isobar/decode/packing/aec"
)

// Bits of octet 22 of GRIB2 template 5.42, as libaec numbers them. Two more tell how a decoder lays samples out in memory,
// and say nothing of the stream.
const (
	ccsdsSigned     = 1 << 0
	ccsdsPreprocess = 1 << 3
	ccsdsRestricted = 1 << 4
	ccsdsPad        = 1 << 5
)

// unpackCCSDS reads GRIB2 template 5.42, the lossless compression of CCSDS 121.0-B-3.
func unpackCCSDS(v Values, dst []float32) error {
	l, flags := linearOf(v.Header), v.Header[10]
	s, err := newScale(l)
	if err != nil {
		return err
	}
	if l.Bits == 0 {
		s.fill(dst)
		return nil
	}
	block := int(v.Header[11])
	r, err := aec.NewReader(v.Data, aec.Options{
		Bits: l.Bits, Block: block, Interval: int(binary.BigEndian.Uint16(v.Header[12:])),
		Signed: flags&ccsdsSigned != 0, Preprocess: flags&ccsdsPreprocess != 0,
		Restricted: flags&ccsdsRestricted != 0, Pad: flags&ccsdsPad != 0,
	})
	if err != nil {
		return broken("%w", err)
	}
	var q [chunk]int64
	for whole := chunk - chunk%block; len(dst) > 0; {
		n := min(whole, len(dst))
		if err := r.Read(q[:n]); err != nil {
			return broken("%w", err)
		}
		s.apply(dst[:n], q[:n])
		dst = dst[n:]
	}
	return nil
}
