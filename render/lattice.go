package render

import (
	"context"
	"math"

	"isobar/geo"
	"isobar/grid"
	"isobar/sample"
)

// nodePixels is how far the nodes lie apart from whose values lines are drawn, in pixels; fields are read at the pyramid
// level whose cells are about as large.
const nodePixels = 4

// lattice is points of a reference system that all its maps of one resolution share: (i*sx, -j*sy), j growing southwards.
type lattice struct{ sx, sy float64 }

// pane is what is drawn: a view, and what all views of its system and resolution have in common.
type pane struct {
	ctx     context.Context
	sampler *sample.Sampler
	fields  sample.Fields
	view    geo.View
	dx, dy  float64 // of a pixel, rounded so that all tiles of a zoom agree
	corner  point   // upper left, among the pixels of the whole system
	degrees float64 // that a pixel spans in the middle of the system
	scratch *scratch
}

// pane prepares a view.
func (r *Renderer) pane(ctx context.Context, f sample.Fields, v geo.View, s *scratch) *pane {
	p := &pane{ctx: ctx, sampler: r.sampler, fields: f, view: v, scratch: s}
	p.dx = rounded((v.Box.MaxX() - v.Box.MinX()) / float64(v.Width))
	p.dy = rounded((v.Box.MaxY() - v.Box.MinY()) / float64(v.Height))
	p.corner.x = math.Round(v.Box.MinX()/p.dx*subPixels) / subPixels
	p.corner.y = math.Round(-v.Box.MaxY()/p.dy*subPixels) / subPixels
	p.degrees = p.span()
	return p
}

// finest is how many pixels a system may be wide for lattices to be told apart in it.
const finest = 1 << 40

// drawable tells whether symbols can be drawn at all: the map is not so far from its system's origin, or so small, that numbers
// do not tell pixels apart.
func (p *pane) drawable() bool {
	b := p.view.Box
	reach := math.Max(math.Max(math.Abs(b.MinX()), math.Abs(b.MaxX()))/p.dx, math.Max(math.Abs(b.MinY()), math.Abs(b.MaxY()))/p.dy)
	ratio := p.dy / p.dx
	return reach < finest && ratio > 1.0/finest && ratio < finest && p.dx > 1e-12 && p.dx < 1e12
}

// rounded drops the last bits of a resolution: boxes of tiles differ in them.
func rounded(v float64) float64 {
	m, e := math.Frexp(v)
	return math.Ldexp(math.Round(m*(1<<34))/(1<<34), e)
}

// span is how many degrees a pixel spans, told at a place that all views of the system share.
func (p *pane) span() float64 {
	if p.view.Ref.Turn > 0 {
		return math.Max(p.dx, p.dy) / p.view.Ref.Turn * 360
	}
	for _, b := range []geo.Box{p.view.Ref.Bounds, p.view.Box} {
		c := geo.XY{X: (b.MinX() + b.MaxX()) / 2, Y: (b.MinY() + b.MaxY()) / 2}
		at := make([]geo.LonLat, 2)
		const pixels = 64
		p.view.Ref.Inverse(at, []geo.XY{c, {X: c.X + p.dx*pixels, Y: c.Y}})
		if d := apart(at[0], at[1]) / pixels; d > 0 {
			return d
		}
	}
	return 0.1
}

// apart is the angle between two places in degrees.
func apart(a, b geo.LonLat) float64 {
	const rad = math.Pi / 180
	u, v := math.Sin((b.Lat-a.Lat)*rad/2), math.Sin((b.Lon-a.Lon)*rad/2)
	return 2 * math.Asin(math.Min(1, math.Sqrt(u*u+math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*v*v))) / rad
}

// pixels is a lattice whose points lie so many pixels apart.
func (p *pane) pixels(n float64) lattice { return lattice{n * p.dx, n * p.dy} }

// symbols is the lattice for symbols about so many pixels apart: a power of two of a turn, or of a metre or degree, so that
// every second point stays when the map is zoomed out. Of a staggered one only the points count whose i+j is even.
func (p *pane) symbols(spacing float64) (l lattice, staggered bool) {
	base := 1.0
	if t := p.view.Ref.Turn; t > 0 {
		base = t
	}
	n := math.Round(2 * math.Log2(spacing*p.dx/base))
	if staggered = math.Mod(n, 2) != 0; staggered {
		n--
	}
	l.sx = base * math.Exp2(n/2)
	l.sy = l.sx * math.Exp2(math.Round(math.Log2(p.dy/p.dx)))
	return l, staggered
}

// place is where a point of the system lies on the map, in pixels: its place among the pixels of the whole system, less the
// map's corner, which lies on the lattice of outlines. So tiles differ by whole numbers.
func (p *pane) place(x, y float64) point {
	return point{x/p.dx - p.corner.x, -y/p.dy - p.corner.y}
}

// reach is the points of a lattice within the view and a margin around it in pixels: i0 <= i < i1, j0 <= j < j1.
type reach struct{ i0, j0, i1, j1 int }

func (p *pane) reach(l lattice, margin float64) reach {
	b, mx, my := p.view.Box, margin*p.dx, margin*p.dy
	return reach{
		int(math.Floor((b.MinX() - mx) / l.sx)), int(math.Floor(-(b.MaxY() + my) / l.sy)),
		int(math.Ceil((b.MaxX()+mx)/l.sx)) + 1, int(math.Ceil(-(b.MinY()-my)/l.sy)) + 1,
	}
}

// nodes is values at points of a lattice.
type nodes struct {
	lattice
	i0, j0, nx, ny int
	v              []float32
}

// blocks rounds a reach to whole blocks of a side.
func (r reach) blocks(side int) reach {
	down := func(i int) int { return int(math.Floor(float64(i) / float64(side))) }
	return reach{down(r.i0), down(r.j0), down(r.i1-1) + 1, down(r.j1-1) + 1}
}

// maxNodes bounds how many values a painter reads at a time.
const maxNodes = 1 << 23

// sample reads values at the points of a lattice within a reach, in blocks that are the same whatever the view: so a value
// is the same to the last bit in all maps that show it.
func (p *pane) sample(in sample.Input, l lattice, r reach, side int, dst *[]float32) (nodes, error) {
	b := r.blocks(side)
	n := nodes{lattice: l, i0: b.i0 * side, j0: b.j0 * side, nx: (b.i1 - b.i0) * side, ny: (b.j1 - b.j0) * side}
	if n.nx <= 0 || n.ny <= 0 || n.nx > maxNodes/n.ny {
		return n, ErrSize
	}
	n.v = resize(dst, n.nx*n.ny)
	in.MaxLevel = p.level(in)
	in.MinLevel = in.MaxLevel
	block := resize(&p.scratch.block, side*side)
	for bj := b.j0; bj < b.j1; bj++ {
		for bi := b.i0; bi < b.i1; bi++ {
			x, y := (float64(bi*side)-0.5)*l.sx, -(float64(bj*side)-0.5)*l.sy
			v := geo.View{Ref: p.view.Ref, Box: geo.Box{x, y - float64(side)*l.sy, x + float64(side)*l.sx, y}, Width: side, Height: side}
			if err := p.sampler.View(p.ctx, p.fields, in, v, block); err != nil {
				return n, err
			}
			at := (bj-b.j0)*side*n.nx + (bi-b.i0)*side
			for k := range side {
				copy(n.v[at+k*n.nx:at+k*n.nx+side], block[k*side:(k+1)*side])
			}
		}
	}
	return n, nil
}

// level is the coarsest level whose cells are no larger than nodes lie apart.
func (p *pane) level(in sample.Input) int {
	cell := cellDegrees(in.Grid)
	level := 0
	for level < in.MaxLevel && cell*float64(int(2)<<level) <= p.degrees*nodePixels*1.01 {
		level++
	}
	return level
}

// cellDegrees is about how large the cells of a grid are.
func cellDegrees(g grid.Grid) float64 {
	nx, ny := g.Shape()
	box := g.Extent()
	if ny < 2 || nx < 2 {
		return 1
	}
	return math.Max((box.MaxY()-box.MinY())/float64(ny-1), 1e-6)
}

// cellNodes is how many nodes a cell spans, of the level that is read.
func (p *pane) cellNodes(in sample.Input) float64 {
	return cellDegrees(in.Grid) * float64(int(1)<<p.level(in)) / (p.degrees * nodePixels)
}

// at is where a node lies on the map; i and j may lie between nodes.
func (n *nodes) at(p *pane, i, j float64) point {
	return p.place((float64(n.i0)+i)*n.sx, -(float64(n.j0)+j)*n.sy)
}

// value interpolates between nodes; NaN beyond them and where one is missing.
func (n *nodes) value(i, j float64) float64 {
	x, y := int(math.Floor(i)), int(math.Floor(j))
	if x < 0 || y < 0 || x+1 >= n.nx || y+1 >= n.ny {
		return math.NaN()
	}
	fx, fy := i-float64(x), j-float64(y)
	row, next := n.v[y*n.nx+x:], n.v[(y+1)*n.nx+x:]
	top := float64(row[0]) + fx*(float64(row[1])-float64(row[0]))
	low := float64(next[0]) + fx*(float64(next[1])-float64(next[0]))
	return top + fy*(low-top)
}

// smooth takes weighted means of neighbours, at distances of 1, 2, 4 and so on nodes while these are within three quarters of a cell: what
// the interpolation between cells leaves angular becomes round. Missing values stay so and count nowhere.
func (n *nodes) smooth(cell float64, other *[]float32) {
	for d := 1; d == 1 || d <= mostSmoothing && float64(d) <= cell*0.75; d *= 2 {
		t := resize(other, len(n.v))
		for j := range n.ny {
			row := n.v[j*n.nx : (j+1)*n.nx]
			smoothLine(t[j*n.nx:(j+1)*n.nx], row, d)
		}
		for j := range n.ny {
			up, down := max(j-d, 0), min(j+d, n.ny-1)
			a, b, c := t[up*n.nx:(up+1)*n.nx], t[j*n.nx:(j+1)*n.nx], t[down*n.nx:(down+1)*n.nx]
			out := n.v[j*n.nx : (j+1)*n.nx]
			for i := range out {
				out[i] = mean(a[i], b[i], c[i])
			}
		}
	}
}

// mostSmoothing is the greatest distance that smooth looks at, in nodes; with it margin is how far values depend on others.
const (
	mostSmoothing   = 8
	smoothingMargin = 2*mostSmoothing - 1
)

// smoothLine is smooth along a row.
func smoothLine(dst, row []float32, d int) {
	n := len(row)
	for i := range min(d, n) {
		dst[i] = mean(row[max(i-d, 0)], row[i], row[min(i+d, n-1)])
	}
	for i := d; i < n-d; i++ {
		dst[i] = mean(row[i-d], row[i], row[i+d])
	}
	for i := max(n-d, min(d, n)); i < n; i++ {
		dst[i] = mean(row[max(i-d, 0)], row[i], row[min(i+d, n-1)])
	}
}

// mean is (a + 2b + c) / 4, without what is missing beside b.
func mean(a, b, c float32) float32 {
	if m := 0.25*a + 0.5*b + 0.25*c; m == m {
		return m
	}
	if a != a {
		a = b
	}
	if c != c {
		c = b
	}
	return 0.25*a + 0.5*b + 0.25*c
}
