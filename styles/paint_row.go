package styles

import (
	"fmt"
	"image/color"
	"math"
	"slices"
)

// paintRow is a painter as it is written:
//
//	kind      fill, bands, lines, barbs, arrows, streams or extremes
//	element   whose values; left out: the layer's own. "wind" is the pair of components that the layer's element belongs to
//	like      the style whose colours a fill or bands has (left out: the row's own), or lines, arrows and streams have by value
//	color, halo                     what is drawn, and what surrounds it
//	width, spacing, size            in pixels
//	every     a list of {step, coarse, fine, from, unit}: lines at from + n*step, the first whose unit fits; coarse and fine
//	          are the steps on maps of a small and a large scale
//	bold      every n-th line is thicker
//	labels    numbers on lines or below marks
//	full      the speed, in the row's unit, from which on arrows and streamlines are at their largest
//	high, low {letter, color} of extremes
type paintRow struct {
	Kind    Painting `yaml:"kind"`
	Element string   `yaml:"element"`
	Title   string   `yaml:"title"`
	Like    string   `yaml:"like"`
	Color   string   `yaml:"color"`
	Halo    string   `yaml:"halo"`
	Width   float64  `yaml:"width"`
	Spacing float64  `yaml:"spacing"`
	Size    float64  `yaml:"size"`
	Labels  bool     `yaml:"labels"`
	Bold    int      `yaml:"bold"`
	Every   []Every  `yaml:"every"`
	Full    float64  `yaml:"full"`
	High    markRow  `yaml:"high"`
	Low     markRow  `yaml:"low"`
}

// markRow is a mark as it is written.
type markRow struct {
	Letter string `yaml:"letter"`
	Color  string `yaml:"color"`
}

// limits of what a painter is told, in pixels: below the least spacing a tile would hold too many symbols.
const (
	maxPainters  = 16
	leastSpacing = 16
	mostSpacing  = 512
	mostWidth    = 16
	mostSize     = 64
)

// usual is what a painter of a kind has where its row is silent.
var usual = map[Painting]Painter{
	Lines:    {Width: 1.1, Spacing: 116, Size: 11},
	Barbs:    {Width: 1.3, Spacing: 46, Size: 27},
	Arrows:   {Width: 1.6, Spacing: 34, Size: 25},
	Streams:  {Width: 1.4, Spacing: 22},
	Extremes: {Spacing: 90, Size: 21},
}

// painted makes a style of a row with painters.
func (s *shelf) painted(r *row) (*Style, error) {
	style := &Style{ID: r.ID, Title: r.Title, Abstract: r.Abstract, Unit: r.Unit, fits: r.Fits}
	own, err := s.own(r)
	if err != nil {
		return nil, err
	}
	if len(r.Paint) > maxPainters {
		return nil, r.wrong("paint", "there are %d painters, at most %d", len(r.Paint), maxPainters)
	}
	for i := range r.Paint {
		p, err := s.painter(r, i, own)
		if err != nil {
			return nil, err
		}
		style.Paint = append(style.Paint, p)
	}
	style.sum()
	return style, nil
}

// own is the fill that the row's own stops make; nil if there are none.
func (s *shelf) own(r *row) (*Style, error) {
	switch {
	case r.Like != "":
		return nil, r.wrong("like", "stands beside painters, which have their own")
	case len(r.Stops) > 0:
		return s.filled(r)
	case r.Kind != "" || r.Under != "" || r.Over != "" || r.Relative:
		return nil, r.wrong("stops", "there are none")
	}
	return nil, nil
}

// painter makes painter i.
func (s *shelf) painter(r *row, i int, own *Style) (p Painter, err error) {
	w, key := r.Paint[i], fmt.Sprintf("paint[%d]", i)
	if !slices.Contains(paintings, w.Kind) {
		return p, r.wrong(key+".kind", "%q is none of %v", w.Kind, paintings)
	}
	p = usual[w.Kind]
	p.Kind, p.Element, p.Title, p.Labels, p.Bold, p.Every, p.Full, p.Unit = w.Kind, w.Element, w.Title, w.Labels, w.Bold, w.Every, w.Full, r.Unit
	if p.Kind.vector() && p.Element == "" {
		p.Element = Wind
	}
	if p.Element != "" && !idPattern.MatchString(p.Element) {
		return p, r.wrong(key+".element", "%q is no name of an element", p.Element)
	}
	if err = s.colours(r, w, &p, key, own); err != nil {
		return p, err
	}
	for _, n := range []struct {
		key         string
		to          *float64
		value       float64
		least, most float64
	}{
		{"width", &p.Width, w.Width, 0.1, mostWidth}, {"spacing", &p.Spacing, w.Spacing, leastSpacing, mostSpacing},
		{"size", &p.Size, w.Size, 4, mostSize}, {"full", &p.Full, w.Full, 1e-6, math.MaxFloat32},
		{"bold", new(float64), float64(w.Bold), 1, 1000},
	} {
		if n.value == 0 {
			continue
		}
		if !(n.value >= n.least && n.value <= n.most) {
			return p, r.wrong(key+"."+n.key, "%g does not lie from %g to %g", n.value, n.least, n.most)
		}
		*n.to = n.value
	}
	for k, e := range w.Every {
		at := fmt.Sprintf("%s.every[%d]", key, k)
		switch {
		case !(e.Step > 0) || math.IsInf(e.Step, 0) || !(e.Coarse >= 0) || math.IsInf(e.Coarse, 0) || !(e.Fine >= 0) || math.IsInf(e.Fine, 0) || math.IsNaN(e.From) || math.IsInf(e.From, 0):
			return p, r.wrong(at+".step", "steps are above zero")
		case e.Unit == "":
			return p, r.wrong(at+".unit", "there is none")
		}
	}
	if p.Full > 0 && r.Unit == "" {
		return p, r.wrong(key+".full", "the row has no unit")
	}
	return p, nil
}

// colours reads the colours of a painter.
func (s *shelf) colours(r *row, w paintRow, p *Painter, key string, own *Style) error {
	if w.Like != "" {
		k, ok := s.at[w.Like]
		if !ok || len(s.rows[k].Paint) > 0 {
			return r.wrong(key+".like", "there is no style of one fill %q", w.Like)
		}
		like, err := s.style(k)
		if err != nil {
			return err
		}
		p.Colors = like
	} else if p.Kind == Fill || p.Kind == Bands {
		if p.Colors = own; own == nil {
			return r.wrong(key+".like", "there is none, nor has the row stops of its own")
		}
	}
	if p.Kind == Fill || p.Kind == Bands {
		if p.Kind == Bands && p.Colors.Kind != Smooth {
			return r.wrong(key+".like", "bands are made of a smooth style")
		}
		return nil
	}
	p.High.Letter, p.Low.Letter = w.High.Letter, w.Low.Letter
	for _, c := range []struct {
		key, text string
		to        *color.NRGBA
		fallback  string
	}{
		{"color", w.Color, &p.Color, "#22303c"}, {"halo", w.Halo, &p.Halo, "transparent"},
		{"high.color", w.High.Color, &p.High.Color, "#22303c"}, {"low.color", w.Low.Color, &p.Low.Color, "#22303c"},
	} {
		if c.text == "" {
			c.text = c.fallback
		}
		var err error
		if *c.to, err = parseColor(c.text); err != nil {
			return r.wrong(key+"."+c.key, "%v", err)
		}
	}
	return nil
}
