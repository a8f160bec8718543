package styles

import (
	"fmt"
	"image/color"
	"strconv"
	"strings"
)

// Hex writes a colour as rows and web pages do: "#rrggbb", "#rrggbbaa" or "transparent".
func Hex(c color.NRGBA) string {
	switch c.A {
	case 0:
		return "transparent"
	case 255:
		return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	}
	return fmt.Sprintf("#%02x%02x%02x%02x", c.R, c.G, c.B, c.A)
}

// parseColor reads "#rrggbb", "#rrggbbaa" or "transparent".
func parseColor(text string) (color.NRGBA, error) {
	if text == "transparent" {
		return color.NRGBA{}, nil
	}
	digits, ok := strings.CutPrefix(text, "#")
	if len(digits) == 6 {
		digits += "ff"
	}
	v, err := strconv.ParseUint(digits, 16, 32)
	if !ok || len(digits) != 8 || err != nil {
		return color.NRGBA{}, fmt.Errorf(`%q is no colour such as "#20a0ff", "#20a0ff80" or "transparent"`, text)
	}
	c := color.NRGBA{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), uint8(v)}
	if c.A == 0 {
		c = color.NRGBA{} // there is one transparent
	}
	return c, nil
}
