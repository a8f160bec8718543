package png

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"slices"
)

// Filter types of PNG 3 9.2.
const (
	filterNone = 0
	filterUp   = 2
)

// highBits is the highest bit of each byte of a word.
const highBits = 0x8080808080808080

// up writes a row as differences to the row above, modulo 256. Palettes are in the order of the values they paint, so
// that a smooth field gives small differences. The first row has nothing above it and is left as it is.
func (w *writer) up(line, above []byte, first bool) {
	dst := w.line(len(line))
	if first {
		dst[0] = filterNone
		copy(dst[1:], line)
		return
	}
	dst[0] = filterUp
	dst = dst[1 : 1+len(line)]
	above = above[:len(line)]
	i := 0
	for ; i+8 <= len(line); i += 8 { // eight subtractions in one word: a borrow is kept from crossing bytes
		a, b := binary.LittleEndian.Uint64(line[i:]), binary.LittleEndian.Uint64(above[i:])
		binary.LittleEndian.PutUint64(dst[i:], ((a|highBits)-(b&^highBits))^((a^^b)&highBits))
	}
	for ; i < len(line); i++ {
		dst[i] = line[i] - above[i]
	}
}

// used is the part of a palette that a picture uses.
type used struct {
	n       int           // how many colours, if 16 or fewer
	bits    int           // a pixel
	palette []color.NRGBA // what PLTE and tRNS hold
	remap   [256]byte     // from the picture's index to the file's
}

// usedBy finds the colours of a picture. Beyond 16 of them nothing is gained, so a smooth picture costs a glance.
func usedBy(p *image.Paletted) (used, error) {
	var seen [256]bool
	u := used{bits: 8}
	w, h := p.Rect.Dx(), p.Rect.Dy()
scan:
	for y := range h {
		line := p.Pix[y*p.Stride : y*p.Stride+w]
		if c := line[0]; seen[c] && line[w-1] == c && bytes.Count(line, line[:1]) == w {
			continue
		}
		for _, c := range line {
			if !seen[c] {
				seen[c] = true
				if u.n++; u.n > 16 {
					break scan
				}
			}
		}
	}
	if u.n > 16 {
		u.palette = opaqueOrNot(p.Palette)
		for y := range h {
			if anyFrom(p.Pix[y*p.Stride:y*p.Stride+w], len(u.palette)) {
				return u, outside(p)
			}
		}
		return u, nil
	}
	colours := opaqueOrNot(p.Palette)
	for c, is := range seen {
		if !is {
			continue
		}
		if c >= len(colours) {
			return u, outside(p)
		}
		u.remap[c] = byte(len(u.palette))
		u.palette = append(u.palette, colours[c])
	}
	switch {
	case u.n <= 2:
		u.bits = 1
	case u.n <= 4:
		u.bits = 2
	default:
		u.bits = 4
	}
	return u, nil
}

// anyFrom tells whether a row holds an index of n or more.
func anyFrom(line []byte, n int) bool {
	const low, ones = 0x7f7f7f7f7f7f7f7f, 0x0101010101010101
	if n >= 256 {
		return false
	}
	if n <= 128 {
		return slices.ContainsFunc(line, func(c byte) bool { return int(c) >= n })
	}
	// Eight bytes at a time: one is too large if its high bit is set and its low bits carry into that bit.
	carry := uint64(256-n) * ones
	for ; len(line) >= 8; line = line[8:] {
		v := binary.LittleEndian.Uint64(line)
		if ((v&low)+carry)&v&highBits != 0 {
			return true
		}
	}
	return slices.ContainsFunc(line, func(c byte) bool { return int(c) >= n })
}

// outside is the error for an index that no colour belongs to.
func outside(p *image.Paletted) error {
	return fmt.Errorf("png: a pixel lies outside the palette of %d colours", len(p.Palette))
}

// opaqueOrNot is a palette without premultiplied alpha.
func opaqueOrNot(p color.Palette) []color.NRGBA {
	if len(p) > 256 {
		p = p[:256]
	}
	colours := make([]color.NRGBA, len(p))
	for i, c := range p {
		if n, ok := c.(color.NRGBA); ok {
			colours[i] = n
		} else {
			colours[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
		}
	}
	return colours
}

// pack puts 8/bits pixels into a byte, the leftmost in the high bits (PNG 3 7.2).
func pack(dst, line []byte, remap *[256]byte, bits int) {
	switch bits {
	case 4:
		for len(line) >= 2 {
			dst[0] = remap[line[0]]<<4 | remap[line[1]]
			dst, line = dst[1:], line[2:]
		}
	case 2:
		for len(line) >= 4 {
			dst[0] = remap[line[0]]<<6 | remap[line[1]]<<4 | remap[line[2]]<<2 | remap[line[3]]
			dst, line = dst[1:], line[4:]
		}
	case 1:
		for len(line) >= 8 {
			dst[0] = remap[line[0]]<<7 | remap[line[1]]<<6 | remap[line[2]]<<5 | remap[line[3]]<<4 |
				remap[line[4]]<<3 | remap[line[5]]<<2 | remap[line[6]]<<1 | remap[line[7]]
			dst, line = dst[1:], line[8:]
		}
	}
	if len(line) == 0 {
		return
	}
	last := byte(0)
	for i, c := range line {
		last |= remap[c] << (8 - bits*(i+1))
	}
	dst[0] = last
}
