package wms

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"isobar/ogc"
	"isobar/styles"
)

// painters are the words before the slash of ncWMS' STYLES=painter/palette that mean a fill; what comes after it is a style's ID.
var painters = map[string]bool{"default": true, "default-scalar": true, "raster": true, "boxfill": true, "areafill": true}

// palettes are ncWMS' names of palettes that we have by another.
var palettes = map[string]string{"default": "", "greyscale": "grey", "x-greyscale": "grey", "seq-greyscale": "grey", "seq-viridis": "viridis", "x-viridis": "viridis"}

// styleOf is the ID of the style that one of STYLES asks for, in our words or in ncWMS'.
func styleOf(name string) string {
	painter, palette, both := strings.Cut(name, "/")
	if !painters[strings.ToLower(painter)] {
		return name
	}
	if !both {
		return ""
	}
	if id, known := palettes[strings.ToLower(palette)]; known {
		return id
	}
	return palette
}

// change reads how the style is wanted otherwise: ncWMS' COLORSCALERANGE, NUMCOLORBANDS, LOGSCALE, BELOWMINCOLOR, ABOVEMAXCOLOR and OPACITY, and
// SLD. The range is in UNITS, else in the unit that the layer is shown in. It is nil if nothing is asked for.
func (h *Handler) change(q *request, layer string) (*styles.Change, error) {
	c, err := h.symbolizer(q, layer)
	if err != nil {
		return nil, err
	}
	asked := c.Instead != nil
	for _, p := range []struct {
		name string
		read func(text string, c *styles.Change) bool
		want string
	}{
		{"colorscalerange", readRange, "auto, or two numbers of which the first is the lower"},
		{"numcolorbands", readBands, "a whole number from 1"},
		{"logscale", readLog, "true or false"},
		{"belowmincolor", func(text string, c *styles.Change) bool { return readBeyond(text, &c.Below, &c.Extend[0]) }, colourForms},
		{"abovemaxcolor", func(text string, c *styles.Change) bool { return readBeyond(text, &c.Above, &c.Extend[1]) }, colourForms},
		{"opacity", readOpacity, "a number from 0 to 100"},
	} {
		text := q.Get(p.name)
		if text == "" {
			continue
		}
		if !p.read(text, &c) {
			return nil, ogc.Invalid(p.name, "%s %q is not %s", p.name, ogc.Clip(text), p.want)
		}
		asked = true
	}
	if !asked {
		return nil, nil
	}
	c.Unit = q.Get("units")
	return &c, nil
}

// colourForms is what BELOWMINCOLOR and ABOVEMAXCOLOR may be.
const colourForms = "extend, transparent, 0xRRGGBB or 0xAARRGGBB"

func readRange(text string, c *styles.Change) bool {
	switch strings.ToLower(text) {
	case "auto":
		c.Auto = true
		return true
	case "default":
		return true
	}
	first, last, ok := strings.Cut(text, ",")
	low, err1 := strconv.ParseFloat(strings.TrimSpace(first), 64)
	high, err2 := strconv.ParseFloat(strings.TrimSpace(last), 64)
	c.Low, c.High = low, high
	return ok && err1 == nil && err2 == nil && low < high && !math.IsInf(low, 0) && !math.IsInf(high, 0)
}

// readBands reads how many classes there are. As many as a palette can hold are none: ncWMS' clients say 250 or 254 and mean smooth.
func readBands(text string, c *styles.Change) bool {
	n, err := strconv.Atoi(text)
	if c.Bands = n; n >= styles.MaxBands {
		c.Bands = 0
	}
	return err == nil && n > 0
}

func readLog(text string, c *styles.Change) bool {
	c.Log = strings.EqualFold(text, "true")
	return c.Log || strings.EqualFold(text, "false")
}

func readOpacity(text string, c *styles.Change) bool {
	percent, err := strconv.ParseFloat(text, 64)
	c.Fade = 1 - percent/100
	return err == nil && percent >= 0 && percent <= 100
}

// readBeyond reads a colour outside the range.
func readBeyond(text string, to **color.NRGBA, extend *bool) bool {
	switch strings.ToLower(text) {
	case "extend":
		*extend = true
		return true
	case "transparent":
		*to = &color.NRGBA{}
		return true
	}
	c, ok := hexColour(text)
	*to = &c
	return ok
}

// hexColour reads 0xRRGGBB or 0xAARRGGBB, also with # or without either.
func hexColour(text string) (c color.NRGBA, ok bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(text), "0x"), "#")
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 && len(digits) != 8 {
		return c, false
	}
	c = color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}
	if len(digits) == 8 {
		c.A = uint8(n >> 24)
	}
	return c, true
}
