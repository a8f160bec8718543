// Package aec reads the adaptive entropy coding of CCSDS 121.0-B-3, lossless data compression.
package aec

import (
	"errors"
	"fmt"
)

// ErrBroken marks streams that contradict themselves or end too early, and options that no stream has.
var ErrBroken = errors.New("aec: broken stream")

// MaxBlock is the largest block, in samples.
const MaxBlock = 64

// segment is how many blocks a run of zero blocks that goes on "to the end of the segment" reaches (3.4.3.3).
const segment = 64

// Options is what a stream doesn't tell of itself.
type Options struct {
	Bits       int  // of a sample, 1 to 32
	Block      int  // samples a block, 1 to MaxBlock; the standard has 8, 16, 32 and 64
	Interval   int  // blocks from one reference sample to the next, 1 or more
	Signed     bool // samples are two's complement
	Preprocess bool // samples were coded as differences to their neighbours
	Restricted bool // the smaller set of code options, for samples of 4 bits or fewer
	Pad        bool // each interval begins at an octet
}

// Reader gives the samples of a stream.
type Reader struct {
	o        Options
	data     []byte
	pos      int // in bits
	idBits   int
	lo, hi   int64 // the least and the greatest sample
	block    int   // of the interval that comes next
	zeros    int   // zero blocks that are still to come
	previous int64 // sample
	spare    [MaxBlock]int64
	kept     int // samples at the end of spare that were not asked for yet
}

// NewReader checks the options.
func NewReader(data []byte, o Options) (*Reader, error) {
	if o.Bits < 1 || o.Bits > 32 || o.Block < 1 || o.Block > MaxBlock || o.Interval < 1 {
		return nil, fmt.Errorf("%w: samples of %d bits in blocks of %d, %d an interval", ErrBroken, o.Bits, o.Block, o.Interval)
	}
	r := &Reader{o: o, data: data, idBits: idBits(o), hi: 1<<o.Bits - 1}
	if o.Signed {
		r.lo = -1 << (o.Bits - 1)
		r.hi += r.lo
	}
	return r, nil
}

// idBits is the length of a block's code option (tables 5-1 and 5-2).
func idBits(o Options) int {
	switch {
	case o.Restricted && o.Bits <= 2:
		return 1
	case o.Restricted && o.Bits <= 4:
		return 2
	case o.Bits <= 8:
		return 3
	case o.Bits <= 16:
		return 4
	}
	return 5
}

// Read gives the next samples of the stream. Calls for a multiple of Options.Block are the quickest.
func (r *Reader) Read(dst []int64) error {
	n := copy(dst, r.spare[MaxBlock-r.kept:])
	r.kept -= n
	dst = dst[n:]
	for ; len(dst) >= r.o.Block; dst = dst[r.o.Block:] {
		if err := r.next(dst[:r.o.Block]); err != nil {
			return err
		}
	}
	if len(dst) == 0 {
		return nil
	}
	if err := r.next(r.spare[MaxBlock-r.o.Block:]); err != nil {
		return err
	}
	r.kept = r.o.Block - copy(dst, r.spare[MaxBlock-r.o.Block:])
	return nil
}

// next decodes one block.
func (r *Reader) next(block []int64) error {
	first := r.o.Preprocess && r.block == 0
	if err := r.mapped(block, first); err != nil {
		return err
	}
	if r.pos > len(r.data)*8 {
		return fmt.Errorf("%w: ends after %d octets", ErrBroken, len(r.data))
	}
	switch {
	case first:
		r.previous = r.signed(block[0])
		block[0] = r.previous
		r.restore(block[1:])
	case r.o.Preprocess:
		r.restore(block)
	case r.o.Signed:
		for i, x := range block {
			block[i] = r.signed(x)
		}
	}
	if r.block++; r.block == r.o.Interval {
		r.block = 0
		if r.o.Pad {
			r.pos = (r.pos + 7) &^ 7
		}
	}
	return nil
}

// signed is the sample that has the bits of x.
func (r *Reader) signed(x int64) int64 {
	if r.o.Signed && x > r.hi {
		return x - 1<<r.o.Bits
	}
	return x
}

// restore turns mapped prediction errors into samples (4.4): the prediction is the sample before, and errors that would
// leave the range of samples are not mapped, which leaves room for others.
func (r *Reader) restore(block []int64) {
	x, lo, hi := r.previous, r.lo, r.hi
	for i, d := range block {
		switch half := (d + 1) >> 1; {
		case x-half >= lo && x+half <= hi:
			x += d>>1 ^ -(d & 1)
		case x-lo < hi-x:
			x = lo + d
		default:
			x = hi - d
		}
		block[i] = x
	}
	r.previous = x
}
