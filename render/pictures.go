package render

import (
	"image"
	"image/color"
	"sync"
)

// keptPixels is the largest picture that is kept for the next one: 1024 x 1024.
const keptPixels = 1 << 20

// pictures lends pictures and takes them back. The zero value is ready.
type pictures struct {
	palettes, colours sync.Pool // *image.Paletted, *image.NRGBA
	bands             sync.Pool // *[]uint8
}

// paletted gives a picture of palette indices; what they are is not defined unless blank, when they are 0.
func (p *pictures) paletted(w, h int, colours color.Palette, blank bool) *image.Paletted {
	if old, ok := p.palettes.Get().(*image.Paletted); ok && cap(old.Pix) >= w*h {
		old.Pix, old.Stride, old.Rect, old.Palette = old.Pix[:w*h], w, image.Rect(0, 0, w, h), colours
		if blank {
			clear(old.Pix)
		}
		return old
	}
	return image.NewPaletted(image.Rect(0, 0, w, h), colours)
}

// nrgba gives a picture of one colour.
func (p *pictures) nrgba(w, h int, c color.NRGBA) *image.NRGBA {
	img, ok := p.colours.Get().(*image.NRGBA)
	if ok && cap(img.Pix) >= 4*w*h {
		img.Pix, img.Stride, img.Rect = img.Pix[:4*w*h], 4*w, image.Rect(0, 0, w, h)
	} else {
		img = image.NewNRGBA(image.Rect(0, 0, w, h))
	}
	if len(img.Pix) == 0 {
		return img
	}
	img.Pix[0], img.Pix[1], img.Pix[2], img.Pix[3] = c.R, c.G, c.B, c.A
	for n := 4; n < len(img.Pix); n *= 2 {
		copy(img.Pix[n:], img.Pix[:n])
	}
	return img
}

// recycle takes back a picture.
func (p *pictures) recycle(img image.Image) {
	switch img := img.(type) {
	case *image.Paletted:
		if cap(img.Pix) <= keptPixels {
			p.palettes.Put(img)
		}
	case *image.NRGBA:
		if cap(img.Pix) <= 4*keptPixels {
			p.colours.Put(img)
		}
	}
}

// band gives memory for indices.
func (p *pictures) band(n int) *[]uint8 {
	if b, ok := p.bands.Get().(*[]uint8); ok && cap(*b) >= n {
		return b
	}
	b := make([]uint8, n)
	return &b
}

// giveBand takes it back.
func (p *pictures) giveBand(b *[]uint8) { p.bands.Put(b) }
