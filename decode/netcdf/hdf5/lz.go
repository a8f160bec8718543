package hdf5

import (
	"encoding/binary"
)

// The dictionary coders that plug-ins bring along. Each fills dst, and fails where it can't.

func cut(name string) error { return invalid("%s: a broken block", name) }

// repeat copies n bytes that begin back bytes before at, which may overlap what it writes.
func repeat(dst []byte, at, back, n int) bool {
	if back < 1 || back > at || n > len(dst)-at {
		return false
	}
	if back >= n {
		copy(dst[at:at+n], dst[at-back:])
		return true
	}
	for i := range n {
		dst[at+i] = dst[at+i-back]
	}
	return true
}

// lz4 unpacks a block of LZ4's.
func lz4(dst, src []byte) error {
	out := 0
	long := func(n int) int { // a length of 15 goes on in the bytes that follow
		for n >= 15 && len(src) > 0 {
			b := int(src[0])
			src = src[1:]
			if n += b; b < 255 || n > len(dst) {
				break
			}
		}
		return n
	}
	for len(src) > 0 {
		token := int(src[0])
		src = src[1:]
		n := long(token >> 4)
		if n > len(src) || n > len(dst)-out {
			return cut("lz4")
		}
		out += copy(dst[out:], src[:n])
		if src = src[n:]; len(src) == 0 {
			break
		}
		if len(src) < 2 {
			return cut("lz4")
		}
		back := int(binary.LittleEndian.Uint16(src))
		src = src[2:]
		n = long(token&15) + 4
		if !repeat(dst, out, back, n) {
			return cut("lz4")
		}
		out += n
	}
	if out != len(dst) {
		return cut("lz4")
	}
	return nil
}

// lz4Blocks undoes the filter 32004: sizes of all and of a block, then blocks with theirs, the high bytes first.
func lz4Blocks(b []byte, most int64) ([]byte, error) {
	return blocks(b, most, func(dst, src []byte) error {
		if len(src) == len(dst) {
			copy(dst, src)
			return nil
		}
		return lz4(dst, src)
	})
}

// blocks unpacks blocks of one size but for the last.
func blocks(b []byte, most int64, unpack func(dst, src []byte) error) ([]byte, error) {
	if len(b) < 12 {
		return nil, cut("lz4")
	}
	total, size := binary.BigEndian.Uint64(b), binary.BigEndian.Uint32(b[8:])
	if b = b[12:]; total > uint64(most) || size == 0 {
		return nil, invalid("blocks of %d bytes, %d in all, of %d", size, total, most)
	}
	out := make([]byte, total)
	for rest := out; len(rest) > 0; {
		n := min(len(rest), int(size))
		if len(b) < 4 || uint64(binary.BigEndian.Uint32(b)) > uint64(len(b)-4) {
			return nil, cut("lz4")
		}
		stored := int(binary.BigEndian.Uint32(b))
		if err := unpack(rest[:n], b[4:4+stored]); err != nil {
			return nil, err
		}
		rest, b = rest[n:], b[4+stored:]
	}
	return out, nil
}

// lzf unpacks a chunk of LibLZF's, the filter 32000.
func lzf(b []byte, most int64) ([]byte, error) {
	out := make([]byte, most)
	at := 0
	for len(b) > 0 {
		control := int(b[0])
		b = b[1:]
		if control < 32 { // bytes as they are
			if control++; control > len(b) || control > len(out)-at {
				return nil, cut("lzf")
			}
			at += copy(out[at:], b[:control])
			b = b[control:]
			continue
		}
		n := control >> 5
		if n == 7 && len(b) > 0 {
			n += int(b[0])
			b = b[1:]
		}
		if len(b) == 0 || !repeat(out, at, (control&31)<<8+int(b[0])+1, n+2) {
			return nil, cut("lzf")
		}
		at, b = at+n+2, b[1:]
	}
	return out[:at], nil
}

// blosclz unpacks a block of Blosc's own coder, which is a form of FastLZ.
func blosclz(dst, src []byte) error {
	const farthest = 8191 // farther back lies what has two bytes more
	out := 0
	if len(src) == 0 {
		return cut("blosclz")
	}
	control := int(src[0] & 31)
	for src = src[1:]; ; src = src[1:] {
		if control >= 32 {
			n, back := control>>5-1, (control&31)<<8
			for more := n == 6; more && len(src) > 0 && n < len(dst); src = src[1:] {
				n += int(src[0])
				more = src[0] == 255
			}
			if len(src) == 0 {
				return cut("blosclz")
			}
			code := int(src[0])
			if src = src[1:]; code == 255 && back == 31<<8 {
				if len(src) < 2 {
					return cut("blosclz")
				}
				back, code = int(binary.BigEndian.Uint16(src))+farthest, 0
				src = src[2:]
			}
			if n += 3; !repeat(dst, out, back+code+1, n) {
				return cut("blosclz")
			}
			out += n
		} else {
			if control++; control > len(src) || control > len(dst)-out {
				return cut("blosclz")
			}
			out += copy(dst[out:], src[:control])
			src = src[control:]
		}
		if len(src) == 0 {
			break
		}
		control = int(src[0])
	}
	if out != len(dst) {
		return cut("blosclz")
	}
	return nil
}
