package styles

import (
	"fmt"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

var (
	white = color.NRGBA{255, 255, 255, 255}
	black = color.NRGBA{0, 0, 0, 255}
	red   = color.NRGBA{220, 30, 20, 255}
	blue  = color.NRGBA{20, 40, 220, 255}
	clear = color.NRGBA{}
)

// fields of values as maps have them: smooth in one row, from low to high and back.
func wave(n int, low, high float64) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(low + (high-low)*(0.5+0.5*math.Sin(float64(i)/40)))
	}
	return values
}

func BenchmarkIndex(b *testing.B) {
	smooth := &Style{ID: "smooth", Unit: "K", Kind: Smooth, Stops: []Stop{{Value: 230, Color: blue}, {Value: 273.15, Color: white}, {Value: 320, Color: red}}}
	rain := &Style{ID: "rain", Unit: "mm", Kind: Classes, Under: &clear}
	for i, v := range []float64{0.1, 0.5, 1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300} {
		rain.Stops = append(rain.Stops, Stop{Value: v, Color: color.NRGBA{uint8(i * 16), 100, 200, 255}})
	}
	for _, c := range []struct {
		style     *Style
		low, high float64
	}{{smooth, 225, 315}, {rain, -10, 40}} {
		b.Run(c.style.ID, func(b *testing.B) {
			r, err := c.style.Ramp(c.style.Unit)
			if err != nil {
				b.Fatal(err)
			}
			values := wave(65536, c.low, c.high)
			dst := make([]uint8, len(values))
			for b.Loop() {
				r.Index(dst, values)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(values)), "ns/value")
		})
	}
}

// slow finds an index by looking at all edges, the law that Index must keep.
func slow(q *quantiser, first uint8, edges []float32, v float32) uint8 {
	if v != v {
		return 0
	}
	at := first
	for _, e := range edges {
		if v >= e {
			at++
		}
	}
	return at
}

func TestEveryValueIsIndexedExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 0; n < 300; n++ {
		edges := randomEdges(r)
		first := uint8(r.IntN(2))
		q := quantise(edges, first)
		values := []float32{0, -1, 1, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, -math.MaxFloat32, 1e-40}
		for _, e := range edges {
			values = append(values, e, math.Nextafter32(e, math.MaxFloat32), math.Nextafter32(e, -math.MaxFloat32))
		}
		span := edges[len(edges)-1] - edges[0]
		for range 2000 {
			values = append(values, edges[0]+(r.Float32()*1.2-0.1)*span)
		}
		got := make([]uint8, len(values))
		q.index(got, values)
		for i, v := range values {
			if want := slow(&q, first, edges, v); got[i] != want {
				t.Fatalf("case %d (%d edges from %g to %g, crowded %v): index of %g = %d, want %d",
					n, len(edges), edges[0], edges[len(edges)-1], q.crowded, v, got[i], want)
			}
		}
	}
}

// randomEdges are ascending, evenly or not, of all sizes and signs.
func randomEdges(r *rand.Rand) []float32 {
	n := 1 + r.IntN(250)
	scale, offset := math.Pow(10, float64(r.IntN(12)-6)), r.NormFloat64()*math.Pow(10, float64(r.IntN(6)-1))
	power := 1 + 5*r.Float64()
	edges := []float32{float32(offset)}
	for i := 1; i < n; i++ {
		e := float32(offset + scale*math.Pow(float64(i)/float64(n), power))
		if e > edges[len(edges)-1] {
			edges = append(edges, e)
		}
	}
	return edges
}

func TestABreakBelongsToTheClassAbove(t *testing.T) {
	s := &Style{ID: "rain", Unit: "mm", Kind: Classes, Under: &clear, Stops: []Stop{{0.1, white, ""}, {0.5, blue, ""}, {10, red, ""}}}
	r, err := s.Ramp("mm")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		value float32
		want  color.NRGBA
	}{
		{0.1, white}, {math.Nextafter32(0.1, 0), clear}, {0, clear}, {-5, clear}, {0.49, white}, {0.5, blue}, {9.999, blue}, {10, red},
		{1e9, red}, {float32(math.NaN()), clear}, {float32(math.Inf(1)), red}, {float32(math.Inf(-1)), clear},
	} {
		if got := r.paint(c.value); got != c.want {
			t.Errorf("colour of %g = %v, want %v", c.value, got, c.want)
		}
	}
}

// paint is the colour of one value.
func (r *Ramp) paint(v float32) color.NRGBA {
	var at [1]uint8
	r.Index(at[:], []float32{v})
	return r.Palette[at[0]]
}

func TestUnderAndOverTakeTheEndsColoursUnlessGiven(t *testing.T) {
	for _, kind := range []Kind{Smooth, Classes} {
		for _, c := range []struct {
			under, over         *color.NRGBA
			wantUnder, wantOver color.NRGBA
		}{
			{nil, nil, white, red}, {&blue, nil, blue, red}, {nil, &black, white, black}, {&clear, &clear, clear, clear},
		} {
			t.Run(fmt.Sprint(kind, c.under, c.over), func(t *testing.T) {
				s := &Style{Unit: "m", Kind: kind, Stops: []Stop{{0, white, ""}, {1, blue, ""}, {2, red, ""}}, Under: c.under, Over: c.over}
				r, err := s.Ramp("m")
				if err != nil {
					t.Fatal(err)
				}
				if got := r.paint(-0.001); got != c.wantUnder {
					t.Errorf("below the first stop = %v, want %v", got, c.wantUnder)
				}
				if got := r.paint(2.001); far(got, c.wantOver) > 0.02 {
					t.Errorf("beyond the last stop = %v, want %v", got, c.wantOver)
				}
				if got := r.paint(1); far(got, blue) > 0.02 {
					t.Errorf("at the middle stop = %v, want about %v", got, blue)
				}
				if got := r.paint(float32(math.NaN())); got != clear {
					t.Errorf("of what is missing = %v, want transparent", got)
				}
			})
		}
	}
}

// far is how far apart two colours look.
func far(a, b color.NRGBA) float64 { return distance(toLab(a), toLab(b)) }

func TestCategoriesPaintExactlyTheirValues(t *testing.T) {
	s := &Style{Unit: "1", Kind: Categories, Stops: []Stop{{0, clear, ""}, {1, blue, ""}, {5, red, ""}}}
	r, err := s.Ramp("1")
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range map[float32]color.NRGBA{0: clear, 1: blue, 5: red, 1.5: clear, 6: clear, -1: clear, float32(math.NaN()): clear} {
		if got := r.paint(v); got != want {
			t.Errorf("colour of %g = %v, want %v", v, got, want)
		}
	}
}

func TestSmoothRampsHaveNoVisibleSteps(t *testing.T) {
	s := &Style{Unit: "K", Kind: Smooth, Stops: []Stop{{230, blue, ""}, {273.15, white, ""}, {320, red, ""}}}
	r, err := s.Ramp("K")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Palette); n < 240 || n > 256 {
		t.Errorf("%d colours, want about 250", n)
	}
	last := r.paint(230)
	for v := float32(230); v <= 320; v += 0.01 {
		c := r.paint(v)
		if d := far(last, c); d > 0.01 {
			t.Fatalf("a step of %.3f at %g, want at most 0.01", d, v)
		}
		last = c
	}
}

func TestStylesThatCannotBePaintedWithAreRefused(t *testing.T) {
	many := make([]Stop, 300)
	for i := range many {
		many[i].Value = float64(i)
	}
	for name, s := range map[string]*Style{
		"no stops":       {Unit: "m", Kind: Smooth},
		"too many stops": {Unit: "m", Kind: Classes, Stops: many},
		"not ascending":  {Unit: "m", Kind: Smooth, Stops: []Stop{{1, red, ""}, {1, blue, ""}}},
		"not a number":   {Unit: "m", Kind: Smooth, Stops: []Stop{{math.NaN(), red, ""}}},
		"too close":      {Unit: "m", Kind: Classes, Stops: []Stop{{1e9, red, ""}, {1e9 + 1, blue, ""}}},
		"another unit":   {Unit: "no such unit", Kind: Smooth, Stops: []Stop{{1, red, ""}}},
	} {
		if _, err := s.Ramp("m"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
