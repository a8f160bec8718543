package probe

import (
	"math"
	"strconv"
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

// finish turns values to their bearings and converts them.
func (p *plan) finish(r *reading, out []float32, bearings []float64) {
	if p.column.Relative {
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
