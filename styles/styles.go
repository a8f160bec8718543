// Package styles knows how values become colours: palettes, classes, breaks. They are rows of YAML.
package styles

import (
	"errors"
	"image/color"
	"io/fs"

	"isobar/elements"
)

// Kind is how a style turns a value into a colour.
type Kind string

// The kinds of fill.
const (
	Smooth     Kind = "smooth"     // colours blend between stops
	Classes    Kind = "classes"    // a stop's colour holds from its value up to the next stop's
	Categories Kind = "categories" // a stop's colour is that of exactly its value
)

// Stop is a value and its colour.
type Stop struct {
	Value float64
	Color color.NRGBA
	Label string // "" = the value
}

// Style is a named way to paint one element. Immutable.
type Style struct {
	ID       string
	Title    string
	Abstract string
	Unit     string // of the stops' values: what people read
	Kind     Kind
	Stops    []Stop       // ascending
	Under    *color.NRGBA // below the first stop; nil: the first stop's colour
	Over     *color.NRGBA // beyond the last stop; nil: the last stop's colour
}

// Catalogue is the loaded rows: immutable, safe for concurrent use.
type Catalogue struct{}

// Load reads rows (*.yaml) strictly: unknown keys, unknown references, gaps in ramps are errors with file, line and key.
// Later file systems add rows and replace rows of the same ID.
func Load(rows ...fs.FS) (*Catalogue, error) { return nil, errors.New("not written") }

// Rows is the rows that ship with the program, for Load.
func Rows() fs.FS { return nil }

// Get finds a style by ID.
func (c *Catalogue) Get(id string) (*Style, bool) { return nil, false }

// For lists the styles that fit an element, the default first; it is never empty. min and max are the range of the
// element's values in its own unit: an element that no row knows gets a style made for that range, with round breaks.
func (c *Catalogue) For(el elements.Element, min, max float64) []*Style { return nil }

// Ramp is a style compiled for values of one unit. Index 0 of the palette is transparent: missing values.
type Ramp struct {
	Palette []color.NRGBA // at most 256
}

// Ramp compiles s for values in the given unit.
func (s *Style) Ramp(unit string) (*Ramp, error) { return nil, errors.New("not written") }

// Index writes the palette index of each value.
func (r *Ramp) Index(dst []uint8, values []float32) {}
