// Package styles knows how values become colours: palettes, classes, breaks. They are rows of YAML.
//
// A row is an entry of a list "styles" in any *.yaml file of a folder:
//
//	styles:
//	  - id: wave-height            # what STYLES= names; letters, digits, '.', '_', '-'
//	    title: Wave height
//	    abstract: Significant height of wind waves and swell.
//	    unit: m                    # what people read; the stops' values are in it
//	    kind: smooth               # smooth, classes or categories
//	    fits: {styles: [swell], elements: ["*wave*"], unit: true}
//	    under: transparent         # below the first stop; left out: the first stop's colour
//	    over: "#2a0a3a"            # beyond the last stop; left out: the last stop's colour
//	    stops:                     # ascending; a label takes the place of the value in legends
//	      - {value: 0, color: "#e8f4f8"}
//	      - {value: 15, color: "#4a1060", label: phenomenal}
//
// Colours are "#rrggbb", "#rrggbbaa" or "transparent". Instead of unit, kind and stops a row may say "like: <id>" to be
// painted as another row is. With "relative: true" (no unit, stops from 0 to 1) the stops are stretched over the range of
// each layer's values.
//
// An element's row names its default style. What else is offered for it says fits: elements whose default is one of
// styles, whose ID is like one of elements (path.Match), or, with unit: true, all whose unit can be read in the style's.
// Elements whose own row names no style have the first that lists them by ID as their default.
// Relative styles that say nothing of it fit every element.
//
// Elements are offered a style, too, whose StandardName is one of fits.standard.
//
// A row with paint: has several painters, from the bottom up; what they are told is explained in paint_row.go. One without is
// the one fill of its stops:
//
//   - id: isobars-over-temperature
//     title: Temperature and pressure
//     fits: {styles: [temperature]}
//     paint:
//   - {kind: fill, like: temperature}
//   - {kind: lines, element: msl, every: [{step: 4, coarse: 8, unit: hPa}], bold: 5, labels: true, color: "#26323e"}
//
// So a new style is a row here, and its ID in the element's row if it is to be the default; where values lie far outside
// a smooth style's stops its colours are stretched over the layer's range with breaks at round numbers.
package styles

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image/color"
)

// Kind is how a style turns a value into a colour.
type Kind string

// The kinds of fill.
const (
	Smooth     Kind = "smooth"     // colours blend between stops
	Classes    Kind = "classes"    // a stop's colour holds from its value up to the next stop's
	Categories Kind = "categories" // a stop's colour is that of exactly its value; other values are not painted
	Symbols    Kind = "symbols"    // no fill: what the painters draw
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
	// Paint is what is painted, from the bottom up; empty: the one fill that the stops are. Kind, stops and unit are then those
	// of the first fill, for legends; without any the kind is Symbols.
	Paint []Painter

	relative bool // stops are fractions of a layer's range
	fits     fits
}

// fits says which elements a style is offered for, besides those that name it their default.
type fits struct {
	Styles   []string `yaml:"styles"`   // elements whose default style is one of these
	Elements []string `yaml:"elements"` // elements whose ID matches one of these patterns
	Standard []string `yaml:"standard"` // elements whose StandardName is one of these
	Unit     bool     `yaml:"unit"`     // elements whose unit converts to the style's
}

// Digest names what the style paints: equal digests paint equal pictures. A style that was made for the range of a layer
// keeps its ID when the range grows, so a cache of pictures wants this in its keys beside the ID.
func (s *Style) Digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %v", s.ID, s.Unit, s.Kind, s.Stops)
	for _, c := range []*color.NRGBA{s.Under, s.Over} {
		if c == nil {
			fmt.Fprint(h, " -")
		} else {
			fmt.Fprint(h, " ", *c)
		}
	}
	for i := range s.Paint {
		s.Paint[i].digest(h)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
