package styles

import (
	"image/color"
	"math"
	"strings"
	"testing"
)

// How far apart colours must look, in CIEDE2000, to every kind of eye. Side by side a difference of 1 is just seen; maps are read across a gap,
// so neighbours in a legend get four times that, and values that lie further apart twice as much again.
const (
	neighbours = 4.0 // from one stop to the next
	further    = 8.0 // from a stop to any but the next
	kinds      = 6.0 // between any two categories
	onGround   = 3.0 // from the bare ground to the first class that is painted
	full       = 4.0 // from the bare ground to the greatest value
)

// Styles that cannot be held to all of it, and why.
var (
	lines    = strings.Fields("isotherm-lines") // colours of lines, each of which has its number beside it
	mirrored = strings.Fields("cin")            // of either sign, as models differ: both mean the same
	byNumber = strings.Fields("soil-type")      // sixteen kinds, read in the legend or under the pointer: only neighbours by number
	circles  = strings.Fields("direction")      // its ends are one
)

func in(list []string, id string) bool {
	for _, one := range list {
		if one == id {
			return true
		}
	}
	return false
}

// painted lists a style's stops that can be seen.
func painted(s *Style) (stops []Stop) {
	for _, stop := range s.Stops {
		if stop.Color.A >= 128 {
			stops = append(stops, stop)
		}
	}
	return stops
}

func TestValuesAreToldApartByEveryEye(t *testing.T) {
	for _, s := range loaded(t).All() {
		if len(s.Paint) > 0 || in(lines, s.ID) {
			continue
		}
		stops := painted(s)
		for i := range stops {
			for k := i + 1; k < len(stops); k++ {
				checkApart(t, s, stops, i, k)
			}
		}
	}
}

// checkApart looks at two stops of a style with every kind of eye.
func checkApart(t *testing.T, s *Style, stops []Stop, i, k int) {
	t.Helper()
	want := further
	switch {
	case in(mirrored, s.ID) && stops[i].Value*stops[k].Value < 0, in(circles, s.ID) && k-i > len(stops)-3:
		return
	case k == i+1:
		want = neighbours
	case in(byNumber, s.ID):
		return
	}
	if s.Kind == Categories && !in(byNumber, s.ID) {
		want = kinds
	}
	for _, v := range visions {
		if d := ciede2000(v.see(stops[i].Color), v.see(stops[k].Color)); d < want {
			t.Errorf("%s: %g and %g are %.1f apart to a %s eye, want %g", s.ID, stops[i].Value, stops[k].Value, d, v.name, want)
		}
	}
}

// TestLightnessTellsMoreFromLessToEveryEye holds what the tests of palettes hold of common eyes for the others.
func TestLightnessTellsMoreFromLessToEveryEye(t *testing.T) {
	c := loaded(t)
	for _, v := range visions {
		for id, want := range map[string]int{sequential: 0, diverging: 1} {
			for _, id := range strings.Fields(id) {
				s, ok := c.Get(id)
				if !ok {
					t.Fatalf("there is no style %s", id)
				}
				var l []float64
				for _, stop := range painted(s) {
					l = append(l, toLab(v.see(stop.Color)).l)
				}
				if got := turns(l); got != want {
					t.Errorf("%s: lightness %.2f turns %d times to a %s eye, want %d", id, l, got, v.name, want)
				}
			}
		}
	}
}

// TestArmsOfDivergingStylesAreToldApart compares places of the two arms that are equally light: too little must not look like too much.
func TestArmsOfDivergingStylesAreToldApart(t *testing.T) {
	c := loaded(t)
	for _, id := range strings.Fields(diverging) {
		s, _ := c.Get(id)
		stops := painted(s)
		lightest := 0
		for i, stop := range stops {
			if toLab(stop.Color).l > toLab(stops[lightest].Color).l {
				lightest = i
			}
		}
		for _, v := range visions {
			for i := range stops {
				for k := i + 1; k < len(stops); k++ {
					if i >= lightest || k <= lightest || k-i < 3 {
						continue
					}
					if d := ciede2000(v.see(stops[i].Color), v.see(stops[k].Color)); d < 10 {
						t.Errorf("%s: %g and %g, on either side of %g, are %.1f apart to a %s eye, want 10", id, stops[i].Value, stops[k].Value, stops[lightest].Value, d, v.name)
					}
				}
			}
		}
	}
}

// grounds are the viewer's land and sea, light and dark.
var grounds = map[string]color.NRGBA{
	"land": {0xf4, 0xf1, 0xe8, 255}, "sea": {0xdf, 0xe8, 0xee, 255}, "land at night": {0x22, 0x31, 0x3b, 255}, "sea at night": {0x0f, 0x1a, 0x22, 255},
}

// over is a colour on a ground.
func over(c, ground color.NRGBA) color.NRGBA {
	mix := func(a, b uint8) uint8 {
		return uint8(math.Round((float64(a)*float64(c.A) + float64(b)*float64(255-c.A)) / 255))
	}
	return color.NRGBA{mix(c.R, ground.R), mix(c.G, ground.G), mix(c.B, ground.B), 255}
}

// TestWhatIsPaintedIsSeenOnTheGround is for styles that leave the ground bare where there is nothing to tell.
func TestWhatIsPaintedIsSeenOnTheGround(t *testing.T) {
	for _, s := range loaded(t).All() {
		stops := painted(s)
		if s.Under == nil || s.Under.A > 0 || len(stops) == 0 {
			continue
		}
		for name, ground := range grounds {
			for _, v := range visions {
				if d := ciede2000(v.see(over(stops[0].Color, ground)), v.see(ground)); d < onGround && s.Kind == Classes {
					t.Errorf("%s: %g is %.1f from the bare %s to a %s eye, want %g", s.ID, stops[0].Value, d, name, v.name, onGround)
				}
				if d := ciede2000(v.see(over(stops[len(stops)-1].Color, ground)), v.see(ground)); d < full {
					t.Errorf("%s: %g is %.1f from the bare %s to a %s eye, want %g", s.ID, stops[len(stops)-1].Value, d, name, v.name, full)
				}
			}
		}
	}
}

// TestColoursOfUnknownKindsAreToldApart is for categories that no row knows: twenty are as many as eyes of few colours can take.
func TestColoursOfUnknownKindsAreToldApart(t *testing.T) {
	for _, v := range visions {
		for i, a := range qualitative {
			for k, b := range qualitative[:i] {
				if d := ciede2000(v.see(a), v.see(b)); d < neighbours {
					t.Errorf("kinds %d and %d are %.1f apart to a %s eye, want %g", k+1, i+1, d, v.name, neighbours)
				}
			}
		}
	}
}
