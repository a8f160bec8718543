package render

import (
	"image"
	"image/color"
	"sync"
)

// onColours paints coats over a picture of four channels.
func (m *mask) onColours(img *image.NRGBA, coats []*coat) {
	parts(img.Rect.Dx(), img.Rect.Dy(), func(part image.Rectangle) {
		for k := range coats {
			c := coats[k].color
			m.draw(coats[k], part, func(y, lo int, cover []uint8) {
				pix := img.Pix[(part.Min.Y+y)*img.Stride+4*(part.Min.X+lo):]
				covered(cover, func(i int, a uint32) {
					p := pix[4*i : 4*i+4 : 4*i+4]
					paint := c
					paint.A = uint8((uint32(c.A)*a + 127) / 255)
					paint = over(color.NRGBA{p[0], p[1], p[2], p[3]}, paint)
					p[0], p[1], p[2], p[3] = paint.R, paint.G, paint.B, paint.A
				})
			})
		}
	})
}

// steps is how finely the shares of two inks in a pixel are told apart: the pairs whose sum is at most steps are a palette.
const steps = 20

// inks are the two colours that a picture of symbols is drawn in: there are palette indices for all their mixtures.
type inks [2]color.NRGBA

// inksOf finds the inks of coats, opaque; ok is false if there are more than two.
func inksOf(coats []*coat) (in inks, ok bool) {
	n := 0
	for k := range coats {
		c := coats[k].color
		c.A = 255
		if n > 0 && in[0] == c || n > 1 && in[1] == c {
			continue
		}
		if n == 2 {
			return in, false
		}
		in[n] = c
		n++
	}
	if n == 1 {
		in[1] = in[0]
	}
	return in, true
}

// mixtures is the palette over a ground: index 0 is the ground alone.
func (in inks) mixtures(ground color.NRGBA) color.Palette {
	p := make(color.Palette, 0, (steps+1)*(steps+2)/2)
	for a := 0; a <= steps; a++ {
		for b := 0; a+b <= steps; b++ {
			p = append(p, in.mix(ground, a, b))
		}
	}
	return p
}

// mixtures keeps palettes of inks. The zero value is ready.
type mixtures struct {
	mu   sync.Mutex
	kept map[mixtureKey]color.Palette
}

// mixtureKey names inks over a ground.
type mixtureKey struct {
	inks
	ground color.NRGBA
}

// get mixes inks, once.
func (m *mixtures) get(in inks, ground color.NRGBA) color.Palette {
	key := mixtureKey{in, ground}
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.kept[key]
	if !ok {
		if m.kept == nil || len(m.kept) >= maxPalettes {
			m.kept = map[mixtureKey]color.Palette{}
		}
		p = in.mixtures(ground)
		m.kept[key] = p
	}
	return p
}

// mix is a parts of the first ink, b of the second and the rest of the ground.
func (in inks) mix(ground color.NRGBA, a, b int) color.NRGBA {
	n := a + b
	if n == 0 {
		return ground
	}
	share := func(x, y uint8) uint8 { return uint8((int(x)*a + int(y)*b + n/2) / n) }
	c := color.NRGBA{share(in[0].R, in[1].R), share(in[0].G, in[1].G), share(in[0].B, in[1].B), uint8((n*255 + steps/2) / steps)}
	return over(ground, c)
}

// rowsOf tells where in the palette the mixtures with a parts of the first ink begin.
func rowsOf() (first [steps + 1]uint8) {
	for a := 1; a <= steps; a++ {
		first[a] = first[a-1] + uint8(steps-a+2)
	}
	return first
}

// onIndices paints coats of two inks over a picture of palette indices that are zero.
func (m *mask) onIndices(img *image.Paletted, coats []*coat, in inks, shares *[]uint16) {
	first := rowsOf()
	parts(img.Rect.Dx(), img.Rect.Dy(), func(part image.Rectangle) {
		w, h := part.Dx(), part.Dy()
		if cap(*shares) < w*h {
			*shares = make([]uint16, w*h)
		}
		state := (*shares)[:w*h] // the first ink's share in the high byte, the second's in the low one
		clear(state)
		for k := range coats {
			c := coats[k].color
			alpha := uint32(c.A)
			c.A = 255
			mine, others := uint32(8), uint32(0)
			if c != in[0] {
				mine, others = 0, 8
			}
			m.draw(coats[k], part, func(y, lo int, cover []uint8) {
				row := state[y*w+lo : (y+1)*w]
				covered(cover, func(i int, a uint32) {
					a = (a*alpha + 127) / 255
					s := uint32(row[i])
					own, other := s>>mine&255, s>>others&255
					own, other = a+(own*(255-a)+127)/255, (other*(255-a)+127)/255
					row[i] = uint16(min(own, 255)<<mine | other<<others)
				})
			})
		}
		for y := range h {
			dst := img.Pix[(part.Min.Y+y)*img.Stride+part.Min.X:]
			for i, s := range state[y*w : (y+1)*w] {
				if s != 0 {
					a := (uint32(s>>8)*steps + 127) / 255
					b := min((uint32(s&255)*steps+127)/255, steps-a)
					dst[i] = first[a] + uint8(b)
				}
			}
		}
	})
}
