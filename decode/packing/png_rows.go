package packing

import "encoding/binary"

// Filter types of PNG 3 9.2.
const (
	filterNone = iota
	filterSub
	filterUp
	filterAverage
	filterPaeth
)

// rows undoes the filters of rows of pixels, in place, and hands the rows on. Before each row stands its filter's octet.
func (p picture) rows(lines []byte, width, height int, use func(row int, line []byte)) error {
	size, step := (width*p.bits+7)/8, (p.bits+7)/8
	above := make([]byte, size)
	for row := range height {
		filter, line := lines[0], lines[1:size+1]
		if err := unfilter(filter, line, above, step); err != nil {
			return err
		}
		use(row, line)
		above, lines = line, lines[size+1:]
	}
	return nil
}

// unfilter undoes a filter (PNG 3 9.2): what was taken from each octet is told from those to the left, above, and to the
// left above. There are zeros outside of the image.
func unfilter(filter byte, line, above []byte, step int) error {
	above = above[:len(line)]
	switch filter {
	case filterNone:
	case filterSub:
		for i := step; i < len(line); i++ {
			line[i] += line[i-step]
		}
	case filterUp:
		up(line, above)
	case filterAverage:
		for lane := range step {
			average(line[lane:], above[lane:], step)
		}
	case filterPaeth:
		for lane := range step {
			paeth(line[lane:], above[lane:], step)
		}
	default:
		return broken("filter %d of a PNG image", filter)
	}
	return nil
}

// up undoes the filter of that name, eight octets at a time: a carry is kept from the octet next to it.
func up(line, above []byte) {
	const high = 0x8080808080808080
	for ; len(line) >= 8 && len(above) >= 8; line, above = line[8:], above[8:] {
		a, b := binary.LittleEndian.Uint64(line), binary.LittleEndian.Uint64(above)
		binary.LittleEndian.PutUint64(line, (a&^high+b&^high)^(a^b)&high)
	}
	for i := range line {
		line[i] += above[i]
	}
}

// average undoes the filter of that name in every step-th octet.
func average(line, above []byte, step int) {
	above = above[:len(line)]
	a := 0
	for i := 0; i < len(line); i += step {
		a = int(byte(int(line[i]) + (a+int(above[i]))>>1))
		line[i] = byte(a)
	}
}

// paeth undoes the filter of that name in every step-th octet.
func paeth(line, above []byte, step int) {
	above = above[:len(line)]
	a, c := 0, 0
	for i := 0; i < len(line); i += step {
		b := int(above[i])
		pa, pb := b-c, a-c
		pc := abs(pa + pb)
		pa, pb = abs(pa), abs(pb)
		best := a
		if pb < pa {
			pa, best = pb, b
		}
		if pc < pa {
			best = c
		}
		c = b
		a = int(byte(best + int(line[i])))
		line[i] = byte(a)
	}
}

func abs(x int) int {
	m := x >> 63
	return x ^ m - m
}

// pass is one of the seven passes of interlaced images (PNG 3 8.1): where its pixels begin, and how far apart they are.
type pass struct{ x, y, dx, dy int }

var passes = [7]pass{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}

// unpackInterlaced reads an image in passes.
func (p picture) unpackInterlaced(dst []float32, s scale) error {
	var width, height [7]int
	size := 0
	for i, q := range passes {
		width[i], height[i] = (p.width-q.x+q.dx-1)/q.dx, (p.height-q.y+q.dy-1)/q.dy
		if width[i] > 0 && height[i] > 0 {
			size += p.octets(width[i], height[i])
		}
	}
	lines, err := p.inflate(size)
	if err != nil {
		return err
	}
	some := make([]float32, p.width)
	var integers [chunk]int64
	for i, q := range passes {
		if width[i] <= 0 || height[i] <= 0 {
			continue
		}
		part := p.octets(width[i], height[i])
		err := p.rows(lines[:part], width[i], height[i], func(row int, line []byte) {
			s.packed(some[:width[i]], line, p.bits, integers[:])
			to := dst[(q.y+row*q.dy)*p.width+q.x:]
			for j, v := range some[:width[i]] {
				to[j*q.dx] = v
			}
		})
		if err != nil {
			return err
		}
		lines = lines[part:]
	}
	return nil
}
