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
	// Relative: a direction, in degrees from each place's bearing: 0 is ahead, ±180 behind.
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

// Ways to make values between cells: Usual is what the element's row says.
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
	Linear   bool // a time between two fields is interpolated, and said to be; else there is no value at it
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

// Limits bound a request.
type Limits struct {
	Places  int   // places, or points of a route
	Values  int64 // places x times x columns
	Columns int
}
