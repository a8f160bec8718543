package jpeg2000

// Factors of the irreversible transform, ISO/IEC 15444-1 table F.4.
const (
	alpha = -1.586134342059924
	beta  = -0.052980118572961
	gamma = 0.882911075530934
	delta = 0.443506852043971
	scale = 1.230174104914001
)

// lift97 is one level of the irreversible inverse transform, ISO/IEC 15444-1 F.3.8.2: rows are joined horizontally into
// their places, then lifted vertically, row against row.
func lift97(p *plane[float32], s step[float32]) {
	w, h := s.area.width(), s.area.height()
	evens, _ := halves(s.area.y0, h)
	wide, _ := halves(s.area.x0, w)
	p.joined = room(p.joined, w*h)
	row := func(y int) []float32 { return p.joined[y*w:][:w] }
	parity := s.area.y0 & 1
	for y := range h {
		from, low, place := p.coefficients[y*p.stride:][:w], []float32(nil), 2*y+parity
		if y < evens {
			low = s.low[y*s.lowStride:][:wide]
		} else {
			low, place = from[:wide], 2*(y-evens)+1-parity
		}
		join97(row(place), low, from[wide:], s.area.x0&1)
	}
	if h == 1 {
		if parity == 1 { // F.3.6
			for x := range row(0) {
				row(0)[x] /= 2
			}
		}
	} else {
		lift97Rows(row, h, parity)
	}
	for y := range h {
		s.out(y, row(y))
	}
}

// lift97Rows lifts vertically.
func lift97Rows(row func(y int) []float32, h, parity int) {
	for y := range h {
		factor := float32(scale)
		if y&1 != parity {
			factor = 1 / scale
		}
		r := row(y)
		for x := range r {
			r[x] *= factor
		}
	}
	for i, f := range lifts97 {
		for y := (i + parity) & 1; y < h; y += 2 {
			r := row(y)
			before, after := row(mirror(y-1, h))[:len(r)], row(mirror(y+1, h))[:len(r)]
			for x := range r {
				r[x] -= f * (before[x] + after[x])
			}
		}
	}
}

// lifts97 are the factors of the lifting steps, of even and odd places in turn.
var lifts97 = [4]float32{delta, gamma, beta, alpha}

// mirror gives the place within n that a place just outside stands for.
func mirror(i, n int) int {
	if i < 0 {
		return -i
	}
	if i >= n {
		return 2*n - 2 - i
	}
	return i
}

// join97 joins a row's low and high coefficients; parity is that of the first sample's place.
func join97(dst, low, high []float32, parity int) {
	n := len(dst)
	if n == 1 { // F.3.6
		if parity == 0 {
			dst[0] = low[0]
		} else {
			dst[0] = high[0] / 2
		}
		return
	}
	for i, v := range low {
		dst[2*i+parity] = v * scale
	}
	for i, v := range high {
		dst[2*i+1-parity] = v * (1 / scale)
	}
	for i, f := range lifts97 {
		x := (i + parity) & 1
		if x == 0 {
			dst[0] -= f * 2 * dst[1]
			x = 2
		}
		for ; x+1 < n; x += 2 {
			dst[x] -= f * (dst[x-1] + dst[x+1])
		}
		if x < n {
			dst[x] -= f * 2 * dst[x-1]
		}
	}
}
