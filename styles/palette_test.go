package styles

import (
	"image/color"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// lightness lists that of a style's stops.
func lightness(s *Style) (l []float64) {
	for _, stop := range s.Stops {
		if stop.Color.A > 0 {
			l = append(l, toLab(stop.Color).l)
		}
	}
	return l
}

// turns counts how often lightness changes its direction by more than is seen.
func turns(l []float64) (n int) {
	way, extreme := 0.0, l[0]
	for _, v := range l[1:] {
		if d := v - extreme; math.Abs(d) > 0.012 {
			if way != 0 && d*way < 0 {
				n++
			}
			way, extreme = d, v
		} else if d*way > 0 {
			extreme = v
		}
	}
	return n
}

// sequential styles go from little to much, diverging ones both ways from a middle.
const (
	sequential = `wind-speed gust beaufort helicity current-speed precipitation precipitation-smooth precipitation-rate
		snow-depth snow-water snowfall particles mixing-ratio sea-ice cloud wave-height wave-period cape lightning reflectivity visibility ceiling sunshine radiation ozone
		cloud-water radar-liquid cloud-top altitude air-pressure energy ozone-mixing ozone-ground dust albedo snow-density frozen-share haines-index ventilation
		probability sequential viridis grey`
	diverging = `temperature temperature-classes soil-temperature dew-point pressure geopotential-height geopotential vorticity omega
		wind-component current-component vertical-velocity shear heat-flux
		humidity dew-point-depression soil-moisture soil-water pwat lifted-index diverging`
)

func TestLightnessIsMonotoneInSequentialStyles(t *testing.T) {
	c := loaded(t)
	for _, id := range strings.Fields(sequential) {
		s, ok := c.Get(id)
		if !ok {
			t.Fatalf("there is no style %s", id)
		}
		if l := lightness(s); turns(l) != 0 {
			t.Errorf("%s: lightness %.2f turns", id, l)
		}
	}
}

func TestLightnessTurnsOnceInDivergingStyles(t *testing.T) {
	c := loaded(t)
	for _, id := range strings.Fields(diverging + " cin") {
		s, ok := c.Get(id)
		if !ok {
			t.Fatalf("there is no style %s", id)
		}
		if l := lightness(s); turns(l) != 1 {
			t.Errorf("%s: lightness %.2f turns %d times, want once", id, l, turns(l))
		}
	}
}

func TestTheCircleOfDirectionsClosesAndIsDarkInTheSouth(t *testing.T) {
	s, _ := loaded(t).Get("direction")
	if first, last := s.Stops[0], s.Stops[len(s.Stops)-1]; first.Color != last.Color || last.Value-first.Value != 360 {
		t.Errorf("the circle goes from %v to %v", first, last)
	}
	for i, l := range lightness(s) {
		if want := 0.7 + 0.19*math.Cos(float64(i)*math.Pi/4); math.Abs(l-want) > 0.03 {
			t.Errorf("%g degrees: lightness %.3f, want %.3f: pale in the north, dark in the south, between them in the east and west", s.Stops[i].Value, l, want)
		}
	}
}

// TestNeighbouringClassesAreToldApart asks for a distance that is seen at once.
func TestNeighbouringClassesAreToldApart(t *testing.T) {
	for _, s := range loaded(t).All() {
		for i := 1; i < len(s.Stops) && s.Kind == Classes && len(s.Paint) == 0; i++ { // bands have lines between them
			if d := far(s.Stops[i-1].Color, s.Stops[i].Color); d < 0.035 {
				t.Errorf("%s: the classes from %g and %g are %.3f apart", s.ID, s.Stops[i-1].Value, s.Stops[i].Value, d)
			}
		}
	}
}

func TestShippedRampsHaveNoVisibleSteps(t *testing.T) {
	for _, s := range loaded(t).All() {
		if s.Kind != Smooth {
			continue
		}
		r, err := s.Ramp(s.Unit)
		if err != nil {
			t.Fatal(err)
		}
		for i := 3; i < len(r.Palette); i++ {
			if d := far(r.Palette[i-1], r.Palette[i]); d > 0.025 {
				t.Errorf("%s: colours %d and %d are %.3f apart", s.ID, i-1, i, d)
				break
			}
		}
	}
}

func TestColoursSurviveOklab(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		c := color.NRGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32())}
		if got := toLab(c).color(); got != c {
			t.Fatalf("%v comes back as %v", c, got)
		}
	}
}

func TestWhatIsTransparentLendsNoHue(t *testing.T) {
	c := blend(toLab(color.NRGBA{}), toLab(red), 0.5).color()
	if want := (color.NRGBA{red.R, red.G, red.B, 128}); c != want {
		t.Errorf("half way from nothing to red = %v, want %v", c, want)
	}
}
