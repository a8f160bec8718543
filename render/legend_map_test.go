package render

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"testing"

	"isobar/elements"
	"isobar/styles"
)

// TestLegendsShowTheColoursOfMaps draws a map of one value for each stop of each shipped style, and looks for the pixel's colour in the legend: it must be there,
// and the legend's colours must come in the order of the values.
func TestLegendsShowTheColoursOfMaps(t *testing.T) {
	c, err := styles.Load(styles.Rows())
	if err != nil {
		t.Fatal(err)
	}
	r := renderer(t)
	for _, s := range c.All() {
		if len(s.Paint) > 0 || s.ID == "direction" || s.ID == "cin" { // a circle and two like arms have each colour twice
			continue
		}
		s = c.For(elements.Element{ID: "any", Unit: s.Unit, Style: s.ID}, 0, 1)[0]
		img, err := r.Legend(Legend{Style: s, Title: "A title", Height: 700})
		if err != nil {
			t.Fatalf("%s: %v", s.ID, err)
		}
		checkLegend(t, r, s, img)
	}
}

// checkLegend compares one legend with maps.
func checkLegend(t *testing.T, r *Renderer, s *styles.Style, img image.Image) {
	t.Helper()
	last := -1
	for i, stop := range s.Stops {
		if stop.Color.A < 255 {
			continue // a legend has squares below
		}
		value := stop.Value
		if s.Kind == styles.Classes && i+1 < len(s.Stops) {
			value = (stop.Value + s.Stops[i+1].Value) / 2
		}
		drawn := pixelOf(t, r, s, value)
		y := rowOf(img, drawn, s.Kind == styles.Smooth)
		if y < 0 {
			t.Errorf("%s: %g is drawn in %s, which the legend lacks", s.ID, value, styles.Hex(drawn))
			continue
		}
		up := s.Kind != styles.Categories // categories are listed from the top
		if last >= 0 && (y < last) != up {
			t.Errorf("%s: the colour of %g is at row %d of the legend, that of the value before it at %d", s.ID, value, y, last)
		}
		last = y
	}
}

// pixelOf is the colour of a map whose field has one value.
func pixelOf(t *testing.T, r *Renderer, s *styles.Style, value float64) color.NRGBA {
	t.Helper()
	f := newFields(45, map[string]formula{"x": func(float64, float64) float64 { return value }})
	input := f.input("x")
	input.MaxLevel = 0
	img, err := r.Draw(context.Background(), f, Map{View: square(8, 0, 0, 0), Layers: []Layer{{Input: input, Unit: s.Unit, Style: s}}, Transparent: true})
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", s.ID, err))
	}
	return colorAt(img, 4, 4)
}

// rowOf is the middle of the rows of a picture that have a colour at its left, where the bar is; -1 if none has. Smooth bars may be some units of a channel off.
func rowOf(img image.Image, want color.NRGBA, smooth bool) int {
	most := 0
	if smooth {
		most = 6
	}
	apart := func(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
	best, sum, n := most+1, 0, 0
	for y := range img.Bounds().Dy() {
		for x := range min(30, img.Bounds().Dx()) {
			c := colorAt(img, x, y)
			d := max(apart(c.R, want.R), apart(c.G, want.G), apart(c.B, want.B), apart(c.A, want.A))
			if d > most || d > best {
				continue
			}
			if d < best {
				best, sum, n = d, 0, 0
			}
			sum, n = sum+y, n+1
		}
	}
	if n == 0 {
		return -1
	}
	return sum / n
}
