package coverage

import (
	"fmt"
	"math"
	"slices"

	"isobar/geo"
)

// lattice is how many places along each side stand for a box in another system.
const lattice = 65

// elsewhere is the geometry in another system.
func (r *resolver) elsewhere() (Geometry, error) {
	var box geo.Box
	var err error
	x, y := r.cut.X, r.cut.Y
	switch {
	case r.in.Code == r.out.Code && !x.whole() && !y.whole():
		whole, bad := r.over(r.ownBox(), r.own, r.out)
		if bad != nil {
			return Geometry{}, bad
		}
		box = r.closed(whole)
	case x.whole() && y.whole():
		box, err = r.over(r.ownBox(), r.own, r.out)
	default:
		box, err = r.over(r.boxIn(), r.in, r.out)
	}
	if err != nil {
		return Geometry{}, err
	}
	if box[0] > box[2] && r.out.Turn > 0 {
		box[2] += r.out.Turn
	}
	if x.whole() && y.whole() { // not the far ends of a map whose system ends there
		box = clipped(box, r.out)
	}
	if box[0] > box[2] {
		return Geometry{}, axisError(AxisX, x, ErrReversed)
	}
	if box[1] > box[3] {
		return Geometry{}, axisError(AxisY, y, ErrReversed)
	}
	step, ok := r.pixel(box)
	if !ok {
		return Geometry{}, axisError(AxisX, Interval{Low: box[0], High: box[2]}, ErrOutside)
	}
	// Less than a cell is a cell, unless its size is named.
	if length := box[2] - box[0]; length < step && (r.cut.Width == 0 || length == 0) {
		box[0], box[2] = (box[0]+box[2]-step)/2, (box[0]+box[2]+step)/2
	}
	if length := box[3] - box[1]; length < step && (r.cut.Height == 0 || length == 0) {
		box[1], box[3] = (box[1]+box[3]-step)/2, (box[1]+box[3]+step)/2
	}
	g := Geometry{Ref: r.out, SliceX: x.Slice, SliceY: y.Slice}
	w, h, err := r.size(box, step)
	if err != nil {
		return g, err
	}
	if x.Slice {
		w = 1
	}
	if y.Slice {
		h = 1
	}
	g.frame(box, w, h)
	return g, r.refine(&g)
}

// size is how many cells a box has that a cell of the grid goes step by step into.
func (r *resolver) size(box geo.Box, step float64) (w, h int, err error) {
	cells := func(length float64) int { return int(min(max(math.Round(length/step), 1), 1<<30)) }
	if w, err = target(AxisX, r.cut.Width, r.cut.ScaleX, cells(box[2]-box[0])); err != nil {
		return w, h, err
	}
	h, err = target(AxisY, r.cut.Height, r.cut.ScaleY, cells(box[3]-box[1]))
	return w, h, err
}

// ownBox is the grid's outer edges in its own system.
func (r *resolver) ownBox() geo.Box {
	n := r.native
	edges := rowEdges(n.Y, n.DY)
	top, bottom := edges[0], edges[len(n.Y)]
	if n.Degrees && n.Turn == 360 {
		top, bottom = min(top, 90), max(bottom, -90)
	}
	return geo.Box{n.X[0] - n.DX/2, bottom, n.X[len(n.X)-1] + n.DX/2, top}
}

// boxIn is the cut's box in its system, ends that are open closed by what the system or the grid has.
func (r *resolver) boxIn() geo.Box {
	limits := r.in.Bounds
	if r.in.Degrees && r.in.Turn == 360 {
		e := r.grid.Extent()
		limits = geo.Box{e.MinX(), -90, e.MaxX(), 90}
	}
	return r.closed(limits)
}

// closed is the cut's box, its open ends as limits say.
func (r *resolver) closed(limits geo.Box) geo.Box {
	box := geo.Box{r.cut.X.Low, r.cut.Y.Low, r.cut.X.High, r.cut.Y.High}
	for i, v := range box {
		if math.IsInf(v, 0) {
			box[i] = limits[i]
		}
	}
	if r.in.Turn > 0 && box[0] > box[2] {
		box[2] += r.in.Turn
	}
	return box
}

// clipped is the part of a box within a system's bounds.
func clipped(b geo.Box, ref geo.Reference) geo.Box {
	if ref.Bounds == (geo.Box{}) {
		return b
	}
	c := geo.Box{max(b[0], ref.Bounds[0]), max(b[1], ref.Bounds[1]), min(b[2], ref.Bounds[2]), min(b[3], ref.Bounds[3])}
	if c[0] >= c[2] || c[1] >= c[3] {
		return b
	}
	return c
}

// over is the box around a box in another system: of places all over it, so that poles within count.
func (r *resolver) over(box geo.Box, from, to geo.Reference) (geo.Box, error) {
	at := make([]geo.XY, 0, lattice*lattice)
	for j := range lattice {
		for i := range lattice {
			at = append(at, geo.XY{
				X: box[0] + (box[2]-box[0])*float64(i)/(lattice-1), Y: box[1] + (box[3]-box[1])*float64(j)/(lattice-1),
			})
		}
	}
	if from.Degrees && from.Turn == 360 {
		for i := range at {
			at[i].Y = min(max(at[i].Y, -90), 90)
		}
	}
	places := make([]geo.LonLat, len(at))
	from.Inverse(places, at)
	places = slices.DeleteFunc(places, func(p geo.LonLat) bool { return p.Lon != p.Lon || p.Lat != p.Lat })
	if to.Turn > 0 { // longitudes go on from each other
		lon, limit := 0.0, to.Area
		for i := range places {
			if i > 0 {
				places[i].Lon = lon + math.Remainder(places[i].Lon-lon, 360)
			}
			lon = places[i].Lon
			if limit != (geo.Box{}) {
				places[i].Lat = min(max(places[i].Lat, limit[1]), limit[3])
			}
		}
	}
	found := make([]geo.XY, len(places))
	to.Forward(found, places)
	out := geo.Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, q := range found {
		if q.X == q.X && q.Y == q.Y {
			out = geo.Box{min(out[0], q.X), min(out[1], q.Y), max(out[2], q.X), max(out[3], q.Y)}
		}
	}
	if !(out[0] <= out[2] && out[1] <= out[3]) || math.IsInf(out[2]-out[0]+out[3]-out[1], 0) {
		return out, axisError(AxisX, Interval{Low: box[0], High: box[2]}, ErrOutside)
	}
	if to.Turn > 0 && out[2]-out[0] > to.Turn {
		out[2] = out[0] + to.Turn
	}
	return out, nil
}

// across is how many probes for the size of cells lie along each side of a box.
const across = 33

// pixel is the side of a square in the answer's system that is as large as a cell: the median over the box. ok is false where the
// box holds no cell.
func (r *resolver) pixel(box geo.Box) (side float64, ok bool) {
	w, h := max(box[2]-box[0], 1e-9), max(box[3]-box[1], 1e-9)
	var at []geo.XY
	for j := range across {
		for i := range across {
			at = append(at, geo.XY{X: box[0] + w*float64(i)/(across-1), Y: box[1] + h*float64(j)/(across-1)})
		}
	}
	if side, ok = r.sides(at, max(w, h)*1e-5); ok {
		return side, true
	}
	own := r.ownBox() // a grid that lies between the probes
	at = at[:0]
	for j := range across {
		for i := range across {
			at = append(at, geo.XY{X: own[0] + (own[2]-own[0])*float64(i)/(across-1), Y: own[1] + (own[3]-own[1])*float64(j)/(across-1)})
		}
	}
	places, q := make([]geo.LonLat, len(at)), make([]geo.XY, len(at))
	r.native.Projection.Inverse(places, at)
	r.out.Forward(q, places)
	at = slices.DeleteFunc(q, func(p geo.XY) bool {
		if r.out.Turn > 0 {
			p.X -= r.out.Turn * math.Floor((p.X-box[0])/r.out.Turn)
		}
		return !(p.X >= box[0] && p.X <= box[2] && p.Y >= box[1] && p.Y <= box[3])
	})
	return r.sides(at, max(w, h)*1e-5)
}

// sides is the median of the cells' sides at positions, found by steps of e; ok is false where no position lies in the grid.
func (r *resolver) sides(at []geo.XY, e float64) (side float64, ok bool) {
	steps := make([]geo.XY, 0, 3*len(at))
	for _, p := range at {
		steps = append(steps, p, geo.XY{X: p.X + e, Y: p.Y}, geo.XY{X: p.X, Y: p.Y + e})
	}
	places, q := make([]geo.LonLat, len(steps)), make([]geo.XY, len(steps))
	r.out.Inverse(places, steps)
	r.native.Projection.Forward(q, places)
	n, own, dy := r.native, r.ownBox(), r.rowStep()
	turn := func(d float64) float64 {
		if n.Turn > 0 {
			d = math.Remainder(d, n.Turn)
		}
		return d / n.DX / e
	}
	var sides []float64
	for i := 0; i < len(q); i += 3 {
		if !r.holds(own, q[i]) {
			continue
		}
		ax, ay := turn(q[i+1].X-q[i].X), (q[i+1].Y-q[i].Y)/dy/e
		bx, by := turn(q[i+2].X-q[i].X), (q[i+2].Y-q[i].Y)/dy/e
		if area := math.Abs(ax*by - ay*bx); area > 0 && !math.IsInf(area, 0) {
			sides = append(sides, 1/math.Sqrt(area))
		}
	}
	if len(sides) == 0 {
		return 0, false
	}
	slices.Sort(sides)
	return sides[len(sides)/2], true
}

// rowStep is the height of the grid's rows, the mean of uneven ones.
func (r *resolver) rowStep() float64 {
	n := r.native
	switch {
	case n.DY != 0:
		return n.DY
	case len(n.Y) > 1:
		return (n.Y[0] - n.Y[len(n.Y)-1]) / float64(len(n.Y)-1)
	}
	return n.DX
}

// holds tells that a box in the grid's own system holds a position.
func (r *resolver) holds(own geo.Box, q geo.XY) bool {
	if q.X != q.X || q.Y != q.Y || q.Y < own[1] || q.Y > own[3] {
		return false
	}
	if r.native.Degrees || r.native.Turn > 0 {
		turn := r.native.Turn
		if turn == 0 {
			turn = 360
		}
		q.X -= turn * math.Floor((q.X-own[0])/turn)
	}
	return q.X >= own[0] && q.X <= own[2]
}

// maxFine bounds the subdivisions of a cell on each side; beyond it the pyramid takes the means.
const maxFine = 16

// refine decides how the values of an answer that is not exact are found.
func (r *resolver) refine(g *Geometry) error {
	w, h := g.Width(), g.Height()
	if w > maxSide {
		return &AxisError{AxisX, fmt.Sprint("of more than ", maxSide, " cells"), ErrScale}
	}
	if h > maxSide {
		return &AxisError{AxisY, fmt.Sprint("of more than ", maxSide, " cells"), ErrScale}
	}
	g.fine, g.near = 1, r.cut.Interpolation == Nearest
	if r.cut.Interpolation == Nearest || r.cut.Interpolation == Linear {
		return nil
	}
	probe := *r
	probe.out = g.Ref
	side, ok := probe.pixel(g.Box)
	if !ok || side <= 0 {
		return nil
	}
	const slack = 1e-3
	g.fine = min(max(int(math.Ceil(max(g.DX, g.DY)/side-slack)), 1), maxFine)
	g.fine = min(g.fine, maxSide/w)
	return nil
}
