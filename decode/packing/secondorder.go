package packing

import (
	"encoding/binary"
	"slices"
)

// Bits of octet 14 of GRIB1 section 4 (code table 11, bits 5 to 12). The last four are ECMWF's.
const (
	flagMatrix          = 1 << 6
	flagSecondaryBitmap = 1 << 5
	flagManyWidths      = 1 << 4
	flagExtended        = 1 << 3 // general extended second-order packing
	flagBoustrophedonic = 1 << 2 // every second row is written backwards
	maskOrder           = 3      // of spatial differencing
)

// secondOrderHeader is the part of GRIB1 section 4 that all second-order packings share.
const secondOrderHeader = 21

// Boustrophedonic tells that every second row was written backwards. Unpack turns the rows round again. A bitmap that
// leaves points out is in the order of writing, as ecCodes reads it: its rows must be turned round just so.
func (v Values1) Boustrophedonic() bool {
	return len(v.Section) > secondOrderHeader && v.flags()&(flagSpectral|flagComplex) == flagComplex &&
		v.Section[13]&flagBoustrophedonic != 0
}

// unpackSecondOrder reads the second-order packings: references of groups ("first-order values") and what is added to
// these. Groups are rows of the grid, or begin where a secondary bitmap says, or have their lengths listed.
func (v Values1) unpackSecondOrder(dst []float32) error {
	s := v.Section
	if len(s) < secondOrderHeader {
		return broken("%d octets", len(s))
	}
	l, flags := v.linear(), s[13]
	r := groupReader{
		count:      int(binary.BigEndian.Uint16(s[16:])) + int(s[20])<<16, // octet 21: ECMWF's extension
		references: list{width: l.Bits}, lastLength: -1, lengthUnit: 1, expect: len(dst),
	}
	l.Bits = maxWidth // the unit counts even where all references are 0
	scale, err := newScale(l)
	if err != nil {
		return err
	}
	d := differences{apart: true}
	switch {
	case flags&flagMatrix != 0:
		return unsupported("a matrix of values at each point")
	case r.references.width > maxWidth:
		return broken("first-order values of %d bits", r.references.width)
	case flags&flagExtended != 0:
		err = v.extended(&r, &d)
	default:
		err = v.placeGroups(&r, flags)
	}
	if err != nil {
		return err
	}
	if err := r.unpack(dst, &d, scale); err != nil {
		return err
	}
	if flags&flagBoustrophedonic != 0 {
		return turnRows(dst, v.Rows)
	}
	return nil
}

// placeGroups finds the parts of row by row, constant width and general packing: widths from octet 22 on, the secondary
// bitmap, first-order values, second-order values. They touch, so N1 and N2, which tell where two of them begin in 16 bits
// (too few in large messages), aren't needed.
func (v Values1) placeGroups(r *groupReader, flags byte) error {
	s, at := v.Section, secondOrderHeader
	if flags&flagManyWidths != 0 {
		r.widths.width = 8
		r.widths.cursor = cursor{data: s, pos: at * 8}
		at += r.count
	} else if at < len(s) {
		r.widthBase = int(s[at])
		at++
	}
	if flags&flagSecondaryBitmap != 0 {
		size := (v.Count + 7) / 8
		if at+size > len(s) {
			return broken("a secondary bitmap of %d octets in %d", size, len(s)-at)
		}
		r.lengthOf = runs(s[at:at+size], v.Count)
		at += size
	} else {
		rows, err := rowsOf(v.Rows, r.count, len(s))
		if err != nil {
			return err
		}
		r.lengthOf = inOrder(rows)
	}
	return r.place(s, at, &r.references)
}

// runs gives the lengths of runs that begin with a one in a bitmap of count bits.
func runs(bitmap []byte, count int) func() int {
	at := 0
	return func() int {
		from := at
		for at++; at < count && bitmap[at>>3]>>(7-at&7)&1 == 0; at++ {
		}
		return min(at, count) - from
	}
}

// extendedHeader is the fixed part of general extended packing.
const extendedHeader = 25

// extended finds the parts of general extended packing: octets 22 and 23 give the bits of widths and lengths; then the
// first values of spatial differencing, widths, lengths, first-order values and second-order values touch.
func (v Values1) extended(r *groupReader, d *differences) error {
	s, at := v.Section, extendedHeader
	if len(s) < at+1 {
		return broken("%d octets", len(s))
	}
	r.widths.width, r.lengths.width = int(s[21]), int(s[22])
	if r.widths.width > 32 || r.lengths.width > 32 {
		return broken("widths and lengths of groups of %d and %d bits", r.widths.width, r.lengths.width)
	}
	n, err := d.begin(s[at:], int(s[13]&maskOrder))
	if err != nil {
		return err
	}
	at += n
	r.expect -= min(d.order, r.expect)
	return r.place(s, at, &r.widths, &r.lengths, &r.references)
}

// begin reads the values that come apart from differences of an order, and the minimum: an octet tells how many bits each has.
// It says how many octets they take.
func (d *differences) begin(data []byte, order int) (octets int, err error) {
	if d.order = order; order == 0 {
		return 0, nil
	}
	if order > maxOrder {
		return 0, unsupported("spatial differencing of order %d", order)
	}
	bits := 0
	if len(data) > 0 {
		bits = int(data[0])
	}
	octets = 1 + ((order+1)*bits+7)/8
	if bits < 1 || bits > maxWidth || octets > len(data) {
		return 0, broken("%d values of %d bits before differences", order+1, bits)
	}
	c := cursor{data: data, pos: 8}
	for i := range order {
		d.first[i] = c.next(bits)
	}
	negative := c.next(1) != 0
	if d.minimum = c.next(bits - 1); negative {
		d.minimum = -d.minimum
	}
	return octets, nil
}

// turnRows turns every second row round.
func turnRows(dst []float32, rows func() []int) error {
	if rows == nil {
		return unsupported("rows written backwards on a grid without rows")
	}
	count := len(dst)
	for i, n := range rows() {
		if n < 0 || n > len(dst) {
			return broken("rows of more than %d values", count)
		}
		if i%2 == 1 {
			slices.Reverse(dst[:n])
		}
		dst = dst[n:]
	}
	return nil
}
