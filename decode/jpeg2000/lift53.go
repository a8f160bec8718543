package jpeg2000

// integer is what the reversible transform works in.
type integer interface{ int32 | int64 }

// lift53 is one level of the reversible inverse transform, ISO/IEC 15444-1 F.3.8.1. Rows are joined horizontally as the
// vertical lifting comes to them, so each coefficient is read once.
func lift53[T integer](p *plane[T], s step[T]) {
	w, h := s.area.width(), s.area.height()
	evens, odds := halves(s.area.y0, h)
	wide, _ := halves(s.area.x0, w)
	lowAt := func(dst []T, y int) {
		join53(dst, s.low[y*s.lowStride:][:wide], p.coefficients[y*p.stride+wide:][:w-wide], s.area.x0&1)
	}
	highAt := func(dst []T, y int) {
		row := p.coefficients[(evens+y)*p.stride:][:w]
		join53(dst, row[:wide], row[wide:], s.area.x0&1)
	}
	for i := range p.rows {
		p.rows[i] = extend(p.rows[i][:0], w)
	}
	last, next, even, low := p.rows[0], p.rows[1], p.rows[2], p.rows[3]
	if evens == 0 { // a single row of odd place: F.3.6
		highAt(last, 0)
		for x := range last {
			last[x] >>= 1
		}
		s.out(0, last)
		return
	}
	if odds == 0 {
		lowAt(even, 0)
		s.out(0, even)
		return
	}
	parity := s.area.y0 & 1
	if parity == 1 {
		highAt(last, 0)
	} else {
		highAt(next, 0)
		copy(last, next)
	}
	for m := range evens {
		if j := m + parity; j > 0 && j < odds {
			highAt(next, j)
		} else if j == odds {
			copy(next, last)
		}
		// The row of low coefficients m lies between the rows of high ones last and next.
		lowAt(low, m)
		first := m == 0
		if first {
			for x, l := range low {
				even[x] = l - (last[x]+next[x]+2)>>2
			}
			if parity == 1 {
				for x := range last {
					last[x] += even[x]
				}
				s.out(0, last)
			}
		} else {
			lift53Rows(last, next, even, low)
			s.out(2*m-2+parity, even)
			s.out(2*m-1+parity, last)
			even, low = low, even
		}
		last, next = next, last
	}
	s.out(2*evens-2+parity, even)
	if 2*evens-1+parity < h {
		for x := range last {
			last[x] += even[x]
		}
		s.out(2*evens-1+parity, last)
	}
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
