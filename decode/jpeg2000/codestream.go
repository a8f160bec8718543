package jpeg2000

import (
	"cmp"
	"fmt"
	"slices"
)

// Markers, ISO/IEC 15444-1 table A.2.
const (
	markSOC = 0xFF4F
	markCAP = 0xFF50
	markSIZ = 0xFF51
	markCOD = 0xFF52
	markCOC = 0xFF53
	markQCD = 0xFF5C
	markQCC = 0xFF5D
	markRGN = 0xFF5E
	markPOC = 0xFF5F
	markPPM = 0xFF60
	markPPT = 0xFF61
	markSOT = 0xFF90
	markSOP = 0xFF91
	markEPH = 0xFF92
	markSOD = 0xFF93
	markEOC = 0xFFD9
)

// codestream is a main header and where the tile-parts begin.
type codestream struct {
	data   []byte
	size   size
	main   params
	packed []indexed // PPM: packet headers of all tile-parts
	first  int       // where the first SOT is
}

// indexed is a marker segment that carries its place in a sequence.
type indexed struct {
	index int
	data  []byte
}

// readCodestream reads the main header.
func readCodestream(data []byte) (*codestream, error) {
	data, err := unbox(data)
	if err != nil {
		return nil, err
	}
	switch {
	case len(data) > maxLength:
		return nil, fmt.Errorf("%w: %d bytes", ErrUnsupported, len(data))
	case len(data) < 4 || markerAt(data, 0) != markSOC || markerAt(data, 2) != markSIZ:
		return nil, fmt.Errorf("%w: it does not begin with SOC and SIZ", ErrCorrupt)
	}
	c := &codestream{data: data}
	c.first, err = c.walk(2, markSOT, func(marker int, seg []byte) error {
		switch marker {
		case markSIZ:
			return c.size.read(seg)
		case markCAP:
			return fmt.Errorf("%w: high-throughput coding (part 15)", ErrUnsupported)
		case markPPM:
			if len(seg) > 0 {
				c.packed = append(c.packed, indexed{int(seg[0]), seg[1:]})
			}
			return nil
		}
		return c.main.read(marker, seg, len(c.size.comps), levelMain)
	})
	if err != nil {
		return nil, fmt.Errorf("main header: %w", err)
	}
	return c, c.main.check(&c.size)
}

// walk gives each marker segment from pos on to seen, until the marker end; it returns that marker's place.
func (c *codestream) walk(pos, end int, seen func(marker int, seg []byte) error) (int, error) {
	for {
		if pos+2 > len(c.data) {
			return 0, ErrTruncated
		}
		marker := markerAt(c.data, pos)
		if marker == end {
			return pos, nil
		}
		if marker < 0xFF00 || marker == markSOD || marker == markEOC || marker == markSOT {
			return 0, fmt.Errorf("%w: marker %04X at byte %d", ErrCorrupt, marker, pos)
		}
		if marker >= 0xFF30 && marker <= 0xFF3F { // reserved, without parameters
			pos += 2
			continue
		}
		if pos+4 > len(c.data) {
			return 0, ErrTruncated
		}
		length := markerAt(c.data, pos+2)
		if length < 2 || pos+2+length > len(c.data) {
			return 0, fmt.Errorf("%w: marker %04X of %d bytes at byte %d", ErrTruncated, marker, length, pos)
		}
		if err := seen(marker, c.data[pos+4:pos+2+length]); err != nil {
			return 0, err
		}
		pos += 2 + length
	}
}

func markerAt(data []byte, pos int) int { return int(data[pos])<<8 | int(data[pos+1]) }

// tilePart is a run of packets of one tile.
type tilePart struct {
	tile       int
	head       int // where the markers after SOT begin
	start, end int // the packets
	packed     []byte
	isPacked   bool // packet headers come from packed, not from among the data
}

// tileParts finds the tile-parts, those of a tile together, in their order. Every tile of the image must be there.
func (c *codestream) tileParts() ([]tilePart, error) {
	nx, ny := c.size.tiles()
	var parts []tilePart
	for pos := c.first; pos+2 <= len(c.data) && markerAt(c.data, pos) != markEOC; {
		p, err := c.tilePart(pos)
		if err != nil {
			return nil, err
		}
		if p.tile >= nx*ny {
			return nil, fmt.Errorf("%w: tile %d of %d", ErrCorrupt, p.tile, nx*ny)
		}
		parts = append(parts, p)
		pos = p.end
	}
	if err := c.unpack(parts); err != nil {
		return nil, err
	}
	slices.SortStableFunc(parts, func(a, b tilePart) int { return cmp.Compare(a.tile, b.tile) })
	seen := 0
	for i, p := range parts {
		if i == 0 || parts[i-1].tile != p.tile {
			seen++
		}
	}
	if seen != nx*ny {
		return nil, fmt.Errorf("%w: %d of %d tiles", ErrTruncated, seen, nx*ny)
	}
	return parts, nil
}

// tilePart reads the head of the tile-part at pos, ISO/IEC 15444-1 A.4.2.
func (c *codestream) tilePart(pos int) (tilePart, error) {
	if pos+12 > len(c.data) || markerAt(c.data, pos) != markSOT || markerAt(c.data, pos+2) != 10 {
		return tilePart{}, fmt.Errorf("%w: no tile-part at byte %d", ErrTruncated, pos)
	}
	seg := cursor{data: c.data[pos+4 : pos+12]}
	p := tilePart{tile: seg.u16(), head: pos + 12}
	length := seg.u32()
	p.end = pos + length
	if length == 0 { // up to the end of the codestream
		p.end = len(c.data)
		if markerAt(c.data, p.end-2) == markEOC {
			p.end -= 2
		}
	}
	if p.end > len(c.data) {
		return tilePart{}, fmt.Errorf("%w: a tile-part of %d bytes where %d are left", ErrTruncated, length, len(c.data)-pos)
	}
	sod, err := c.walk(p.head, markSOD, func(int, []byte) error { return nil })
	if err != nil {
		return tilePart{}, fmt.Errorf("tile-part header: %w", err)
	}
	p.start = sod + 2
	if p.start > p.end {
		return tilePart{}, fmt.Errorf("%w: a tile-part of %d bytes with a header of %d", ErrCorrupt, length, p.start-pos)
	}
	return p, nil
}

// unpack deals the packed packet headers of the main header out to the tile-parts, ISO/IEC 15444-1 A.7.4.
func (c *codestream) unpack(parts []tilePart) error {
	if len(c.packed) == 0 {
		return nil
	}
	all := cursor{data: join(c.packed)}
	for i := range parts {
		n := all.u32()
		if all.short || n > len(all.data) {
			return fmt.Errorf("%w: packed packet headers", ErrTruncated)
		}
		parts[i].packed, parts[i].isPacked = all.take(n), true
	}
	return nil
}

// join strings the segments' data together in the order of their indices.
func join(segs []indexed) []byte {
	slices.SortStableFunc(segs, func(a, b indexed) int { return cmp.Compare(a.index, b.index) })
	var all []byte
	for _, s := range segs {
		all = append(all, s.data...)
	}
	return all
}
