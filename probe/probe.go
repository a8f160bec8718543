// Package probe gives layers' values at places, now or along time.
package probe

import (
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

// Column is what is wanted at every place and time: a layer at a level, of a member.
type Column struct {
	Layer  *layers.Layer
	Level  *float64 // as of layers.Selection; nil: the layer's default
	Member *int
	Unit   string // that the values are given in; "": the element's own (SI)
	// Relative: a direction, in degrees from each place's bearing: 0 is ahead, ±180 behind, to the right above 0. What a direction means
	// is as in its element's row (the wind's is where it comes from: 0 is a headwind). A calm has none. Of what is no direction this
	// is ignored, so that it can be set for all columns of a request.
	Relative bool
}

// Times says which valid times are wanted. The zero value is the layer's default time.
type Times struct {
	List       []field.Time // each of these
	Start, End *field.Time  // all within, ends included; nil: open
	Interval   bool         // Start and End count, else List
	Current    bool         // the one nearest to now
}

// Space is how values between cells are made.
type Space int

// Ways to make values between cells: Usual is what the element's row says. Categories are Nearest whatever is asked for.
const (
	Usual Space = iota
	Nearest
	Bilinear
)

// Request asks for columns at places and times.
type Request struct {
	Columns  []Column
	Run      *field.Time // nil: for each time the freshest run that has it
	Times    Times
	At       []geo.LonLat
	Bearings []float64 // degrees clockwise from north, one for each place; nil: none
	Space    Space
	// Linear: a time of the list between two fields of one run is interpolated, and said to be; else there is no value at it. Sums,
	// means and extremes over a span of time, and categories, never are.
	Linear bool
	// Told: values are to be text, and have no more digits than their fields hold (field.Digits).
	Told bool
}

// Series is a column's values.
type Series struct {
	Column Column
	Level  field.Level
	Member int
	Unit   string
	Times  []field.Time // ascending
	Runs   []field.Time // one for each time
	Spans  []field.Seconds
	// Between tells of each time whether its values are interpolated between two fields.
	Between []bool
	Values  []float32 // time by time, place by place within: NaN where there is none
	// Quanta are how far apart the values of each time are that their sources could tell (layers.Layer.Quantum), in Unit; 0: not known. Only of a
	// request that is told.
	Quanta []float64
	// Gaps are the times of the list that this column has no value at; they are not among Times.
	Gaps []Gap
}

// Gap is what was asked for and is not there, and why, in words that may be shown.
type Gap struct {
	Time  field.Time
	Point int // of a route
	Why   string
}

// At is the values of one time, one for each place.
func (s *Series) At(time, places int) []float32 { return s.Values[time*places : (time+1)*places] }

// Result is an answer: one series for each column, in order. Pinned tells that the request named run and times, so that the
// answer never changes.
type Result struct {
	Series []Series
	Places int
	Pinned bool
}

// Point is a place at a time and a level: a step along a route.
type Point struct {
	At    geo.LonLat
	Time  *field.Time // nil: the route's own
	Level *float64    // nil: the column's own
}

// AlongOptions says how a route is followed.
type AlongOptions struct {
	// Time is that of points that have none of their own; nil: the column's default time.
	Time *field.Time
	// Nearest: a time or a level that a column does not have stands for the nearest one within what it has.
	Nearest  bool
	Bearings []float64 // as of Request, one for each point
	Space    Space
	Linear   bool // as of Request; where it does not help, Nearest does if it is set
	Told     bool // as of Request
}

// Track is a column's values along a route, one for each point: NaN where there is none.
type Track struct {
	Column  Column
	Member  int
	Unit    string
	Values  []float32
	Times   []field.Time // that the values hold at; of a gap the time asked for
	Runs    []field.Time
	Spans   []field.Seconds
	Levels  []field.Level
	Between []bool
	Gaps    []Gap
}
