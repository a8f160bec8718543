package jpeg2000

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// cursor reads big-endian numbers; past the end it gives zeros and remembers that it fell short.
type cursor struct {
	data  []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n > len(c.data) {
		c.short, c.data = true, nil
		return make([]byte, n)
	}
	b := c.data[:n]
	c.data = c.data[n:]
	return b
}

func (c *cursor) u8() int  { return int(c.take(1)[0]) }
func (c *cursor) u16() int { return int(binary.BigEndian.Uint16(c.take(2))) }
func (c *cursor) u32() int { return int(binary.BigEndian.Uint32(c.take(4))) }

// index reads a component's number: one byte, or two in images of more than 256 components.
func (c *cursor) index(components int) int {
	if components > 256 {
		return c.u16()
	}
	return c.u8()
}

// jp2Signature is the box that JP2 files begin with, ISO/IEC 15444-1 I.5.1.
var jp2Signature = []byte("\x00\x00\x00\x0cjP  \r\n\x87\n")

// unbox gives the codestream of a JP2 file: what its first jp2c box holds. A raw codestream comes back as it is.
func unbox(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, jp2Signature) {
		return data, nil
	}
	for rest := data; len(rest) >= 8; {
		size, head, kind := uint64(binary.BigEndian.Uint32(rest)), uint64(8), string(rest[4:8])
		if size == 1 && len(rest) >= 16 {
			size, head = binary.BigEndian.Uint64(rest[8:]), 16
		}
		if size == 0 {
			size = uint64(len(rest))
		}
		if size < head || size > uint64(len(rest)) {
			return nil, fmt.Errorf("%w: box %q of %d bytes where %d are left", ErrTruncated, kind, size, len(rest))
		}
		if kind == "jp2c" {
			return rest[head:size], nil
		}
		rest = rest[size:]
	}
	return nil, fmt.Errorf("%w: a JP2 file without a codestream", ErrTruncated)
}

// bitReader reads the bits of packet headers: after a byte 0xFF the next one holds seven, ISO/IEC 15444-1 B.10.1.
// Past the end it gives zeros and remembers that it fell short.
type bitReader struct {
	data  []byte
	pos   int
	cur   byte
	left  uint
	short bool
}

func (b *bitReader) bit() int {
	if b.left == 0 {
		b.left = 8
		if b.cur == 0xFF {
			b.left = 7
		}
		if b.pos >= len(b.data) {
			b.short, b.cur = true, 0
		} else {
			b.cur = b.data[b.pos]
			b.pos++
		}
	}
	b.left--
	return int(b.cur>>b.left) & 1
}

func (b *bitReader) bits(n int) int {
	v := 0
	for range n {
		v = v<<1 | b.bit()
	}
	return v
}

// align ends a packet header: the rest of the byte is padding, and a last 0xFF is followed by a stuffed byte.
func (b *bitReader) align() {
	if b.cur == 0xFF {
		b.pos++
	}
	b.cur, b.left = 0, 0
}
