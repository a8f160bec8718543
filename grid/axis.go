package grid

import "math"

// edge is how far beyond a grid's rim, in cells, a place may be by rounding.
const edge = 1e-9

// axis is evenly spaced positions: columns of longitudes, of rotated ones, or of a plane.
type axis struct {
	n           int
	first, step float64 // step > 0
	turn        float64 // the period of positions, 0 if they do not repeat
	wraps       bool    // the position after the last is the first
	around      bool    // the last repeats the first
}

// newAxis makes an axis of n positions from first to last in the same or a later turn. One whose steps go around evenly,
// to a quarter of a step, wraps, and its step is turn/n exactly: files round steps and last positions (0.0833 degrees).
// One that ends where it began, 0 and 360, does not: it has one column more than places, and covers any longitude.
// A single position has the spare step.
func newAxis(n int, first, last, turn, spare float64) (axis, error) {
	a := axis{n: n, first: first, step: spare, turn: turn}
	if n == 1 {
		return a, nil
	}
	span := last - first
	if turn > 0 {
		span -= turn * math.Floor(span/turn)
		if span == 0 || last-first == turn {
			span = turn
		}
		even := turn / float64(n)
		switch {
		case math.Abs(span+even-turn) <= even/4:
			a.wraps, a.step = true, even
			return a, nil
		case turn-span <= even/4:
			a.around, span = true, turn
		}
	}
	a.step = span / float64(n-1)
	if !(a.step > 0) {
		return axis{}, invalid("%d positions from %v to %v", n, first, last)
	}
	return a, nil
}

// position is that of a cell.
func (a axis) position(i int) float64 { return a.first + float64(i)*a.step }

// last is the last cell's position, or where a turn ends for an axis around the Earth.
func (a axis) last() float64 {
	if a.wraps {
		return a.first + a.turn
	}
	return a.position(a.n - 1)
}

// index is the fractional cell of a position, NaN outside.
func (a axis) index(at float64) float64 {
	at -= a.first
	if a.turn > 0 {
		start := -a.step * (0.5 + edge)
		if a.around {
			start = 0
		}
		at -= a.turn * math.Floor((at-start)/a.turn)
	}
	return a.inside(at / a.step)
}

// inside brings an index to [-0.5, n-0.5], or [-0.5, n-0.5) if the axis wraps; NaN outside.
func (a axis) inside(x float64) float64 {
	if a.wraps {
		if x >= float64(a.n)-0.5 {
			x -= float64(a.n)
		}
		return max(x, -0.5)
	}
	return inside(x, a.n)
}

// inside forgives an index the rounding at the rim, and is NaN outside.
func inside(x float64, n int) float64 {
	end := float64(n) - 0.5
	switch {
	case x >= -0.5 && x <= end:
		return x
	case x >= -0.5-edge && x < 0:
		return -0.5
	case x > end && x <= end+edge*float64(n):
		return end
	}
	return math.NaN()
}

// neighbours are the cells before and after an index that is not outside, and the weight of the latter.
func (a axis) neighbours(x float64) (i, k int, weight float64) {
	before := math.Floor(x)
	i, weight = int(before), x-before
	k = i + 1
	if a.wraps {
		if i < 0 {
			i += a.n
		}
		if k >= a.n {
			k -= a.n
		}
		return i, k, weight
	}
	return clamp(i, a.n), clamp(k, a.n), weight
}

func clamp(i, n int) int { return max(0, min(i, n-1)) }

// bilinear is the stencil of a raster at an index.
func bilinear(cols axis, rows int, x, y float64) Stencil {
	if x != x || y != y {
		return Stencil{Cell: [4]int32{-1, -1, -1, -1}}
	}
	i, k, right := cols.neighbours(x)
	j, l, down := axis{n: rows}.neighbours(y)
	nx := cols.n
	return Stencil{
		Cell: [4]int32{int32(j*nx + i), int32(j*nx + k), int32(l*nx + i), int32(l*nx + k)},
		Weight: [4]float32{
			float32((1 - right) * (1 - down)), float32(right * (1 - down)), float32((1 - right) * down), float32(right * down),
		},
	}
}
