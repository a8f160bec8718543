package packing

import (
	"encoding/binary"
	"hash/crc32"

	"isobar/decode/packing/inflate"
)

// pngSignature begins every PNG file (PNG 3 5.2).
const pngSignature = "\x89PNG\r\n\x1a\n"

// picture is what the header of a PNG file says (PNG 3 11.2.1).
type picture struct {
	width, height int
	bits          int // of a pixel: those of all of its samples, 1 to 32
	interlaced    bool
	compressed    []byte // what its IDAT chunks hold, in one piece
}

// unpackPNG reads GRIB2 template 5.41: the integers are pixels, all samples of one taken together. Images may be larger
// than libpng allows.
func unpackPNG(v Values, dst []float32) error {
	l := linearOf(v.Header)
	s, err := newScale(l)
	if err != nil {
		return err
	}
	if l.Bits == 0 {
		s.fill(dst)
		return nil
	}
	p, err := pictureOf(v.Data)
	if err != nil {
		return err
	}
	if err := area(p.width, p.height, len(dst)); err != nil {
		return err
	}
	if p.interlaced {
		return p.unpackInterlaced(dst, s)
	}
	lines, err := p.inflate(p.octets(p.width, p.height))
	if err != nil {
		return err
	}
	var q [chunk]int64
	return p.rows(lines, p.width, p.height, func(row int, line []byte) {
		s.packed(dst[row*p.width:(row+1)*p.width], line, p.bits, q[:])
	})
}

// octets is the size of an image before compression: a row has an octet for its filter.
func (p picture) octets(width, height int) int { return height * (1 + (width*p.bits+7)/8) }

// inflate expands the zlib stream (RFC 1950). Its checksum isn't looked at: the chunks had theirs.
func (p picture) inflate(size int) ([]byte, error) {
	const deflate, dictionary, ratio = 8, 0x20, 1032 // deflated data can't grow by more
	d := p.compressed
	switch {
	case len(d) < 2 || d[0]&15 != deflate || d[1]&dictionary != 0 || binary.BigEndian.Uint16(d)%31 != 0:
		return nil, broken("no zlib stream")
	case size/ratio > len(d):
		return nil, broken("%d octets inflated from %d", size, len(d))
	}
	lines := make([]byte, size)
	if err := inflate.Expand(lines, d[2:]); err != nil {
		return nil, broken("%w", err)
	}
	return lines, nil
}

// pictureOf reads the chunks of a PNG file.
func pictureOf(data []byte) (picture, error) {
	p := picture{}
	if len(data) < len(pngSignature) || string(data[:len(pngSignature)]) != pngSignature {
		return p, broken("no PNG image")
	}
	data = data[len(pngSignature):]
	for len(data) >= 12 { // the end may be missing, as for libpng; the rows will tell
		n := int(binary.BigEndian.Uint32(data))
		if n > len(data)-12 {
			return p, broken("a PNG chunk of %d octets in %d", n, len(data)-12)
		}
		body := data[8 : 8+n]
		if crc32.ChecksumIEEE(data[4:8+n]) != binary.BigEndian.Uint32(data[8+n:]) {
			return p, broken("a PNG chunk with a wrong checksum")
		}
		kind := data[4:8]
		data = data[12+n:]
		switch string(kind) {
		case "IEND":
			data = nil
		case "IHDR":
			if err := p.header(body); err != nil {
				return p, err
			}
		case "IDAT":
			if p.compressed == nil {
				p.compressed = make([]byte, 0, n+len(data))
			}
			p.compressed = append(p.compressed, body...)
		}
	}
	if p.bits == 0 {
		return p, broken("a PNG image without a header")
	}
	return p, nil
}

// samplesOf is how many samples a pixel has, by colour type; palettes (3) have no place in GRIB.
var samplesOf = map[byte]int{0: 1, 2: 3, 4: 2, 6: 4}

// header reads IHDR.
func (p *picture) header(b []byte) error {
	if len(b) != 13 {
		return broken("a PNG header of %d octets", len(b))
	}
	p.width, p.height = int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:]))
	depth, samples, interlace := int(b[8]), samplesOf[b[9]], b[12]
	whole := depth == 8 || depth == 16
	switch {
	case samples == 0:
		return unsupported("a PNG image of colour type %d", b[9])
	case !whole && (samples > 1 || depth != 1 && depth != 2 && depth != 4):
		return broken("a PNG image of %d samples of %d bits", samples, depth)
	case depth*samples > 32:
		return unsupported("a PNG image of %d bits a pixel", depth*samples)
	case b[10] != 0 || b[11] != 0 || interlace > 1:
		return broken("a PNG image with methods %d, %d, %d", b[10], b[11], interlace)
	}
	p.bits, p.interlaced = depth*samples, interlace == 1
	return nil
}
