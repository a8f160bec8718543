package jpeg2000

import (
	"fmt"
	"math/bits"
)

// codeBlock is what the packet headers tell of a code-block.
type codeBlock struct {
	first, last int32  // of its chunks in tile.chunks, plus 1
	passes      uint16 // coding passes so far
	zeros       uint16 // empty bit-planes
	lengthBits  uint8  // Lblock; 0: not included yet
}

// chunk is a run of a code-block's passes and their bytes, inside one codeword segment and one packet.
type chunk struct {
	at, size int32 // in the codestream
	next     int32 // plus 1
	passes   int32
}

// maxLengthBits bounds Lblock: no length of a chunk has more bits.
const maxLengthBits = 31

// segmentRoom tells how many more passes the codeword segment takes that pass number done begins or goes on with,
// ISO/IEC 15444-1 table D.9.
func segmentRoom(style, done int) int {
	switch {
	case style&styleTerminate != 0:
		return 1
	case style&styleBypass == 0:
		return 1 << 15
	case done < 10:
		return 10 - done
	case (done-10)%3 == 0: // significance and refinement together
		return 2
	}
	return 1
}

// packets reads packets from one tile-part after another.
type packets struct {
	data   []byte
	parts  []tilePart
	pos    int // in data, of the part at hand
	header int // in its packed headers
	sop    bool
	eph    bool
}

// begin moves on to the next part when the one at hand is used up, and gives the reader of the next header.
func (k *packets) begin() (bitReader, error) {
	for len(k.parts) > 0 {
		p := &k.parts[0]
		if p.isPacked && k.header < len(p.packed) || !p.isPacked && k.pos < p.end {
			break
		}
		if k.parts = k.parts[1:]; len(k.parts) > 0 {
			k.pos, k.header = k.parts[0].start, 0
		}
	}
	if len(k.parts) == 0 {
		return bitReader{}, fmt.Errorf("%w: packets are missing", ErrTruncated)
	}
	p := &k.parts[0]
	if k.sop && k.pos+6 <= p.end && markerAt(k.data, k.pos) == markSOP {
		k.pos += 6
	}
	if p.isPacked {
		return bitReader{data: p.packed, pos: k.header}, nil
	}
	return bitReader{data: k.data[:p.end], pos: k.pos}, nil
}

// headed takes note of where a packet's header ended.
func (k *packets) headed(b *bitReader) error {
	b.align()
	if b.short || b.pos > len(b.data) {
		return fmt.Errorf("%w: a packet header", ErrTruncated)
	}
	if k.eph && b.pos+2 <= len(b.data) && markerAt(b.data, b.pos) == markEPH {
		b.pos += 2
	}
	if k.parts[0].isPacked {
		k.header = b.pos
	} else {
		k.pos = b.pos
	}
	return nil
}

// readPacket reads a precinct's packet of one layer, ISO/IEC 15444-1 B.10.
func (t *tile) readPacket(k *packets, p *precinct) error {
	b, err := k.begin()
	if err != nil {
		return err
	}
	before := len(t.chunks)
	if b.bit() == 1 {
		res := &t.res[p.res]
		for i := range res.subbands() {
			if err := t.readBandHeader(&b, res, &res.bands[i], &p.bands[i], uint32(p.layer)); err != nil {
				return err
			}
		}
	}
	if err := k.headed(&b); err != nil {
		return err
	}
	end := k.parts[0].end
	for i := before; i < len(t.chunks); i++ {
		c := &t.chunks[i]
		if int(c.size) > end-k.pos {
			return fmt.Errorf("%w: a code-block of %d bytes where %d are left", ErrTruncated, c.size, end-k.pos)
		}
		c.at = int32(k.pos)
		k.pos += int(c.size)
	}
	p.layer++
	return nil
}

// readBandHeader reads the part of a packet header that speaks of one subband.
func (t *tile) readBandHeader(b *bitReader, res *resolution, band *band, p *precinctBand, layer uint32) error {
	nx, ny := int(p.nx), int(p.ny)
	for i := range nx * ny {
		blk := &t.blocks[int(p.block)+i]
		x, y := i%nx, i/nx
		if blk.lengthBits > 0 {
			if b.bit() == 0 {
				continue
			}
		} else {
			if !below(b, t.nodes[p.include:], nx, ny, x, y, layer+1) {
				continue
			}
			planes := band.planes + t.params.comps[res.comp].roi
			zeros := 0
			for !below(b, t.nodes[p.zeros:], nx, ny, x, y, uint32(zeros)+1) {
				if zeros++; b.short || zeros > planes {
					return fmt.Errorf("%w: more than %d empty bit-planes", ErrCorrupt, planes)
				}
			}
			blk.zeros, blk.lengthBits = uint16(zeros), 3
		}
		if err := t.readPasses(b, res, band, blk); err != nil {
			return err
		}
	}
	return nil
}

// readPasses reads how many passes a packet adds to a code-block, and the lengths of their bytes.
func (t *tile) readPasses(b *bitReader, res *resolution, band *band, blk *codeBlock) error {
	k := &t.params.comps[res.comp]
	passes := readPassCount(b)
	for b.bit() == 1 {
		if blk.lengthBits++; blk.lengthBits > maxLengthBits {
			return fmt.Errorf("%w: lengths of more than %d bits", ErrCorrupt, maxLengthBits)
		}
	}
	planes := band.planes + k.roi - int(blk.zeros)
	if done := int(blk.passes) + passes; done > 3*planes-2 {
		return fmt.Errorf("%w: %d passes over %d bit-planes", ErrCorrupt, done, planes)
	}
	for passes > 0 {
		n := min(passes, segmentRoom(k.style, int(blk.passes)))
		width := int(blk.lengthBits) + bits.Len(uint(n)) - 1
		if width > maxLengthBits {
			return fmt.Errorf("%w: lengths of %d bits", ErrCorrupt, width)
		}
		t.chunks = append(t.chunks, chunk{size: int32(b.bits(width)), passes: int32(n)})
		if here := int32(len(t.chunks)); blk.first == 0 {
			blk.first, blk.last = here, here
		} else {
			t.chunks[blk.last-1].next, blk.last = here, here
		}
		blk.passes += uint16(n)
		passes -= n
	}
	return nil
}

// readPassCount reads a code of ISO/IEC 15444-1 table B.4.
func readPassCount(b *bitReader) int {
	if b.bit() == 0 {
		return 1
	}
	if b.bit() == 0 {
		return 2
	}
	if n := b.bits(2); n < 3 {
		return 3 + n
	}
	if n := b.bits(5); n < 31 {
		return 6 + n
	}
	return 37 + b.bits(7)
}
