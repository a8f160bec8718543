package render

import (
	"image/color"
	"sync"

	"isobar/styles"
)

// maxPalettes bounds how many compiled styles are kept.
const maxPalettes = 512

// paletteKey names a style compiled for a unit over a ground. Styles are immutable, so a pointer names one.
type paletteKey struct {
	style  *styles.Style
	unit   string
	ground color.NRGBA
}

// palette is a compiled style.
type palette struct {
	ramp *styles.Ramp
	over color.Palette // the ramp's colours over the ground
}

// palettes keeps compiled styles. The zero value is ready.
type palettes struct {
	mu   sync.Mutex
	kept map[paletteKey]*palette
}

// get compiles a style, once.
func (p *palettes) get(s *styles.Style, unit string, ground color.NRGBA) (*palette, error) {
	key := paletteKey{s, unit, ground}
	p.mu.Lock()
	found, ok := p.kept[key]
	p.mu.Unlock()
	if ok {
		return found, nil
	}
	ramp, err := s.Ramp(unit)
	if err != nil {
		return nil, err
	}
	made := &palette{ramp: ramp, over: make(color.Palette, len(ramp.Palette))}
	for i, c := range ramp.Palette {
		made.over[i] = over(ground, c)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil || len(p.kept) >= maxPalettes {
		p.kept = map[paletteKey]*palette{}
	}
	p.kept[key] = made
	return made, nil
}

// over is a colour painted over a ground (Porter and Duff 1984), neither premultiplied.
func over(ground, c color.NRGBA) color.NRGBA {
	a, b := uint32(c.A), uint32(ground.A)
	switch {
	case a == 255 || b == 0:
		return c
	case a == 0:
		return ground
	}
	below := b * (255 - a) // of 255*255
	alpha := a*255 + below
	mix := func(x, y uint8) uint8 { return uint8((uint32(x)*a*255 + uint32(y)*below + alpha/2) / alpha) }
	return color.NRGBA{mix(c.R, ground.R), mix(c.G, ground.G), mix(c.B, ground.B), uint8((alpha + 127) / 255)}
}

// overlay paints indices of a palette over pixels.
func overlay(pix []uint8, indices []uint8, colours []color.NRGBA) {
	for _, i := range indices {
		c := colours[i]
		if c.A == 0 {
			pix = pix[4:]
			continue
		}
		p := pix[:4:4]
		if c.A != 255 && p[3] != 0 {
			c = over(color.NRGBA{p[0], p[1], p[2], p[3]}, c)
		}
		p[0], p[1], p[2], p[3] = c.R, c.G, c.B, c.A
		pix = pix[4:]
	}
}
