package coverage

import (
	"math"
)

// onEdge is how far, in cells, a frame's edge may lie from that of a cell and be taken for it.
const onEdge = 1e-3

// fits tells that a frame lies on the edges of cells, so that it is a cut through the grid as any other.
func (r *resolver) fits() bool {
	if r.in.Code != r.own.Code || r.out.Code != r.own.Code {
		return false
	}
	whole := *r
	whole.cut.Width, whole.cut.Height, whole.cut.ScaleX, whole.cut.ScaleY = 0, 0, 0, 0
	g, err := whole.home()
	if err != nil {
		return false
	}
	near := func(a, b, step float64) bool { return math.IsInf(b, 0) || math.Abs(a-b) < onEdge*step }
	x, y, dy := r.cut.X, r.cut.Y, r.rowStep()
	return near(g.Box.MinX(), x.Low, g.DX) && near(g.Box.MaxX(), x.High, g.DX) && near(g.Box.MinY(), y.Low, dy) && near(g.Box.MaxY(), y.High, dy)
}

// framed is the geometry of a frame: its box as it is, whether cells lie there or not.
func (r *resolver) framed() (Geometry, error) {
	limits := r.boxIn()
	if r.in.Code == r.own.Code && !r.own.Degrees {
		limits = r.closed(r.ownBox())
	}
	box, err := limits, error(nil)
	if r.in.Code != r.out.Code {
		if box, err = r.over(limits, r.in, r.out); err != nil {
			return Geometry{}, err
		}
	}
	switch {
	case !(box[0] < box[2]) || math.IsInf(box[2]-box[0], 0):
		return Geometry{}, axisError(AxisX, r.cut.X, ErrReversed)
	case !(box[1] < box[3]) || math.IsInf(box[3]-box[1], 0):
		return Geometry{}, axisError(AxisY, r.cut.Y, ErrReversed)
	}
	step, ok := r.pixel(box)
	if !ok {
		return Geometry{}, axisError(AxisX, Interval{Low: box[0], High: box[2]}, ErrOutside)
	}
	g := Geometry{Ref: r.out}
	if r.out.Code == r.own.Code {
		g.Native = &r.native
	}
	w, h, err := r.size(box, step)
	if err != nil {
		return g, err
	}
	g.frame(box, w, h)
	return g, r.refine(&g)
}
