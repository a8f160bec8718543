package coverage

import (
	"fmt"
	"math"
	"strconv"

	"isobar/geo"
	"isobar/grid"
)

// Geometry is where the cells of an answer lie: row 0 is the northernmost (greatest y), column 0 the westernmost (least x).
type Geometry struct {
	// Ref is the system of X and Y. Its Code is "" where no registry has it: then Native describes it.
	Ref    geo.Reference
	Native *grid.Native // the grid's own system, if that is the answer's; nil: Ref says all
	X, Y   []float64    // centres
	DX, DY float64      // steps, both positive; DY is 0 where rows are uneven
	Box    geo.Box      // the outer edges
	// SliceX and SliceY tell that the request wants that axis gone; one column or row is left.
	SliceX, SliceY bool
	// Exact tells that the cells are the grid's own, and values as stored.
	Exact bool

	window grid.Window // of an exact answer
	fine   int         // subdivisions of a cell on each side that are averaged
	near   bool        // nearest cells
}

// Width is the number of columns.
func (g *Geometry) Width() int { return len(g.X) }

// Height is the number of rows.
func (g *Geometry) Height() int { return len(g.Y) }

// YEdges are the edges of rows, one more than rows, falling.
func (g *Geometry) YEdges() []float64 { return rowEdges(g.Y, g.DY) }

// maxSide bounds the sides of an answer that is not exact, as sampling does.
const maxSide = 1 << 15

// upright is the system of grids of longitudes and latitudes.
const upright = "EPSG:4326"

// resolve finds the geometry of a cut through a grid.
func resolve(g grid.Grid, c Cut) (Geometry, error) {
	for axis, in := range map[string]Interval{AxisX: c.X, AxisY: c.Y} {
		if math.IsNaN(in.Low) || math.IsNaN(in.High) {
			return Geometry{}, axisError(axis, in, ErrReversed)
		}
	}
	n, exact := grid.NativeOf(g)
	wraps := false
	if exact {
		raster, ok := g.(grid.Raster)
		wraps = ok && raster.Wraps()
	} else {
		n = spread(g)
		wraps = math.Abs(n.DX*float64(len(n.X))-360) < 1e-6
	}
	own := ownReference(g, n)
	in, out := own, own
	if c.In != nil && !same(*c.In, own) {
		in = *c.In
	}
	if c.Out != nil && !same(*c.Out, own) {
		out = *c.Out
	}
	r := resolver{grid: g, native: n, own: own, wraps: wraps, cut: c, in: in, out: out}
	if c.Frame && !r.fits() {
		return r.framed()
	}
	if out.Code != own.Code {
		return r.elsewhere()
	}
	geometry, err := r.home()
	geometry.Exact = geometry.Exact && exact
	if err == nil && !geometry.Exact {
		err = r.refine(&geometry)
	}
	return geometry, err
}

// same tells that two systems differ by their names at most.
func same(a, b geo.Reference) bool {
	return a.Code == b.Code || a.Degrees && b.Degrees && a.Turn == 360 && b.Turn == 360
}

// ownReference is a grid's own system.
func ownReference(g grid.Grid, n grid.Native) geo.Reference {
	if n.Degrees && n.Turn == 360 {
		if ref, err := geo.Lookup(upright); err == nil {
			return ref
		}
	}
	// The name stands for the grid in plans alone; New takes it off.
	return geo.Reference{Code: g.ID(), Title: n.Kind, Degrees: n.Degrees, Turn: n.Turn, Projection: n.Projection, Area: g.Extent()}
}

// spread is a regular grid of longitudes and latitudes in place of one without columns and rows: about as many cells, and as far.
func spread(g grid.Grid) grid.Native {
	box := g.Extent()
	lat := (box.MinY() + box.MaxY()) / 2 * math.Pi / 180
	width, height := max(box.MaxX()-box.MinX(), 1e-3), max(box.MaxY()-box.MinY(), 1e-3)
	share := math.Cos(lat)
	if height > 90 { // of the cells of a regular grid, a sphere needs so many
		share = 2 / math.Pi
	}
	step := math.Sqrt(width * height * max(share, 0.05) / float64(max(g.Len(), 1)))
	round := width > 359.999
	n := grid.Native{Kind: "latlon", Degrees: true, Turn: 360, Projection: geo.PlateCarree()}
	nx := max(int(math.Round(width/step)), 1)
	ny := max(int(math.Round(height/step))+1, 1)
	nx, ny = min(nx, maxSide), min(ny, maxSide)
	n.DX, n.DY = width/float64(nx), height/float64(max(ny-1, 1))
	if !round {
		nx++
	}
	for i := range nx {
		n.X = append(n.X, box.MinX()+float64(i)*n.DX)
	}
	for j := range ny {
		n.Y = append(n.Y, box.MaxY()-float64(j)*n.DY)
	}
	return n
}

// resolver is what resolve works on.
type resolver struct {
	grid    grid.Grid
	native  grid.Native
	wraps   bool
	cut     Cut
	own     geo.Reference
	in, out geo.Reference
}

// home cuts in the grid's own system.
func (r *resolver) home() (Geometry, error) {
	n := r.native
	x, y, err := r.intervals()
	if err != nil {
		return Geometry{}, err
	}
	columns, err := chooseX(n.X, n.DX, n.Turn, r.wraps, x)
	if err != nil {
		return Geometry{}, err
	}
	rows, err := chooseY(n.Y, n.DY, y)
	if err != nil {
		return Geometry{}, err
	}
	out := Geometry{
		Ref: r.own, Native: &r.native, DX: n.DX, DY: n.DY, SliceX: x.Slice, SliceY: y.Slice, Exact: true,
		X: make([]float64, columns.n), Y: n.Y[rows.first : rows.first+rows.n],
	}
	nx := len(n.X)
	turns := int(math.Floor(float64(columns.first) / float64(nx)))
	for i := range out.X {
		out.X[i] = tidy(n.X[0] + float64(columns.first+i)*n.DX + columns.shift)
	}
	out.window = grid.Window{X0: columns.first - turns*nx, Y0: rows.first, NX: columns.n, NY: rows.n}
	edges := out.YEdges()
	out.Box = geo.Box{tidy(out.X[0] - n.DX/2), tidy(edges[rows.n]), tidy(out.X[columns.n-1] + n.DX/2), tidy(edges[0])}
	return out, r.scale(&out)
}

// tidy takes off what adding steps leaves behind the ninth digit.
func tidy(v float64) float64 { return math.Round(v*1e9)/1e9 + 0 }

// intervals are the cut's, in the grid's own system.
func (r *resolver) intervals() (x, y Interval, err error) {
	if r.in.Code == r.own.Code {
		return r.cut.X, r.cut.Y, nil
	}
	box, err := r.over(r.boxIn(), r.in, r.own)
	if err != nil {
		return x, y, err
	}
	x, y = Interval{box[0], box[2], r.cut.X.Slice}, Interval{box[1], box[3], r.cut.Y.Slice}
	if x.Slice {
		x.Low = (x.Low + x.High) / 2
		x.High = x.Low
	}
	if y.Slice {
		y.Low = (y.Low + y.High) / 2
		y.High = y.Low
	}
	return x, y, nil
}

// scale gives an answer fewer or more cells, if the cut says so.
func (r *resolver) scale(g *Geometry) error {
	w, err := target(AxisX, r.cut.Width, r.cut.ScaleX, g.Width())
	if err != nil {
		return err
	}
	h, err := target(AxisY, r.cut.Height, r.cut.ScaleY, g.Height())
	if err != nil {
		return err
	}
	if w == g.Width() && h == g.Height() {
		return nil
	}
	g.frame(g.Box, w, h)
	return nil
}

// target is a number of cells.
func target(axis string, size int, factor float64, cells int) (int, error) {
	switch {
	case size < 0:
		return 0, &AxisError{axis, strconv.Itoa(size), ErrScale}
	case size > 0:
		return size, nil
	case factor == 0:
		return cells, nil
	case !(factor > 0) || math.IsInf(factor, 1) || factor*float64(cells) > 1<<31:
		return 0, &AxisError{axis, fmt.Sprint(factor), ErrScale}
	}
	return max(int(math.Round(factor*float64(cells))), 1), nil
}

// frame cuts a box evenly.
func (g *Geometry) frame(box geo.Box, w, h int) {
	g.Exact, g.Box = false, box
	g.DX, g.DY = (box.MaxX()-box.MinX())/float64(w), (box.MaxY()-box.MinY())/float64(h)
	g.X, g.Y = nil, nil
	if w > maxSide || h > maxSide { // refine refuses it
		g.X, g.Y = make([]float64, min(w, maxSide+1)), make([]float64, min(h, maxSide+1))
		return
	}
	for i := range w {
		g.X = append(g.X, tidy(box.MinX()+(float64(i)+0.5)*g.DX))
	}
	for j := range h {
		g.Y = append(g.Y, tidy(box.MaxY()-(float64(j)+0.5)*g.DY))
	}
}
