package sample

import "math"

// missing is the value where there is none.
var missing = float32(math.NaN())

// fillNaN marks values as missing.
func fillNaN(v []float32) {
	for i := range v {
		v[i] = missing
	}
}

// mix is the bilinear mean of four cells: a and b above, c and d below, right and down being the weights of b over a and of
// the lower pair over the upper.
func mix(a, b, c, d, right, down float32) float32 {
	upper, lower := a+right*(b-a), c+right*(d-c)
	if v := upper + down*(lower-upper); v == v {
		return v
	}
	return mend(a, b, c, d, right, down)
}

// mend is mix where a cell is missing: missing if the nearest cell is, else the mean of those that are not. A weight of NaN,
// for a place outside the grid, gives NaN.
func mend(a, b, c, d, right, down float32) float32 {
	upper, lower := a, c
	if right >= 0.5 {
		upper, lower = b, d
	}
	nearest := upper
	if down >= 0.5 {
		nearest = lower
	}
	if nearest != nearest || right != right || down != down {
		return missing
	}
	return mean([4]float32{a, b, c, d},
		[4]float32{(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down})
}

// mean is the weighted mean of the cells that are not missing.
func mean(cells, weights [4]float32) float32 {
	sum, all := float32(0), float32(0)
	for i, v := range cells {
		if v == v && weights[i] > 0 {
			sum += weights[i] * v
			all += weights[i]
		}
	}
	return sum / all
}

// anyMissing tells whether a row has a gap.
func anyMissing(row []float32) bool {
	for _, v := range row {
		if v != v {
			return true
		}
	}
	return false
}
