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

// groups is the header of GRIB2 templates 5.2 and 5.3: values split into groups that have a reference and a width each.
type groups struct {
	linear                   Linear // Bits is the width of the groups' references
	split, missing           int
	count                    int // of groups
	widthBase, widthBits     int
	lengthBase, lengthUnit   int
	lastLength, lengthBits   int
	order, descriptorsOctets int // of spatial differencing: 0 in template 5.2
}

// groupsOf reads the header of template 5.2 or 5.3.
func groupsOf(v Values) groups {
	h := v.Header
	g := groups{
		linear: linearOf(h), split: int(h[10]), missing: int(h[11]),
		count:     int(binary.BigEndian.Uint32(h[20:])),
		widthBase: int(h[24]), widthBits: int(h[25]),
		lengthBase: int(binary.BigEndian.Uint32(h[26:])), lengthUnit: int(h[30]),
		lastLength: int(binary.BigEndian.Uint32(h[31:])), lengthBits: int(h[35]),
	}
	if v.Template == 3 {
		g.order, g.descriptorsOctets = int(h[36]), int(h[37])
	}
	return g
}

// check refuses headers whose numbers this package can't follow.
func (g groups) check(v Values) error {
	switch {
	case g.linear.Bits > maxWidth || g.widthBits > 32 || g.lengthBits > 32:
		return broken("group references, widths and lengths of %d, %d and %d bits", g.linear.Bits, g.widthBits, g.lengthBits)
	case g.missing > missingSecondary:
		return unsupported("missing value management %d", g.missing)
	case g.split == splitByRow && v.Rows == nil:
		return unsupported("values split row by row on a grid without rows")
	case v.Template == 3 && (g.order < 1 || g.order > 2):
		return unsupported("spatial differencing of order %d", g.order)
	case g.descriptorsOctets > 8:
		return broken("descriptors of %d octets", g.descriptorsOctets)
	}
	return nil
}

// unpackComplex reads GRIB2 templates 5.2 and 5.3, complex packing without and with spatial differencing.
func unpackComplex(v Values, dst []float32) error {
	g := groupsOf(v)
	if err := g.check(v); err != nil {
		return err
	}
	l := g.linear
	l.Bits = maxWidth // the unit counts even where all references are 0
	s, err := newScale(l)
	if err != nil {
		return err
	}
	if g.count == 0 || len(v.Data) == 0 { // writers leave a constant field's section 7 empty
		s.fill(dst)
		return nil
	}
	d, data, err := newDifferences(g, v.Data)
	if err != nil {
		return err
	}
	r, err := newGroupReader(g, data, len(dst))
	if err != nil {
		return err
	}
	if g.split == splitByRow {
		if r.rows = v.Rows(); len(r.rows) != g.count {
			return broken("%d groups of rows on a grid of %d", g.count, len(r.rows))
		}
	}
	var q [chunk]int64
	for len(dst) > 0 {
		n := min(chunk, len(dst))
		if err := r.read(q[:n]); err != nil {
			return err
		}
		if g.missing == missingNone {
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
