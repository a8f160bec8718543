package sample

import (
	"math"

	"isobar/geo"
)

// circular tells that values are sampled as unit vectors.
func (in Input) circular() bool { return in.Circular && !in.Nearest && in.Expr == nil }

const radian = math.Pi / 180

// gatherAngles is gather for directions: their cosines and sines are interpolated, by the rules of all values.
func (p *plan) gatherAngles(at positions, r rect, w window, degrees []float32, stride int, out []float32) {
	sines := resize(&p.sc.sines, len(degrees))
	cosines := degrees
	for i, v := range degrees {
		sin, cos := math.Sincos(float64(v) * radian)
		cosines[i], sines[i] = float32(cos), float32(sin)
	}
	across := resize(&p.sc.across, len(out))
	at.gather(r, w, false, [][]float32{cosines}, stride, [][]float32{out})
	at.gather(r, w, false, [][]float32{sines}, stride, [][]float32{across})
	for y := r.y0; y < r.y1; y++ {
		line, sines := out[y*stride+r.x0:y*stride+r.x1], across[y*stride+r.x0:y*stride+r.x1]
		for i, cos := range line {
			line[i] = angle(sines[i], cos)
		}
	}
}

// angle is a direction in degrees, from 0 to 360, that excluded. Vectors that cancel have any.
func angle(sin, cos float32) float32 {
	deg := float32(math.Atan2(float64(sin), float64(cos)) / radian)
	if deg < 0 {
		deg += 360
	}
	if deg >= 360 {
		return 0
	}
	return deg
}

// direction is the direction between the four cells around a position.
func (w *window) direction(at geo.XY, src []float32) float32 {
	if at.X != at.X {
		return missing
	}
	x, y := w.column(at.X), w.row(at.Y)
	left, up := max(min(int(x), w.NX-2), 0), max(min(int(y), w.NY-2), 0)
	right, down := min(left+1, w.NX-1), min(up+1, w.NY-1)
	cells := [4]float32{src[up*w.NX+left], src[up*w.NX+right], src[down*w.NX+left], src[down*w.NX+right]}
	toRight, toDown := float32(x-float64(left)), float32(y-float64(up))
	if toRight == 0 && toDown == 0 {
		return cells[0]
	}
	sin, cos := vectors(cells)
	return angle(mix(sin[0], sin[1], sin[2], sin[3], toRight, toDown), mix(cos[0], cos[1], cos[2], cos[3], toRight, toDown))
}

// vectors are directions as unit vectors.
func vectors(degrees [4]float32) (sin, cos [4]float32) {
	for i, v := range degrees {
		s, c := math.Sincos(float64(v) * radian)
		sin[i], cos[i] = float32(s), float32(c)
	}
	return sin, cos
}

// weigh is the input's value at a place whose cells are known.
func (in Input) weigh(cells, weights [4]float32) float32 {
	if !in.circular() {
		return weigh(cells, weights, in.Nearest)
	}
	sin, cos := vectors(cells)
	return angle(weigh(sin, weights, false), weigh(cos, weights, false))
}
