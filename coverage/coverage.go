// Package coverage gives the numbers themselves: the cells that a request means, as they are stored, or scaled and reprojected.
//
// A request is a Cube (which fields) and a Cut (which part of their grid, in which system, how fine). New resolves them to a Source,
// which knows everything but the values: places, times, sizes. Encoders then read it block by block, so that memory does not grow
// with the answer.
//
//   - What is cut and not scaled or reprojected has the stored values to the last bit.
//   - A cell is in a box if its centre is. A box that holds no centre means the cell that holds its middle.
//   - Longitudes come out in the turn that the box has: 0 to 360 or -180 to 180.
//   - Where steps are given up for larger ones the mean over each new cell is taken, unless another interpolation is asked for.
package coverage

import (
	"context"
	"errors"
	"fmt"
	"math"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/sample"
)

// The errors that are the request's fault, wrapped with what is wrong.
var (
	ErrOutside  = errors.New("lies outside the coverage")
	ErrReversed = errors.New("ends before it begins")
	ErrScale    = errors.New("is no size to scale to")
	ErrMixed    = errors.New("elements of several grids or models in one coverage")
	ErrEmpty    = errors.New("a coverage of nothing")
)

// AxisError is what is wrong with one axis of a request: X, Y, "time", "elevation" or "member". It wraps one of the above.
type AxisError struct {
	Axis  string
	Value string
	Err   error
}

// Error names the axis and the value.
func (e *AxisError) Error() string { return fmt.Sprintf("%s %s %v", e.Axis, e.Value, e.Err) }

// Unwrap gives what is wrong.
func (e *AxisError) Unwrap() error { return e.Err }

// The names of the spatial axes in errors, whatever a protocol calls them.
const (
	AxisX = "x"
	AxisY = "y"
)

// Interpolation is how values between cells are found.
type Interpolation string

// The interpolations. Elements that are categories are always Nearest.
const (
	Default Interpolation = "" // Average where steps become larger, else Linear
	Nearest Interpolation = "nearest"
	Linear  Interpolation = "linear"
	Average Interpolation = "average" // the mean over the new cell
)

// Interval is a part of an axis. Ends may be infinite. Slice: one position, after which the axis is gone.
type Interval struct {
	Low, High float64
	Slice     bool
}

// All is the whole of an axis.
var All = Interval{Low: math.Inf(-1), High: math.Inf(1)}

// At is a slice at a position.
func At(v float64) Interval { return Interval{Low: v, High: v, Slice: true} }

// whole tells that nothing is cut off.
func (i Interval) whole() bool { return math.IsInf(i.Low, -1) && math.IsInf(i.High, 1) }

// Cut says which cells are wanted. The zero value but for X and Y being All is everything, as stored.
type Cut struct {
	X, Y Interval       // in In
	In   *geo.Reference // nil: the grid's own system
	Out  *geo.Reference // nil: the grid's own system
	// Width and Height are the cells of the answer; 0: as Scale says.
	Width, Height int
	// ScaleX and ScaleY are factors on the numbers of cells; 0: 1.
	ScaleX, ScaleY float64
	Interpolation  Interpolation
	// Frame: the answer is exactly the box, cut evenly, as of a map or a tile, and not whole cells of the grid. A box on the edges of
	// cells has the stored values all the same. X and Y must not be slices.
	Frame bool
	Area  *Area // nil: all cells of the box
}

// Variable is one element of a coverage.
type Variable struct {
	Name   string // unique within the coverage: the layer's name without the model
	Layer  *layers.Layer
	Levels []field.Level // ascending; one at least
	// Picks are the fields by member, time and level, the last changing fastest. One without keys is not published: NaN.
	Picks []layers.Pick
}

// Cube is the fields of a coverage: variables of one grid.
type Cube struct {
	Variables []Variable
	Members   []int
	Times     []field.Time // ascending
	// Axes that a request keeps though they have one value; those with more are kept anyhow. Levels are an axis only of layers that
	// have several.
	KeepMembers, KeepTimes, KeepLevels bool
}

// HasMembers tells that members are an axis of the answer.
func (c *Cube) HasMembers() bool { return c.KeepMembers || len(c.Members) > 1 }

// HasTimes tells that time is an axis of the answer.
func (c *Cube) HasTimes() bool { return c.KeepTimes || len(c.Times) > 1 }

// HasLevels tells that levels are an axis of a variable.
func (c *Cube) HasLevels(v int) bool {
	return len(c.Variables[v].Levels) > 1 || c.KeepLevels && len(c.Variables[v].Layer.Levels) > 1
}

// Planes is how many fields a variable has.
func (c *Cube) Planes(v int) int {
	return len(c.Members) * len(c.Times) * len(c.Variables[v].Levels)
}

// Plane is where a field stands in the axes.
func (c *Cube) Plane(v, plane int) (member, time, level int) {
	levels := len(c.Variables[v].Levels)
	return plane / levels / len(c.Times), plane / levels % len(c.Times), plane % levels
}

// Pick is a field; ok is false for one that is not published.
func (c *Cube) Pick(v, plane int) (p layers.Pick, ok bool) {
	p = c.Variables[v].Picks[plane]
	return p, len(p.Input.Keys) > 0
}

// Bands is how many fields all variables have.
func (c *Cube) Bands() int {
	n := 0
	for v := range c.Variables {
		n += c.Planes(v)
	}
	return n
}

// check tells whether the cube is one.
func (c *Cube) check() error {
	if len(c.Variables) == 0 || len(c.Members) == 0 || len(c.Times) == 0 {
		return ErrEmpty
	}
	first := c.Variables[0].Layer
	for v := range c.Variables {
		l := c.Variables[v].Layer
		if l.Model.ID != first.Model.ID {
			return fmt.Errorf("%w: %s, %s", ErrMixed, first.Name, l.Name)
		}
		if len(c.Variables[v].Levels) == 0 || len(c.Variables[v].Picks) != c.Planes(v) {
			return fmt.Errorf("%w: %d fields of %s, want %d", ErrEmpty, len(c.Variables[v].Picks), l.Name, c.Planes(v))
		}
		for _, p := range c.Variables[v].Picks {
			if len(p.Input.Keys) > 0 && p.Input.Grid.ID() != first.Grid.ID() {
				return fmt.Errorf("%w: %s lies on %s and on %s", ErrMixed, l.Name, p.Input.Grid.ID(), first.Grid.ID())
			}
		}
	}
	return nil
}

// Sampler samples views; *sample.Sampler does.
type Sampler interface {
	View(ctx context.Context, f sample.Fields, in sample.Input, v geo.View, dst []float32) error
}
