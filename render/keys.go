package render

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"isobar/elements"
	"isobar/styles"
)

// key is a symbol and what it means. Symbols are drawn in a box of keyWidth x keyHeight.
type key struct {
	label string
	draw  func(d *drawing, middle point)
}

// The box of a symbol, in pixels of the usual scale.
const (
	keyWidth  = 44.0
	keyHeight = 22.0
)

// drawing is what the symbols of a legend are drawn with.
type drawing struct {
	*scratch
	letters *letters
	scale   float64
	ink     color.NRGBA // instead of the painter's on dark ground; transparent: the painter's
}

// inkOf is a painter's colour where it can be seen.
func (d *drawing) inkOf(c color.NRGBA) *coat {
	if d.ink.A != 0 {
		c = d.ink
	}
	c.A = 255
	return d.coat(c)
}

// keysOf lists what the painters of a style draw over their fill. Numbers are in the unit, if theirs converts to it.
func keysOf(s *styles.Style, unit string) (keys []key) {
	for i := range s.Paint {
		p := &s.Paint[i]
		switch p.Kind {
		case styles.Lines:
			keys = append(keys, linesKey(p, unit))
		case styles.Barbs:
			for _, speed := range []float64{5, 10, 50} {
				keys = append(keys, key{inUnit(speed, "kt", unit, 1), func(d *drawing, at point) {
					size := min(p.Size, keyWidth*0.7) * d.scale
					barb(&d.inkOf(p.Color).shapes, at.plus(point{size / 2, size * 0.16}), point{1, 0}, speed, false, size, p.Width/2*d.scale)
				}})
			}
		case styles.Arrows:
			for _, share := range []float64{0.25, 1} {
				keys = append(keys, key{inUnit(speedAt(p, share), speedUnit(p), unit, 1), func(d *drawing, at point) {
					large := *p
					large.Size, large.Width = p.Size*d.scale, p.Width*d.scale
					dart(&d.inkOf(p.Color).shapes, at, point{1, 0}, share, &large, 0)
				}})
			}
		case styles.Streams:
			for _, share := range []float64{0.25, 1} {
				keys = append(keys, key{inUnit(speedAt(p, share), speedUnit(p), unit, 1), func(d *drawing, at point) { streamKey(d, p, at, share) }})
			}
		case styles.Extremes:
			for _, m := range []struct {
				mark  styles.Mark
				label string
			}{{p.High, "Highest"}, {p.Low, "Lowest"}} {
				keys = append(keys, key{m.label, func(d *drawing, at point) {
					c := m.mark.Color
					if d.ink.A != 0 { // lighter
						c = over(c, color.NRGBA{255, 255, 255, 110})
					}
					d.letters.write(&d.coat(c).shapes, at, point{1, 0}, min(p.Size, keyHeight*0.85)*d.scale, m.mark.Letter, 0)
				}})
			}
		}
	}
	return keys
}

// linesKey is a line with a number's place.
func linesKey(p *styles.Painter, unit string) key {
	k := key{label: "Lines", draw: func(d *drawing, at point) {
		c := p.Color
		if p.Colors != nil {
			c = p.Colors.Stops[len(p.Colors.Stops)/2].Color
		}
		half := keyWidth * 0.45 * d.scale
		d.inkOf(c).shapes.stroke([]point{at.minus(point{half, 0}), at.plus(point{half, 0})}, []float64{p.Width * 0.6 * d.scale}, false)
	}}
	if len(p.Every) > 0 {
		e := p.Every[0]
		k.label = inUnit(e.Step, e.Unit, unit, 0)
	}
	if p.Title != "" {
		k.label = p.Title + ", " + k.label
	}
	return k
}

// streamKey is a piece of a streamline.
func streamKey(d *drawing, p *styles.Painter, at point, share float64) {
	const n = 12
	var line []point
	var speeds []float64
	for i := range n {
		t := float64(i)/(n-1) - 0.5
		line = append(line, at.plus(point{t * keyWidth * 0.95 * d.scale, -math.Sin(t*2) * 4 * d.scale}))
		speeds = append(speeds, share)
	}
	wide := *p
	wide.Width = p.Width * d.scale
	f := flow{streams: &d.streams}
	s := seed{line: line, speeds: speeds, middle: n / 2, last: n - 1}
	f.drawn(&d.inkOf(p.Color).shapes, &s, &wide, 1, 0)
}

// speedUnit and speedAt are what arrows of a share of their largest size stand for; their length grows with the root of it.
func speedUnit(p *styles.Painter) string {
	if p.Full > 0 {
		return p.Unit
	}
	return "m/s"
}

func speedAt(p *styles.Painter, share float64) float64 {
	if p.Full > 0 {
		return p.Full * share
	}
	return fullSpeed(p, "m/s") * share
}

// inUnit writes a distance or speed with its unit, in the unit asked for if it can be. Offsets of units do not count.
func inUnit(v float64, from, unit string, digits int) string {
	to, ok := elements.Convert(from, unit)
	if !ok || from == unit || to.Scale == 1 {
		if !ok {
			unit = from
		}
		return decimal(v, math.Pow10(-decimals(v))) + " " + elements.UnitLabel(unit)
	}
	v *= to.Scale
	digits = max(digits, 1-int(math.Floor(math.Log10(math.Abs(v)))))
	v = math.Round(v*math.Pow10(digits)) / math.Pow10(digits)
	return decimal(v, math.Pow10(-decimals(v))) + " " + elements.UnitLabel(unit)
}

// columns tells how keys are laid out within a width: how many beside each other, and how wide each is.
func (s *sheet) columns(keys []key, width int) (n, cell int) {
	for _, k := range keys {
		cell = max(cell, s.px(keyWidth)+s.px(6)+s.labels.width(k.label)+s.px(10))
	}
	return min(max((width+s.px(10))/max(cell, 1), 1), max(len(keys), 1)), cell
}

// keyRows is how high keys become within a width.
func (s *sheet) keyRows(keys []key, width int) int {
	n, _ := s.columns(keys, width)
	return (len(keys) + n - 1) / n * s.px(keyHeight)
}

// keys draws keys with their upper left corner at a place.
func (s *sheet) keys(r *Renderer, keys []key, x, y, width int) {
	memory := r.scratches.take()
	defer r.scratches.give(memory)
	d := &drawing{scratch: memory, letters: &r.letters, scale: s.scale}
	if s.Dark {
		d.ink = s.ink.text
	}
	n, cell := s.columns(keys, width)
	for i, k := range keys {
		at := image.Pt(x+i%n*cell, y+i/n*s.px(keyHeight))
		k.draw(d, point{float64(at.X) + keyWidth/2*s.scale, float64(at.Y) + keyHeight/2*s.scale})
		left := at.X + s.px(keyWidth) + s.px(6)
		label := s.labels.cut(k.label, s.Width-left-s.px(2))
		s.labels.write(s.img, s.ink.text, left, at.Y+(s.px(keyHeight)+s.labels.capital+1)/2, label)
	}
	memory.mask.onColours(s.img, memory.coats)
}

// leastBar is how high the part with the colours is at least, in pixels of the usual scale; else keys are left out.
const leastBar = 110

// keyed draws the legend of a style with painters: the colours of its fill, if it has one, and below them the keys.
func (r *Renderer) keyed(l Legend) (image.Image, error) {
	keys := keysOf(l.Style, l.Unit)
	s, err := r.newSheet(l, nil)
	if err != nil {
		return nil, err
	}
	pad := s.px(6)
	if l.Style.Kind == styles.Symbols {
		return s.onlyKeys(r, keys), nil
	}
	plain := *l.Style
	plain.Paint = nil
	l.Style = &plain
	width, natural := l.Width, l.Height == 0
	if width == 0 && natural || len(keys) == 0 {
		bar, err := r.Legend(l)
		if err != nil || len(keys) == 0 {
			return bar, err
		}
		_, cell := s.columns(keys, 0)
		width = max(bar.Bounds().Dx(), cell+2*pad)
		return s.stacked(r, bar, keys, width), nil
	}
	if width == 0 {
		width = s.px(uprightWidth)
		if l.Horizontal {
			width = s.px(levelWidth)
		}
	}
	l.Width = width
	high := s.keyRows(keys, width-2*pad) + pad
	least := s.px(leastBar)
	if l.Horizontal {
		least = s.px(levelHeight) * 3 / 4
	}
	switch {
	case natural && l.Horizontal:
		l.Height = s.px(levelHeight)
	case natural:
	case l.Height-high < least:
		return r.Legend(l)
	default:
		l.Height -= high
	}
	bar, err := r.Legend(l)
	if err != nil {
		return nil, err
	}
	return s.stacked(r, bar, keys, width), nil
}

// stacked is a bar with keys below it.
func (s *sheet) stacked(r *Renderer, bar image.Image, keys []key, width int) image.Image {
	pad, top := s.px(6), bar.Bounds().Dy()
	s.begin(width, top+s.keyRows(keys, width-2*pad)+pad)
	draw.Draw(s.img, bar.Bounds(), bar, image.Point{}, draw.Src)
	s.keys(r, keys, pad, top, width-2*pad)
	return s.img
}

// onlyKeys draws the title and the keys.
func (s *sheet) onlyKeys(r *Renderer, keys []key) image.Image {
	pad := s.px(6)
	if s.Width == 0 {
		_, cell := s.columns(keys, 0)
		s.Width = max(cell+2*pad, min(s.titles.width(s.Title), s.px(150))+2*pad)
		if s.Horizontal {
			s.Width = s.px(levelWidth)
		}
	}
	s.unit = ""
	title, _, top := s.fitHeading(s.Width-2*pad, pad)
	rows := s.keyRows(keys, s.Width-2*pad)
	if s.Height == 0 {
		s.Height = top + rows + pad
	}
	if top+rows > s.Height {
		title, top = nil, 0
	}
	s.begin(s.Width, s.Height)
	s.heading(pad, pad, title, "")
	s.keys(r, keys, pad, top, s.Width-2*pad)
	return s.img
}
