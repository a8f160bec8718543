package jpeg2000

import "fmt"

// size is the SIZ segment: the image and its tiles on the reference grid, ISO/IEC 15444-1 A.5.1.
type size struct {
	x0, y0, x1, y1       int
	tw, th, tileX, tileY int
	comps                []component
}

type component struct {
	depth  int
	signed bool
	dx, dy int // subsampling
}

func (s *size) read(seg []byte) error {
	c := cursor{data: seg}
	c.u16() // capabilities
	s.x1, s.y1, s.x0, s.y0 = c.u32(), c.u32(), c.u32(), c.u32()
	s.tw, s.th, s.tileX, s.tileY = c.u32(), c.u32(), c.u32(), c.u32()
	n := c.u16()
	switch {
	case c.short || len(c.data) < 3*n:
		return fmt.Errorf("%w: SIZ of %d bytes", ErrTruncated, len(seg))
	case n < 1:
		return fmt.Errorf("%w: no component", ErrCorrupt)
	case n > maxComponents:
		return fmt.Errorf("%w: %d components", ErrUnsupported, n)
	case s.x0 >= s.x1 || s.y0 >= s.y1 || s.tw == 0 || s.th == 0 || s.tileX > s.x0 || s.tileY > s.y0 ||
		s.tileX+s.tw <= s.x0 || s.tileY+s.th <= s.y0:
		return fmt.Errorf("%w: image %d,%d to %d,%d in tiles of %d x %d from %d,%d", ErrCorrupt,
			s.x0, s.y0, s.x1, s.y1, s.tw, s.th, s.tileX, s.tileY)
	}
	if nx, ny := s.tiles(); nx > maxTiles || ny > maxTiles || nx*ny > maxTiles {
		return fmt.Errorf("%w: %d x %d tiles", ErrCorrupt, nx, ny)
	}
	s.comps = s.comps[:0]
	for range n {
		depth := c.u8()
		s.comps = append(s.comps, component{depth&0x7F + 1, depth&0x80 != 0, c.u8(), c.u8()})
	}
	for i, k := range s.comps {
		if k.dx == 0 || k.dy == 0 {
			return fmt.Errorf("%w: component %d subsampled by %d x %d", ErrCorrupt, i, k.dx, k.dy)
		}
	}
	if k := s.comps[0]; k.dx != 1 || k.dy != 1 || k.depth > maxDepth {
		return fmt.Errorf("%w: samples of %d bits, subsampled by %d x %d", ErrUnsupported, k.depth, k.dx, k.dy)
	}
	return nil
}

// tiles counts the columns and rows of tiles.
func (s *size) tiles() (nx, ny int) {
	return (s.x1 - s.tileX + s.tw - 1) / s.tw, (s.y1 - s.tileY + s.th - 1) / s.th
}

// params is how a tile is coded.
type params struct {
	hasCoding, hasQuant bool // COD and QCD are obligatory
	progression         int
	layers              int
	mixed               bool // components are transformed together
	sop, eph            bool
	changes             []change
	comps               [maxComponents]compParams
}

// change is a volume of packets with an order of its own, ISO/IEC 15444-1 A.6.6.
type change struct {
	res0, res1, comp0, comp1, layer1 int
	progression                      int
}

// compParams is how a component of a tile is coded; the levels tell which marker each part comes from.
type compParams struct {
	coding
	quant
	roi                            int
	codingFrom, quantFrom, roiFrom level
}

// level ranks where a parameter comes from: a component's marker outranks a tile's, a tile's the image's.
type level uint8

const (
	levelMain level = 1
	levelTile level = 3
)

// coding is what COD and COC share, ISO/IEC 15444-1 table A.20.
type coding struct {
	levels               int
	blockWidth           uint // log2
	blockHeight          uint
	style                int
	reversible           bool
	precinctW, precinctH [maxLevels + 1]uint8 // log2, a resolution
}

// Code-block styles, ISO/IEC 15444-1 table A.19.
const (
	styleBypass = 1 << iota
	styleReset
	styleTerminate
	styleCausal
	stylePredictable // for encoders and error detection only
	styleSymbols
)

// quant is QCD or QCC: exponents and mantissas of the subbands' steps, ISO/IEC 15444-1 A.6.4.
type quant struct {
	guard    int
	derived  bool
	bands    int
	exponent [3*maxLevels + 1]uint8
	mantissa [3*maxLevels + 1]uint16
}

// band gives the exponent and mantissa of a subband: 0 is LL, then three a resolution.
func (q *quant) band(i int) (exponent, mantissa int, ok bool) {
	if q.derived { // ISO/IEC 15444-1 equation E-5
		e := int(q.exponent[0])
		if i > 0 {
			e -= (i - 1) / 3
		}
		return max(e, 0), int(q.mantissa[0]), true
	}
	if i >= q.bands {
		return 0, 0, false
	}
	return int(q.exponent[i]), int(q.mantissa[i]), true
}

// check tells whether all that a main header must hold is there, in a form that is read here.
func (p *params) check(s *size) error {
	switch {
	case !p.hasCoding || !p.hasQuant:
		return fmt.Errorf("%w: COD or QCD is missing", ErrCorrupt)
	case p.mixed && len(s.comps) > 1:
		return fmt.Errorf("%w: %d components, transformed together", ErrUnsupported, len(s.comps))
	}
	return nil
}
