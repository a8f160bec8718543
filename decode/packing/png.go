package packing

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
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
	stream, err := inflate(p.compressed)
	if err != nil {
		return err
	}
	if p.interlaced {
		return p.interlacedRows(stream, dst, s)
	}
	return p.rows(stream, p.width, p.height, func(row int, line []byte) {
		p.pixels(dst[row*p.width:(row+1)*p.width], line, s)
	})
}

// inflate opens a zlib stream (RFC 1950). Its checksum isn't looked at: the chunks had theirs.
func inflate(data []byte) (io.Reader, error) {
	const deflate, dictionary = 8, 0x20
	if len(data) < 2 || data[0]&15 != deflate || data[1]&dictionary != 0 || binary.BigEndian.Uint16(data)%31 != 0 {
		return nil, broken("no zlib stream")
	}
	return flate.NewReader(bytes.NewReader(data[2:])), nil
}

// pictureOf reads the chunks of a PNG file.
func pictureOf(data []byte) (picture, error) {
	p := picture{}
	if len(data) < len(pngSignature) || string(data[:len(pngSignature)]) != pngSignature {
		return p, broken("no PNG image")
	}
	data = data[len(pngSignature):]
	parts := 0
	for kind := ""; kind != "IEND"; {
		if len(data) < 12 {
			break // libpng's readers take images whose end is missing; the rows will tell
		}
		n := int(binary.BigEndian.Uint32(data))
		if n > len(data)-12 {
			return p, broken("a PNG chunk of %d octets in %d", n, len(data)-12)
		}
		body := data[8 : 8+n]
		if crc32.ChecksumIEEE(data[4:8+n]) != binary.BigEndian.Uint32(data[8+n:]) {
			return p, broken("a PNG chunk with a wrong checksum")
		}
		kind, data = string(data[4:8]), data[12+n:]
		switch kind {
		case "IHDR":
			if err := p.header(body); err != nil {
				return p, err
			}
		case "IDAT":
			if parts++; parts == 1 {
				p.compressed = body[:n:n]
			} else {
				p.compressed = append(p.compressed, body...)
			}
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
