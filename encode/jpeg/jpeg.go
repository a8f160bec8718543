// Package jpeg writes pictures as JPEG, which has no transparency.
package jpeg

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"

	"isobar/encode"
)

// quality keeps the edges of colour classes clean enough to read; below it they grow a halo.
const quality = 85

// Format is baseline JPEG. What is transparent in a picture becomes white.
func Format() encode.Picture {
	return encode.Picture{Type: "image/jpeg", Encode: write}
}

// write encodes a picture laid on white.
func write(img image.Image) ([]byte, error) {
	b := img.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy())) // what the encoder reads fastest
	if p, ok := img.(*image.Paletted); ok {
		flatten(flat, p)
	} else {
		draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(flat, flat.Rect, img, b.Min, draw.Over)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, flat, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("jpeg: %w", err)
	}
	return out.Bytes(), nil
}

// flatten lays a palette, rather than each pixel, on white.
func flatten(dst *image.RGBA, p *image.Paletted) {
	var colours [256][4]byte
	for i := range colours {
		colours[i] = [4]byte{255, 255, 255, 255}
		if i < len(p.Palette) {
			colours[i] = overWhite(p.Palette[i])
		}
	}
	w := p.Rect.Dx()
	for y := range p.Rect.Dy() {
		line := dst.Pix[y*dst.Stride:]
		for x, c := range p.Pix[y*p.Stride : y*p.Stride+w] {
			*(*[4]byte)(line[4*x:]) = colours[c]
		}
	}
}

// overWhite is a colour laid on white.
func overWhite(c color.Color) [4]byte {
	r, g, b, a := c.RGBA() // premultiplied
	rest := 0xffff - a
	return [4]byte{uint8((r + rest) >> 8), uint8((g + rest) >> 8), uint8((b + rest) >> 8), 255}
}
