package sample

import (
	"context"
	"math"
	"slices"

	"isobar/geo"
	"isobar/grid"
)

// bandPixels is how many pixels are sampled at a time: a tile of 512 x 512 is one band.
const bandPixels = 1 << 18

// plan is where each pixel of a view lies in a grid's index space, and what to read for it.
type plan struct {
	in       Input
	view     geo.View
	sc       *scratch
	bandRows int

	raster grid.Raster // nil: a grid without rows and columns
	nx, ny int         // at level 0
	level  int
	cap    polarCap

	x, y  []float64 // upright: positions at level 0 by pixel column and row
	plans *planCache
}

// plan prepares a view.
func (s *Sampler) plan(sc *scratch, in Input, v geo.View) (*plan, error) {
	p := &sc.plan
	*p = plan{in: in, view: v, sc: sc, plans: s.plans}
	p.bandRows = min(max(bandPixels/v.Width, meshStep), v.Height)
	r, ok := in.Grid.(grid.Raster)
	if !ok {
		return p, nil
	}
	p.raster = r
	p.nx, p.ny = r.Shape()
	p.cap = capOf(r)
	if sep, ok := r.(grid.Separable); ok {
		if lonDeg, latDeg, ok := axes(v); ok {
			p.upright(sep, lonDeg, latDeg)
			return p, nil
		}
	}
	if p.bandRows < v.Height { // else the band's own positions tell
		p.level = p.levelOf(p.sampleSizes())
	}
	return p, nil
}

// upright finds the positions of columns and rows, which are the whole plan.
func (p *plan) upright(g grid.Separable, lonDeg, latDeg []float64) {
	p.x, p.y = resize(&p.sc.x, len(lonDeg)), resize(&p.sc.y, len(latDeg))
	for i, lon := range lonDeg {
		p.x[i] = g.Column(lon)
	}
	for i, lat := range latDeg {
		p.y[i] = g.Row(p.cap.clamp(lat))
	}
	period := 0.0
	if g.Wraps() {
		period = float64(p.nx)
	}
	p.level = p.levelOf([]float64{p.medianStep(p.x, period), p.medianStep(p.y, 0)})
}

// medianStep is how many cells lie between neighbouring pixels: the median, NaN where there are none.
func (p *plan) medianStep(at []float64, period float64) float64 {
	steps := p.sc.sizes[:0]
	for i := 1; i < len(at); i++ {
		if d := math.Abs(turn(at[i]-at[i-1], period)); d > 0 { // not NaN
			steps = append(steps, d)
		}
	}
	p.sc.sizes = steps
	return median(steps)
}

// median is the middle of numbers, which it sorts.
func median(of []float64) float64 {
	if len(of) == 0 {
		return math.NaN()
	}
	slices.Sort(of)
	return of[len(of)/2]
}

// levelOf is the coarsest level whose cells are no larger than the smallest of the sizes of a pixel, given in cells of level 0.
func (p *plan) levelOf(sizes []float64) int {
	size := math.Inf(1)
	for _, s := range sizes {
		if s < size { // not NaN
			size = s
		}
	}
	const slack = 1 + 1e-6 // a pixel of exactly two cells, less the rounding of its box
	level := min(p.in.MinLevel, p.in.MaxLevel)
	for level < p.in.MaxLevel && float64(int(2)<<level) <= size*slack && !math.IsInf(size, 1) {
		level++
	}
	return level
}

// turn brings a difference of columns to within half a period, if there is one.
func turn(d, period float64) float64 {
	if period > 0 {
		d -= period * math.Round(d/period)
	}
	return d
}

// band samples some whole rows of the view.
func (p *plan) band(ctx context.Context, f Fields, row, rows int, out []float32) error {
	inputs := [][]float32{out}
	if len(p.in.Keys) > 1 {
		inputs = cut(&p.sc.in, &p.sc.inputs, len(p.in.Keys), len(out))
	}
	var err error
	switch {
	case p.raster == nil:
		err = p.scattered(ctx, f, row, rows, inputs)
	case p.x != nil:
		err = p.part(ctx, f, &axesAt{p, row}, rect{0, 0, p.view.Width, rows}, inputs)
	default:
		at := p.mesh(row, rows)
		switch {
		case p.in.MinLevel >= p.in.MaxLevel: // there is no choice
			p.level = p.in.MaxLevel
		case p.bandRows >= p.view.Height:
			p.level = p.levelOf(p.pixelSizes(at, rows))
		}
		err = p.part(ctx, f, &pixelsAt{p, at}, rect{0, 0, p.view.Width, rows}, inputs)
	}
	if err == nil && p.in.Expr != nil {
		p.in.Expr.Eval(out, inputs)
	}
	return err
}

// polarCap closes the hole between the last row of a grid around the Earth and the pole.
type polarCap struct{ south, north float64 }

// capOf finds the latitudes beyond which the last row holds: none but on a grid around the Earth whose rows are parallels.
func capOf(r grid.Raster) polarCap {
	c := polarCap{-90, 90}
	if _, parallels := r.(grid.Separable); !parallels || !r.Wraps() {
		return c
	}
	_, ny := r.Shape()
	box := r.Extent()
	spacing := (box.MaxY() - box.MinY()) / float64(max(ny-1, 1))
	if north := box.MaxY(); north+spacing*1.01 >= 90 { // Gaussian rows are not quite even
		c.north = north
	}
	if south := box.MinY(); south-spacing*1.01 <= -90 {
		c.south = south
	}
	return c
}

// clamp moves a latitude beyond the last row onto it. There is no latitude beyond the poles.
func (c polarCap) clamp(latDeg float64) float64 {
	const rounding = 1e-9
	switch {
	case latDeg > c.north && latDeg <= 90+rounding:
		return c.north
	case latDeg < c.south && latDeg >= -90-rounding:
		return c.south
	case latDeg > 90 || latDeg < -90:
		return math.NaN()
	}
	return latDeg
}
