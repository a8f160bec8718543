package hdf5

import (
	"encoding/binary"
	"math"

	"isobar/decode/packing/aec"
)

// szip undoes the filter 4: the adaptive entropy coding of CCSDS 121.0, in lines of samples that are filled up to whole blocks. Numbers of 32
// and 64 bits are coded byte by byte, as if all first bytes came first.
func szip(client []uint64, b []byte, most int64) ([]byte, error) {
	const neighbours, highFirst = 32, 16 // option mask
	if len(client) < 4 || len(b) < 4 {
		return nil, cut("szip")
	}
	options, block, bitsEach, line := client[0], int(min(client[1], 1<<10)), int(min(client[2], 1<<10)), int(min(client[3], 1<<20))
	total := int64(binary.LittleEndian.Uint32(b))
	if total > most || line < 1 || block < 2 || block%2 != 0 {
		return nil, invalid("szip: %d bytes of %d in lines of %d samples, blocks of %d", total, most, line, block)
	}
	size, bytesEach := 1, (bitsEach+7)/8
	if bitsEach == 32 || bitsEach == 64 {
		size, bitsEach, bytesEach = bytesEach, 8, 1
	} else if bitsEach > 16 {
		bytesEach = 4
	}
	padded := (line + block - 1) / block * block
	r, err := aec.NewReader(b[4:], aec.Options{Bits: bitsEach, Block: block, Interval: padded / block, Preprocess: options&neighbours != 0})
	if err != nil {
		return nil, invalid("szip: %v", err)
	}
	out := make([]byte, total)
	samples := make([]int64, padded)
	for at := 0; at < len(out); {
		if err := r.Read(samples); err != nil {
			return nil, invalid("szip: %v", err)
		}
		for _, x := range samples[:min(line, (len(out)-at+bytesEach-1)/bytesEach)] {
			for k := range min(bytesEach, len(out)-at) {
				shift := 8 * k
				if options&highFirst != 0 {
					shift = 8 * (bytesEach - 1 - k)
				}
				out[at+k] = byte(x >> shift)
			}
			at += bytesEach
		}
	}
	if size > 1 {
		out = unshuffle(out, size)
	}
	return out, nil
}

// scaleOffsetHead is what stands before the bits.
const scaleOffsetHead = 21

// scaleOffset undoes the filter 6: whole numbers less the smallest one, or decimal numbers times a power of ten less that, in as few bits as
// the largest one needs, the highest bit first. All bits set stand for the value of what is not stored.
func scaleOffset(client []uint64, b []byte, most int64) ([]byte, error) {
	if len(client) < 8 || len(b) < scaleOffsetHead {
		return nil, cut("scale-offset")
	}
	kind, digits, n, real, size, high := client[0], int(int32(client[1])), int64(client[2]), client[3] == 1, int(client[4]), client[6] == 1
	width := int(binary.LittleEndian.Uint32(b))
	least := binary.LittleEndian.Uint64(b[5:])
	if size != 1 && size != 2 && size != 4 && size != 8 || n < 0 || n > most/int64(size) || width > 8*size || real && (size < 4 || kind != 0) {
		return nil, invalid("scale-offset: %d numbers of %d bytes in %d bits each", n, size, width)
	}
	packed := b[scaleOffsetHead:]
	if (n*int64(width)+7)/8 > int64(len(packed)) {
		return nil, cut("scale-offset")
	}
	var fill uint64
	for k, part := range client[8:min(len(client), 8+(size+3)/4)] {
		fill |= part << (32 * k)
	}
	filled := client[7] == 1
	put := func(dst []byte, v uint64) {
		for k := range size {
			at := k
			if high {
				at = size - 1 - k
			}
			dst[at] = byte(v >> (8 * k))
		}
	}
	out := make([]byte, n*int64(size))
	for i := range n {
		q := bitsFrom(packed, i*int64(width), width)
		switch {
		case width == 8*size: // as they are
		case filled && width > 0 && q == 1<<width-1:
			q = fill
		case real:
			q = scaled(q, least, size, digits)
		default:
			q += least
		}
		put(out[i*int64(size):], q)
	}
	return out, nil
}

// scaled is a decimal number: computed in its own precision, as the library does.
func scaled(q, least uint64, size, digits int) uint64 {
	if size == 4 {
		x := float32(q)/float32(math.Pow10(digits)) + math.Float32frombits(uint32(least))
		return uint64(math.Float32bits(x))
	}
	return math.Float64bits(float64(q)/math.Pow10(digits) + math.Float64frombits(least))
}

// bitsFrom reads a number of so many bits, the highest first.
func bitsFrom(b []byte, at int64, n int) (v uint64) {
	for n > 0 {
		free := int(8 - at%8)
		take := min(free, n)
		v = v<<take | uint64(b[at/8])>>(free-take)&(1<<take-1)
		at, n = at+int64(take), n-take
	}
	return v
}
