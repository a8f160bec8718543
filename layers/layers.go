// Package layers is the catalogue of what may be asked for: models x elements x what is published, at one version.
package layers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/models"
	"isobar/sample"
	"isobar/store"
	"isobar/styles"
)

// Layer is one element of one model, stored or derived, with all its times, runs, levels and members.
type Layer struct {
	Name    string // <model>.<element>
	Title   string // "Temperature at 2 m"
	Model   models.Model
	Element elements.Element
	Grid    grid.Grid
	Extent  geo.Box // degrees: west in [-180,180), east up to west+360; clamped to ±90
	Derived bool
	Styles  []*styles.Style // default first, never empty
	Min     float64         // range of the values over all that is published, in the element's unit
	Max     float64
	Runs    []field.Time  // ascending; the last is the newest
	Times   []field.Time  // ascending: all valid times of all runs ("best": each from its freshest run)
	Levels  []field.Level // ascending by Value; one without value for kinds that have none
	Members []int         // ascending; one entry for deterministic models
}

// Selection says which fields of a layer are wanted. The zero value means the defaults.
type Selection struct {
	Time     *TimeChoice
	Run      *field.Time // nil: for each time the freshest run that has it
	Level    *float64    // in the level kind's unit (Pa, m, ...)
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
	Input  sample.Input
	Run    field.Time
	Valid  field.Time
	Span   field.Seconds
	Level  field.Level
	Member int
	Pinned bool // the request named time and run (or the model has one run): the answer never changes
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

// ErrUnknownLayer and its sibling name what was asked for and isn't there, by wrapping.
var (
	ErrUnknownLayer = fmt.Errorf("no such layer")
	ErrUnknownStyle = fmt.Errorf("no such style")
)

// Catalogue is all layers at one version. Immutable; holds the snapshot that its keys are read from.
type Catalogue struct {
	version string
}

// Version names the catalogue: it follows the store's version.
func (c *Catalogue) Version() string { return c.version }

// Updated is when this version was first seen.
func (c *Catalogue) Updated() time.Time { return time.Time{} }

// Layers lists all layers, by model, theme and title.
func (c *Catalogue) Layers() []*Layer { return nil }

// Layer finds a layer by name; the error wraps ErrUnknownLayer.
func (c *Catalogue) Layer(name string) (*Layer, error) { return nil, ErrUnknownLayer }

// Snapshot is what the catalogue's picks are read from.
func (c *Catalogue) Snapshot() store.Snapshot { return nil }

// DefaultTime is the time of a map that names none: the one nearest to now where now lies within the layer's times,
// else the first of the newest run.
func (l *Layer) DefaultTime(now time.Time) field.Time { return 0 }

// DefaultLevel is the level of a map that names none.
func (l *Layer) DefaultLevel() field.Level { return field.Level{} }

// Pick resolves a selection to one field; errors are *DimensionError. An interval gives the first time within it.
func (l *Layer) Pick(s Selection, now time.Time) (Pick, error) { return Pick{}, nil }

// Series resolves a selection to all times within its interval (all times if none is given), at most limit of them.
func (l *Layer) Series(s Selection, now time.Time, limit int) ([]Pick, error) { return nil, nil }

// Style finds one of the layer's styles; "" and "default" are the first. The error wraps ErrUnknownStyle.
func (l *Layer) Style(id string) (*styles.Style, error) { return nil, ErrUnknownStyle }

// Source hands out the current catalogue and follows the store.
type Source struct{}

// NewSource makes a source that shows what fields has published now; Run lets it follow. Close it when no one holds a catalogue.
func NewSource(ctx context.Context, fields store.Store, el *elements.Catalogue, mo *models.Catalogue, st *styles.Catalogue, log *slog.Logger) (*Source, error) {
	return nil, errors.New("not written")
}

// Close lets the current catalogue's snapshot go.
func (s *Source) Close() {}

// Hold gives the current catalogue; call release when the request is done.
func (s *Source) Hold() (c *Catalogue, release func()) { return nil, func() {} }

// Run follows the store until ctx ends.
func (s *Source) Run(ctx context.Context) error { return nil }
