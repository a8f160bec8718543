package jpeg2000

import (
	"encoding/binary"
	"math/bits"
)

// encoder writes codestreams of one tile, one layer and one precinct a resolution with the reversible wavelet, by the
// letter of the standard and slowly: for depths and regions of interest that other encoders don't write.
type encoder struct {
	h      Header
	x0, y0 int // of the image on the reference grid
	levels int
	roi    int                 // how far up the region of interest is shifted
	inside func(x, y int) bool // whether a coefficient, by its place in the plane, belongs to it
}

const encoderGuard = 7

// planes is Mb for a subband: what exponents of five bits and seven guard bits can say.
func (e encoder) exponent(orient int) int { return min(31, e.h.BitDepth+gain[orient]) }

func (e encoder) encode(samples []int32) []byte {
	w, h := e.h.Width, e.h.Height
	plane := make([]int64, w*h)
	for i, v := range samples {
		switch {
		case e.h.Signed:
			plane[i] = int64(v)
		default:
			plane[i] = int64(uint32(v)) - 1<<(e.h.BitDepth-1)
		}
	}
	for l := range e.levels {
		e.forward(plane, e.area(l))
	}
	var body []byte
	for r := range e.levels + 1 {
		if at := e.area(e.levels - r); at.empty() {
			continue // no precinct, no packet
		}
		body = append(body, e.packet(plane, r)...)
	}
	return e.wrap(body)
}

// area is the image after some decompositions.
func (e encoder) area(levels int) rect {
	n := uint(levels)
	return rect{ceilShift(e.x0, n), ceilShift(e.y0, n), ceilShift(e.x0+e.h.Width, n), ceilShift(e.y0+e.h.Height, n)}
}

// forward is one level of the reversible transform in place, ISO/IEC 15444-1 F.4.8.1.
func (e encoder) forward(plane []int64, area rect) {
	for x := range area.width() {
		e.forwardLine(plane[x:], area.height(), e.h.Width, area.y0&1)
	}
	for y := range area.height() {
		e.forwardLine(plane[y*e.h.Width:], area.width(), 1, area.x0&1)
	}
}

func (e encoder) forwardLine(line []int64, n, step, parity int) {
	if n == 1 {
		line[0] <<= parity
		return
	}
	at := func(i int) *int64 {
		if i = max(i, -i); i >= n {
			i = 2*n - 2 - i
		}
		return &line[i*step]
	}
	for i := 1 - parity; i < n; i += 2 {
		*at(i) -= (*at(i - 1) + *at(i + 1)) >> 1
	}
	for i := parity; i < n; i += 2 {
		*at(i) += (*at(i - 1) + *at(i + 1) + 2) >> 2
	}
	sorted := make([]int64, 0, n)
	for _, first := range []int{parity, 1 - parity} {
		for i := first; i < n; i += 2 {
			sorted = append(sorted, *at(i))
		}
	}
	for i, v := range sorted {
		*at(i) = v
	}
}

// packet writes a resolution's packet.
func (e encoder) packet(plane []int64, r int) []byte {
	k := compParams{}
	k.levels, k.blockWidth, k.blockHeight, k.guard, k.derived = e.levels, 4, 5, 1, true
	for i := range k.precinctW {
		k.precinctW[i], k.precinctH[i] = 15, 15
	}
	res, err := makeResolution(e.area(0), 0, r, e.h.BitDepth, &k)
	if err != nil {
		panic(err)
	}
	out := bitWriter{}
	out.put(1, 1)
	var body []byte
	for i := range res.subbands() {
		b := &res.bands[i]
		area := b.part(res.column0, res.row0)
		nx, ny := b.blocks(area)
		var codes [][]byte
		var counts, zeros []int
		for j := range nx * ny {
			at := b.block(area, j%nx, j/nx)
			right, down := b.offX-b.x0, b.offY-b.y0
			at = rect{at.x0 + right, at.y0 + down, at.x1 + right, at.y1 + down}
			code, planes := e.block(plane, at, b.orient)
			codes, counts = append(codes, code), append(counts, planes)
			zeros = append(zeros, encoderGuard+e.exponent(b.orient)-1+e.roi-planes)
		}
		include, empty := newTagWriter(make([]int, nx*ny), nx, ny), newTagWriter(zeros, nx, ny)
		for j := range nx * ny {
			if counts[j] == 0 { // not included: what is above layer 0
				include.values[0][j] = 1
			}
		}
		include.settle()
		for j := range nx * ny {
			include.put(&out, j%nx, j/nx, 1)
			if counts[j] == 0 {
				continue
			}
			empty.put(&out, j%nx, j/nx, 1<<20)
			e.putLengths(&out, 3*counts[j]-2, len(codes[j]))
			body = append(body, codes[j]...)
		}
	}
	return append(out.end(), body...)
}

// putLengths writes the number of passes and of bytes.
func (e encoder) putLengths(out *bitWriter, passes, size int) {
	switch {
	case passes == 1:
		out.put(0, 1)
	case passes == 2:
		out.put(2, 2)
	case passes < 6:
		out.put(12+passes-3, 4)
	case passes < 37:
		out.put(15<<5+passes-6, 9)
	default:
		out.put(511<<7+passes-37, 16)
	}
	width := 3 + bits.Len(uint(passes)) - 1
	for ; bits.Len(uint(size)) > width; width++ {
		out.put(1, 1)
	}
	out.put(0, 1)
	out.put(size, width)
}

// wrap puts the headers around the packets.
func (e encoder) wrap(body []byte) []byte {
	out := []byte{0xFF, 0x4F}
	segment := func(marker int, parts ...any) {
		var b []byte
		for _, p := range parts {
			b, _ = binary.Append(b, binary.BigEndian, p)
		}
		out = binary.BigEndian.AppendUint16(out, uint16(marker))
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(b)+2)), b...)
	}
	x0, y0, depth := uint32(e.x0), uint32(e.y0), uint8(e.h.BitDepth-1)
	x1, y1 := x0+uint32(e.h.Width), y0+uint32(e.h.Height)
	if e.h.Signed {
		depth |= 0x80
	}
	segment(markSIZ, uint16(0), x1, y1, x0, y0, x1, y1, uint32(0), uint32(0), uint16(1), depth, uint8(1), uint8(1))
	segment(markCOD, uint8(0), uint8(0), uint16(1), uint8(0), uint8(e.levels), uint8(2), uint8(3), uint8(0), uint8(1))
	steps := []uint8{encoderGuard << 5, uint8(e.exponent(orientLL) << 3)}
	for range e.levels {
		steps = append(steps, uint8(e.exponent(orientHL)<<3), uint8(e.exponent(orientLH)<<3), uint8(e.exponent(orientHH)<<3))
	}
	segment(markQCD, steps)
	if e.roi > 0 {
		segment(markRGN, uint8(0), uint8(0), uint8(e.roi))
	}
	segment(markSOT, uint16(0), uint32(14+len(body)), uint8(0), uint8(1))
	out = append(out, 0xFF, 0x93)
	return append(append(out, body...), 0xFF, 0xD9)
}

// bitWriter writes packet headers.
type bitWriter struct {
	data []byte
	cur  int
	free int // bits of cur; 0: none begun
}

func (b *bitWriter) put(v, n int) {
	for n--; n >= 0; n-- {
		if b.free == 0 {
			b.free = 8
			if len(b.data) > 0 && b.data[len(b.data)-1] == 0xFF {
				b.free = 7
			}
			b.cur = 0
		}
		b.free--
		b.cur |= v >> n & 1 << b.free
		if b.free == 0 {
			b.data = append(b.data, byte(b.cur))
		}
	}
}

func (b *bitWriter) end() []byte {
	for b.free > 0 {
		b.put(0, 1)
	}
	if n := len(b.data); b.data[n-1] == 0xFF {
		b.data = append(b.data, 0)
	}
	return b.data
}

// tagWriter writes a tag tree.
type tagWriter struct {
	values, low [][]int // by level, leaves first
	known       [][]bool
	nx          []int
}

func newTagWriter(leaves []int, nx, ny int) *tagWriter {
	t := &tagWriter{}
	for n := nx * ny; n > 0; nx, ny = (nx+1)/2, (ny+1)/2 {
		n = nx * ny
		t.values, t.low = append(t.values, make([]int, n)), append(t.low, make([]int, n))
		t.known, t.nx = append(t.known, make([]bool, n)), append(t.nx, nx)
		if n == 1 {
			break
		}
	}
	if len(leaves) > 0 {
		copy(t.values[0], leaves)
		t.settle()
	}
	return t
}

// settle gives every node the least of its children.
func (t *tagWriter) settle() {
	for l := 1; l < len(t.values); l++ {
		for i := range t.values[l] {
			t.values[l][i] = 1 << 20
		}
		for i, v := range t.values[l-1] {
			up := i/t.nx[l-1]/2*t.nx[l] + i%t.nx[l-1]/2
			t.values[l][up] = min(t.values[l][up], v)
		}
	}
}

func (t *tagWriter) put(out *bitWriter, x, y, limit int) {
	low := 0
	for l := len(t.values) - 1; l >= 0; l-- {
		i := y>>l*t.nx[l] + x>>l
		for low = max(low, t.low[l][i]); low < limit; low++ {
			if low >= t.values[l][i] {
				if !t.known[l][i] {
					out.put(1, 1)
					t.known[l][i] = true
				}
				break
			}
			out.put(0, 1)
		}
		t.low[l][i] = low
	}
}
