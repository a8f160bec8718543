package render

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// glyph is the outline of a letter one pixel high, y downwards from the baseline.
type glyph struct {
	contours [][]point
	advance  float64
}

// glyphs are the outlines of a font, made when first wanted. Safe for concurrent use.
type glyphs struct {
	font *opentype.Font
	mu   sync.Mutex
	made map[rune]*glyph
	buf  sfnt.Buffer
}

// glyphUnits is the size that outlines are taken at.
const glyphUnits = 1024

// maxGlyphs bounds how many are kept; labels are made of a dozen.
const maxGlyphs = 1024

// get finds a letter. One that the font does not have is empty.
func (g *glyphs) get(r rune) *glyph {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found, ok := g.made[r]; ok {
		return found
	}
	made := g.load(r)
	if g.made == nil || len(g.made) >= maxGlyphs {
		g.made = map[rune]*glyph{}
	}
	g.made[r] = made
	return made
}

// load reads an outline, its curves as lines.
func (g *glyphs) load(r rune) *glyph {
	made := &glyph{}
	index, err := g.font.GlyphIndex(&g.buf, r)
	if err != nil || index == 0 {
		return made
	}
	segments, err := g.font.LoadGlyph(&g.buf, index, fixed.I(glyphUnits), nil)
	if err != nil {
		return made
	}
	at := func(p fixed.Point26_6) point {
		return point{float64(p.X) / 64 / glyphUnits, float64(p.Y) / 64 / glyphUnits}
	}
	var line []point
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(line) > 2 {
				made.contours = append(made.contours, line)
			}
			line = []point{at(s.Args[0])}
		case sfnt.SegmentOpLineTo:
			line = append(line, at(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			from, bend, to := line[len(line)-1], at(s.Args[0]), at(s.Args[1])
			for k := 1; k <= 3; k++ {
				t := float64(k) / 3
				line = append(line, from.toward(bend, t).toward(bend.toward(to, t), t))
			}
		default: // TrueType has no cubic curves
			line = append(line, at(s.Args[2]))
		}
	}
	if len(line) > 2 {
		made.contours = append(made.contours, line)
	}
	if advance, err := g.font.GlyphAdvance(&g.buf, index, fixed.I(glyphUnits), font.HintingNone); err == nil {
		made.advance = float64(advance) / 64 / glyphUnits
	}
	return made
}

// capital is the height of a capital or digit, in sizes.
const capital = 0.72

// width is how wide a text becomes on a map.
func (l *letters) width(text string, size float64) (w float64) {
	for _, r := range text {
		w += l.outlines.get(r).advance * size
	}
	return w
}

// write adds a text's outlines, or if wide > 0 what surrounds them by so much. Its middle is at a place, along a unit vector.
func (l *letters) write(o *outlines, at, along point, size float64, text string, wide float64) {
	down := along.left().times(-1)
	x := -l.width(text, size) / 2
	y := size * capital / 2
	var line []point
	for _, r := range text {
		g := l.outlines.get(r)
		for _, contour := range g.contours {
			line = line[:0]
			for _, p := range contour {
				line = append(line, at.plus(along.times(x+p.x*size)).plus(down.times(y+p.y*size)))
			}
			if wide > 0 {
				around(o, line, wide)
				continue
			}
			for _, p := range line {
				o.add(p)
			}
			o.close()
		}
		x += g.advance * size
	}
}

// around adds a broad border along a closed line: a shape for each of its sides, all wound alike.
func around(o *outlines, line []point, wide float64) {
	last := line[len(line)-1]
	for _, p := range line {
		if d := p.minus(last); d.length() > 0.05 {
			along := direction(last, p)
			side, ahead := along.left().times(wide), along.times(wide*0.7)
			o.polygon(last.plus(side), last.minus(ahead), last.minus(side), p.minus(side), p.plus(ahead), p.plus(side))
			last = p
		}
	}
}
