// Package render draws: fields in a view become a picture, a style becomes a legend.
package render

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"

	"isobar/geo"
	"isobar/sample"
	"isobar/styles"
)

// ErrSize is a picture of no pixels or of too many.
var ErrSize = errors.New("picture size that cannot be drawn")

// maxPixels bounds a map: 16384 x 16384 pixels of four bytes are 1 GiB.
const maxPixels = 1 << 28

// Layer is one thing to paint.
type Layer struct {
	Input   sample.Input
	Unit    string // of the input's values
	Style   *styles.Style
	Sampled []Sampled // by painter, of a style that has painters; input and unit are not looked at then
}

// Map is a picture to draw: layers from the bottom up.
type Map struct {
	View        geo.View
	Layers      []Layer
	Transparent bool        // else Background is painted first
	Background  color.NRGBA // opaque
}

// ground is what lies below all layers.
func (m *Map) ground() color.NRGBA {
	if m.Transparent {
		return color.NRGBA{}
	}
	c := m.Background
	c.A = 255
	return c
}

// Renderer draws maps and legends. Safe for concurrent use.
type Renderer struct {
	sampler   *sample.Sampler
	palettes  palettes
	pictures  pictures
	scratches scratches
	mixtures  mixtures
	letters   letters
}

// New makes a renderer.
func New(s *sample.Sampler) (*Renderer, error) {
	if s == nil {
		return nil, errors.New("render: no sampler")
	}
	letters, err := newLetters()
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return &Renderer{sampler: s, letters: letters}, nil
}

// Draw paints a map: *image.Paletted where one layer's palette suffices or symbols have two inks, else *image.NRGBA. Pixels where a layer has no
// value show what lies below it. It stops when ctx ends. A palette is shared between pictures and is not to be written to.
func (r *Renderer) Draw(ctx context.Context, f sample.Fields, m Map) (image.Image, error) {
	w, h := m.View.Width, m.View.Height
	if w <= 0 || h <= 0 || w > maxPixels/h {
		return nil, fmt.Errorf("render: %w: %d x %d", ErrSize, w, h)
	}
	switch len(m.Layers) {
	case 0:
		return r.pictures.paletted(w, h, color.Palette{m.ground()}, true), nil
	case 1:
		return r.single(ctx, f, m)
	}
	return r.composed(ctx, f, m)
}

// Recycle takes back a picture that Draw made and that nobody holds any more, for the next one of its size.
func (r *Renderer) Recycle(img image.Image) { r.pictures.recycle(img) }

// single paints a map of one layer as indices of its palette.
func (r *Renderer) single(ctx context.Context, f sample.Fields, m Map) (image.Image, error) {
	l := m.Layers[0]
	if len(l.Style.Paint) > 0 {
		if filling(l.Style) {
			return r.composed(ctx, f, m)
		}
		return r.drawn(ctx, f, m)
	}
	p, err := r.palettes.get(l.Style, l.Unit, m.ground())
	if err != nil {
		return nil, err
	}
	w := m.View.Width
	img := r.pictures.paletted(w, m.View.Height, p.over, false)
	err = r.sampler.Bands(ctx, f, l.Input, m.View, func(row int, values []float32) error {
		p.ramp.Index(img.Pix[row*w:row*w+len(values)], values)
		return ctx.Err()
	})
	if err != nil {
		r.Recycle(img)
		return nil, err
	}
	return img, nil
}

// composed paints layers over one another.
func (r *Renderer) composed(ctx context.Context, f sample.Fields, m Map) (image.Image, error) {
	img := r.pictures.nrgba(m.View.Width, m.View.Height, m.ground())
	indices := r.pictures.band(0)
	defer func() { r.pictures.giveBand(indices) }()
	for _, l := range m.Layers {
		var err error
		if len(l.Style.Paint) > 0 {
			err = r.painted(ctx, f, m.View, l, img, indices)
		} else {
			err = r.fill(ctx, f, m.View, l.Input, l.Unit, l.Style, img, indices)
		}
		if err != nil {
			r.Recycle(img)
			return nil, err
		}
	}
	return img, nil
}

// fill paints the colours of a style over a picture; indices is memory for a band of it.
func (r *Renderer) fill(ctx context.Context, f sample.Fields, v geo.View, in sample.Input, unit string, style *styles.Style, img *image.NRGBA, indices *[]uint8) error {
	p, err := r.palettes.get(style, unit, color.NRGBA{})
	if err != nil {
		return err
	}
	w := v.Width
	return r.sampler.Bands(ctx, f, in, v, func(row int, values []float32) error {
		if len(values) > cap(*indices) {
			*indices = make([]uint8, len(values))
		}
		line := (*indices)[:len(values)]
		p.ramp.Index(line, values)
		overlay(img.Pix[4*row*w:4*(row*w+len(line))], line, p.ramp.Palette)
		return ctx.Err()
	})
}
