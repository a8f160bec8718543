package jpeg2000

import "math/bits"

// The passes hold the decoder's d in a local variable and write out its quick path wherever a symbol is decoded: calls
// cost more than what they would do.

// stripe gives the flags of a stripe, of the ones above and below it, its magnitudes and its number of rows.
func (b *blockDecoder) stripe(s int) (up, at, down []uint64, magnitudes []uint32, rows int) {
	n := b.stride
	return b.flags[s*n:][:n], b.flags[(s+1)*n:][:n], b.flags[(s+2)*n:][:n], b.magnitudes[4*s*b.w:][:4*b.w], min(4, b.h-4*s)
}

// become tells the neighbours of a sample that it has become significant.
func (b *blockDecoder) become(up, at, down []uint64, x int, shift uint, negative uint64) {
	at[x-1] |= (1<<5 | negative<<(toSign+5)) << shift
	at[x+1] |= (1<<3 | negative<<(toSign+3)) << shift
	if shift == 0 && !b.causal {
		up[x-1] |= 1 << 17
		up[x] |= 1<<16 | negative<<(toSign+16)
		up[x+1] |= 1 << 15
	}
	if shift == 9 {
		down[x-1] |= 1 << 2
		down[x] |= 1<<1 | negative<<(toSign+1)
		down[x+1] |= 1
	}
}

// significance is the significance propagation pass, ISO/IEC 15444-1 D.3.1.
func (b *blockDecoder) significance(d int64, plane uint) int64 {
	zero, sign := b.zero, &b.tables.sign
	for s := range (b.h + 3) / 4 {
		up, at, down, magnitudes, rows := b.stripe(s)
		whole := uint64(allRows) & (1<<uint(3*rows) - 1)
		for x := 1; x <= b.w; x++ {
			f := at[x]
			left := insignificant(f) & whole
			if left == 0 {
				continue
			}
			for left != 0 {
				shift := uint(bits.TrailingZeros64(left))
				left &= left - 1
				g := f >> shift
				context := zero[g&511]
				word := b.contexts[context&31]
				bit := word & 1
				if d -= int64(word) & unitMask; d < 0 {
					d, bit = b.slow(d, context)
				}
				f |= flagVisited << shift
				if bit == 0 {
					continue
				}
				context = sign[g&0xAA|g>>33&0x55]
				word = b.contexts[context&31]
				bit = word & 1
				if d -= int64(word) & unitMask; d < 0 {
					d, bit = b.slow(d, context)
				}
				bit ^= uint64(context >> 7)
				magnitudes[uint(x-1)<<2+shift/3] = 3 << plane
				f |= (flagSelf | bit<<(toSign+4)) << shift
				left = insignificant(f) & whole &^ (1<<shift - 1) // the next sample has a neighbour now
				b.become(up, at, down, x, shift, bit)
			}
			at[x] = f
		}
	}
	return d
}

// insignificant tells which samples of a column are not significant but have neighbours that are: sample i in bit 3i.
func insignificant(f uint64) uint64 {
	row := f | f>>1 | f>>2
	return (row | row>>3 | row>>6) &^ (f >> 4) & allRows
}

// refinement is the magnitude refinement pass, ISO/IEC 15444-1 D.3.3.
func (b *blockDecoder) refinement(d int64, plane uint) int64 {
	refine := &b.tables.refine
	for s := range (b.h + 3) / 4 {
		_, at, _, magnitudes, _ := b.stripe(s)
		for x := 1; x <= b.w; x++ {
			f := at[x]
			left := f & allSelf &^ (f >> toVisited)
			for ; left != 0; left &= left - 1 {
				shift := uint(bits.TrailingZeros64(left)) - 4
				g := f >> shift
				context := refine[g/flagRefined&1<<1|-(g&flagAround)>>63]
				word := b.contexts[context&31]
				bit := word & 1
				if d -= int64(word) & unitMask; d < 0 {
					d, bit = b.slow(d, context)
				}
				f |= flagRefined << shift
				magnitudes[uint(x-1)<<2+shift/3] += uint32(bit<<1-1) << plane
			}
			at[x] = f
		}
	}
	return d
}

// cleanup is the cleanup pass, ISO/IEC 15444-1 D.3.4.
func (b *blockDecoder) cleanup(d int64, plane uint) int64 {
	zero, sign := b.zero, &b.tables.sign
	for s := range (b.h + 3) / 4 {
		up, at, down, magnitudes, rows := b.stripe(s)
		whole := uint64(allSelf) & (1<<uint(3*rows+2) - 1)
		for x := 1; x <= b.w; x++ {
			f := at[x]
			left := whole &^ (f | f>>toVisited)
			found := false // the first sample of left is significant: its sign comes next
			if f&flagsAny == 0 && rows == 4 {
				word := b.contexts[contextRun]
				bit := word & 1
				if d -= int64(word) & unitMask; d < 0 {
					d, bit = b.slow(d, contextRun)
				}
				if bit == 0 {
					continue
				}
				var high, low uint64
				d, high = b.decision(d, contextUniform)
				d, low = b.decision(d, contextUniform)
				left = allSelf &^ (1<<(4+3*(high<<1|low)) - 1)
				found = true
			}
			for ; left != 0; left &= left - 1 {
				shift := uint(bits.TrailingZeros64(left)) - 4
				g := f >> shift
				if !found {
					context := zero[g&511]
					word := b.contexts[context&31]
					bit := word & 1
					if d -= int64(word) & unitMask; d < 0 {
						d, bit = b.slow(d, context)
					}
					if bit == 0 {
						continue
					}
				}
				found = false
				context := sign[g&0xAA|g>>33&0x55]
				word := b.contexts[context&31]
				bit := word & 1
				if d -= int64(word) & unitMask; d < 0 {
					d, bit = b.slow(d, context)
				}
				bit ^= uint64(context >> 7)
				magnitudes[uint(x-1)<<2+shift/3] = 3 << plane
				f |= (flagSelf | bit<<(toSign+4)) << shift
				b.become(up, at, down, x, shift, bit)
			}
			at[x] = f &^ allVisited
		}
	}
	return d
}

// significanceRaw is the significance propagation pass without the arithmetic decoder, ISO/IEC 15444-1 D.6.
func (b *blockDecoder) significanceRaw(plane uint) {
	for s := range (b.h + 3) / 4 {
		up, at, down, magnitudes, rows := b.stripe(s)
		for x := 1; x <= b.w; x++ {
			for i := range rows {
				shift := uint(3 * i)
				g := at[x] >> shift
				if g&flagSelf != 0 || g&flagAround == 0 {
					continue
				}
				at[x] |= flagVisited << shift
				if b.raw.bit() == 0 {
					continue
				}
				negative := b.raw.bit()
				magnitudes[(x-1)<<2+i] = 3 << plane
				at[x] |= (flagSelf | negative<<(toSign+4)) << shift
				b.become(up, at, down, x, shift, negative)
			}
		}
	}
}

// refinementRaw is the magnitude refinement pass without the arithmetic decoder.
func (b *blockDecoder) refinementRaw(plane uint) {
	for s := range (b.h + 3) / 4 {
		_, at, _, magnitudes, _ := b.stripe(s)
		for x := 1; x <= b.w; x++ {
			left := at[x] & allSelf &^ (at[x] >> toVisited)
			for ; left != 0; left &= left - 1 {
				shift := uint(bits.TrailingZeros64(left)) - 4
				at[x] |= flagRefined << shift
				magnitudes[uint(x-1)<<2+shift/3] += uint32(b.raw.bit()<<1-1) << plane
			}
		}
	}
}
