// Package answer turns a neutral request into finished bytes: resolve, look in the cache, draw, encode, remember. Every map
// service does this by calling here. The page to read first.
package answer

import (
	"context"
	"image/color"
	"time"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/styles"
)

// MapRequest is a map in nobody's protocol.
type MapRequest struct {
	Layers      []LayerChoice // from the bottom up
	View        geo.View
	Format      string // media type: "image/png", "image/jpeg"
	Transparent bool
	Background  color.NRGBA
	Motion      Motion // of formats that can show several times, where a selection is an interval
}

// LayerChoice is a layer, its style ("" = default) and which of its fields.
type LayerChoice struct {
	Name, Style string
	Selection   layers.Selection
	Recolour    *styles.Change // nil: the style as it is
}

// LegendRequest is a legend in nobody's protocol.
type LegendRequest struct {
	Layer, Style  string
	Selection     layers.Selection // the field whose range Recolour may ask for
	Recolour      *styles.Change   // nil: the style as it is
	Format        string           // as of a map, or image/svg+xml or application/json
	Unit          string           // "": the style's
	Width, Height int
	Horizontal    bool
	Transparent   bool
	Dark          bool
}

// ValuesRequest asks for values at one place: one, or a series where the selection's Interval is set.
type ValuesRequest struct {
	Layers []LayerChoice
	At     geo.LonLat
}

// Values is one layer's answer.
type Values struct {
	Layer *layers.Layer
	Unit  string // of Value, for people: the default style's
	At    []Value
}

// Value is a number with its circumstances, told with the digits that count; Value is NaN where there is none.
type Value struct {
	Value float64
	Pick  layers.Pick
}

// Answer is finished but for its body, which is made on demand: a client that has ETag already costs nothing.
type Answer struct {
	Type     string
	ETag     string // strong, quoted
	MaxAge   time.Duration
	Pinned   bool // never changes: may be kept for a year
	Body     func(ctx context.Context) ([]byte, error)
	Done     func() // call when finished, whether Body was called or not
	Modified field.Time
	// Run and Valid are those that were chosen where the request left a choice, if all layers have the same; else 0.
	Run, Valid field.Time
}
