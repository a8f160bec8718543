package chunk

// halve makes the next level of a pyramid: node (i, j) of dst is the [1 2 1] mean, both ways, around cell (2i, 2j) of src, of
// the cells that are there and not missing; it is missing where its own cell is. On a grid that wraps, columns go on over the
// seam. sums is scratch memory.
func halve(dst, src []float32, from, to Level, wraps bool, sums *[]float64) {
	if cap(*sums) < 6*to.NX {
		*sums = make([]float64, 6*to.NX)
	}
	var rows [3]rowSum
	for i := range rows {
		rows[i] = rowSum{at: -1, sum: (*sums)[2*i*to.NX : (2*i+1)*to.NX], weight: (*sums)[(2*i+1)*to.NX : (2*i+2)*to.NX]}
	}
	for j := range to.NY {
		var near [3]*rowSum
		for k := range near {
			y := 2*j + k - 1
			if y < 0 || y >= from.NY {
				continue
			}
			near[k] = &rows[y%3]
			near[k].take(src, y, from.NX, wraps)
		}
		out := dst[j*to.NX : (j+1)*to.NX]
		own, last := src[2*j*from.NX:], len(out)-1
		if near[0] == nil || near[2] == nil || !near[0].whole || !near[1].whole || !near[2].whole {
			mean(out, own, near, 0, last)
			continue
		}
		mean(out, own, near, 0, 0)
		a, b, c := near[0].sum[1:last], near[1].sum[1:last], near[2].sum[1:last]
		middle := out[1:last]
		for i := range middle {
			middle[i] = float32((a[i] + c[i] + 2*b[i]) * (1.0 / 16))
		}
		mean(out, own, near, last, last)
	}
}

// mean is halve for the nodes of a row from first to last, whatever is missing.
func mean(out, own []float32, near [3]*rowSum, first, last int) {
	for i := first; i <= last; i++ {
		if v := own[2*i]; v != v {
			out[i] = Missing
			continue
		}
		sum, weight := 2*near[1].sum[i], 2*near[1].weight[i]
		if near[0] != nil {
			sum += near[0].sum[i]
			weight += near[0].weight[i]
		}
		if near[2] != nil {
			sum += near[2].sum[i]
			weight += near[2].weight[i]
		}
		out[i] = float32(sum / weight)
	}
}

// rowSum is the [1 2 1] sums along a row of cells, at every second, and what they weigh.
type rowSum struct {
	at          int // row; -1: none yet
	sum, weight []float64
	whole       bool // nothing is missing, but what lies beyond the ends
}

// take makes the sums of a row, unless they are there.
func (r *rowSum) take(src []float32, y, nx int, wraps bool) {
	if r.at == y {
		return
	}
	r.at = y
	row, n := src[y*nx:(y+1)*nx], len(r.sum)
	r.node(row, 0, wraps)
	r.node(row, n-1, wraps)
	inner, all := r.sum[1:n-1], 0.0
	cells := row[1:]
	for i := range inner {
		three := cells[2*i : 2*i+3]
		inner[i] = float64(three[0]) + float64(three[2]) + 2*float64(three[1])
		all += inner[i]
	}
	if r.whole = all == all; r.whole {
		for i := range inner {
			r.weight[1+i] = 4
		}
		return
	}
	for i := range inner {
		r.node(row, 1+i, wraps)
	}
}

// node makes the sum at one node.
func (r *rowSum) node(row []float32, i int, wraps bool) {
	sum, weight := 0.0, 0.0
	for k := -1; k <= 1; k++ {
		x := 2*i + k
		if wraps {
			x = (x + len(row)) % len(row)
		}
		if x < 0 || x >= len(row) || row[x] != row[x] {
			continue
		}
		w := float64(2 - k*k)
		sum += w * float64(row[x])
		weight += w
	}
	r.sum[i], r.weight[i] = sum, weight
}

// halveCategories is halve for categories: the most frequent of the nine values, the node's own among equals, else the least.
func halveCategories(dst, src []float32, from, to Level, wraps bool) {
	for j := range to.NY {
		for i := range to.NX {
			own := src[2*j*from.NX+2*i]
			if own == own {
				own = frequent(src, from, 2*i, 2*j, wraps, own)
			}
			dst[j*to.NX+i] = own
		}
	}
}

// frequent is the most frequent value around a cell.
func frequent(src []float32, from Level, x, y int, wraps bool, own float32) float32 {
	var values [9]float32
	n := 0
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			cx, cy := x+dx, y+dy
			if wraps {
				cx = (cx + from.NX) % from.NX
			}
			if cx < 0 || cx >= from.NX || cy < 0 || cy >= from.NY {
				continue
			}
			if v := src[cy*from.NX+cx]; v == v {
				values[n] = v
				n++
			}
		}
	}
	best, most := own, 0
	for i, v := range values[:n] {
		count := 0
		for _, other := range values[:n] {
			if other == v {
				count++
			}
		}
		if i == 0 || count > most || count == most && best != own && (v == own || v < best) {
			best, most = v, count
		}
	}
	return best
}
