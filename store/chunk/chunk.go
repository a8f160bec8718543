package chunk

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
)

// The kinds of chunk: the first byte.
const (
	kindMissing   = 0 // no value at all; nothing follows
	kindConstant  = 1 // the bits of the one value follow
	kindQuantised = 2 // how many low bits the differences from base have in common, base, packed differences of those
	kindBits      = 3 // how many low bits are 0 in all values, base, packed differences of the ordered bits of the values

	flagGaps = 0x80 // behind the kind: a bit for each cell, low bits first, set where the value is missing
)

// Missing is the value where there is none.
var Missing = float32(math.NaN())

// chunkCoder turns a chunk's values to bytes. Its arrays are scratch memory.
type chunkCoder struct {
	values  [Cells]float32
	numbers [Cells]uint32
}

// summary is what encoding finds out about a chunk's values.
type summary struct {
	min, max  float32
	sum       float64
	missing   int
	plain     bool // neither constant nor without values
	quantised bool
}

// summarise looks at the values.
func summarise(values []float32) summary {
	s := summary{min: float32(math.Inf(1)), max: float32(math.Inf(-1))}
	var sums [4]float64
	for i, v := range values {
		if v != v {
			s.missing++
			continue
		}
		if v < s.min {
			s.min = v
		}
		if v > s.max {
			s.max = v
		}
		sums[i&3] += float64(v)
	}
	s.sum = sums[0] + sums[1] + (sums[2] + sums[3])
	return s
}

// encode appends the chunk in the first n of values, rows of width. r is nil where values are kept as bits; with means they
// need not be given back to the last bit.
func (c *chunkCoder) encode(out []byte, n, width int, r *Rule, means bool) ([]byte, summary) {
	values := c.values[:n]
	s := summarise(values)
	switch {
	case s.missing == n:
		return append(out, kindMissing), s
	case s.missing == 0 && s.min == s.max && same(values):
		return binary.LittleEndian.AppendUint32(append(out, kindConstant), math.Float32bits(values[0])), s
	}
	s.plain = true
	gaps := byte(0)
	if s.missing > 0 {
		gaps = flagGaps
		out = append(out, 0)
		kind := len(out) - 1
		out = appendGaps(out, values)
		fill(values, width)
		bitmap := len(out)
		out, s.quantised = c.numbered(out, n, width, r, means)
		// The kind goes before the bitmap.
		out[kind] = out[bitmap] | gaps
		copy(out[bitmap:], out[bitmap+1:])
		return out[:len(out)-1], s
	}
	out, s.quantised = c.numbered(out, n, width, r, means)
	return out, s
}

// numbered appends a chunk without gaps.
func (c *chunkCoder) numbered(out []byte, n, width int, r *Rule, means bool) (_ []byte, quantised bool) {
	values, numbers := c.values[:n], c.numbers[:n]
	if r != nil && (means && r.nearest(numbers, values) || !means && r.numbers(numbers, values)) {
		base, drop := fromFirst(numbers)
		out = binary.LittleEndian.AppendUint32(append(out, kindQuantised, drop), base)
		deltas(numbers, width)
		return pack(out, numbers), true
	}
	out = append(out, kindBits, orderedBits(numbers, values))
	out = binary.LittleEndian.AppendUint32(out, deltas(numbers, width))
	return pack(out, numbers), false
}

// fromFirst counts numbers from the first on, less the low bits that are 0 in all: a source may state a finer step than it has.
func fromFirst(numbers []uint32) (base uint32, drop byte) {
	base = numbers[0]
	any := uint32(0)
	for i, v := range numbers {
		numbers[i] = v - base
		any |= numbers[i]
	}
	low := min(bits.TrailingZeros32(any), 31)
	if low == 0 {
		return base, 0
	}
	for i, v := range numbers {
		numbers[i] = uint32(int32(v) >> low)
	}
	return base, byte(low)
}

// orderedBits finds the ordered bits of values, less those low bits that are 0 in all.
func orderedBits(dst []uint32, values []float32) (drop byte) {
	any := uint32(0)
	for _, v := range values {
		any |= math.Float32bits(v)
	}
	low := uint(min(bits.TrailingZeros32(any), 31))
	for i, v := range values {
		dst[i] = ordered(math.Float32bits(v), low)
	}
	return byte(low)
}

// same tells whether all values have the same bits: 0 and -0 have not.
func same(values []float32) bool {
	first, differ := math.Float32bits(values[0]), uint32(0)
	for _, v := range values {
		differ |= first ^ math.Float32bits(v)
	}
	return differ == 0
}

// appendGaps appends a bit for each value, set where it is missing.
func appendGaps(out []byte, values []float32) []byte {
	for i := 0; i < len(values); i += 8 {
		b := byte(0)
		for k, v := range values[i:min(i+8, len(values))] {
			if v != v {
				b |= 1 << k
			}
		}
		out = append(out, b)
	}
	return out
}

// fill gives missing values the one before, so that their differences are 0.
func fill(values []float32, width int) {
	before := float32(0)
	for _, v := range values {
		if v == v {
			before = v
			break
		}
	}
	for y := 0; y < len(values); y += width {
		row := values[y : y+width]
		if y > 0 {
			before = values[y-width]
		}
		for x, v := range row {
			if v != v {
				row[x] = before
			} else {
				before = v
			}
		}
	}
}

// errChunk is a chunk that no encoder made.
var errChunk = errors.New("a chunk that can't be read")

// scratch is memory for decoding a chunk.
type scratch [Cells]uint32

// decodeChunk gives the values of a chunk, rows of width, in dst. A constant chunk leaves dst as it is. spareBytes beyond raw's length
// must be readable.
func decodeChunk(dst []float32, raw []byte, width int, r *Rule, numbers *scratch) (constant bool, value float32, err error) {
	if len(raw) == 0 {
		return false, 0, errChunk
	}
	kind := raw[0]
	switch {
	case kind == kindMissing && len(raw) == 1:
		return true, Missing, nil
	case kind == kindConstant && len(raw) == 5:
		return true, math.Float32frombits(binary.LittleEndian.Uint32(raw[1:])), nil
	}
	rest := raw[1:]
	var gaps []byte
	if kind&flagGaps != 0 {
		size := (len(dst) + 7) / 8
		if len(rest) < size {
			return false, 0, errChunk
		}
		gaps, rest = rest[:size], rest[size:]
	}
	kind &^= flagGaps
	if kind != kindBits && (kind != kindQuantised || r == nil) || len(rest) < 5 || rest[0] > 31 {
		return false, 0, errChunk
	}
	drop, base := uint(rest[0]), binary.LittleEndian.Uint32(rest[1:])
	if !unpack(numbers[:len(dst)], rest[5:]) {
		return false, 0, errChunk
	}
	if kind == kindQuantised {
		r.restore(dst, numbers[:len(dst)], base, width, drop)
	} else {
		restoreBits(dst, numbers[:len(dst)], base, width, drop)
	}
	if gaps != nil {
		cut(dst, gaps)
	}
	return false, 0, nil
}

// restore gives the values whose numbers have these differences.
func (r *Rule) restore(dst []float32, numbers []uint32, base uint32, width int, drop uint) {
	reference, step, factor := r.reference, r.step, r.factor
	drop &= 31
	for y := 0; y < len(dst); y += width {
		base += signed(numbers[y]) << drop
		q, row := base, numbers[y:y+width]
		out := dst[y : y+len(row)]
		out[0] = float32((reference + float64(int32(q))*step) * factor)
		for x := 1; x < len(row); x++ {
			q += signed(row[x]) << drop
			out[x] = float32((reference + float64(int32(q))*step) * factor)
		}
	}
}

// restoreBits gives the values whose ordered bits have these differences.
func restoreBits(dst []float32, numbers []uint32, base uint32, width int, drop uint) {
	for y := 0; y < len(dst); y += width {
		base += signed(numbers[y])
		n, row := base, numbers[y:y+width]
		out := dst[y : y+len(row)]
		out[0] = math.Float32frombits(unordered(n, drop))
		for x := 1; x < len(row); x++ {
			n += signed(row[x])
			out[x] = math.Float32frombits(unordered(n, drop))
		}
	}
}

// cut makes values missing whose bit is set.
func cut(dst []float32, gaps []byte) {
	for i := range dst {
		if gaps[i>>3]>>(i&7)&1 != 0 {
			dst[i] = Missing
		}
	}
}

// isConstant tells that a chunk holds one value, or none.
func isConstant(raw []byte) bool {
	return len(raw) > 0 && (raw[0] == kindMissing || raw[0] == kindConstant)
}
