package sample

// axesAt are the positions of a band of an upright view: its rows begin at pixel row.
type axesAt struct {
	*plan
	row int
}

var _ positions = (*axesAt)(nil)

// span implements positions.
func (p *axesAt) span(r rect) (xs, ys interval, seam float64, ok bool) {
	first, second := none, none
	half, period := p.half()
	for _, x := range p.x[r.x0:r.x1] {
		if x < 0 { // within half a cell west of the first column, which is the seam
			x += period
		}
		first.add(x)
		if x < half {
			x += period
		}
		second.add(x)
	}
	ys = none
	for _, y := range p.y[p.row+r.y0 : p.row+r.y1] {
		ys.add(y)
	}
	xs, seam = p.narrower(first, second)
	return xs, ys, seam, xs.min <= xs.max && ys.min <= ys.max
}

// half is where else a turn may be cut, so that a part over the seam reads little; zero on a grid that does not wrap.
func (p *plan) half() (half, period float64) {
	if !p.raster.Wraps() {
		return 0, 0
	}
	return float64(p.nx) / 2, float64(p.nx)
}

// narrower chooses between a turn cut at the seam, and one cut opposite.
func (p *plan) narrower(first, second interval) (xs interval, seam float64) {
	if half, _ := p.half(); second.max-second.min < first.max-first.min {
		return second, half
	}
	return first, 0
}

// gather implements positions.
func (p *axesAt) gather(r rect, w window, nearest bool, cells [][]float32, stride int, out [][]float32) {
	ys := p.y[p.row+r.y0 : p.row+r.y1]
	for k, o := range out {
		src := cells[k]
		switch {
		case nearest:
			p.pick(r, ys, w, src, stride, o)
		case w.NY <= len(ys):
			p.alongRows(r, ys, w, src, stride, o)
		case w.NX <= 2*(r.x1-r.x0):
			p.alongColumns(r, ys, w, src, stride, o)
		default:
			p.eachPixel(r, ys, w, src, stride, o)
		}
	}
}

// pick takes nearest cells.
func (p *axesAt) pick(r rect, ys []float64, w window, src []float32, stride int, out []float32) {
	columns := resize(&p.sc.columns, r.x1-r.x0)
	for i, x := range p.x[r.x0:r.x1] {
		columns[i] = -1
		if x = w.column(x); x == x {
			columns[i] = int32(min(int(x+0.5), w.NX-1))
		}
	}
	for j, y := range ys {
		line := out[(r.y0+j)*stride+r.x0 : (r.y0+j)*stride+r.x1]
		y = w.row(y)
		if y != y {
			fillNaN(line)
			continue
		}
		at := min(int(y+0.5), w.NY-1)
		row := src[at*w.NX : (at+1)*w.NX]
		for i, c := range columns {
			if c >= 0 {
				line[i] = row[c]
			} else {
				line[i] = missing
			}
		}
	}
}

// shares finds, by pixel column, the cell to the left and the weight of the one to the right; outside the grid that is NaN.
func (p *axesAt) shares(r rect, w window) (columns []int32, shares []float32) {
	columns, shares = resize(&p.sc.columns, r.x1-r.x0), resize(&p.sc.shares, r.x1-r.x0)
	for i, x := range p.x[r.x0:r.x1] {
		x = w.column(x)
		columns[i], shares[i] = 0, missing
		if x == x {
			c := min(int(x), max(w.NX-2, 0))
			columns[i], shares[i] = int32(c), float32(x-float64(c))
		}
	}
	return columns, shares
}

// between finds the two rows of a window around a position, and the weight of the lower.
func (w *window) between(y float64) (upper, lower int, share float32) {
	upper = min(int(y), max(w.NY-2, 0))
	return upper, min(upper+1, w.NY-1), float32(y - float64(upper))
}

// rowGaps tells which rows of a window have a missing cell.
func (p *axesAt) rowGaps(w window, src []float32) []bool {
	gaps := resize(&p.sc.gaps, w.NY)
	for j := range gaps {
		gaps[j] = anyMissing(src[j*w.NX : (j+1)*w.NX])
	}
	return gaps
}

// alongRows serves views finer than the cells: each row of cells is spread over the pixel columns once, and rows of pixels
// are mixed from two of those.
func (p *axesAt) alongRows(r rect, ys []float64, w window, src []float32, stride int, out []float32) {
	columns, shares := p.shares(r, w)
	gaps := p.rowGaps(w, src)
	n := r.x1 - r.x0
	lines := resize(&p.sc.lines, 2*n)
	above, below, aboveRow, belowRow := lines[:n], lines[n:], -1, -1
	for j, y := range ys {
		line := out[(r.y0+j)*stride+r.x0 : (r.y0+j)*stride+r.x1]
		y = w.row(y)
		if y != y {
			fillNaN(line)
			continue
		}
		upper, lower, down := w.between(y)
		if gaps[upper] || gaps[lower] {
			mixRow(line, src[upper*w.NX:(upper+1)*w.NX], src[lower*w.NX:(lower+1)*w.NX], columns, shares, down)
			continue
		}
		if upper == belowRow || lower == aboveRow {
			above, below, aboveRow, belowRow = below, above, belowRow, aboveRow
		}
		if aboveRow != upper {
			spread(above, src[upper*w.NX:(upper+1)*w.NX], columns, shares)
			aboveRow = upper
		}
		if belowRow != lower {
			spread(below, src[lower*w.NX:(lower+1)*w.NX], columns, shares)
			belowRow = lower
		}
		lerp(line, above, below, down)
	}
}

// alongColumns serves views coarser than the cells: two rows of cells are mixed, then spread over the pixel columns.
func (p *axesAt) alongColumns(r rect, ys []float64, w window, src []float32, stride int, out []float32) {
	columns, shares := p.shares(r, w)
	gaps := p.rowGaps(w, src)
	mixed := resize(&p.sc.lines, w.NX)
	for j, y := range ys {
		line := out[(r.y0+j)*stride+r.x0 : (r.y0+j)*stride+r.x1]
		y = w.row(y)
		if y != y {
			fillNaN(line)
			continue
		}
		upper, lower, down := w.between(y)
		a, b := src[upper*w.NX:(upper+1)*w.NX], src[lower*w.NX:(lower+1)*w.NX]
		if gaps[upper] || gaps[lower] {
			mixRow(line, a, b, columns, shares, down)
			continue
		}
		lerp(mixed, a, b, down)
		spread(line, mixed, columns, shares)
	}
}

// eachPixel serves views much coarser than the cells.
func (p *axesAt) eachPixel(r rect, ys []float64, w window, src []float32, stride int, out []float32) {
	columns, shares := p.shares(r, w)
	for j, y := range ys {
		line := out[(r.y0+j)*stride+r.x0 : (r.y0+j)*stride+r.x1]
		y = w.row(y)
		if y != y {
			fillNaN(line)
			continue
		}
		upper, lower, down := w.between(y)
		mixRow(line, src[upper*w.NX:(upper+1)*w.NX], src[lower*w.NX:(lower+1)*w.NX], columns, shares, down)
	}
}

// lerp mixes two rows.
func lerp(dst, a, b []float32, share float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i, v := range a {
		dst[i] = v + share*(b[i]-v)
	}
}

// spread interpolates along a row without gaps. A row of one cell has no neighbour to the right.
func spread(dst, row []float32, columns []int32, shares []float32) {
	next := 1
	if len(row) == 1 {
		next = 0
	}
	shifted := row[next:]
	shares = shares[:len(dst)]
	for i, c := range columns[:len(dst)] {
		v := row[c]
		dst[i] = v + shares[i]*(shifted[c]-v)
	}
}

// mixRow interpolates between two rows that may have gaps: mix, written out because it is the innermost loop.
func mixRow(dst, upper, lower []float32, columns []int32, shares []float32, down float32) {
	next := 1
	if len(upper) == 1 {
		next = 0
	}
	upperNext, lowerNext := upper[next:], lower[next:]
	lower, lowerNext = lower[:len(upper)], lowerNext[:len(upperNext)]
	dst, shares = dst[:len(columns)], shares[:len(columns)]
	for i, c := range columns {
		a, b, c, d := upper[c], upperNext[c], lower[c], lowerNext[c]
		right := shares[i]
		above, below := a+right*(b-a), c+right*(d-c)
		v := above + down*(below-above)
		if v != v {
			v = mend(a, b, c, d, right, down)
		}
		dst[i] = v
	}
}
