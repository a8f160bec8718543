package jpeg2000

import "fmt"

// rect is half open: x0 <= x < x1.
type rect struct{ x0, y0, x1, y1 int }

func (r rect) empty() bool { return r.x0 >= r.x1 || r.y0 >= r.y1 }
func (r rect) width() int  { return r.x1 - r.x0 }
func (r rect) height() int { return r.y1 - r.y0 }

// ceilShift is v / 2^n, rounded up.
func ceilShift(v int, n uint) int { return (v + 1<<n - 1) >> n }

// Orientations of subbands: which of the filters, low or high, made its columns and its rows.
const (
	orientLL = iota
	orientHL // high horizontally
	orientLH
	orientHH
)

// resolution is one resolution of a tile-component, ISO/IEC 15444-1 B.5 to B.7.
type resolution struct {
	rect
	comp, r              int
	shift                uint // how many times the tile-component was halved
	precinctW, precinctH uint // log2
	column0, row0        int  // the first precinct's place in the partition anchored at 0
	columns, rows        int
	first                int     // of its precincts in tile.precincts
	bands                [3]band // of the first resolution only one
}

// band is a subband of a resolution.
type band struct {
	rect
	orient               int
	offX, offY           int  // where it lies in the plane of coefficients
	precinctW, precinctH uint // log2
	blockW, blockH       uint // log2, cut to the precinct
	planes               int  // magnitude bit-planes, Mb
	step                 float32
}

// subbands counts the resolution's subbands.
func (r *resolution) subbands() int {
	if r.r == 0 {
		return 1
	}
	return 3
}

// precinct is the part of a resolution that one packet a layer describes.
type precinct struct {
	x, y  int   // its place on the reference grid
	res   int32 // in tile.res
	layer int32 // the next one expected
	bands [3]precinctBand
}

// precinctBand is the code-blocks of one subband in one precinct.
type precinctBand struct {
	nx, ny  int32 // code-blocks
	block   int32 // the first, in tile.blocks
	include int32 // tag tree of inclusion, in tile.nodes
	zeros   int32 // tag tree of empty bit-planes
}

// makeResolution lays out resolution r of a tile-component that covers area on its grid.
func makeResolution(area rect, comp, r int, depth int, k *compParams) (resolution, error) {
	shift := uint(k.levels - r)
	res := resolution{
		rect: rect{ceilShift(area.x0, shift), ceilShift(area.y0, shift), ceilShift(area.x1, shift), ceilShift(area.y1, shift)},
		comp: comp, r: r, shift: shift, precinctW: uint(k.precinctW[r]), precinctH: uint(k.precinctH[r]),
	}
	res.column0, res.row0 = res.x0>>res.precinctW, res.y0>>res.precinctH
	if !res.empty() {
		res.columns = ceilShift(res.x1, res.precinctW) - res.column0
		res.rows = ceilShift(res.y1, res.precinctH) - res.row0
	}
	if r == 0 {
		b, err := makeBand(res.rect, orientLL, r, depth, k)
		res.bands[0] = b
		return res, err
	}
	low := rect{ceilShift(area.x0, shift+1), ceilShift(area.y0, shift+1), ceilShift(area.x1, shift+1), ceilShift(area.y1, shift+1)}
	for i := range 3 {
		orient, half := i+1, 1<<shift
		right, down := orient&1*half, orient>>1*half
		at := rect{
			ceilShift(area.x0-right, shift+1), ceilShift(area.y0-down, shift+1),
			ceilShift(area.x1-right, shift+1), ceilShift(area.y1-down, shift+1),
		}
		b, err := makeBand(at, orient, r, depth, k)
		if err != nil {
			return res, err
		}
		if right > 0 {
			b.offX = low.width()
		}
		if down > 0 {
			b.offY = low.height()
		}
		res.bands[i] = b
	}
	return res, nil
}

// gain is the log2 of the nominal range that a subband's filters add, ISO/IEC 15444-1 table E.1.
var gain = [4]int{orientLL: 0, orientHL: 1, orientLH: 1, orientHH: 2}

func makeBand(at rect, orient, r, depth int, k *compParams) (band, error) {
	b := band{rect: at, orient: orient, precinctW: uint(k.precinctW[r]), precinctH: uint(k.precinctH[r])}
	index := 0
	if r > 0 {
		index = 3*(r-1) + orient
		b.precinctW--
		b.precinctH--
	}
	b.blockW, b.blockH = min(k.blockWidth, b.precinctW), min(k.blockHeight, b.precinctH)
	exponent, mantissa, ok := k.quant.band(index)
	if !ok {
		return b, fmt.Errorf("%w: no quantisation step for subband %d", ErrCorrupt, index)
	}
	b.planes = k.guard + exponent - 1
	// ISO/IEC 15444-1 equation E-3.
	b.step = (1 + float32(mantissa)/2048) * exp2(depth+gain[orient]-exponent)
	return b, nil
}

func exp2(n int) float32 {
	if n < 0 {
		return 1 / float32(uint64(1)<<uint(-n))
	}
	return float32(uint64(1) << uint(n))
}

// part gives the area of a precinct in this subband.
func (b *band) part(column, row int) rect {
	return rect{
		max(b.x0, column<<b.precinctW), max(b.y0, row<<b.precinctH),
		min(b.x1, (column+1)<<b.precinctW), min(b.y1, (row+1)<<b.precinctH),
	}
}

// blocks counts the columns and rows of code-blocks in a part, ISO/IEC 15444-1 B.7.
func (b *band) blocks(part rect) (nx, ny int) {
	if part.empty() {
		return 0, 0
	}
	return ceilShift(part.x1, b.blockW) - part.x0>>b.blockW, ceilShift(part.y1, b.blockH) - part.y0>>b.blockH
}

// block gives the area of the code-block in column x and row y of a part.
func (b *band) block(part rect, x, y int) rect {
	column, row := part.x0>>b.blockW+x, part.y0>>b.blockH+y
	return rect{
		max(part.x0, column<<b.blockW), max(part.y0, row<<b.blockH),
		min(part.x1, (column+1)<<b.blockW), min(part.y1, (row+1)<<b.blockH),
	}
}
