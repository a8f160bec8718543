package chart

import (
	"math"
	"strings"

	"isobar/render"
)

// The sizes of letters and the distances of a chart, in pixels.
const (
	labelSize, titleSize = 11.5, 15.0
	pad                  = 12.0
	rowHeight            = 17.0 // of labels
	titleHeight          = 22.0
	panelHeight          = 150.0
	onlyPanelHeight      = 260.0
	symbolsHeight        = 44.0
	usualWidth           = 800
	leastPlot            = 16.0 // height
)

// plan is a chart whose places are known.
type plan struct {
	Figure
	inks           render.Inks
	labels, titles *render.Pen
	frames         []*frame
	left, right    float64 // of all plots
	natural        bool    // as high as needed
}

// frame is a panel whose place is known.
type frame struct {
	*Panel
	shared            bool // its axis across is the figure's
	labelled          bool // that axis' labels stand below it
	top, bottom       float64
	across, up, other scale
	symbols           bool // it holds nothing that has a height
	entries           [][]entry
	head              float64 // height of the rows above the plot
}

// entry is a name of the legend and where it stands.
type entry struct {
	series *Series
	index  int
	x      float64
}

// newPlan lays a chart out.
func newPlan(f Figure) (*plan, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	p := &plan{Figure: f, inks: render.InksOn(f.Theme == Dark)}
	var err error
	if p.labels, p.titles, err = render.NewPens(labelSize, titleSize); err != nil {
		return nil, err
	}
	if p.Width == 0 {
		p.Width = usualWidth
	}
	for i := range p.Panels {
		panel := &p.Panels[i]
		frame := &frame{Panel: panel, shared: panel.Across == nil, symbols: symbolsAlone(panel)}
		frame.labelled = !frame.shared || p.lastShared(i)
		p.frames = append(p.frames, frame)
	}
	p.natural = p.Height == 0
	p.left, p.right = 56, float64(p.Width)-pad-10
	for range 2 { // margins depend on heights, these on how names are broken into rows, and they on margins
		p.layRows()
		p.layHeights()
		p.fitUp()
		p.layMargins()
	}
	p.fitAcross()
	return p, nil
}

// symbolsAlone tells that a panel holds symbols in a row and nothing that has a height.
func symbolsAlone(p *Panel) bool {
	for i := range p.Series {
		if p.Series[i].Y != nil {
			return false
		}
	}
	return len(p.Series) > 0
}

// lastShared tells that no panel further down has the figure's axis.
func (p *plan) lastShared(i int) bool {
	for k := i + 1; k < len(p.Panels); k++ {
		if p.Panels[k].Across == nil {
			return false
		}
	}
	return true
}

// layRows breaks the names of each panel's series into rows.
func (p *plan) layRows() {
	for _, f := range p.frames {
		start := math.Max(p.left, pad+p.width(f.caption())+14)
		x, row := start, []entry(nil)
		f.entries = nil
		for i := range f.Series {
			s := &f.Series[i]
			if s.Name == "" {
				continue
			}
			w := swatch + 6 + p.width(s.Name) + 16
			if x+w-16 > p.right && row != nil {
				f.entries = append(f.entries, row)
				x, row = start, nil
			}
			row = append(row, entry{s, i, x})
			x += w
		}
		if row != nil || f.caption() != "" || f.Right != nil {
			f.entries = append(f.entries, row)
		}
		f.head = float64(len(f.entries))*rowHeight + 6
	}
}

// caption is what stands above the left axis.
func (f *frame) caption() string { return joined(f.Title, f.up.caption()) }

// caption names an axis, and its unit with the power of ten that its labels leave out.
func (s *scale) caption() string {
	unit := s.Unit
	if s.power != 0 {
		unit = strings.TrimSuffix(render.Power(s.power)+" "+unit, " ")
	}
	return joined(s.Title, unit)
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

func (p *plan) width(text string) float64 { return float64(p.labels.Width(text)) }

// foot is how high the labels of an axis across are.
func (a *Axis) foot() float64 {
	if a.Time || a.Title+a.Unit != "" {
		return 2*rowHeight + 4
	}
	return rowHeight + 4
}

// axis is the axis across of a frame.
func (p *plan) axis(f *frame) Axis {
	if f.shared {
		return p.Across
	}
	return *f.Across
}

// heading is how high title and subtitle are.
func (p *plan) heading() float64 {
	h := pad
	if p.Title != "" {
		h += titleHeight
	}
	if p.Subtitle != "" {
		h += rowHeight
	}
	return h
}

// layHeights gives each plot its height, and where none is given the whole chart.
func (p *plan) layHeights() {
	rest, weights, usual := p.heading()+pad/2, 0.0, panelHeight
	if len(p.frames) == 1 {
		usual = onlyPanelHeight
	}
	for i, f := range p.frames {
		rest += f.head
		if f.labelled {
			a := p.axis(f)
			rest += a.foot()
		}
		if i > 0 {
			rest += pad / 2
		}
		if f.symbols && f.Weight <= 0 {
			rest += symbolsHeight
		} else {
			weights += f.weight()
		}
	}
	if p.natural {
		p.Height = min(int(rest+weights*usual), maxSide)
	}
	each := math.Max(float64(p.Height)-rest, 0) / math.Max(weights, 1e-9)
	y := p.heading()
	for _, f := range p.frames {
		f.top = y + f.head
		h := symbolsHeight
		if !f.symbols || f.Weight > 0 {
			h = math.Max(each*f.weight(), leastPlot)
		}
		f.bottom = math.Round(f.top + h)
		y = f.bottom + pad/2
		if f.labelled {
			a := p.axis(f)
			y += a.foot()
		}
	}
}

func (f *frame) weight() float64 {
	if f.Weight > 0 {
		return f.Weight
	}
	return 1
}

// fitUp fits the axes left and right of each plot to its data.
func (p *plan) fitUp() {
	for _, f := range p.frames {
		f.up = scale{Axis: f.Up, start: f.bottom, end: f.top}
		f.fit(&f.up, false)
		if f.Right != nil {
			f.other = scale{Axis: *f.Right, start: f.bottom, end: f.top}
			f.fit(&f.other, true)
		}
	}
}

// fit fits one of the axes to the series that it measures.
func (f *frame) fit(s *scale, right bool) {
	low, high := math.Inf(1), math.Inf(-1)
	for i := range f.Series {
		series := &f.Series[i]
		if (series.Right && f.Right != nil) != right {
			continue
		}
		for _, v := range series.Y {
			reach(&low, &high, v)
		}
		for _, v := range series.Low {
			reach(&low, &high, v)
		}
		s.Zero = s.Zero || series.Kind == Bars
	}
	s.fit(low, high, true, f.bottom-f.top)
}

// layMargins makes room for the labels left and right.
func (p *plan) layMargins() {
	left, right := 0.0, 0.0
	for _, f := range p.frames {
		for _, t := range p.upTicks(&f.up) {
			left = math.Max(left, p.width(t.label)+8)
		}
		if f.Right != nil {
			for _, t := range p.upTicks(&f.other) {
				right = math.Max(right, p.width(t.label)+8)
			}
		}
	}
	p.left = math.Round(pad + math.Max(left, 26))
	p.right = math.Round(float64(p.Width) - pad - math.Max(right, 12))
}

// upTicks are the labels of an axis left or right of a plot.
func (p *plan) upTicks(s *scale) []tick {
	return s.ticks(func(string) float64 { return tickRoom * 0.8 })
}

// fitAcross fits the axes across to the data: one for all panels that share it.
func (p *plan) fitAcross() {
	low, high := math.Inf(1), math.Inf(-1)
	for _, f := range p.frames {
		if f.shared {
			f.span(&low, &high)
		}
	}
	for _, f := range p.frames {
		a, b := low, high
		if !f.shared {
			a, b = math.Inf(1), math.Inf(-1)
			f.span(&a, &b)
		}
		f.across = scale{Axis: p.axis(f), start: p.left, end: p.right}
		f.across.fit(a, b, f.across.Round, p.right-p.left)
	}
}

// span widens a range by where the series of a panel lie.
func (f *frame) span(low, high *float64) {
	for i := range f.Series {
		s := &f.Series[i]
		for _, v := range s.X {
			reach(low, high, v)
			if s.Kind == Bars {
				reach(low, high, v-s.Before)
			}
		}
	}
}
