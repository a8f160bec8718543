// Package layers is the catalogue of what may be asked for: models x elements x what is published, at one version.
package layers

import (
	"errors"
	"fmt"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/models"
	"isobar/sample"
	"isobar/styles"
)

// Layer is one element of one model, stored or derived, with all its times, runs, levels and members. Immutable.
//
// A layer tells the values of one element at one kind of level and over one family of spans, so that the dimensions alone
// name a field. Where a run holds more under one element, the rest becomes layers of their own, and nothing that is published
// is out of reach:
//
//   - Fields that end together and differ by span (GFS has the rain of the last hours and that since the run's start): the
//     layer <model>.<element> has the shortest span at each time. If other spans exist beside it, <element>_total has the
//     spans since the run's start, and <element>_6h, for one, all spans of 6 hours.
//   - Sums of 1, 3, 6 and 24 hours that can be made of those that are stored, as <element>_3h and so on, and what a sum is a second,
//     over the shortest span that can be told, as <element>_rate.
//   - Levels of another kind than the element's row says: <element>_<kind>.
//   - Levels that begin together and end apart are told apart by Elevation.
type Layer struct {
	Name    string // <model>.<element>
	Title   string // "Temperature at 2 m"
	Model   models.Model
	Element elements.Element
	Grid    grid.Grid
	Extent  geo.Box // degrees: west in [-180,180), east up to west+360; clamped to ±90
	Derived bool
	Styles  []*styles.Style // default first, never empty
	Min     float64         // range of the values over all that is published, in the element's unit; NaN if all are missing
	Max     float64         // for derived elements estimated from the ranges of the inputs
	Runs    []field.Time    // ascending; the last is the newest
	Times   []field.Time    // ascending: all valid times of all runs ("best": each from its freshest run)
	Levels  []field.Level   // ascending by Value; one without value for kinds that have none
	Members []int           // ascending; one entry for deterministic models

	parts   []runPart // ascending by run
	address address
	with    map[string]companions // by what painters of the styles name
}

// Selection says which fields of a layer are wanted. The zero value means the defaults.
type Selection struct {
	Time     *TimeChoice
	Run      *field.Time // nil: for each time the freshest run that has it
	Level    *float64    // in the level kind's unit (Pa, m, ...): see Layer.Elevation
	Member   *int
	Interval bool // an interval is wanted as a series (Series), not as one map
}

// TimeChoice is an instant (End == Start) or an interval.
type TimeChoice struct {
	Start, End field.Time
	Current    bool // "current": the time nearest to now
}

// Pick is a selection resolved: what to sample and what it is.
type Pick struct {
	Input  sample.Input // its keys are shared: not to be written to
	Run    field.Time
	Valid  field.Time
	Span   field.Seconds
	Level  field.Level
	Member int
	// Pinned: the request named an instant and the run, and left no choice of level or member, so the answer never changes. (One
	// run alone does not pin: the next one takes its place.)
	Pinned bool
}

// DimensionError is a dimension value that a layer does not have.
type DimensionError struct {
	Dimension string // "time", "reference_time", "elevation", "member"
	Layer     string
	Value     string // as far as it is known
	Missing   bool   // there is no default and none was given
}

// Error names the dimension and the layer.
func (e *DimensionError) Error() string {
	return fmt.Sprintf("layer %s has no %s %s", e.Layer, e.Dimension, e.Value)
}

// ErrUnknownLayer and its siblings name what was asked for and isn't there, or is too much, by wrapping.
var (
	ErrUnknownLayer = errors.New("no such layer")
	ErrUnknownStyle = errors.New("no such style")
	ErrTooMany      = errors.New("too many times")
)

// Style finds one of the layer's styles; "" and "default" are the first. The error wraps ErrUnknownStyle.
func (l *Layer) Style(id string) (*styles.Style, error) {
	for i, s := range l.Styles {
		if s.ID == id || i == 0 && (id == "" || id == "default") {
			return s, nil
		}
	}
	return nil, fmt.Errorf("%w %q of layer %s", ErrUnknownStyle, id, l.Name)
}
