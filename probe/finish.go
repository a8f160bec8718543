package probe

import (
	"math"
	"strconv"

	"isobar/field"
	"isobar/layers"
)

// between is the direction between two, along the shorter arc, in [0, 360).
func between(a, b, share float32) float32 {
	arc := math.Remainder(float64(b)-float64(a), 360)
	return float32(turned(float64(a) + float64(share)*arc))
}

// turned brings an angle to [0, 360).
func turned(deg float64) float64 {
	deg = math.Mod(deg, 360)
	if deg < 0 {
		deg += 360
	}
	return deg
}

// relative is a direction seen from a bearing, in (-180, 180].
func relative(deg, bearing float64) float64 {
	off := math.Remainder(deg-bearing, 360)
	if off <= -180 {
		off = 180
	}
	return off
}

// turn turns directions to their bearings.
func (p *plan) turn(r *reading, out []float32, bearings []float64) {
	if !p.column.Relative {
		return
	}
	// A derived direction of 0 is a calm: north is 360.
	calm := r.Input.Expr != nil
	for i, v := range out {
		if calm && v == 0 {
			out[i] = float32(math.NaN())
			continue
		}
		out[i] = float32(relative(float64(v), bearings[i]))
	}
}

// quantum is how finely the values may be told, in the element's unit: as finely as those before or after, whichever are the finer.
func (p *plan) quantum(r *reading, f layers.Infos) float64 {
	quantum := p.column.Layer.Quantum(f, r.Input)
	if r.between {
		quantum = min(quantum, p.column.Layer.Quantum(f, r.after.Input))
	}
	return quantum
}

// quanta notes how finely the values of a series are told.
func (p *plan) quanta(s *Series, f layers.Infos) {
	s.Quanta = make([]float64, len(p.readings))
	for i := range p.readings {
		r := &p.readings[i]
		r.quantum = p.quantum(r, f)
		s.Quanta[i] = r.quantum * math.Abs(p.conversion.Scale)
	}
}

// tell converts values and gives them the digits that count.
func (p *plan) tell(r *reading, out []float32) {
	d := field.DigitsOf(r.quantum)
	if p.direction && r.Input.Expr != nil && !p.column.Relative { // 0 is a calm: what rounds to it is north
		for i, v := range out {
			if v != 0 && d.Round(float64(v)) == 0 {
				out[i] = 360
			}
		}
	}
	if p.same {
		d.RoundAll(out)
		return
	}
	in := d.In(p.conversion.Scale, p.conversion.Offset)
	for i, v := range out {
		out[i] = float32(in(float64(v)))
	}
}

// convert converts values.
func (p *plan) convert(out []float32) {
	if p.same {
		return
	}
	scale, offset := p.conversion.Scale, p.conversion.Offset
	if offset == 0 {
		for i, v := range out {
			out[i] = float32(float64(v) * scale)
		}
		return
	}
	for i, v := range out {
		out[i] = float32(widen(v)*scale + offset)
	}
}

// widen is the number that a float32 is the nearest one to, as it would be written: 281.15, where 281.15 in 32 bits is
// 281.1499939 in 64, and 7.9999939 degrees Celsius.
func widen(v float32) float64 {
	var text [32]byte
	w, err := strconv.ParseFloat(string(strconv.AppendFloat(text[:0], float64(v), 'g', -1, 32)), 64)
	if err != nil {
		return float64(v)
	}
	return w
}
