package packing

import (
	"encoding/binary"
	"math"
)

// Missing value management of GRIB2 code table 5.5.
const (
	missingNone      = 0
	missingPrimary   = 1
	missingSecondary = 2 // primary and secondary
)

// splitByRow is the method of GRIB2 code table 5.4 whose groups are the rows of the grid.
const splitByRow = 0

// absent stands for a missing value among integers; no packed integer is as low.
const absent = math.MinInt64

// unpackComplex reads GRIB2 templates 5.2 and 5.3, complex packing without and with spatial differencing.
func unpackComplex(v Values, dst []float32) error {
	l := linearOf(v.Header)
	references := l.Bits
	l.Bits = maxWidth // the unit counts even where all references are 0
	s, err := newScale(l)
	if err != nil {
		return err
	}
	count := int(binary.BigEndian.Uint32(v.Header[20:]))
	if count == 0 || len(v.Data) == 0 && v.Header[11] == missingNone { // a constant field
		s.fill(dst)
		return nil
	}
	r := groupReader{count: count, expect: len(dst), references: list{width: references}}
	if err := r.header(v); err != nil {
		return err
	}
	d, at := differences{}, 0
	if v.Template == 3 {
		if at, err = d.header(v); err != nil {
			return err
		}
	}
	if err := r.place(v.Data, at, &r.references, &r.widths, &r.lengths); err != nil {
		return err
	}
	return r.unpack(dst, &d, s)
}

// header reads how the groups are described, octets 22-47 of templates 5.2 and 5.3.
func (r *groupReader) header(v Values) error {
	h := v.Header
	r.missing = int(h[11])
	r.widthBase, r.widths.width = int(h[24]), int(h[25])
	r.lengthBase, r.lengthUnit = int(binary.BigEndian.Uint32(h[26:])), int(h[30])
	r.lastLength, r.lengths.width = int(binary.BigEndian.Uint32(h[31:])), int(h[35])
	switch {
	case r.references.width > maxWidth || r.widths.width > 32 || r.lengths.width > 32:
		return broken("group references, widths and lengths of %d, %d and %d bits", r.references.width, r.widths.width, r.lengths.width)
	case r.missing > missingSecondary:
		return unsupported("missing value management %d", r.missing)
	case h[10] != splitByRow:
		return nil
	}
	rows, err := rowsOf(v.Rows, r.count, len(v.Data))
	if err != nil {
		return err
	}
	r.lengthOf = inOrder(rows)
	return nil
}

// rowsOf asks for the rows of the grid where there are as many groups.
func rowsOf(rows func() []int, groups, octets int) ([]int, error) {
	if rows == nil {
		return nil, unsupported("values split row by row on a grid without rows")
	}
	lengths := rows()
	if len(lengths) != groups {
		return nil, broken("%d groups of rows on a grid of %d, in %d octets", groups, len(lengths), octets)
	}
	return lengths, nil
}

// unpack reads all groups, sums differences up and scales. Values that come apart from the groups come first.
func (r *groupReader) unpack(dst []float32, d *differences, s scale) error {
	var q [chunk]int64
	for len(dst) > 0 {
		n := min(chunk, len(dst))
		apart := 0
		if d.apart {
			apart = min(n, d.order-d.seen)
		}
		if err := r.read(q[apart:n]); err != nil {
			return err
		}
		if r.missing == missingNone {
			d.sum(q[:n])
			s.apply(dst[:n], q[:n])
		} else {
			d.sumPresent(q[:n])
			s.applyPresent(dst[:n], q[:n])
		}
		dst = dst[n:]
	}
	return r.end()
}

// applyPresent is apply for integers some of which are absent.
func (s scale) applyPresent(dst []float32, q []int64) {
	q = q[:len(dst)]
	for i, n := range q {
		if n == absent {
			dst[i] = float32(math.NaN())
		} else {
			dst[i] = s.of(float64(n))
		}
	}
}
