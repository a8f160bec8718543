package jpeg2000

import "math/bits"

// mqEncoder is the arithmetic encoder of ISO/IEC 15444-1 annex C.2.
type mqEncoder struct {
	a, c   uint32
	count  int
	out    []byte // the first byte is none
	states [19]struct{ index, mps int }
}

func newMQEncoder() *mqEncoder {
	m := &mqEncoder{a: 0x8000, count: 12, out: []byte{0}}
	m.states[0].index, m.states[contextRun].index, m.states[contextUniform].index = 4, 3, 46
	return m
}

func (m *mqEncoder) put(context, bit int) {
	s := &m.states[context]
	row := mqTable[s.index]
	qe := uint32(row.qe)
	m.a -= qe
	if bit == s.mps {
		if m.a&0x8000 != 0 {
			m.c += qe
			return
		}
		if m.a < qe {
			m.a = qe
		} else {
			m.c += qe
		}
		s.index = int(row.mps)
	} else {
		if m.a < qe {
			m.c += qe
		} else {
			m.a = qe
		}
		s.mps ^= int(row.change)
		s.index = int(row.lps)
	}
	for {
		m.a, m.c = m.a<<1, m.c<<1
		if m.count--; m.count == 0 {
			m.byteOut()
		}
		if m.a&0x8000 != 0 {
			return
		}
	}
}

func (m *mqEncoder) byteOut() {
	last := &m.out[len(m.out)-1]
	if *last != 0xFF && m.c >= 0x8000000 {
		*last++
		m.c &= 0x7FFFFFF
	}
	if *last == 0xFF {
		m.out = append(m.out, byte(m.c>>20))
		m.c, m.count = m.c&0xFFFFF, 7
		return
	}
	m.out = append(m.out, byte(m.c>>19))
	m.c, m.count = m.c&0x7FFFF, 8
}

// flush is ISO/IEC 15444-1 figure C.11.
func (m *mqEncoder) flush() []byte {
	limit := m.c + m.a
	if m.c |= 0xFFFF; m.c >= limit {
		m.c -= 0x8000
	}
	m.c <<= uint(m.count)
	m.byteOut()
	m.c <<= uint(m.count)
	m.byteOut()
	return m.out[1:]
}

// blockEncoder codes one code-block.
type blockEncoder struct {
	*mqEncoder
	rect
	orient                                  int
	magnitudes                              map[[2]int]uint64
	negative, significant, visited, refined map[[2]int]bool
}

// block codes the coefficients of the plane in an area; it gives the bytes and the number of bit-planes.
func (e encoder) block(plane []int64, at rect, orient int) ([]byte, int) {
	b := blockEncoder{newMQEncoder(), at, orient, map[[2]int]uint64{}, map[[2]int]bool{}, map[[2]int]bool{}, map[[2]int]bool{}, map[[2]int]bool{}}
	planes := 0
	for y := at.y0; y < at.y1; y++ {
		for x := at.x0; x < at.x1; x++ {
			v, p := plane[y*e.h.Width+x], [2]int{x, y}
			b.negative[p] = v < 0
			b.magnitudes[p] = uint64(max(v, -v))
			if e.roi > 0 && e.inside(x, y) {
				b.magnitudes[p] <<= e.roi
			}
			planes = max(planes, bits.Len64(b.magnitudes[p]))
		}
	}
	for p := planes - 1; p >= 0; p-- {
		clear(b.visited)
		if p < planes-1 {
			b.scan(func(at [2]int) {
				if h, v, d := b.around(at); !b.significant[at] && h+v+d > 0 {
					b.putZero(at, p)
					b.visited[at] = true
				}
			})
			b.scan(func(at [2]int) {
				if b.significant[at] && !b.visited[at] {
					context := contextRefine
					if h, v, d := b.around(at); b.refined[at] {
						context += 2
					} else if h+v+d > 0 {
						context++
					}
					b.put(context, int(b.magnitudes[at]>>p&1))
					b.refined[at] = true
				}
			})
		}
		b.cleanup(p)
	}
	return b.flush(), planes
}

// scan visits the samples in stripes of four rows, column by column.
func (b *blockEncoder) scan(visit func(at [2]int)) {
	for s := b.y0; s < b.y1; s += 4 {
		for x := b.x0; x < b.x1; x++ {
			for y := s; y < min(s+4, b.y1); y++ {
				visit([2]int{x, y})
			}
		}
	}
}

// around counts the significant neighbours: horizontal, vertical, diagonal.
func (b *blockEncoder) around(at [2]int) (h, v, d int) {
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if !b.significant[[2]int{at[0] + dx, at[1] + dy}] {
				continue
			}
			switch {
			case dx != 0 && dy != 0:
				d++
			case dx != 0:
				h++
			case dy != 0:
				v++
			}
		}
	}
	return h, v, d
}

func (b *blockEncoder) putZero(at [2]int, plane int) {
	h, v, d := b.around(at)
	context := zeroContext(h, v, d)
	switch b.orient {
	case orientHL:
		context = zeroContext(v, h, d)
	case orientHH:
		context = diagonalContext(h+v, d)
	}
	bit := int(b.magnitudes[at] >> plane & 1)
	if b.put(int(context), bit); bit == 1 {
		b.putSign(at)
	}
}

// putSign is ISO/IEC 15444-1 table D.3.
func (b *blockEncoder) putSign(at [2]int) {
	side := func(dx, dy int) int {
		p := [2]int{at[0] + dx, at[1] + dy}
		switch {
		case !b.significant[p]:
			return 0
		case b.negative[p]:
			return -1
		}
		return 1
	}
	h := min(1, max(-1, side(-1, 0)+side(1, 0)))
	v := min(1, max(-1, side(0, -1)+side(0, 1)))
	row := map[[2]int][2]int{
		{1, 1}: {13, 0}, {1, 0}: {12, 0}, {1, -1}: {11, 0}, {0, 1}: {10, 0}, {0, 0}: {9, 0},
		{0, -1}: {10, 1}, {-1, 1}: {11, 1}, {-1, 0}: {12, 1}, {-1, -1}: {13, 1},
	}[[2]int{h, v}]
	bit := row[1]
	if b.negative[at] {
		bit ^= 1
	}
	b.put(row[0], bit)
	b.significant[at] = true
}

func (b *blockEncoder) cleanup(plane int) {
	for s := b.y0; s < b.y1; s += 4 {
		for x := b.x0; x < b.x1; x++ {
			y, whole := s, s+4 <= b.y1
			for i := s; i < min(s+4, b.y1) && whole; i++ {
				h, v, d := b.around([2]int{x, i})
				whole = !b.significant[[2]int{x, i}] && !b.visited[[2]int{x, i}] && h+v+d == 0
			}
			if whole {
				for y < s+4 && b.magnitudes[[2]int{x, y}]>>plane&1 == 0 {
					y++
				}
				if y == s+4 {
					b.put(contextRun, 0)
					continue
				}
				b.put(contextRun, 1)
				b.put(contextUniform, (y-s)>>1)
				b.put(contextUniform, (y-s)&1)
				b.putSign([2]int{x, y})
				y++
			}
			for ; y < min(s+4, b.y1); y++ {
				if at := [2]int{x, y}; !b.significant[at] && !b.visited[at] {
					b.putZero(at, plane)
				}
			}
		}
	}
}
