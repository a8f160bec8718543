package packing

import "encoding/binary"

// Second-order packing in edition 2, ECMWF's own templates 5.50001 and 5.50002: edition 1's general extended packing, whose groups
// are described by section 5. The second has flags. ecCodes' definitions of template 5.50001 and 5.50002 are all that is published.
const (
	templateSecondOrder      = 50001
	templateSecondOrderFlags = 50002
)

// Octets of section 5 from octet 12 on.
const (
	secondOrder2Header = 9  // enough where values have no bits
	secondOrder2Groups = 20 // and the description of groups
	flagBackwards2     = 0x80
)

// Boustrophedonic is Values1's for edition 2.
func (v Values) Boustrophedonic() bool {
	return v.Template == templateSecondOrderFlags && len(v.Header) > secondOrder2Groups && v.Header[secondOrder2Groups]&flagBackwards2 != 0
}

// unpackSecondOrder2 reads GRIB2 templates 5.50001 and 5.50002.
func unpackSecondOrder2(v Values, dst []float32) error {
	h, l := v.Header, linearOf(v.Header)
	flat := l.Bits == 0
	l.Bits = maxWidth // the unit counts even where all references are 0
	s, err := newScale(l)
	if err != nil {
		return err
	}
	at := secondOrder2Groups
	if v.Template == templateSecondOrderFlags {
		at++
	}
	if flat && v.Template == templateSecondOrder { // section 5 ends here
		s.fill(dst)
		return nil
	}
	if len(h) < at+1 {
		return broken("%d octets", len(h))
	}
	r := groupReader{
		count:      int(binary.BigEndian.Uint32(h[10:])),
		references: list{width: int(h[9])}, widths: list{width: int(h[18])}, lengths: list{width: int(h[19])},
		lastLength: -1, lengthUnit: 1, expect: len(dst),
	}
	if r.references.width > maxWidth || r.widths.width > 32 || r.lengths.width > 32 {
		return broken("first-order values, widths and lengths of %d, %d and %d bits", r.references.width, r.widths.width, r.lengths.width)
	}
	d := differences{apart: true}
	if _, err := d.begin(h[at+1:], int(h[at])); err != nil {
		return err
	}
	r.expect -= min(d.order, r.expect)
	if err := r.place(v.Data, 0, &r.widths, &r.lengths, &r.references); err != nil {
		return err
	}
	if err := r.unpack(dst, &d, s); err != nil {
		return err
	}
	if v.Boustrophedonic() {
		return turnRows(dst, v.Rows)
	}
	return nil
}
