package hdf5

import (
	"encoding/binary"

	"github.com/klauspost/compress/snappy"
)

// Flags of Blosc's header.
const (
	bloscShuffle    = 0x01
	bloscStored     = 0x02
	bloscBitShuffle = 0x04
	bloscWhole      = 0x10 // blocks are not split by the bytes of values
	bloscHead       = 16
)

// bloscFrame is what a frame of Blosc's first form says of itself.
type bloscFrame struct {
	flags, size, bytes, block int
	coder                     func(dst, src []byte) error
	data                      []byte // the frame
}

// bloscCoders are the coders by their numbers.
var bloscCoders = []func(dst, src []byte) error{
	blosclz, lz4, unsnap,
	func(dst, src []byte) error {
		return whole(dst, func(most int64) ([]byte, error) { return inflate(src, most) })
	},
	func(dst, src []byte) error {
		return whole(dst, func(most int64) ([]byte, error) { return zstandard(src, most) })
	},
}

// whole fills dst with what a reader gives.
func whole(dst []byte, read func(most int64) ([]byte, error)) error {
	b, err := read(int64(len(dst)))
	if err == nil && copy(dst, b) < len(dst) {
		return cut("blosc")
	}
	return err
}

func unsnap(dst, src []byte) error {
	if n, err := snappy.DecodedLen(src); err != nil || n != len(dst) {
		return cut("snappy")
	}
	if _, err := snappy.Decode(dst, src); err != nil {
		return invalid("snappy: %v", err)
	}
	return nil
}

// blosc undoes the filter 32001.
func blosc(b []byte, most int64) ([]byte, error) {
	if len(b) < bloscHead {
		return nil, cut("blosc")
	}
	le := binary.LittleEndian
	f := bloscFrame{flags: int(b[2]), size: max(int(b[3]), 1), bytes: int(le.Uint32(b[4:])), block: int(le.Uint32(b[8:])), data: b}
	coder := f.flags >> 5
	if int64(f.bytes) > most || f.block < 1 && f.bytes > 0 || coder >= len(bloscCoders) {
		return nil, invalid("blosc: %d bytes in blocks of %d by the coder %d", f.bytes, f.block, coder)
	}
	f.coder = bloscCoders[coder]
	out := make([]byte, f.bytes)
	if f.flags&bloscStored != 0 {
		if copy(out, b[bloscHead:]) < len(out) {
			return nil, cut("blosc")
		}
		return out, nil
	}
	for k := 0; k*f.block < f.bytes; k++ {
		if len(b) < bloscHead+4*k+4 {
			return nil, cut("blosc")
		}
		at := int(le.Uint32(b[bloscHead+4*k:]))
		if at > len(b) {
			return nil, cut("blosc")
		}
		block := out[k*f.block : min((k+1)*f.block, f.bytes)]
		if err := f.unpack(block, b[at:]); err != nil {
			return nil, err
		}
		switch {
		case f.flags&bloscShuffle != 0:
			copy(block, unshuffle(block, f.size))
		case f.flags&bloscBitShuffle != 0 && len(block)/f.size%8 == 0:
			copy(block, bitUnshuffle(block, f.size))
		}
	}
	return out, nil
}

// unpack fills a block from its parts: as many as values have bytes, or one.
func (f *bloscFrame) unpack(block, src []byte) error {
	const most, least = 16, 128 // bytes of a value, values of a block, that are split
	parts := 1
	if f.flags&bloscWhole == 0 && f.size <= most && f.block/f.size >= least && len(block) == f.block {
		parts = f.size
	}
	n := len(block) / parts
	for k := range parts {
		if len(src) < 4 || uint64(binary.LittleEndian.Uint32(src)) > uint64(len(src)-4) {
			return cut("blosc")
		}
		stored := int(binary.LittleEndian.Uint32(src))
		part, packed := block[k*n:(k+1)*n], src[4:4+stored]
		if stored == n {
			copy(part, packed)
		} else if err := f.coder(part, packed); err != nil {
			return err
		}
		src = src[4+stored:]
	}
	return nil
}

// bitUnshuffle puts values together of which first come all first bits, then all second ones; what is left over of eight values stays.
func bitUnshuffle(b []byte, size int) []byte {
	eights := len(b) / size / 8
	out := make([]byte, len(b))
	for k := range 8 * size { // a bit of values, the lowest of the first byte first
		for i, v := range b[k*eights : (k+1)*eights] {
			for j := 0; v != 0; j++ {
				out[(8*i+j)*size+k/8] |= v & 1 << (k % 8)
				v >>= 1
			}
		}
	}
	copy(out[8*eights*size:], b[8*eights*size:])
	return out
}

// bitShuffled undoes the filter 32008: values of size bytes in blocks, shuffled bit by bit, then packed by a coder: 0 for none, 2 for LZ4 and
// 3 for Zstandard. Less than eight values at the end are as they are.
func bitShuffled(client []uint64, b []byte, most int64, size int) ([]byte, error) {
	value := func(k int) int {
		if k < len(client) {
			return int(min(client[k], 1<<20))
		}
		return 0
	}
	if n := value(2); n > 0 {
		size = n
	}
	undone := func(block []byte) []byte { return bitUnshuffle(block, size) }
	if coder := value(4); coder != 0 {
		unpack := lz4
		switch coder {
		case 2:
		case 3:
			unpack = bloscCoders[4]
		default:
			return nil, unsupported("the coder %d of bitshuffle", coder)
		}
		return bitBlocks(b, most, size, func(dst, src []byte) error {
			err := unpack(dst, src)
			copy(dst, undone(dst))
			return err
		})
	}
	const target = 8192
	block := value(3)
	if block == 0 {
		block = max(target/size/8*8, 128)
	}
	out := make([]byte, len(b))
	for at := 0; at < len(b); {
		n := min(block*size, (len(b)-at)/size/8*8*size)
		if n == 0 {
			copy(out[at:], b[at:])
			break
		}
		copy(out[at:], undone(b[at:at+n]))
		at += n
	}
	return out, nil
}

// bitBlocks unpacks blocks of whole eights of values, and what is left over.
func bitBlocks(b []byte, most int64, size int, unpack func(dst, src []byte) error) ([]byte, error) {
	if len(b) < 12 {
		return nil, cut("bitshuffle")
	}
	total, block := binary.BigEndian.Uint64(b), int(binary.BigEndian.Uint32(b[8:]))
	if total > uint64(most) || block < 1 || block%(8*size) != 0 {
		return nil, invalid("bitshuffle: blocks of %d bytes, %d in all, of %d", block, total, most)
	}
	out := make([]byte, total)
	rest, src := out, b[12:]
	for {
		n := min(block, len(rest)/size/8*8*size)
		if n == 0 {
			break
		}
		if len(src) < 4 || uint64(binary.BigEndian.Uint32(src)) > uint64(len(src)-4) {
			return nil, cut("bitshuffle")
		}
		stored := int(binary.BigEndian.Uint32(src))
		if err := unpack(rest[:n], src[4:4+stored]); err != nil {
			return nil, err
		}
		rest, src = rest[n:], src[4+stored:]
	}
	if copy(rest, src) < len(rest) {
		return nil, cut("bitshuffle")
	}
	return out, nil
}
