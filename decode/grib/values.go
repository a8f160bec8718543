package grib

import (
	"fmt"
	"io"
	"math"
	"math/bits"
	"sync"

	"isobar/decode/packing"
)

// values is where a field's numbers lie in the file, and how they are packed.
type values struct {
	file    io.ReaderAt
	points  int     // that the file has: less than the grid's where a pole stands once
	data    section // edition 2: section 7; edition 1: section 4
	bits    section // the bitmap's octets alone; length 0: given, or every point has a value
	edition int
	// predefined names a bitmap by number; given is one that the file does not have: the predefined one, or the shape of a grid that is
	// no rectangle.
	predefined *Predefined
	given      []byte
	// edition 2: the number of values, the template and its octets; edition 1: the decimal scale factor
	count    int
	template int
	header   []byte
	decimal  int
	spectrum *spectrum // nil: the file has values, not coefficients
}

// unpack writes the values in the order of the file, NaN where there is none.
func (v *values) unpack(dst []float32, l *layout) error {
	if v.spectrum != nil {
		return v.unpackSpectrum(dst)
	}
	if err := v.lacking(); err != nil {
		return err
	}
	mask, release, err := v.bitmap()
	if err != nil {
		return err
	}
	defer release()
	present := len(dst)
	if mask != nil {
		present = ones(mask)
	}
	data, releaseData, err := v.borrow(v.data)
	if err != nil {
		return err
	}
	defer releaseData()
	if mask != nil && v.boustrophedonic(data) {
		turnMask(mask, l.lines())
	}
	packed := dst[len(dst)-present:] // at the end: spreading them out then never overwrites what is still to be moved
	if err := v.decode(packed, data, func() []int { return l.present(mask) }); err != nil {
		return err
	}
	if mask != nil {
		spread(dst, packed, mask)
	}
	return nil
}

// decode unpacks a data section.
func (v *values) decode(dst []float32, data []byte, rows func() []int) error {
	truncation := 0
	if v.spectrum != nil {
		truncation = v.spectrum.truncation
	}
	if v.edition == 2 && v.count != len(dst) {
		return fmt.Errorf("%w: %d values for %d points that should have one", ErrInvalid, v.count, len(dst))
	}
	if len(dst) == 0 { // no point has a value: there need be no image, nor a reference value
		return nil
	}
	if v.edition == 1 {
		return packing.Values1{Section: data, Decimal: v.decimal, Count: len(dst), Rows: rows, Truncation: truncation}.Unpack(dst)
	}
	return packing.Values{Template: v.template, Header: v.header, Data: data[5:], Count: v.count, Rows: rows, Truncation: truncation}.Unpack(dst)
}

// boustrophedonic tells that every second row was written backwards.
func (v *values) boustrophedonic(data []byte) bool {
	if v.edition == 1 {
		return packing.Values1{Section: data}.Boustrophedonic()
	}
	return packing.Values{Template: v.template, Header: v.header}.Boustrophedonic()
}

// linear tells the quantisation that all values share.
func (v *values) linear(head []byte) *Packing {
	if v.spectrum != nil {
		return nil
	}
	var q packing.Linear
	var ok bool
	if v.edition == 1 {
		q, ok = packing.Values1{Section: head, Decimal: v.decimal, Count: v.points}.Linear()
	} else {
		q, ok = packing.Values{Template: v.template, Header: v.header, Count: v.count}.Linear()
	}
	if !ok {
		return nil
	}
	return &Packing{Reference: q.Reference, Binary: q.Binary, Decimal: q.Decimal, Bits: q.Bits}
}

// bitmap reads the bitmap, if there is one, with the bits beyond the last point cleared.
func (v *values) bitmap() (mask []byte, release func(), err error) {
	need := int64((v.points + 7) / 8)
	switch {
	case v.bits.length == 0 && v.given == nil:
		return nil, func() {}, nil
	case v.bits.length == 0:
		mask, release = buffer(need)
		if copy(mask, v.given) < int(need) {
			err = fmt.Errorf("%w: bitmap of %d octets for %d points", ErrInvalid, len(v.given), v.points)
		}
	case v.bits.length < need:
		return nil, nil, fmt.Errorf("%w: bitmap of %d octets for %d points", ErrInvalid, v.bits.length, v.points)
	default:
		mask, release, err = v.read(section{offset: v.bits.offset, length: need})
	}
	if err == nil && v.points%8 != 0 {
		mask[need-1] &= 0xff << (8 - v.points%8)
	}
	return mask, release, err
}

// buffers are for the octets of bitmaps and data.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// read gives a section's octets; release gives the buffer back. The walk has found the section within the file.
func (v *values) read(s section) (b []byte, release func(), err error) {
	b, release = buffer(s.length)
	if err := readFull(v.file, b, s.offset); err != nil {
		release()
		return nil, nil, err
	}
	return b, release, nil
}

// buffer gives octets of any content, and what gives them back.
func buffer(n int64) (b []byte, release func()) {
	held := buffers.Get().(*[]byte)
	if int64(cap(*held)) < n {
		*held = make([]byte, n)
	}
	return (*held)[:n], func() { buffers.Put(held) }
}

// ones counts the bits that are set.
func ones(mask []byte) (n int) {
	for _, b := range mask {
		n += bits.OnesCount8(b)
	}
	return n
}

// turnMask turns the bits of every second row round: a bitmap of rows that were written to and fro is in that order, as ecCodes
// has it.
func turnMask(mask []byte, rows []int) {
	at := 0
	for row, n := range rows {
		for i, j := at, at+n-1; row%2 == 1 && i < j && j>>3 < len(mask); i, j = i+1, j-1 {
			a, b := byte(0x80>>(i&7)), byte(0x80>>(j&7))
			if (mask[i>>3]&a != 0) != (mask[j>>3]&b != 0) {
				mask[i>>3] ^= a
				mask[j>>3] ^= b
			}
		}
		at += n
	}
}

// spread gives each point whose bit is set the next of the values, which are the end of dst, and the others NaN.
func spread(dst, packed []float32, mask []byte) {
	nan := float32(math.NaN())
	for k, bits := range mask {
		out := dst[8*k : min(8*k+8, len(dst))]
		switch {
		case bits == 0:
			fill(out, nan)
		case bits == 0xff:
			copy(out, packed[:8])
			packed = packed[8:]
		default:
			for i := range out {
				if bits&(0x80>>i) != 0 {
					out[i], packed = packed[0], packed[1:]
				} else {
					out[i] = nan
				}
			}
		}
	}
}

// present tells how many values each line of the grid has.
func (l *layout) present(mask []byte) []int {
	lines := l.lines()
	if mask == nil {
		return lines
	}
	counts, at := make([]int, len(lines)), 0
	for i, n := range lines {
		for k := at; k < at+n && k>>3 < len(mask); k++ {
			counts[i] += int(mask[k>>3]>>(7-k&7)) & 1
		}
		at += n
	}
	return counts
}
