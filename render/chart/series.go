package chart

import (
	"image/color"
	"math"

	"isobar/render"
)

// How series are drawn.
const (
	lineWidth  = 1.75
	dotRadius  = 2.5
	fillAlpha  = 90
	symbolSize = 26.0
	knotsPerMS = 3600.0 / 1852
	fastest    = 300.0 // m/s; nothing on Earth blows harder, and barbs would grow without end
)

// series draws the values of a series into a plot.
func (p *plan) series(c canvas, f *frame, s *Series, ink color.NRGBA) {
	up := &f.up
	if s.Right && f.Right != nil {
		up = &f.other
	}
	switch s.Kind {
	case Line:
		runs(s, func(from, to int) {
			line := make([]place, 0, to-from)
			for i := from; i < to; i++ {
				line = append(line, place{f.across.place(s.X[i]), up.place(s.Y[i])})
			}
			if len(line) == 1 {
				c.disc(ink, line[0], dotRadius)
				return
			}
			c.line(ink, lineWidth, s.Dashed, line)
			for i := 0; s.Dots && i < len(line); i++ {
				c.disc(ink, line[i], dotRadius)
			}
		})
	case Points:
		runs(s, func(from, to int) {
			for i := from; i < to; i++ {
				c.disc(ink, place{f.across.place(s.X[i]), up.place(s.Y[i])}, dotRadius)
			}
		})
	case Filled:
		runs(s, func(from, to int) { filled(c, f, up, s, from, to, ink) })
	case Bars:
		bars(c, f, up, s, ink)
	case Barbs, Arrows:
		p.winds(c, f, up, s, ink)
	}
}

// runs calls f for the parts of a series without gaps.
func runs(s *Series, f func(from, to int)) {
	from := -1
	for i := range s.X {
		ok := number(s.X[i]) && number(s.Y[i]) && (s.Low == nil || number(s.Low[i]))
		switch {
		case ok && from < 0:
			from = i
		case !ok && from >= 0:
			f(from, i)
			from = -1
		}
	}
	if from >= 0 {
		f(from, len(s.X))
	}
}

func number(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// filled fills the area below a part of a series, and draws its upper edge where that stands on the axis.
func filled(c canvas, f *frame, up *scale, s *Series, from, to int, ink color.NRGBA) {
	var upper, lower []place
	for i := from; i < to; i++ {
		x, low := f.across.place(s.X[i]), up.floor()
		if s.Low != nil {
			low = s.Low[i]
		}
		upper = append(upper, place{x, up.place(s.Y[i])})
		lower = append(lower, place{x, up.place(low)})
	}
	corners := append([]place(nil), upper...)
	for i := len(lower) - 1; i >= 0; i-- {
		corners = append(corners, lower[i])
	}
	c.area(faint(ink, uint8(int(ink.A)*fillAlpha/255)), corners)
	if s.Low == nil && len(upper) > 1 {
		c.line(ink, lineWidth, s.Dashed, upper)
	}
}

// bars draws a bar for each value that is not the floor's.
func bars(c canvas, f *frame, up *scale, s *Series, ink color.NRGBA) {
	half := math.Inf(1)
	for i := 1; i < len(s.X); i++ {
		if d := math.Abs(s.X[i] - s.X[i-1]); d > 0 {
			half = math.Min(half, d*0.4)
		}
	}
	if math.IsInf(half, 1) {
		half = (f.across.high - f.across.low) / 20
	}
	floor := up.place(up.floor())
	for i, x := range s.X {
		y := s.Y[i]
		if !number(x) || !number(y) || y == up.floor() {
			continue
		}
		a, b := f.across.place(x-half), f.across.place(x+half)
		if s.Before > 0 {
			a, b = f.across.place(x-s.Before), f.across.place(x)
		}
		if a > b {
			a, b = b, a
		}
		if b-a > 4 {
			a, b = a+0.75, b-0.75
		}
		top := up.place(y)
		c.area(ink, []place{{a, top}, {b, top}, {b, floor}, {a, floor}})
	}
}

// winds draws symbols, as many as have room.
func (p *plan) winds(c canvas, f *frame, up *scale, s *Series, ink color.NRGBA) {
	last := math.Inf(-1)
	for i, x := range s.X {
		at := place{f.across.place(x), (f.top + f.bottom) / 2}
		if s.Y != nil {
			at[1] = up.place(s.Y[i])
		}
		if !number(s.U[i]) || !number(s.V[i]) || !number(at[0]) || !number(at[1]) || s.Y == nil && math.Abs(at[0]-last) < symbolSize*0.95 {
			continue
		}
		last = at[0]
		p.symbol(c, s.Kind, ink, at, place{s.U[i], s.V[i]}, s.South, symbolSize)
	}
}

// symbol draws a barb or an arrow whose middle stands at a place, for a wind in m/s.
func (p *plan) symbol(c canvas, kind Kind, ink color.NRGBA, at, wind place, south bool, size float64) {
	speed := math.Hypot(wind[0], wind[1])
	if !(speed <= fastest) {
		return
	}
	if kind == Barbs {
		along, tip := place{wind[0], -wind[1]}, at
		if speed*knotsPerMS >= 1 {
			tip = place{at[0] + along[0]/speed*size/2, at[1] + along[1]/speed*size/2}
		}
		c.outlines(ink, render.Barb(tip, along, speed*knotsPerMS, south, size, 1.3))
		return
	}
	if speed < 0.3 {
		c.disc(ink, at, 1.5)
		return
	}
	x, y := wind[0]/speed, -wind[1]/speed
	corner := func(ahead, aside float64) place {
		return place{at[0] + (x*ahead+y*aside)*size, at[1] + (y*ahead-x*aside)*size}
	}
	c.area(ink, []place{corner(-0.42, 0.03), corner(0.12, 0.03), corner(0.08, 0.16), corner(0.42, 0), corner(0.08, -0.16), corner(0.12, -0.03), corner(-0.42, -0.03)})
}
