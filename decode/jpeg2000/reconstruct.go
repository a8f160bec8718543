package jpeg2000

import "math"

// sample is what coefficients are kept in: int32 for the reversible transform of up to exactDepth bits, int64 for more,
// float32 for the irreversible one.
type sample interface{ int32 | int64 | float32 }

// exactDepth is the depth up to which the reversible transform's sums fit 32 bits: filters add two bits, a sum one.
const exactDepth = 28

// plane is the working memory of the wavelet transform.
type plane[T sample] struct {
	coefficients []T // all subbands of the tile, each where band.offX and offY say
	stride       int
	low          [2][]T // images of lower resolutions
	rows         [4][]T // of the reversible transform
	joined       []T    // of the irreversible one
}

// shape is how samples leave: shifted, then clamped to what their depth allows.
type shape struct{ shift, least, most int64 }

func (k component) shape() shape {
	half := int64(1) << (k.depth - 1)
	if k.signed {
		return shape{0, -half, half - 1}
	}
	return shape{half, 0, 2*half - 1}
}

// reconstruct decodes the code-blocks of the first component and puts its samples into the image.
func (d *Decoder) reconstruct(dst []int32, c *codestream, area rect) error {
	k := c.size.comps[0]
	stride := c.size.x1 - c.size.x0
	dst = dst[(area.y0-c.size.y0)*stride+area.x0-c.size.x0:]
	switch {
	case !d.tile.params.comps[0].reversible:
		return reconstruct(d, &d.floats, c.data, area, lift97, func(y int, row []float32) { k.shape().round(dst[y*stride:], row) })
	case k.depth <= exactDepth:
		return reconstruct(d, &d.ints, c.data, area, lift53, func(y int, row []int32) { clamp(k.shape(), dst[y*stride:], row) })
	}
	return reconstruct(d, &d.wide, c.data, area, lift53, func(y int, row []int64) { clamp(k.shape(), dst[y*stride:], row) })
}

// reconstruct decodes the code-blocks into p, then climbs from one resolution to the next; rows of the last one go to
// out, from the top down.
func reconstruct[T sample](d *Decoder, p *plane[T], data []byte, area rect, lift func(*plane[T], step[T]), out func(y int, row []T)) error {
	if d.tile.blank() { // constant images take no memory
		p.rows[0] = zeroed(p.rows[0], area.width())
		for y := range area.height() {
			out(y, p.rows[0])
		}
		return nil
	}
	p.stride = area.width()
	p.coefficients = zeroed(p.coefficients, area.width()*area.height())
	var levels []*resolution
	for i := range d.tile.res {
		if r := &d.tile.res[i]; r.comp == 0 {
			if err := decodeBlocks(d, p, data, r); err != nil {
				return err
			}
			levels = append(levels, r)
		}
	}
	p.climb(levels, lift, out)
	return nil
}

// blank tells whether no code-block of the first component holds anything.
func (t *tile) blank() bool {
	for i := range t.precincts {
		p := &t.precincts[i]
		for _, b := range p.bands {
			for j := range b.nx * b.ny {
				if t.res[p.res].comp == 0 && t.blocks[b.block+j].passes > 0 {
					return false
				}
			}
		}
	}
	return true
}

// climb makes the image out of the plane's subbands.
func (p *plane[T]) climb(levels []*resolution, lift func(*plane[T], step[T]), out func(y int, row []T)) {
	s := step[T]{low: p.coefficients, lowStride: p.stride, out: out}
	if top := len(levels) - 1; top == 0 {
		for y := range levels[0].height() {
			out(y, p.coefficients[y*p.stride:][:p.stride])
		}
	} else {
		for _, r := range levels[1:top] {
			if r.empty() {
				continue
			}
			to := room(p.low[r.r&1], r.width()*r.height())
			p.low[r.r&1] = to
			s.area, s.out = r.rect, func(y int, row []T) { copy(to[y*r.width():], row) }
			lift(p, s)
			s.low, s.lowStride = to, r.width()
		}
		s.area, s.out = levels[top].rect, out
		lift(p, s)
	}
}

// room gives a slice of n elements that hold anything, in the memory of s if that suffices.
func room[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// zeroed gives a slice of n zeros, in the memory of s if that suffices.
func zeroed[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	clear(s[:n])
	return s[:n]
}

// step is one level of the inverse transform, from the low subband and those in the plane to area.
type step[T sample] struct {
	low       []T
	lowStride int
	area      rect
	out       func(y int, row []T)
}

// decodeBlocks decodes the code-blocks of one resolution into the plane.
func decodeBlocks[T sample](d *Decoder, p *plane[T], data []byte, r *resolution) error {
	t := &d.tile
	k := &t.params.comps[0]
	for i := range r.columns * r.rows {
		precinct := &t.precincts[r.first+i]
		for n := range r.subbands() {
			band, part := &r.bands[n], &precinct.bands[n]
			if part.nx == 0 {
				continue
			}
			area := band.part(r.column0+i%r.columns, r.row0+i/r.columns)
			for j := range int(part.nx) * int(part.ny) {
				blk := &t.blocks[int(part.block)+j]
				if blk.passes == 0 {
					continue
				}
				at := band.block(area, j%int(part.nx), j/int(part.nx))
				err := d.block.decode(data, t.chunks, blockCode{
					w: at.width(), h: at.height(), orient: band.orient, style: k.style, first: blk.first,
					planes: band.planes + k.roi - int(blk.zeros),
				})
				if err != nil {
					return err
				}
				to := p.coefficients[(at.y0-band.y0+band.offY)*p.stride+at.x0-band.x0+band.offX:]
				emit(&d.block, to, p.stride, output{roi: k.roi, step: band.step, reversible: k.reversible})
			}
		}
	}
	return nil
}

// output is what code-blocks' samples must be told to become coefficients.
type output struct {
	roi        int
	step       float32
	reversible bool
}

// emit writes a code-block's samples as coefficients.
func emit[T sample](b *blockDecoder, dst []T, stride int, o output) {
	if o.roi == 0 && b.split == 0 && o.reversible {
		emitPlain(b, dst, stride)
		return
	}
	for y := range b.h {
		for x := range b.w {
			v := b.doubled(x, y)
			// ISO/IEC 15444-1 H.1: what reaches beyond the background's planes belongs to the region of interest.
			if o.roi > 0 && max(v, -v)>>1 >= 1<<uint(o.roi) {
				v = sign(v) * (max(v, -v) >> uint(o.roi))
			}
			if o.reversible {
				dst[y*stride+x] = T(sign(v) * (max(v, -v) >> 1))
			} else {
				dst[y*stride+x] = T(float32(v) * 0.5 * o.step)
			}
		}
	}
}

func sign(v int64) int64 {
	if v < 0 {
		return -1
	}
	return 1
}

// emitPlain is emit where nothing is to do but to halve and to sign.
func emitPlain[T sample](b *blockDecoder, dst []T, stride int) {
	for y := range b.h {
		flags := b.flags[(y>>2+1)*b.stride+1:][:b.w]
		magnitudes := b.magnitudes[4*(y>>2)*b.w:][:4*b.w]
		row := dst[y*stride:][:b.w]
		shift, n := uint(toSign+4+3*(y&3)), y&3
		for x := range row {
			v := int32(magnitudes[x<<2|n] >> 1)
			s := -int32(flags[x] >> shift & 1)
			row[x] = T((v ^ s) - s)
		}
	}
}

// clamp writes a row of integers.
func clamp[T int32 | int64](s shape, dst []int32, row []T) {
	dst = dst[:len(row)]
	for x, v := range row {
		dst[x] = int32(min(max(int64(v)+s.shift, s.least), s.most))
	}
}

// round writes a row of real numbers.
func (s shape) round(dst []int32, row []float32) {
	dst = dst[:len(row)]
	for x, v := range row {
		r := math.RoundToEven(float64(v)) + float64(s.shift)
		dst[x] = int32(int64(min(max(r, float64(s.least)), float64(s.most))))
	}
}
