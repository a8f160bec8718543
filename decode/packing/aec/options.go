package aec

import "fmt"

// mapped decodes the mapped prediction errors of one block. The first block of an interval begins with a sample as it is,
// the reference.
func (r *Reader) mapped(block []int64, reference bool) error {
	if r.zeros > 0 {
		r.zeros--
		clear(block)
		return nil
	}
	id := int(r.bits(r.idBits))
	if id == 1<<r.idBits-1 {
		r.integers(block, r.o.Bits)
		return nil
	}
	second := id == 0 && r.bits(1) == 1
	rest := block
	if reference {
		block[0] = r.bits(r.o.Bits)
		rest = block[1:]
	}
	switch {
	case second:
		return r.pairs(block, reference)
	case id == 0:
		clear(rest)
		return r.zeroBlocks()
	}
	return r.split(rest, id-1)
}

// toSegmentEnd is the run length of zero blocks that reaches to the end of the segment; longer runs are counted from one less.
const toSegmentEnd = 5

// zeroBlocks begins a run of blocks of zeros (3.4.3).
func (r *Reader) zeroBlocks() error {
	n, err := r.unary()
	if err != nil {
		return err
	}
	n++
	left := r.o.Interval - r.block
	switch {
	case n == toSegmentEnd:
		n = min(left, segment-r.block%segment)
	case n > toSegmentEnd:
		n--
	}
	if n > left {
		return fmt.Errorf("%w: %d zero blocks where %d are left", ErrBroken, n, left)
	}
	r.zeros = n - 1
	return nil
}

// maxPair is the highest code of the second extension: a pair's sum is 12 at most, beyond that other options are shorter.
const maxPair = 90

// pairs decodes the second extension option (3.4.2): a code for two samples, by their sum and the second of them.
func (r *Reader) pairs(block []int64, reference bool) error {
	for i := 0; i < len(block); i += 2 {
		code, err := r.unary()
		if err != nil {
			return err
		}
		if code > maxPair {
			return fmt.Errorf("%w: code %d for two samples", ErrBroken, code)
		}
		sum, base := 0, 0
		for base+sum < code {
			sum++
			base += sum
		}
		second := code - base
		if i > 0 || !reference {
			block[i] = int64(sum - second)
		}
		if i+1 < len(block) {
			block[i+1] = int64(second)
		}
	}
	return nil
}
