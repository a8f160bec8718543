package api

import (
	"image/color"
	"strconv"
	"strings"

	"isobar/encode"
	"isobar/ogc"
)

// Pictures are the formats that maps and tiles leave in, and how a request chooses one.
type Pictures struct {
	Formats []encode.Picture // the first is the default
}

// Types are their media types.
func (p Pictures) Types() (types []string) {
	for _, f := range p.Formats {
		types = append(types, f.Type)
	}
	return types
}

// Choose picks the format by f or by Accept. A browser that shows a picture takes any.
func (p Pictures) Choose(c *Call) (encode.Picture, error) {
	short := map[string]string{"jpg": "image/jpeg"}
	for _, f := range p.Formats {
		short[strings.TrimPrefix(f.Type, "image/")] = f.Type
	}
	t, err := c.Choose(p.Types(), short)
	if err != nil {
		return encode.Picture{}, err
	}
	for _, f := range p.Formats {
		if f.Type == t {
			return f, nil
		}
	}
	return p.Formats[0], nil
}

// The parameters of a picture's ground (OGC API Maps 1.0, clause 9).
var (
	BGColor     = TextParam("bgcolor", "Background: 0xRRGGBB, RRGGBB, or a name of CSS' sixteen")
	Transparent = BoolParam("transparent", "Whether what has no data is transparent; true unless bgcolor is given")
)

// css are the sixteen basic names of colours (CSS Color 3, 4.1).
var css = map[string]uint32{
	"black": 0, "silver": 0xC0C0C0, "gray": 0x808080, "white": 0xFFFFFF, "maroon": 0x800000, "red": 0xFF0000, "purple": 0x800080, "fuchsia": 0xFF00FF,
	"green": 0x008000, "lime": 0x00FF00, "olive": 0x808000, "yellow": 0xFFFF00, "navy": 0x000080, "blue": 0x0000FF, "teal": 0x008080, "aqua": 0x00FFFF,
}

// Ground reads bgcolor and transparent.
func (c *Call) Ground(f encode.Picture) (ground color.NRGBA, transparent bool, err error) {
	ground, transparent = color.NRGBA{R: 255, G: 255, B: 255, A: 255}, true
	if v := strings.ToLower(c.Query.Get("bgcolor")); v != "" {
		n, named := css[v]
		if !named {
			digits := strings.TrimPrefix(strings.TrimPrefix(v, "0x"), "#")
			parsed, err := strconv.ParseUint(digits, 16, 32)
			if err != nil || len(digits) != 6 {
				return ground, false, ogc.Invalid("bgcolor", "bgcolor %q is no colour", ogc.Clip(v))
			}
			n = uint32(parsed)
		}
		ground, transparent = color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}, false
	}
	switch v := strings.ToLower(c.Query.Get("transparent")); v {
	case "":
	case "true", "false":
		transparent = v == "true"
	default:
		return ground, false, ogc.Invalid("transparent", "transparent %q is neither true nor false", ogc.Clip(v))
	}
	return ground, transparent && f.Alpha, nil
}
