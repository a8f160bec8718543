package grib

import (
	"encoding/binary"
	"math"
)

// linear is how values are written as integers: (reference + q*2^binary) * 10^-decimal (template 5.0).
type linear struct {
	reference       float32
	binary, decimal int
	bits            int
}

// q is the integer nearest to a value.
func (l linear) q(v float32) float64 {
	return math.Round((float64(v)*math.Pow10(l.decimal) - float64(l.reference)) / math.Ldexp(1, l.binary))
}

// exact tells that all values come back.
func (l linear) exact(values []float32) bool {
	scale, unit, back := math.Pow10(l.decimal), math.Ldexp(1, -l.binary), math.Pow10(-l.decimal)
	step, reference, most := math.Ldexp(1, l.binary), float64(l.reference), math.Ldexp(1, l.bits)
	for _, v := range values {
		if v != v {
			continue
		}
		q := math.Round((float64(v)*scale - reference) * unit)
		if q < 0 || q >= most || float32((reference+q*step)*back) != v {
			return false
		}
	}
	return true
}

const (
	maxBits     = 24 // beyond them 32 bit numbers as they are need little more
	maxDecimals = 6
	tried       = 256 // values that candidates are tried on before all are
)

// quantise finds the integers that values were made from, or others from which they come back to the last bit: forecasts are rounded
// to a step of 2^E/10^D. ok is false where there are none of 24 bits.
func quantise(values []float32) (best linear, ok bool) {
	low, high := extremes(values)
	if !(low < high) {
		return linear{reference: low}, true
	}
	some := spread(values)
	best.bits = maxBits + 1
	for d := range maxDecimals + 1 {
		scale := math.Pow10(d)
		reference := float32(float64(low) * scale)
		for _, r := range []float32{reference, math.Nextafter32(reference, -math.MaxFloat32), math.Nextafter32(reference, math.MaxFloat32)} {
			if d == 0 && r != reference {
				continue
			}
			width := float64(high)*scale - float64(r)
			if !(width > 0) || math.IsInf(width, 0) {
				continue
			}
			_, top := math.Frexp(width)
			for bits := 1; bits < best.bits; bits++ {
				l := linear{reference: r, binary: top - bits, decimal: d, bits: bits}
				if l.q(high) >= math.Ldexp(1, bits) { // rounded up
					l.bits++
				}
				if l.bits < best.bits && l.exact(some) && l.exact(values) {
					best, ok = l, true
					break
				}
			}
		}
	}
	return best, ok
}

// extremes are those of the values that are not missing; NaN if all are.
func extremes(values []float32) (low, high float32) {
	low, high = float32(math.NaN()), float32(math.NaN())
	for _, v := range values {
		if v < low || low != low {
			low = v
		}
		if v > high || high != high {
			high = v
		}
	}
	return low, high
}

// spread takes some values from all over.
func spread(values []float32) []float32 {
	step := len(values)/tried + 1
	if step%2 == 0 {
		step++ // not the same columns again and again
	}
	some := make([]float32, 0, tried)
	for i := 0; i < len(values); i += step {
		some = append(some, values[i])
	}
	return some
}

// pack is sections 5, 6 and 7: integers where values come back from them, else 32 bit numbers as they are (template 5.4).
func pack(values []float32) octets {
	present := 0
	for _, v := range values {
		if v == v {
			present++
		}
	}
	l, ok := quantise(values)
	var head octets
	head.u32(int64(present))
	if ok {
		head.u16(0)
		if present == 0 {
			l.reference = 0
		}
		head.f32(l.reference)
		head.i16(l.binary)
		head.i16(l.decimal)
		head.u8(l.bits, 0)
	} else {
		head.u16(4)
		head.u8(1)
	}
	out := section(5, head)
	out = append(out, bitmap(values, present)...)
	var data octets
	switch {
	case !ok:
		data = make(octets, 0, 4*present)
		for _, v := range values {
			if v == v {
				data.f32(v)
			}
		}
	case l.bits > 0:
		data = integers(values, l, present)
	}
	return append(out, section(7, data)...)
}

// bitmap is section 6.
func bitmap(values []float32, present int) octets {
	if present == len(values) {
		return section(6, octets{0xff})
	}
	bits := make(octets, 1+(len(values)+7)/8)
	for i, v := range values {
		if v == v {
			bits[1+i/8] |= 0x80 >> (i % 8)
		}
	}
	return section(6, bits)
}

// integers packs values one behind the other, the highest bit first.
func integers(values []float32, l linear, present int) octets {
	out := make(octets, 0, (present*l.bits+7)/8+8)
	scale, unit, reference := math.Pow10(l.decimal), math.Ldexp(1, -l.binary), float64(l.reference)
	held, n := uint64(0), 0
	for _, v := range values {
		if v != v {
			continue
		}
		held = held<<l.bits | uint64(math.Round((float64(v)*scale-reference)*unit))
		for n += l.bits; n >= 32; n -= 32 {
			out = binary.BigEndian.AppendUint32(out, uint32(held>>(n-32)))
		}
	}
	for ; n > 0; n -= 8 {
		if n >= 8 {
			out = append(out, byte(held>>(n-8)))
		} else {
			out = append(out, byte(held<<(8-n)))
		}
	}
	return out
}
