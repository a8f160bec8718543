package wms

import (
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"isobar/encode"
	"isobar/ogc"
)

// unsized is the width and height of a fault's picture if the request's own are at fault.
const unsized = 256

// margin is the room around the text of a fault's picture in pixels.
const margin = 6

// picture draws a fault as a map would have been: blank, or with the text in it (WMS 1.3.0 7.3.3.11).
func (h *Handler) picture(q *request, f *ogc.Fault, text bool) (body []byte, mediaType string, err error) {
	width, err := q.Whole("width", unsized, 1, h.about.MaxWidth)
	if err != nil {
		width = unsized
	}
	height, err := q.Whole("height", unsized, 1, h.about.MaxHeight)
	if err != nil {
		height = unsized
	}
	ground, err := q.background()
	if err != nil {
		ground = white
	}
	ink := color.NRGBA{A: 255}
	if int(ground.R)+int(ground.G)+int(ground.B) < 3*128 {
		ink = white
	}
	if q.True("transparent") {
		ground.A = 0
	}
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{ground, ink})
	if text {
		scribble(img, f.Text)
	}
	format := h.pictureFormat(q.Get("format"))
	body, err = format.Encode(img)
	return body, format.Type, err
}

// pictureFormat is the format asked for, or the default.
func (h *Handler) pictureFormat(asked string) encode.Picture {
	for _, p := range h.pictures {
		if p.Type == ogc.MediaType(asked) {
			return p
		}
	}
	return h.pictures[0]
}

// scribble writes text in the palette's second colour, broken into lines; what does not fit is cut.
func scribble(img *image.Paletted, text string) {
	face := basicfont.Face7x13
	columns := max((img.Rect.Dx()-2*margin)/face.Advance, 1)
	pen := font.Drawer{Dst: img, Src: image.NewUniform(img.Palette[1]), Face: face}
	for i, line := range wrapped(text, columns) {
		y := margin + face.Ascent + i*face.Height
		if y > img.Rect.Dy() {
			break
		}
		pen.Dot = fixed.P(margin, y)
		pen.DrawString(line)
	}
}

// wrapped breaks text at blanks into lines of at most so many characters; a longer word is broken where it must.
func wrapped(text string, columns int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		for len(word) > columns {
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines, word = append(lines, word[:columns]), word[columns:]
		}
		if line != "" && len(line)+1+len(word) > columns {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
