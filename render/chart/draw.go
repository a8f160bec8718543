package chart

import "image/color"

// swatch is how wide a sample of a series is in the legend.
const swatch = 18.0

// draw draws a chart on a canvas.
func (p *plan) draw(c canvas) {
	y := pad
	if p.Title != "" {
		c.text(p.inks.Text, true, place{pad, y + titleHeight - 8}, begins, p.titles.Cut(p.Title, p.Width-2*pad))
		y += titleHeight
	}
	if p.Subtitle != "" {
		c.text(p.inks.Soft, false, place{pad, y + rowHeight - 6}, begins, p.labels.Cut(p.Subtitle, p.Width-2*pad))
	}
	for _, f := range p.frames {
		p.head(c, f)
		box := [4]float64{p.left, f.top, p.right, f.bottom}
		c.within(box, func() { p.ground(c, f) })
		beyond := 2.5 // dots at the rim are whole
		if f.symbols {
			beyond = symbolSize / 2
		}
		c.within([4]float64{box[0] - beyond, box[1] - beyond, box[2] + beyond, box[3] + beyond}, func() {
			for i := range f.Series {
				p.series(c, f, &f.Series[i], p.color(i, &f.Series[i]))
			}
		})
		p.rim(c, f)
	}
}

// crisp is the middle of the pixel that a place lies in.
func crisp(v float64) float64 { return float64(int(v)) + 0.5 }

func faint(c color.NRGBA, alpha uint8) color.NRGBA { c.A = alpha; return c }

// ground draws shades, and lines at the labels.
func (p *plan) ground(c canvas, f *frame) {
	if f.shared {
		for _, s := range p.Shades {
			a, b := f.across.place(s[0]), f.across.place(s[1])
			c.area(faint(p.inks.Line, 38), []place{{a, f.top}, {b, f.top}, {b, f.bottom}, {a, f.bottom}})
		}
	}
	rule := func(t tick, a, b place) {
		alpha := uint8(70)
		if t.strong {
			alpha = 160
		}
		c.line(faint(p.inks.Line, alpha), 1, false, []place{a, b})
	}
	ticks, _ := p.acrossTicks(f)
	for _, t := range ticks {
		rule(t, place{crisp(t.at), f.top}, place{crisp(t.at), f.bottom})
	}
	if f.symbols {
		return
	}
	s := &f.up
	if s.empty && f.Right != nil {
		s = &f.other
	}
	for _, t := range p.upTicks(s) {
		rule(t, place{p.left, crisp(t.at)}, place{p.right, crisp(t.at)})
	}
}

// acrossTicks are the labels below a plot, and the days below them.
func (p *plan) acrossTicks(f *frame) (ticks, days []tick) {
	if f.across.Time {
		return f.across.times(func(text string) float64 { return p.width(text) + 10 })
	}
	return f.across.ticks(func(text string) float64 { return p.width(text) + 14 }), nil
}

// rim draws the frame of a plot and the labels around it.
func (p *plan) rim(c canvas, f *frame) {
	left, top, right, bottom := crisp(p.left), crisp(f.top), crisp(p.right-1), crisp(f.bottom-1)
	c.line(p.inks.Line, 1, false, []place{{left, bottom}, {left, top}, {right, top}, {right, bottom}, {left - 0.5, bottom}})
	down := float64(p.labels.Capital()) / 2
	if !f.symbols {
		for _, t := range p.upTicks(&f.up) {
			c.text(p.inks.Text, false, place{p.left - 6, t.at + down}, ends, t.label)
		}
		if f.Right != nil {
			for _, t := range p.upTicks(&f.other) {
				c.text(p.inks.Text, false, place{p.right + 6, t.at + down}, begins, t.label)
			}
		}
	}
	if f.labelled {
		p.foot(c, f)
	}
}

// foot writes the labels of the axis across.
func (p *plan) foot(c canvas, f *frame) {
	ticks, days := p.acrossTicks(f)
	y := f.bottom + rowHeight - 3
	for _, t := range ticks {
		x := crisp(t.at)
		c.line(p.inks.Line, 1, false, []place{{x, f.bottom - 0.5}, {x, f.bottom + 3.5}})
		c.text(p.inks.Text, false, place{x, y}, middle, t.label)
	}
	for _, t := range days {
		c.text(p.inks.Soft, false, place{t.at, y + rowHeight}, middle, t.label)
	}
	switch a := &f.across; {
	case a.Time:
		c.text(p.inks.Soft, false, place{p.left - 6, y + rowHeight}, ends, "UTC")
	case a.Title+a.Unit != "":
		c.text(p.inks.Soft, false, place{(p.left + p.right) / 2, y + rowHeight}, middle, a.caption())
	}
}

// head writes what stands above a plot: what is measured left and right, and the names of the series.
func (p *plan) head(c canvas, f *frame) {
	y := f.top - f.head + rowHeight - 4
	if f.Title != "" || !f.symbols {
		c.text(p.inks.Soft, false, place{pad, y}, begins, f.caption())
	}
	if f.Right != nil {
		c.text(p.inks.Soft, false, place{float64(p.Width) - pad, y}, ends, f.other.caption())
	}
	for _, row := range f.entries {
		for _, e := range row {
			p.sample(c, e, y-float64(p.labels.Capital())/2)
			c.text(p.inks.Text, false, place{e.x + swatch + 6, y}, begins, p.labels.Cut(e.series.Name, p.Width-int(e.x+swatch)-12))
		}
		y += rowHeight
	}
}

// sample draws how a series looks, in the legend.
func (p *plan) sample(c canvas, e entry, y float64) {
	ink := p.color(e.index, e.series)
	switch e.series.Kind {
	case Line:
		c.line(ink, lineWidth, e.series.Dashed, []place{{e.x, y}, {e.x + swatch, y}})
	case Points:
		c.disc(ink, place{e.x + swatch/2, y}, dotRadius)
	case Bars:
		c.area(ink, []place{{e.x + 3, y - 5}, {e.x + swatch - 3, y - 5}, {e.x + swatch - 3, y + 5}, {e.x + 3, y + 5}})
	case Filled:
		c.area(faint(ink, fillAlpha), []place{{e.x, y - 5}, {e.x + swatch, y - 5}, {e.x + swatch, y + 5}, {e.x, y + 5}})
	case Barbs, Arrows:
		p.symbol(c, e.series.Kind, ink, place{e.x + swatch/2, y}, place{7.5, 0}, false, swatch-2)
	}
}

// The colours of series that name none.
var (
	onLight = []color.NRGBA{{0x1f, 0x6f, 0xb2, 255}, {0xc4, 0x3d, 0x32, 255}, {0x2f, 0x86, 0x4b, 255}, {0x8a, 0x56, 0xb0, 255}, {0xcf, 0x78, 0x12, 255}, {0x14, 0x8a, 0x8f, 255}, {0x7a, 0x5a, 0x3a, 255}, {0xb3, 0x3f, 0x7f, 255}}
	onDark  = []color.NRGBA{{0x5a, 0xb0, 0xf0, 255}, {0xf0, 0x7f, 0x70, 255}, {0x72, 0xcf, 0x8c, 255}, {0xc2, 0x98, 0xe8, 255}, {0xf2, 0xae, 0x55, 255}, {0x5c, 0xcf, 0xd2, 255}, {0xc8, 0xa6, 0x80, 255}, {0xec, 0x86, 0xbd, 255}}
)

// color is the colour of the series at an index.
func (p *plan) color(i int, s *Series) color.NRGBA {
	switch {
	case s.Color.A != 0:
		return s.Color
	case s.Kind == Barbs || s.Kind == Arrows:
		return p.inks.Text
	case p.Theme == Dark:
		return onDark[i%len(onDark)]
	}
	return onLight[i%len(onLight)]
}
