package packing

import "encoding/binary"

// maxWidth is the most bits that a packed integer may have: what one load of 64 bits holds from any bit of a byte on.
const maxWidth = 57

// chunk is how many integers are unpacked at once: 16 KiB of them stay in the first cache.
const chunk = 2048

// cursor reads unsigned integers of up to maxWidth bits, the most significant bit first. Who moves it checks that the
// bits are there.
type cursor struct {
	data []byte
	pos  int // in bits
}

// next reads one integer.
func (c *cursor) next(width int) int64 {
	v := bitsAt(c.data, c.pos, width)
	c.pos += width
	return v
}

// bitsAt reads the integer at a bit. Bits past the end are zero.
func bitsAt(data []byte, pos, width int) int64 {
	at := pos >> 3
	if at+8 <= len(data) {
		return int64(binary.BigEndian.Uint64(data[at:]) << (pos & 7) >> 1 >> (63 - width))
	}
	var w uint64
	for i := range 8 {
		w <<= 8
		if at+i < len(data) {
			w |= uint64(data[at+i])
		}
	}
	return int64(w << (pos & 7) >> 1 >> (63 - width))
}

// integers reads len(dst) integers of width bits from a bit on, and adds base to each.
func integers(dst []int64, data []byte, pos, width int, base int64) {
	if width == 0 {
		for i := range dst {
			dst[i] = base
		}
		return
	}
	n := 0
	switch {
	case width == 16 && pos&7 == 0:
		n = shorts(dst, data[pos>>3:], base)
	case width == 24 && pos&7 == 0:
		n = triples(dst, data[pos>>3:], base)
	case width <= 14:
		n = quads(dst, data, pos, width, base)
	}
	dst, pos = dst[n:], pos+n*width
	down := 64 - width
	for i := range dst {
		at := pos >> 3
		if at+8 > len(data) {
			for j := range dst[i:] {
				dst[i+j] = bitsAt(data, pos+j*width, width) + base
			}
			return
		}
		dst[i] = int64(binary.BigEndian.Uint64(data[at:])<<(pos&7)>>(down&63)) + base
		pos += width
	}
}

// shorts reads integers of 16 bits, and says how many it has read.
func shorts(dst []int64, data []byte, base int64) int {
	n := 0
	for ; len(dst) >= 8 && len(data) >= 16; dst, data, n = dst[8:], data[16:], n+8 {
		to, from := (*[8]int64)(dst), (*[16]byte)(data)
		to[0] = int64(binary.BigEndian.Uint16(from[0:2])) + base
		to[1] = int64(binary.BigEndian.Uint16(from[2:4])) + base
		to[2] = int64(binary.BigEndian.Uint16(from[4:6])) + base
		to[3] = int64(binary.BigEndian.Uint16(from[6:8])) + base
		to[4] = int64(binary.BigEndian.Uint16(from[8:10])) + base
		to[5] = int64(binary.BigEndian.Uint16(from[10:12])) + base
		to[6] = int64(binary.BigEndian.Uint16(from[12:14])) + base
		to[7] = int64(binary.BigEndian.Uint16(from[14:16])) + base
	}
	return n
}

// triples reads integers of three octets, and says how many it has read.
func triples(dst []int64, data []byte, base int64) int {
	n := 0
	for ; len(dst) >= 4 && len(data) >= 13; dst, data, n = dst[4:], data[12:], n+4 {
		to, from := (*[4]int64)(dst), (*[13]byte)(data)
		to[0] = int64(binary.BigEndian.Uint32(from[0:4])>>8) + base
		to[1] = int64(binary.BigEndian.Uint32(from[3:7])>>8) + base
		to[2] = int64(binary.BigEndian.Uint32(from[6:10])>>8) + base
		to[3] = int64(binary.BigEndian.Uint32(from[9:13])>>8) + base
	}
	return n
}

// quads reads integers of 14 bits or fewer, four from each load, and says how many it has read; what is near the end of
// the data is left.
func quads(dst []int64, data []byte, pos, width int, base int64) int {
	mask := int64(1)<<width - 1
	s0, s1, s2, s3 := 64-width, 64-2*width, 64-3*width, 64-4*width
	n := 0
	for ; len(dst) >= 4; dst, n = dst[4:], n+4 {
		at := pos >> 3
		if at+8 > len(data) {
			break
		}
		w := binary.BigEndian.Uint64(data[at:]) << (pos & 7)
		q := dst[:4:4]
		q[0] = int64(w>>(s0&63)) + base
		q[1] = int64(w>>(s1&63))&mask + base
		q[2] = int64(w>>(s2&63))&mask + base
		q[3] = int64(w>>(s3&63))&mask + base
		pos += 4 * width
	}
	return n
}
