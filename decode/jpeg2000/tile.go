package jpeg2000

import (
	"fmt"
	"slices"
)

// tile is the working memory for one tile: its layout and what its packets tell.
type tile struct {
	params    params
	res       []resolution // by resolution, then component
	precincts []precinct
	order     []int32 // of precincts
	blocks    []codeBlock
	nodes     []uint32
	chunks    []chunk
}

// decodeTile decodes one tile of the first component into its place in the image.
func (d *Decoder) decodeTile(dst []int32, c *codestream, parts []tilePart) error {
	t := &d.tile
	area := c.size.tile(parts[0].tile)
	if err := t.readHeaders(c, parts); err != nil {
		return err
	}
	if err := t.lay(&c.size, area, parts); err != nil {
		return err
	}
	if err := t.readPackets(c, parts); err != nil {
		return err
	}
	return d.reconstruct(dst, c, area)
}

// tile gives the area of tile i on the reference grid, ISO/IEC 15444-1 B.3.
func (s *size) tile(i int) rect {
	nx, _ := s.tiles()
	x, y := s.tileX+i%nx*s.tw, s.tileY+i/nx*s.th
	return rect{max(x, s.x0), max(y, s.y0), min(x+s.tw, s.x1), min(y+s.th, s.y1)}
}

// readHeaders takes up the markers in the tile's own headers.
func (t *tile) readHeaders(c *codestream, parts []tilePart) error {
	t.params = c.main
	t.params.changes = slices.Clone(c.main.changes)
	own := false // the tile has a POC: the image's doesn't count
	for i := range parts {
		var packed []indexed
		_, err := c.walk(parts[i].head, markSOD, func(marker int, seg []byte) error {
			switch {
			case marker == markPPT:
				if len(seg) > 0 {
					packed = append(packed, indexed{int(seg[0]), seg[1:]})
				}
				return nil
			case marker == markPOC && !own:
				own, t.params.changes = true, nil
			case i > 0 && marker != markPOC: // only the first tile-part may say how the tile is coded
				return nil
			}
			return t.params.read(marker, seg, len(c.size.comps), levelTile)
		})
		if err != nil {
			return err
		}
		if packed != nil {
			parts[i].packed, parts[i].isPacked = join(packed), true
		}
	}
	return t.params.check(&c.size)
}

// lay lays out resolutions, precincts and code-blocks.
func (t *tile) lay(s *size, area rect, parts []tilePart) error {
	t.res, t.precincts, t.blocks, t.nodes, t.chunks = t.res[:0], t.precincts[:0], t.blocks[:0], t.nodes[:0], t.chunks[:0]
	budget := 0 // bytes that hold packet headers, of which each packet takes at least one
	for _, p := range parts {
		budget += p.end - p.start + len(p.packed)
	}
	budget /= t.params.layers
	for r := range maxLevels + 1 {
		for i, k := range s.comps {
			p := &t.params.comps[i]
			if r > p.levels {
				continue
			}
			at := rect{ceilDiv(area.x0, k.dx), ceilDiv(area.y0, k.dy), ceilDiv(area.x1, k.dx), ceilDiv(area.y1, k.dy)}
			res, err := makeResolution(at, i, r, k.depth, p)
			if err != nil {
				return err
			}
			if res.columns > budget || res.rows > budget || res.columns*res.rows > budget {
				return fmt.Errorf("%w: %d x %d precincts at resolution %d", ErrTruncated, res.columns, res.rows, r)
			}
			budget -= res.columns * res.rows
			if err := t.addPrecincts(res, area, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// addPrecincts lays out the precincts of a resolution.
func (t *tile) addPrecincts(res resolution, area rect, k component) error {
	res.first = len(t.precincts)
	t.res = append(t.res, res)
	for i := range res.columns * res.rows {
		column, row := res.column0+i%res.columns, res.row0+i/res.columns
		p := precinct{
			// ISO/IEC 15444-1 B.12.1.3: a precinct that begins outside of the tile comes at the tile's edge.
			x: max(area.x0, column<<(res.precinctW+res.shift)*k.dx), y: max(area.y0, row<<(res.precinctH+res.shift)*k.dy),
			res: int32(len(t.res) - 1),
		}
		for b := range res.subbands() {
			nx, ny := res.bands[b].blocks(res.bands[b].part(column, row))
			if len(t.blocks)+nx*ny > maxBlocks {
				return fmt.Errorf("%w: more than %d code-blocks in a tile", ErrUnsupported, maxBlocks)
			}
			size := treeSize(nx, ny)
			p.bands[b] = precinctBand{
				nx: int32(nx), ny: int32(ny), block: int32(len(t.blocks)),
				include: int32(len(t.nodes)), zeros: int32(len(t.nodes) + size),
			}
			t.blocks = extend(t.blocks, nx*ny)
			t.nodes = extend(t.nodes, 2*size)
		}
		t.precincts = append(t.precincts, p)
	}
	return nil
}

// extend lengthens s by n zeros.
func extend[T any](s []T, n int) []T {
	s = slices.Grow(s, n)
	clear(s[len(s) : len(s)+n])
	return s[:len(s)+n]
}
