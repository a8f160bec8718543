// Package inflate expands deflated data (RFC 1951) of known size in one go, which takes half the time of a stream's.
package inflate

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrBroken marks deflated data that contradict themselves or end too early.
var ErrBroken = errors.New("inflate: broken data")

// input is deflated data. Of the octets before pos, some bits are still held: the lowest come next.
type input struct {
	data []byte
	pos  int // may be past the end, where zeros are
	held uint64
	bits int // that are held
}

// more takes octets until 56 bits or more are held.
func (in *input) more() {
	if in.pos+8 <= len(in.data) {
		in.held |= binary.LittleEndian.Uint64(in.data[in.pos:]) << (in.bits & 63)
		in.pos += (63 - in.bits) >> 3
		in.bits |= 56
		return
	}
	for ; in.bits < 56; in.bits += 8 {
		if in.pos < len(in.data) {
			in.held |= uint64(in.data[in.pos]) << in.bits
		}
		in.pos++
	}
}

// take removes bits that are held.
func (in *input) take(n int) int {
	v := int(in.held & (1<<n - 1))
	in.held >>= n
	in.bits -= n
	return v
}

// ended tells that more bits were taken than there are.
func (in *input) ended() bool { return in.pos-in.bits/8 > len(in.data) }

// Blocks take time even if they are empty, so there must not be more than some, and then one for some octets.
const (
	mostBlocks = 1024
	leastBlock = 16
)

// Expand fills dst from deflated data. It is an error if there is less than dst has room for; what is left is let be.
func Expand(dst, data []byte) error {
	in, t, out := &input{data: data}, new(tables), 0
	blocks := 0
	for last := false; !last && out < len(dst); {
		if blocks++; blocks > mostBlocks+out/leastBlock {
			return fmt.Errorf("%w: %d blocks of %d octets", ErrBroken, blocks, out)
		}
		in.more()
		last = in.take(1) == 1
		var err error
		switch kind := in.take(2); kind {
		case 0:
			out, err = in.stored(dst, out)
		case 1:
			t.fixed()
			out, err = t.expand(dst, out, in)
		case 2:
			if err = t.read(in); err == nil {
				out, err = t.expand(dst, out, in)
			}
		default:
			err = fmt.Errorf("%w: a block of kind %d", ErrBroken, kind)
		}
		if err == nil && in.ended() {
			err = fmt.Errorf("%w: ends after %d of %d octets", ErrBroken, out, len(dst))
		}
		if err != nil {
			return err
		}
	}
	if out < len(dst) {
		return fmt.Errorf("%w: %d octets, want %d", ErrBroken, out, len(dst))
	}
	return nil
}

// stored copies a block that isn't compressed (3.2.4).
func (in *input) stored(dst []byte, out int) (int, error) {
	at := in.pos - in.bits/8
	in.held, in.bits = 0, 0
	if at+4 > len(in.data) {
		return out, fmt.Errorf("%w: ends within a block", ErrBroken)
	}
	n, check := binary.LittleEndian.Uint16(in.data[at:]), binary.LittleEndian.Uint16(in.data[at+2:])
	if n != ^check {
		return out, fmt.Errorf("%w: a block of length %d or not", ErrBroken, n)
	}
	at += 4
	in.pos = min(at+int(n), len(in.data))
	out += copy(dst[out:], in.data[at:in.pos])
	if in.pos < at+int(n) && out < len(dst) {
		return out, fmt.Errorf("%w: ends within a block", ErrBroken)
	}
	return out, nil
}
