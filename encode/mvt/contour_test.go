package mvt

import (
	"math"
	"math/rand/v2"
	"testing"
)

// hills is a raster of waves with noise, and holes where values are missing.
func hills(n int, noise float64, holes bool, seed uint64) *Raster {
	random := rand.New(rand.NewPCG(seed, 1))
	r := &Raster{NX: n, NY: n, Values: make([]float32, n*n), Step: 64, Origin: 64}
	for i := range r.Values {
		x, y := float64(i%n)/float64(n), float64(i/n)/float64(n)
		r.Values[i] = float32(10*math.Sin(7*x+3*y)*math.Cos(5*y-2*x) + noise*(random.Float64()-0.5))
		if holes && math.Hypot(x-0.3, y-0.6) < 0.15 {
			r.Values[i] = float32(math.NaN())
		}
	}
	return r
}

// cellsOf counts cells with four values.
func cellsOf(r *Raster) (n int) {
	for y := range r.NY - 1 {
		for x := range r.NX - 1 {
			at := y*r.NX + x
			if s := r.Values[at] + r.Values[at+1] + r.Values[at+r.NX] + r.Values[at+r.NX+1]; s == s {
				n++
			}
		}
	}
	return n
}

func TestBandsTileThePlane(t *testing.T) {
	for name, r := range map[string]*Raster{
		"smooth": hills(40, 0, false, 1), "noisy": hills(40, 15, false, 2), "with a hole": hills(40, 2, true, 3),
		"whole numbers": func() *Raster {
			r := hills(30, 5, false, 4)
			for i, v := range r.Values {
				r.Values[i] = float32(math.Round(float64(v)/2) * 2)
			}
			return r
		}(),
	} {
		sum, want := 0.0, float64(cellsOf(r))*64*64
		for low := -30.0; low < 30; low += 2 {
			rings := r.Band(low, low+2)
			for i, ring := range rings {
				a := area2(ring)
				if i == 0 && a < 0 {
					t.Errorf("%s: band %v begins with a hole", name, low)
				}
				sum += float64(a) / 2
			}
		}
		if math.Abs(sum-want) > want*0.003 {
			t.Errorf("%s: all bands together have %v square units, want %v", name, sum, want)
		}
	}
}

func TestBandsHoldTheirNodesAndNoOthers(t *testing.T) {
	r := hills(32, 3, true, 5)
	for low := -12.0; low < 12; low += 3 {
		rings := r.Band(low, low+3)
		for i, v := range r.Values {
			x, y := r.place(i)
			if i%r.NX == 0 || i%r.NX == r.NX-1 || i/r.NX == 0 || i/r.NX == r.NY-1 || v != v || math.Abs(float64(v)-low) < 0.2 || math.Abs(float64(v)-low-3) < 0.2 {
				continue // on the rim of a band
			}
			missing := false
			for _, d := range []int{-1, 1, r.NX, -r.NX, r.NX + 1, r.NX - 1, -r.NX + 1, -r.NX - 1} {
				missing = missing || r.Values[i+d] != r.Values[i+d]
			}
			if missing {
				continue
			}
			in := false
			for _, ring := range rings {
				in = in != inside(ring, float64(int32(x)), float64(int32(y)))
			}
			if want := float64(v) >= low && float64(v) < low+3; in != want {
				t.Fatalf("node %d of %v lies in the band from %v: %v, want %v", i, v, low, in, want)
			}
		}
	}
}

func TestLinesLieBetweenHigherAndLower(t *testing.T) {
	r := hills(32, 3, false, 6)
	for _, v := range []float64{-5, 0, 4.5} {
		lines := r.Lines(v)
		if len(lines) == 0 {
			t.Fatalf("no line of %v", v)
		}
		for _, l := range lines {
			for i, p := range l {
				if i > 0 && l[i-1] == p {
					t.Errorf("a line of %v stands still at %v", v, p)
				}
			}
			first, last := l[0], l[len(l)-1]
			rim := func(p XY) bool {
				end := int32(31*64 - 64)
				return p.X == -64 || p.Y == -64 || p.X == end || p.Y == end
			}
			if first != last && (!rim(first) || !rim(last)) {
				t.Errorf("a line of %v goes from %v to %v, want a closed one or one from rim to rim", v, first, last)
			}
		}
	}
}

func TestAPeakIsARingAndALineThatCloses(t *testing.T) {
	r := &Raster{NX: 5, NY: 5, Values: make([]float32, 25), Step: 10}
	r.Values[12] = 8
	rings := r.Band(4, 100)
	if len(rings) != 1 || area2(rings[0]) != 2*(2*5*5) {
		t.Errorf("the peak's band is %v", rings)
	}
	rings = r.Band(-1, 4)
	if len(rings) != 2 || area2(rings[0]) != 2*40*40 || area2(rings[1]) != -2*(2*5*5) {
		t.Errorf("the rest is %v, want a square with a hole", rings)
	}
	lines := r.Lines(4)
	if len(lines) != 1 || lines[0][0] != lines[0][len(lines[0])-1] {
		t.Errorf("the peak's line is %v", lines)
	}
}

func FuzzBands(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 9, 0, 0, 0, 0}, uint8(3))
	f.Add([]byte{9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 255, 0}, uint8(4))
	f.Fuzz(func(t *testing.T, v []byte, width uint8) {
		n := int(width%8) + 2
		if len(v) > 64 || len(v) < 2*n {
			return
		}
		r := &Raster{NX: n, NY: len(v) / n, Step: 1000}
		for _, b := range v[:n*(len(v)/n)] {
			f := float32(b % 16)
			if b == 255 {
				f = float32(math.NaN())
			}
			r.Values = append(r.Values, f)
		}
		sum := 0.0
		for low := 0.0; low < 16; low += 4 {
			for _, ring := range r.Band(low, low+4) {
				sum += float64(area2(ring)) / 2
			}
			r.Lines(low)
		}
		want := float64(cellsOf(r)) * 1e6
		if math.Abs(sum-want) > want*0.02+1 {
			t.Errorf("bands of %v have %v square units, want %v", r.Values, sum, want)
		}
	})
}

func BenchmarkBands(b *testing.B) {
	r := hills(67, 0.1, false, 1)
	b.ReportAllocs()
	for b.Loop() {
		for low := -12.0; low < 12; low += 2 {
			r.Band(low, low+2)
		}
	}
}
