package jpeg2000

import "fmt"

// blockDecoder decodes code-blocks, ISO/IEC 15444-1 annex D.
//
// A code-block is scanned in stripes of four rows, column by column, and every column of a stripe has a word of flags
// on the neighbourhood of its four samples. A field of three bits for each of six rows (the one above, the four, the
// one below) holds what is significant to the west, in the column, and to the east:
//
//	bits  0 to 17: significant
//	bits 18 to 28: of each of the four samples, at 18+3i: visited by this plane's significance pass; at 19+3i: refined
//	bits 32 to 49: negative, laid out like the first 18
//
// So a word shifted right by 3i has the neighbourhood of sample i in its lowest nine bits, its own bit in the middle.
type blockDecoder struct {
	mq
	raw      rawBits
	tables   tables
	prepared bool
	w, h     int
	stride   int      // words of flags a stripe: a column more at each side
	flags    []uint64 // a stripe more above and below
	// magnitudes are twice the samples' magnitudes and, below the last plane decoded, half its step, so that a sample
	// comes in the middle of what it may be; four of a column in a row, as they are scanned.
	magnitudes []uint32
	// high is the part of magnitudes from plane split on, where a code-block has more planes than fit.
	high  []uint32
	split uint
	zero  *[512]uint8 // contexts of significance for the subband
	// causal tells that a stripe doesn't look at the next one.
	causal bool
	code   []byte // one codeword segment
}

const (
	flagSelf    = 1 << 4 // of sample 0; sample i is 3i bits further up
	flagVisited = 1 << 18
	flagRefined = 1 << 19
	flagAround  = 0x1EF
	flagsAny    = 1<<18 - 1
	allRows     = 1 | 1<<3 | 1<<6 | 1<<9 // sample 0's bit 0, and so on
	allSelf     = flagSelf | flagSelf<<3 | flagSelf<<6 | flagSelf<<9
	allVisited  = flagVisited | flagVisited<<3 | flagVisited<<6 | flagVisited<<9
	toVisited   = 14 // flagVisited >> toVisited is flagSelf
	toSign      = 32
)

// maxPlanes is how many bit-planes a magnitude holds, doubled.
const maxPlanes = 31

// blockCode is a code-block as packets tell it.
type blockCode struct {
	w, h, orient, planes, style int
	first                       int32
}

// begin clears the working memory for a code-block.
func (b *blockDecoder) begin(k blockCode) {
	if !b.prepared {
		b.mq.prepare()
		b.tables.prepare()
		b.prepared = true
	}
	b.w, b.h, b.stride = k.w, k.h, k.w+2
	stripes := (k.h + 3) / 4
	b.flags = zeroed(b.flags, (stripes+2)*b.stride)
	b.magnitudes = zeroed(b.magnitudes, 4*stripes*k.w)
	b.high, b.split = b.high[:0], uint(max(0, k.planes-maxPlanes))
	b.zero = &b.tables.zero[k.orient]
	b.causal = k.style&styleCausal != 0
}

// decode decodes a code-block's passes.
func (b *blockDecoder) decode(data []byte, chunks []chunk, k blockCode) error {
	if k.planes > maxCodedPlanes {
		return fmt.Errorf("%w: %d bit-planes", ErrUnsupported, k.planes)
	}
	b.begin(k)
	b.reset()
	done := 0
	for next := k.first; next != 0; {
		room := segmentRoom(k.style, done)
		passes := 0
		b.code = b.code[:0]
		for next != 0 && passes < room {
			c := &chunks[next-1]
			b.code = append(b.code, data[c.at:c.at+c.size]...)
			passes += int(c.passes)
			next = c.next
		}
		b.segment(k, done, passes)
		done += passes
	}
	return nil
}

// segment decodes the passes of one codeword segment.
func (b *blockDecoder) segment(k blockCode, done, passes int) {
	raw := k.style&styleBypass != 0 && done >= 10 && (done-10)%3 != 2
	var d int64
	if raw {
		b.raw = rawBits{data: b.code}
	} else {
		b.code = append(b.code, 0xFF, 0xFF)
		d = b.start(b.code)
	}
	for i := done; i < done+passes; i++ {
		plane := b.plane(k.planes - 1 - (i+2)/3)
		switch kind := (i + 2) % 3; {
		case kind == 0 && raw:
			b.significanceRaw(plane)
		case kind == 0:
			d = b.significance(d, plane)
		case kind == 1 && raw:
			b.refinementRaw(plane)
		case kind == 1:
			d = b.refinement(d, plane)
		default:
			d = b.cleanup(d, plane)
			if k.style&styleSymbols != 0 {
				// The segmentation symbol is read and not judged: encoders cut a layer's last pass short of it.
				for range 4 {
					d, _ = b.decision(d, contextUniform)
				}
			}
		}
		if k.style&styleReset != 0 {
			b.reset()
		}
	}
}

// decision decodes one symbol, where speed doesn't matter.
func (b *blockDecoder) decision(d int64, context uint8) (int64, uint64) {
	word := b.contexts[context&31]
	if d -= int64(word) & unitMask; d < 0 {
		return b.slow(d, context)
	}
	return d, word & 1
}

// plane gives the place of a bit-plane in the magnitudes, which it sets aside once they can't hold more planes.
func (b *blockDecoder) plane(plane int) uint {
	p := uint(plane)
	if p >= b.split {
		return p - b.split
	}
	if len(b.high) == 0 {
		b.high = append(b.high, b.magnitudes...)
		clear(b.magnitudes)
	}
	return p
}

// doubled gives the sample in column x and row y, twice: its last bit is one half.
func (b *blockDecoder) doubled(x, y int) int64 {
	i := (y>>2*b.w+x)<<2 | y&3
	v := int64(b.magnitudes[i])
	if len(b.high) > 0 {
		v = int64(b.high[i])<<b.split + int64(int32(b.magnitudes[i]))
	} else {
		v <<= b.split
	}
	if b.negative(x, y) {
		return -v
	}
	return v
}

func (b *blockDecoder) negative(x, y int) bool {
	return b.flags[(y>>2+1)*b.stride+x+1]>>(toSign+4+3*uint(y&3))&1 != 0
}

// rawBits reads passes that bypass the arithmetic decoder: after a byte 0xFF the next one holds seven bits, and the end
// is followed by ones.
type rawBits struct {
	data []byte
	cur  byte
	left uint
}

func (r *rawBits) bit() uint64 {
	if r.left == 0 {
		r.left = 8
		if r.cur == 0xFF {
			r.left = 7
		}
		if len(r.data) > 0 {
			r.cur, r.data = r.data[0], r.data[1:]
		} else {
			r.cur = 0xFF
		}
	}
	r.left--
	return uint64(r.cur>>r.left) & 1
}
