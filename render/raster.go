package render

import "math"

// subPixels is the lattice that outlines lie on: so many steps a pixel. A shape is the same to the last bit in all maps that show
// it, as all that follows is reckoned in whole numbers, from differences.
const subPixels = 256

// whole is the coverage of a pixel that is covered, before it is scaled: subPixels high, and twice as many wide.
const whole = 2 * subPixels * subPixels

// raster turns outlines into coverage: how much of each pixel lies within. Each side of an outline adds, to the pixels that it
// passes, how its height there changes the coverage of all that lies to the right (Levien 2016). The sides of a closed shape
// sum to nothing in each row, without remainder, so that no shape tells on another.
type raster struct {
	w, h   int
	cells  []int32 // by row, w+1 each
	lo, hi []int   // by row: the pixels that were touched; hi < lo: none
	cover  []uint8 // a row
}

// reset begins a picture.
func (r *raster) reset(w, h int) {
	r.w, r.h = w, h
	r.cells, r.cover = cleared(r.cells, (w+1)*h), resize(&r.cover, w)
	r.lo, r.hi = resize(&r.lo, h), resize(&r.hi, h)
	for y := range r.lo {
		r.lo[y], r.hi[y] = math.MaxInt, -1
	}
}

// line adds a side of an outline, in subPixels.
func (r *raster) line(x0, y0, x1, y1 int32) {
	if y0 == y1 {
		return
	}
	sign := int32(1)
	if y0 > y1 {
		x0, y0, x1, y1, sign = x1, y1, x0, y0, -1
	}
	row, last := max(y0>>8, 0), min((y1-1)>>8, int32(r.h)-1)
	if row > last {
		return
	}
	dx, dy := int64(x1-x0), int64(y1-y0)
	at := func(y int32) int32 { return x0 + int32(floorDiv(int64(y-y0)*dx, dy)) }
	top := max(y0, row<<8)
	from := at(top)
	for ; row <= last; row++ {
		bottom := min(y1, (row+1)<<8)
		to := x1
		if bottom < y1 {
			to = at(bottom)
		}
		r.segment(int(row), from, to, bottom-top, sign)
		from, top = to, bottom
	}
}

// floorDiv divides by a positive number, rounding down.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// segment adds what a side does within a row: it goes from one x to another while it falls by some height.
func (r *raster) segment(y int, from, to, height, sign int32) {
	if from > to {
		from, to = to, from
	}
	first, last := int(from>>8), int(to>>8)
	if first >= r.w { // what has begun goes on to the edge
		r.hi[y] = r.w
		return
	}
	cells := r.cells[y*(r.w+1) : (y+1)*(r.w+1)]
	r.lo[y], r.hi[y] = min(r.lo[y], max(first, 0)), max(r.hi[y], min(last+1, r.w))
	if last < 0 {
		cells[0] += sign * height * 2 * subPixels
		return
	}
	if first == last {
		f := from&255 + to&255
		cells[first] += sign * height * (2*subPixels - f)
		cells[first+1] += sign * height * f
		return
	}
	done, span := int32(0), to-from
	if first < 0 {
		done = int32(int64(height) * int64(-from) / int64(span))
		cells[0] += sign * done * 2 * subPixels
		first, from = 0, 0
		// What is left is divided as before: by where the side is, not by how far it has come.
	}
	origin := to - span
	for i := first; i <= last && i < r.w; i++ {
		left := int32(i) << 8
		end := min(left+subPixels, to)
		until := int32(int64(height) * int64(end-origin) / int64(span))
		part := sign * (until - done)
		f := from - left + end - left
		cells[i] += part * (2*subPixels - f)
		cells[i+1] += part * f
		done, from = until, end
	}
}

// fill adds outlines, moved by a number of pixels; it tells whether any may be seen.
func (r *raster) fill(o *outlines, dx, dy int) (any bool) {
	x, y := int32(dx)*subPixels, int32(dy)*subPixels
	w, h := int32(r.w)*subPixels, int32(r.h)*subPixels
	from := 0
	for k, end := range o.ends {
		shape := o.points[from:end]
		from = end
		b := o.bounds[k]
		if b[2] <= x || b[0] >= x+w || b[3] <= y || b[1] >= y+h {
			continue
		}
		any = true
		last := shape[len(shape)-1]
		for _, p := range shape {
			r.line(last[0]-x, last[1]-y, p[0]-x, p[1]-y)
			last = p
		}
	}
	return any
}

// row gives the coverage of a row, from pixel lo on; it is valid until the next call.
func (r *raster) row(y int) (lo int, cover []uint8) {
	lo, hi := r.lo[y], min(r.hi[y]+1, r.w)
	if lo >= hi {
		return 0, nil
	}
	cells := r.cells[y*(r.w+1)+lo : y*(r.w+1)+hi]
	cover = r.cover[:len(cells)]
	sum := int32(0)
	for i, c := range cells {
		sum += c
		a := sum
		if a < 0 {
			a = -a
		}
		cover[i] = uint8((min(a, whole)*255 + whole/2) >> 17)
	}
	return lo, cover
}
