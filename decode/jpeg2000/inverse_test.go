package jpeg2000

import (
	"math/rand/v2"
	"testing"
)

// TestDecodeIsTheInverseOfTheEncoder tries depths, sizes and regions of interest that other encoders don't write.
func TestDecodeIsTheInverseOfTheEncoder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	noise := func(h Header) []int32 {
		all := make([]int32, h.Width*h.Height)
		for i := range all {
			if all[i] = int32(r.Uint32() >> (32 - h.BitDepth)); h.Signed {
				all[i] = int32(r.Uint32()) >> (32 - h.BitDepth)
			}
		}
		return all
	}
	extremes := func(h Header) []int32 { // the steepest images there are: they reach the bounds of the filters
		all := make([]int32, h.Width*h.Height)
		for i := range all {
			odd := (i%h.Width + i/h.Width) & 1
			if all[i] = -int32(odd) >> 31 & int32(1<<h.BitDepth-1); h.Signed {
				all[i] = int32(odd<<h.BitDepth-odd) - int32(1<<(h.BitDepth-1))
			}
		}
		return all
	}
	third := func(x, y int) bool { return (x+y)%3 == 0 }
	for name, c := range map[string]struct {
		e       encoder
		samples func(Header) []int32
	}{
		"8 bits":                            {encoder{h: Header{37, 41, 8, false, true}, levels: 3}, noise},
		"28 bits":                           {encoder{h: Header{37, 41, 28, false, true}, levels: 3}, noise},
		"28 bits, extremes":                 {encoder{h: Header{40, 40, 28, true, true}, levels: 3}, extremes},
		"29 bits, extremes":                 {encoder{h: Header{40, 40, 29, true, true}, levels: 3}, extremes},
		"31 bits":                           {encoder{h: Header{17, 70, 31, true, true}, levels: 2}, noise},
		"32 bits":                           {encoder{h: Header{70, 17, 32, false, true}, levels: 4}, noise},
		"32 bits, signed":                   {encoder{h: Header{33, 33, 32, true, true}, levels: 2}, noise},
		"32 bits, extremes":                 {encoder{h: Header{40, 40, 32, false, true}, levels: 3}, extremes},
		"32 levels":                         {encoder{h: Header{50, 3, 9, false, true}, levels: 32}, noise},
		"a region of interest":              {encoder{h: Header{30, 30, 10, false, true}, levels: 2, roi: 13, inside: third}, noise},
		"a region of interest over 32 bits": {encoder{h: Header{30, 30, 18, true, true}, levels: 2, roi: 20, inside: third}, noise},
		"a region of interest, all the image": {encoder{h: Header{30, 30, 18, true, true}, levels: 2, roi: 20,
			inside: func(int, int) bool { return true }}, noise},
		"a single row":                {encoder{h: Header{1000, 1, 12, false, true}, levels: 5}, noise},
		"an odd single sample":        {encoder{h: Header{1, 1, 8, false, true}, x0: 1, y0: 1, levels: 5}, noise},
		"an odd single column":        {encoder{h: Header{1, 9, 8, false, true}, x0: 1, y0: 4, levels: 3}, noise},
		"an odd single row":           {encoder{h: Header{9, 1, 8, false, true}, x0: 6, y0: 7, levels: 4}, noise},
		"two by two at odd places":    {encoder{h: Header{2, 2, 8, false, true}, x0: 3, y0: 5, levels: 3}, noise},
		"a last level of nothing":     {encoder{h: Header{5, 3, 8, true, true}, x0: 17, y0: 33, levels: 7}, noise},
		"many samples at odd places":  {encoder{h: Header{61, 47, 11, false, true}, x0: 101, y0: 77, levels: 6}, noise},
		"an even width at odd places": {encoder{h: Header{60, 46, 11, false, true}, x0: 101, y0: 77, levels: 6}, noise},
	} {
		t.Run(name, func(t *testing.T) {
			want := c.samples(c.e.h)
			data := c.e.encode(want)
			got := make([]int32, len(want))
			if err := Decode(got, data); err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("sample %d is %d, want %d", i, got[i], want[i])
				}
			}
		})
	}
}
