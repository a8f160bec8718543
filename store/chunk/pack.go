package chunk

import (
	"encoding/binary"
	"math/bits"
)

// blockCells is how many numbers are packed at one width.
const blockCells = 64

// SpareBytes is how much must be readable beyond packed numbers, because they are read eight bytes at a time.
const SpareBytes = 8

// pack appends numbers to out: the width in bits of each block of 64 as a byte, then the blocks, low bits first.
func pack(out []byte, numbers []uint32) []byte {
	widths := len(out)
	for i := 0; i < len(numbers); i += blockCells {
		any := uint32(0)
		for _, v := range numbers[i:min(i+blockCells, len(numbers))] {
			any |= v
		}
		out = append(out, byte(bits.Len32(any)))
	}
	for i := 0; i < len(numbers); i += blockCells {
		out = packBlock(out, numbers[i:min(i+blockCells, len(numbers))], uint(out[widths+i/blockCells]))
	}
	return out
}

// packBlock appends one block.
func packBlock(out []byte, block []uint32, width uint) []byte {
	if width == 0 {
		return out
	}
	word, used := uint64(0), uint(0)
	for _, v := range block {
		word |= uint64(v) << used
		used += width
		if used >= 32 {
			out = binary.LittleEndian.AppendUint32(out, uint32(word))
			word >>= 32
			used -= 32
		}
	}
	for ; used > 0; used -= min(used, 8) {
		out = append(out, byte(word))
		word >>= 8
	}
	return out
}

// unpack reads what pack wrote; ok is false if packed is not exactly that long. spareBytes beyond its length must be readable.
func unpack(numbers []uint32, packed []byte) (ok bool) {
	blocks := (len(numbers) + blockCells - 1) / blockCells
	if len(packed) < blocks {
		return false
	}
	widths, at := packed[:blocks], blocks
	for b, width := range widths {
		block := numbers[b*blockCells : min((b+1)*blockCells, len(numbers))]
		size := (len(block)*int(width) + 7) / 8
		if width > 32 || size > len(packed)-at {
			return false
		}
		unpackBlock(block, packed[at:at+size+SpareBytes], uint(width))
		at += size
	}
	return at == len(packed)
}

// unpackBlock reads one block.
func unpackBlock(block []uint32, packed []byte, width uint) {
	if width == 0 {
		clear(block)
		return
	}
	mask, bit := uint64(1)<<width-1, uint(0)
	for i := range block {
		block[i] = uint32(binary.LittleEndian.Uint64(packed[bit>>3:]) >> (bit & 7) & mask)
		bit += width
	}
}

// deltas turns numbers, in place, to differences along the row, in the first column along the column, with the sign in the
// lowest bit. The first number becomes 0 and is returned.
func deltas(numbers []uint32, width int) (base uint32) {
	base = numbers[0]
	above := base
	for y := 0; y < len(numbers); y += width {
		row := numbers[y : y+width]
		left := above
		above = row[0]
		for i, v := range row {
			d := v - left
			left = v
			row[i] = d<<1 ^ uint32(int32(d)>>31)
		}
	}
	return base
}

// signed undoes the sign in the lowest bit.
func signed(v uint32) uint32 { return v>>1 ^ -(v & 1) }
