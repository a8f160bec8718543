package packing

import (
	"encoding/binary"
	"io"
)

// Filter types of PNG 3 9.2.
const (
	filterNone = iota
	filterSub
	filterUp
	filterAverage
	filterPaeth
)

// rows reads rows of pixels, undoes their filters, and hands them on. A row is read as soon as it is needed: nothing is
// taken that the stream doesn't fill.
func (p picture) rows(stream io.Reader, width, height int, use func(row int, line []byte)) error {
	size, step := (width*p.bits+7)/8, (p.bits+7)/8
	// Before each line is as much room as a pixel takes: what is left of the first pixel is 0.
	lines := make([]byte, 2*(size+step+1))
	line, above := lines[:size+step+1], lines[size+step+1:]
	for row := range height {
		if _, err := io.ReadFull(stream, line[step:]); err != nil {
			return broken("row %d of a PNG image: %w", row, err)
		}
		filter := line[step]
		// The filter's octet stands where the room before the line begins; move the room behind it.
		clear(line[1 : step+1])
		if err := unfilter(filter, line[1:], above[1:], step); err != nil {
			return err
		}
		use(row, line[step+1:])
		line, above = above, line
	}
	return nil
}

// unfilter undoes a filter (PNG 3 9.2). Lines begin with a pixel of zeros.
func unfilter(filter byte, line, above []byte, step int) error {
	above = above[:len(line)]
	switch filter {
	case filterNone:
	case filterSub:
		for i := step; i < len(line); i++ {
			line[i] += line[i-step]
		}
	case filterUp:
		for i, b := range above {
			line[i] += b
		}
	case filterAverage:
		for i := step; i < len(line); i++ {
			line[i] += byte((int(line[i-step]) + int(above[i])) / 2)
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

// paeth undoes the filter of that name in every step-th octet.
func paeth(line, above []byte, step int) {
	a, c := 0, 0
	for i := step; i < len(line); i += step {
		b := int(above[i])
		pa, pb := b-c, a-c
		pc := pa + pb
		pa, pb, pc = abs(pa), abs(pb), abs(pc)
		if pb < pa {
			pa, a = pb, b
		}
		if pc < pa {
			a = c
		}
		c = b
		a = int(byte(a + int(line[i])))
		line[i] = byte(a)
	}
}

func abs(x int) int {
	m := x >> 63
	return x ^ m - m
}

// pixels turns a row's pixels into values.
func (p picture) pixels(dst []float32, line []byte, s scale) {
	switch p.bits {
	case 8:
		for i, b := range line[:len(dst)] {
			dst[i] = s.of(float64(b))
		}
	case 16:
		line = line[:2*len(dst)]
		for i := range dst {
			dst[i] = s.of(float64(binary.BigEndian.Uint16(line[2*i:])))
		}
	default:
		c := cursor{data: line}
		for i := range dst {
			dst[i] = s.of(float64(c.next(p.bits)))
		}
	}
}

// pass is one of the seven passes of interlaced images (PNG 3 8.1): where its pixels begin, and how far apart they are.
type pass struct{ x, y, dx, dy int }

var passes = []pass{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}

// interlacedRows reads an image in passes.
func (p picture) interlacedRows(stream io.Reader, dst []float32, s scale) error {
	some := make([]float32, p.width)
	for _, q := range passes {
		width, height := (p.width-q.x+q.dx-1)/q.dx, (p.height-q.y+q.dy-1)/q.dy
		if width <= 0 || height <= 0 {
			continue
		}
		err := p.rows(stream, width, height, func(row int, line []byte) {
			p.pixels(some[:width], line, s)
			to := dst[(q.y+row*q.dy)*p.width+q.x:]
			for i, v := range some[:width] {
				to[i*q.dx] = v
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
