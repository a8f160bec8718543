package chunk

import (
	"math"

	"isobar/field"
)

// maxExponent bounds the exponents of a packing, so that scales are finite and not zero.
const maxExponent = 120

// Scaling is how a field's values follow from whole numbers: (reference + q * 2^binary) / 10^decimal.
type Scaling struct {
	Quantised       bool // else values are kept as the bits that they are
	Reference       float64
	Binary, Decimal int
	Step            float64 // of what is not quantised: how far apart the values are that their source could tell; 0: not known
}

// Quantum is how far apart the values are that their source could tell; 0: not known.
func (s Scaling) Quantum() float64 {
	if s.Quantised {
		return math.Ldexp(1, s.Binary) * math.Pow10(-s.Decimal)
	}
	return s.Step
}

// Told is a scaling with what is known of the source's steps.
func (s Scaling) Told(step float64) Scaling {
	if !s.Quantised {
		s.Step = step
	}
	return s
}

// ScalingOf is the scaling of a packing, if it can be one.
func ScalingOf(p *field.Packing) Scaling {
	if p == nil || math.IsNaN(p.Reference) || math.IsInf(p.Reference, 0) || !mild(p.Binary) || !mild(p.Decimal) {
		return Scaling{}
	}
	return Scaling{Quantised: true, Reference: p.Reference, Binary: p.Binary, Decimal: p.Decimal}
}

// mild tells that an exponent is within bounds.
func mild(exponent int) bool { return exponent >= -maxExponent && exponent <= maxExponent }

// Rule is a scaling ready for use. The multiplication in place of the division rounds otherwise in one value of hundreds of
// millions; such a chunk is kept as bits.
type Rule struct{ reference, step, factor, power, perStep float64 }

// Rule prepares for level 0, or for the levels above it, whose means are kept to half a step of the source.
func (s Scaling) Rule(level int) Rule {
	binary := s.Binary
	if level > 0 {
		binary--
	}
	return Rule{
		reference: s.Reference, step: math.Ldexp(1, binary), factor: math.Pow10(-s.Decimal),
		power: math.Pow10(s.Decimal), perStep: math.Ldexp(1, -binary),
	}
}

// numbers finds those of values none of which is missing, and tells whether all give back their values to the last bit.
func (r *Rule) numbers(dst []uint32, values []float32) (exact bool) {
	reference, step, factor, power, perStep := r.reference, r.step, r.factor, r.power, r.perStep
	differ := uint32(0)
	dst = dst[:len(values)]
	for i, v := range values {
		q := int32((float64(v)*power-reference)*perStep + 0.5)
		back := float32((reference + float64(q)*step) * factor)
		differ |= math.Float32bits(back) ^ math.Float32bits(v)
		dst[i] = uint32(q)
	}
	return differ == 0
}

// nearest is numbers for means, which need not be given back exactly: it tells whether all come within the precision of a
// float32 or half a step.
func (r *Rule) nearest(dst []uint32, values []float32) (near bool) {
	near = true
	for i, v := range values {
		at := (float64(v)*r.power - r.reference) * r.perStep
		if !(at > -1 && at < math.MaxInt32-1) {
			near = false
		}
		dst[i] = uint32(int32(at + 0.5))
	}
	return near
}

// ordered turns the bits of a float32, less some low bits that are 0, to a number such that near values have near numbers.
func ordered(bits uint32, drop uint) uint32 {
	sign := uint32(int32(bits) >> 31)
	return bits&math.MaxInt32>>drop ^ sign
}

// unordered undoes ordered.
func unordered(number uint32, drop uint) uint32 {
	sign := uint32(int32(number) >> 31)
	return (number^sign)<<drop&math.MaxInt32 | sign&(1<<31)
}
