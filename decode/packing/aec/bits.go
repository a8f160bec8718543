package aec

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// word gives the bits from a place on, 57 or more of them; those past the end are zero.
func (r *Reader) word(pos int) uint64 {
	if at := pos >> 3; at+8 <= len(r.data) {
		return binary.BigEndian.Uint64(r.data[at:]) << (pos & 7)
	}
	return r.lastWord(pos)
}

func (r *Reader) lastWord(pos int) uint64 {
	var w uint64
	for i := range 8 {
		w <<= 8
		if at := pos>>3 + i; at < len(r.data) {
			w |= uint64(r.data[at])
		}
	}
	return w << (pos & 7)
}

// bits reads an integer of 1 to 32 bits.
func (r *Reader) bits(n int) int64 {
	v := r.word(r.pos) >> (64 - n)
	r.pos += n
	return int64(v)
}

// unary reads a fundamental sequence: zeros that a one ends.
func (r *Reader) unary() (int, error) {
	for n := 0; r.pos < len(r.data)*8; {
		w, have := r.word(r.pos), 64-r.pos&7
		z := min(bits.LeadingZeros64(w), have)
		n += z
		r.pos += z
		if z < have {
			r.pos++
			return n, nil
		}
	}
	return 0, fmt.Errorf("%w: ends within a code", ErrBroken)
}

// split decodes samples that were split (3.4.1): the high bits of all of them in unary codes, then k low bits of each.
func (r *Reader) split(block []int64, k int) error {
	pos, carry, end := r.pos, 0, len(r.data)*8
	for i := 0; i < len(block); {
		if pos >= end {
			return fmt.Errorf("%w: ends within a block", ErrBroken)
		}
		w, have := r.word(pos), 64-pos&7
		used := 0
		for w != 0 && i < len(block) {
			z := bits.LeadingZeros64(w)
			block[i] = int64(carry+z) << (k & 63)
			carry = 0
			w = w << (z & 63) << 1
			used += z + 1
			i++
		}
		if w == 0 && i < len(block) {
			carry += have - used
			used = have
		}
		pos += used
	}
	r.pos = pos
	if k > 0 {
		r.low(block, k)
	}
	return nil
}

// low adds k low bits to each sample.
func (r *Reader) low(block []int64, k int) {
	pos, mask := r.pos, int64(1)<<k-1
	r.pos += len(block) * k
	if k <= 7 {
		for ; len(block) >= 8; block = block[8:] {
			w, b := r.word(pos), block[:8:8]
			b[0] += int64(w >> ((64 - k) & 63))
			b[1] += int64(w>>((64-2*k)&63)) & mask
			b[2] += int64(w>>((64-3*k)&63)) & mask
			b[3] += int64(w>>((64-4*k)&63)) & mask
			b[4] += int64(w>>((64-5*k)&63)) & mask
			b[5] += int64(w>>((64-6*k)&63)) & mask
			b[6] += int64(w>>((64-7*k)&63)) & mask
			b[7] += int64(w>>((64-8*k)&63)) & mask
			pos += 8 * k
		}
	} else if k <= 14 {
		for ; len(block) >= 4; block = block[4:] {
			w, b := r.word(pos), block[:4:4]
			b[0] += int64(w >> ((64 - k) & 63))
			b[1] += int64(w>>((64-2*k)&63)) & mask
			b[2] += int64(w>>((64-3*k)&63)) & mask
			b[3] += int64(w>>((64-4*k)&63)) & mask
			pos += 4 * k
		}
	}
	for i := range block {
		block[i] += int64(r.word(pos) >> ((64 - k) & 63))
		pos += k
	}
}

// integers reads samples that were left as they are (3.4.4).
func (r *Reader) integers(block []int64, width int) {
	for i := range block {
		block[i] = r.bits(width)
	}
}
