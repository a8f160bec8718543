// Package gif writes pictures as GIF 89a, alone or one after another, with one palette for all.
package gif

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"math"
	"time"

	"isobar/encode"
)

// opaqueFrom is the least opacity that is painted: in a GIF a pixel is there or not.
const opaqueFrom = 128

// Format is GIF. Pictures of one palette keep it; others share the 255 colours that suit all frames together.
func Format() encode.Picture {
	return encode.Picture{Type: "image/gif", Alpha: true, Encode: write, Animate: animate}
}

func write(img image.Image) ([]byte, error) { return animate([]image.Image{img}, 0) }

// animate writes frames that replace one another for ever. Delays are whole hundredths of a second; browsers slow down below two.
func animate(frames []image.Image, delay time.Duration) ([]byte, error) {
	width, height, err := encode.CheckFrames(frames)
	if err != nil {
		return nil, fmt.Errorf("gif: %w", err)
	}
	if width > math.MaxUint16 || height > math.MaxUint16 {
		return nil, fmt.Errorf("gif: a picture of %d x %d pixels cannot be written", width, height)
	}
	pages, palette := paged(frames)
	file := gif.GIF{Image: pages, Config: image.Config{ColorModel: palette, Width: width, Height: height}}
	for range pages {
		file.Delay = append(file.Delay, int((delay+5*time.Millisecond)/(10*time.Millisecond)))
		file.Disposal = append(file.Disposal, gif.DisposalBackground)
	}
	if len(pages) == 1 {
		file.LoopCount = -1 // no motion, no loop
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, &file); err != nil {
		return nil, fmt.Errorf("gif: %w", err)
	}
	return out.Bytes(), nil
}

// paged brings all frames to one palette of colours that are opaque but for the first, which is nothing.
func paged(frames []image.Image) (pages []*image.Paletted, palette color.Palette) {
	if first, ok := frames[0].(*image.Paletted); ok {
		if pages, ok = kept(frames, first.Palette); ok {
			return pages, pages[0].Palette
		}
	}
	return quantised(frames)
}

// kept maps the indices of frames that have one palette; ok is false if they have several, or one that does not fit.
func kept(frames []image.Image, palette color.Palette) (pages []*image.Paletted, ok bool) {
	colours := encode.Colours(palette)
	var to [256]uint8 // 0: nothing
	opaque := color.Palette{color.NRGBA{}}
	for i := range min(len(palette), 256) {
		if c := colours[i]; c.A >= opaqueFrom {
			if len(opaque) > math.MaxUint8 {
				return nil, false
			}
			to[i] = uint8(len(opaque))
			opaque = append(opaque, color.NRGBA{c.R, c.G, c.B, 255})
		}
	}
	for _, f := range frames {
		p, is := f.(*image.Paletted)
		if !is || encode.Colours(p.Palette) != colours {
			return nil, false
		}
		page := blank(f, opaque)
		w := page.Rect.Dx()
		for y := range page.Rect.Dy() {
			line := page.Pix[y*page.Stride:]
			for x, c := range p.Pix[y*p.Stride : y*p.Stride+w] {
				line[x] = to[c]
			}
		}
		pages = append(pages, page)
	}
	return pages, true
}

// blank is an empty page for a frame.
func blank(f image.Image, palette color.Palette) *image.Paletted {
	b := f.Bounds()
	return image.NewPaletted(image.Rect(0, 0, b.Dx(), b.Dy()), palette)
}
