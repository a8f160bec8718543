package packing

import (
	"encoding/binary"
	"math"
)

// levels is the header of GRIB2 template 5.200: values are one of a table's, or missing.
type levels struct {
	bits, used int       // used: the highest level in the data
	values     []float32 // by level; level 0 is "missing"
}

// levelsOf reads the header.
func levelsOf(h []byte) (levels, error) {
	l := levels{bits: int(h[0]), used: int(binary.BigEndian.Uint16(h[1:]))}
	count, decimal := int(binary.BigEndian.Uint16(h[3:])), math.Pow10(-signMagnitude(h[5:6]))
	switch {
	case l.bits < 1 || l.bits > 16:
		return l, broken("levels of %d bits", l.bits)
	case len(h) < 6+2*count:
		return l, broken("%d levels in %d octets", count, len(h)-6)
	case l.used > count || l.used >= 1<<l.bits:
		return l, broken("level %d of %d, of %d bits", l.used, count, l.bits)
	}
	l.values = make([]float32, count+1)
	l.values[0] = float32(math.NaN())
	for i := range count {
		l.values[i+1] = float32(float64(signMagnitude(h[6+2*i:8+2*i])) * decimal)
	}
	return l, nil
}

// unpackRunLength reads GRIB2 template 5.200 (7.200): a level, then its run's length less one in digits of a base, the
// lowest digit first. Digits are told from levels by being greater than all of them.
func unpackRunLength(v Values, dst []float32) error {
	l, err := levelsOf(v.Header)
	if err != nil {
		return err
	}
	c, left := cursor{data: v.Data}, len(v.Data)*8/l.bits
	base := int64(1)<<l.bits - 1 - int64(l.used)
	for left > 0 && len(dst) > 0 {
		level := c.next(l.bits)
		if left--; level > int64(l.used) {
			return broken("a run of no level, %d", level)
		}
		run, unit := int64(1), int64(1)
		for ; left > 0; left-- {
			digit := bitsAt(v.Data, c.pos, l.bits) - int64(l.used) - 1
			if digit < 0 {
				break
			}
			c.pos += l.bits
			if run += digit * unit; run > int64(len(dst)) {
				return broken("a run of %d where %d values are left", run, len(dst))
			}
			unit = min(unit*base, int64(len(dst))+1)
		}
		x := l.values[level]
		for i := range dst[:run] {
			dst[i] = x
		}
		dst = dst[run:]
	}
	if len(dst) > 0 {
		return broken("%d values too few", len(dst))
	}
	return nil
}
