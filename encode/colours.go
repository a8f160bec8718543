package encode

import (
	"image"
	"image/color"
	"image/draw"
)

// Colours is a palette without premultiplication; what lies beyond its end is transparent.
func Colours(p color.Palette) (all [256]color.NRGBA) {
	for i := range min(len(p), 256) {
		switch c := p[i].(type) {
		case color.NRGBA:
			all[i] = c
		default:
			all[i], _ = color.NRGBAModel.Convert(c).(color.NRGBA)
		}
	}
	return all
}

// Straight is a picture as straight colours, beginning at 0, 0, its rows without gaps: itself if it is so already. A palette's
// colours stay what they are, where image/draw would take them through premultiplied ones.
func Straight(img image.Image) *image.NRGBA {
	b := img.Bounds()
	if n, ok := img.(*image.NRGBA); ok && b.Min == (image.Point{}) && n.Stride == 4*b.Dx() {
		return n
	}
	flat := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	p, ok := img.(*image.Paletted)
	if !ok {
		draw.Draw(flat, flat.Rect, img, b.Min, draw.Src)
		return flat
	}
	colours := Colours(p.Palette)
	for y := range b.Dy() {
		line := flat.Pix[y*flat.Stride:]
		for x, c := range p.Pix[y*p.Stride : y*p.Stride+b.Dx()] {
			k := colours[c]
			*(*[4]byte)(line[4*x:]) = [4]byte{k.R, k.G, k.B, k.A}
		}
	}
	return flat
}
