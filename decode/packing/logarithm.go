package packing

import (
	"encoding/binary"
	"math"
)

// unpackLogarithm reads GRIB2 template 5.61: simple packing of the logarithms of the values plus a parameter, octets 21-24.
func unpackLogarithm(v Values, dst []float32) error {
	l := linearOf(v.Header)
	added := float64(math.Float32frombits(binary.BigEndian.Uint32(v.Header[9:])))
	if math.IsNaN(added) || math.IsInf(added, 0) {
		return broken("pre-processing parameter %v", added)
	}
	return unpackWith(dst, v.Data, l, func(s scale, q int64) float32 {
		return float32(math.Exp((s.reference+float64(q)*s.unit)*s.decimal) - added)
	})
}
