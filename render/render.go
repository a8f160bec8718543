// Package render draws: fields in a view become a picture, a style becomes a legend.
package render

import (
	"context"
	"errors"
	"image"
	"image/color"

	"isobar/geo"
	"isobar/sample"
	"isobar/styles"
)

// Layer is one thing to paint.
type Layer struct {
	Input sample.Input
	Unit  string // of the input's values
	Style *styles.Style
}

// Map is a picture to draw: layers from the bottom up.
type Map struct {
	View        geo.View
	Layers      []Layer
	Transparent bool        // else Background is painted first
	Background  color.NRGBA // opaque
}

// Legend is a colour scale to draw.
type Legend struct {
	Style         *styles.Style
	Title         string // of the layer
	Unit          string // to show; "": the style's
	Width, Height int    // 0: as needed
	Horizontal    bool
	Transparent   bool
	Dark          bool // for a dark background
}

// Renderer draws maps and legends. Safe for concurrent use.
type Renderer struct{}

// New makes a renderer.
func New(s *sample.Sampler) (*Renderer, error) { return nil, errors.New("not written") }

// Draw paints a map: *image.Paletted wherever one layer's palette suffices, else *image.NRGBA. It stops when ctx ends.
func (r *Renderer) Draw(ctx context.Context, f sample.Fields, m Map) (image.Image, error) {
	return nil, errors.New("not written")
}

// Legend draws a legend.
func (r *Renderer) Legend(l Legend) (image.Image, error) { return nil, errors.New("not written") }
