package render

import (
	"errors"
	"image"

	"isobar/styles"
)

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

// letters are the faces that legends are written in.
type letters struct{}

func newLetters() (letters, error) { return letters{}, nil }

// Legend draws a legend.
func (r *Renderer) Legend(l Legend) (image.Image, error) { return nil, errors.New("not written") }
