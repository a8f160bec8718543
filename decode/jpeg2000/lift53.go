package jpeg2000

// integer is what the reversible transform works in.
type integer interface{ int32 | int64 }

// rows53 gives rows of coefficients, joined horizontally.
type rows53[T integer] struct {
	step[T]
	high        []T // the plane
	stride      int
	width, wide int // of a row, and of its low half
	evens, odds int
}

func (r rows53[T]) even(dst []T, y int) {
	join53(dst, r.low[y*r.lowStride:][:r.wide], r.high[y*r.stride+r.wide:][:r.width-r.wide], r.area.x0&1)
}

func (r rows53[T]) odd(dst []T, y int) {
	row := r.high[(r.evens+y)*r.stride:][:r.width]
	join53(dst, row[:r.wide], row[r.wide:], r.area.x0&1)
}

// lift53 is one level of the reversible inverse transform, ISO/IEC 15444-1 F.3.8.1. Rows are joined horizontally as the
// vertical lifting comes to them, so each coefficient is read once.
func lift53[T integer](p *plane[T], s step[T]) {
	r := rows53[T]{step: s, high: p.coefficients, stride: p.stride, width: s.area.width()}
	r.evens, r.odds = halves(s.area.y0, s.area.height())
	r.wide, _ = halves(s.area.x0, r.width)
	for i := range p.rows {
		p.rows[i] = room(p.rows[i], r.width)
	}
	last, next, even, low := p.rows[0], p.rows[1], p.rows[2], p.rows[3]
	switch { // F.3.6: a single row
	case r.odds == 0:
		r.even(even, 0)
		s.out(0, even)
		return
	case r.evens == 0:
		r.odd(last, 0)
		for x := range last {
			last[x] >>= 1
		}
		s.out(0, last)
		return
	}
	parity := s.area.y0 & 1
	r.odd(last, 0)
	copy(next, last) // beyond the edge rows are mirrored
	for m := range r.evens {
		// The row of low coefficients m lies between the rows of high ones last and next.
		if j := m + parity; j > 0 && j < r.odds {
			r.odd(next, j)
		} else if j == r.odds {
			copy(next, last)
		}
		r.even(low, m)
		if m > 0 {
			lift53Rows(last, next, even, low)
			s.out(2*m-2+parity, even)
			s.out(2*m-1+parity, last)
		} else {
			for x, l := range low {
				low[x] = l - (last[x]+next[x]+2)>>2
			}
			if parity == 1 {
				s.out(0, add(last, low))
			}
		}
		even, low = low, even
		last, next = next, last
	}
	y := 2*r.evens - 2 + parity
	s.out(y, even)
	if y+1 < s.area.height() {
		s.out(y+1, add(last, even))
	}
}

// add adds a row to another: an odd row at the edge lies between an even one and its mirror image.
func add[T integer](dst, row []T) []T {
	for x, v := range row {
		dst[x] += v
	}
	return dst
}

// lift53Rows turns the row of low coefficients low into the even row after even, and the row of high ones last, between
// the two, into the odd row; next is the row of high ones after low.
func lift53Rows[T integer](last, next, even, low []T) {
	next, even, low = next[:len(last)], even[:len(last)], low[:len(last)]
	for x, h := range last {
		e := low[x] - (h+next[x]+2)>>2
		last[x] = h + (even[x]+e)>>1
		low[x] = e
	}
}

// halves counts the even and the odd places among n from first on.
func halves(first, n int) (evens, odds int) {
	evens = (n + 1 - first&1) / 2
	return evens, n - evens
}

// join53 joins a row's low and high coefficients; parity is that of the first sample's place.
func join53[T integer](dst, low, high []T, parity int) {
	switch {
	case len(low) == 0:
		dst[0] = high[0] >> 1
		return
	case len(high) == 0:
		dst[0] = low[0]
		return
	}
	h := high[0]
	next := high[parity:]
	var e T
	if parity == 0 {
		e = low[0] - (h+h+2)>>2
		dst[0] = e
	} else {
		n := high[min(1, len(high)-1)]
		e = low[0] - (h+n+2)>>2
		dst[0], dst[1] = h+e, e
		h = n
		next = high[min(1, len(high)):]
	}
	low = low[1:]
	dst = dst[1+parity:]
	// h is the high coefficient after e; next begins with it.
	n := min(len(low), len(next)-1)
	if n > 0 {
		out, after, l := dst[:2*n], next[1:][:n], low[:n]
		for i := range l {
			a := after[i]
			f := l[i] - (h+a+2)>>2
			out[2*i] = h + (e+f)>>1
			out[2*i+1] = f
			e, h = f, a
		}
		dst = dst[2*n:]
	}
	if n = max(n, 0); n < len(low) { // the last even place: the high coefficient after it is mirrored
		f := low[n] - (h+h+2)>>2
		dst[0], dst[1] = h+(e+f)>>1, f
	} else if len(dst) > 0 {
		dst[0] = h + e
	}
}
