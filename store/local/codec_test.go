package local

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/store"
	"isobar/store/chunk"
)

// smooth is a field like temperature: waves and some noise, quantised as a packing says.
func smooth(nx, ny int, p *field.Packing) []float32 {
	noise := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, nx*ny)
	for j := range ny {
		for i := range nx {
			x, y := 2*math.Pi*float64(i)/float64(nx), math.Pi*float64(j)/float64(ny)
			v := 280 - 30*math.Cos(2*y) + 8*math.Sin(5*x)*math.Sin(3*y) + 3*math.Sin(31*x+9*y) + math.Cos(97*x)*math.Sin(53*y) + 0.15*noise.NormFloat64()
			values[j*nx+i] = float32(v)
			if p != nil {
				pow := math.Pow10(p.Decimal)
				q := math.Round((v*pow - p.Reference) / math.Ldexp(1, p.Binary))
				values[j*nx+i] = float32((p.Reference + q*math.Ldexp(1, p.Binary)) / pow)
			}
		}
	}
	return values
}

var tenths = &field.Packing{Reference: 2200, Binary: -1, Decimal: 1, Bits: 12}
var hundredths = &field.Packing{Reference: 22000, Binary: 0, Decimal: 2, Bits: 16}

func FuzzParseManifest(f *testing.F) {
	m := manifest{Version: 3, Model: "m", Grid: "g", NX: 3, NY: 2, Index: "i", IndexBytes: 9, Files: []fileSpan{{1, "a", 5}}, Digest: chunk.Digest{1, 2}}
	f.Add(m.text())
	f.Add([]byte("isobar-run 2 00000000\n"))
	f.Add([]byte("isobar-run 1 00000000\n{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := parseManifest(text)
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrFormat) {
				t.Errorf("error is %v", err)
			}
			return
		}
		again, err := parseManifest(got.text())
		if err != nil || again.Digest != got.Digest || len(again.Files) != len(got.Files) {
			t.Errorf("%+v comes back as %+v, %v", got, again, err)
		}
		got.layout()
	})
}

func TestCategoriesTakeTheMostFrequentValue(t *testing.T) {
	s := opened(t, t.TempDir(), Options{Categories: func(element string) bool { return element == "kind" }})
	f := &field.Field{Key: benchKey(0), Grid: globe(t), Values: make([]float32, 1440*721), Packing: &field.Packing{Bits: 3}}
	f.Key.Element = "kind"
	random := rand.New(rand.NewPCG(8, 9))
	for i := range f.Values {
		f.Values[i] = float32(i / 3 % 5)
		if random.IntN(20) == 0 {
			f.Values[i] = chunk.Missing
		}
	}
	publish(t, s, f)
	below, nx, ny := f.Values, 1440, 721
	for level := 1; level <= 3; level++ {
		got, err := readAll(t, s, f.Key, level)
		if err != nil {
			t.Fatal(err)
		}
		hx, hy := grid.LevelShape(nx, ny, 1)
		for i, v := range got {
			own := below[2*(i/hx)*nx+2*(i%hx)]
			if own != own {
				if v == v {
					t.Fatalf("level %d, node %d is %v, want it missing", level, i, v)
				}
				continue
			}
			count := map[float32]int{}
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if y := 2*(i/hx) + dy; y >= 0 && y < ny {
						count[below[y*nx+(2*(i%hx)+dx+nx)%nx]]++ // NaN is never found again
					}
				}
			}
			for other, n := range count {
				if other == other && (n > count[v] || n == count[v] && v != own && (other == own || other < v)) {
					t.Fatalf("level %d, node %d is %v, want %v of %v", level, i, v, other, count)
				}
			}
		}
		below, nx, ny = got, hx, hy
	}
}

func BenchmarkOpen100000Fields(b *testing.B) {
	dir := b.TempDir()
	s := opened(b, dir, Options{})
	g, err := grid.LatLon(2, 2, geo.Box{0, 0, 1, 1})
	if err != nil {
		b.Fatal(err)
	}
	for run := range 10 {
		w, err := s.Begin(b.Context(), "m", field.Time(run)*3600)
		if err != nil {
			b.Fatal(err)
		}
		for n := range 10_000 {
			f := &field.Field{Key: benchKey(n / 100), Grid: g, Values: []float32{1, 2, 3, float32(n)}}
			f.Key.Model, f.Key.Run, f.Key.Element = "m", field.Time(run)*3600, fmt.Sprint("element", n%100)
			if err := w.Put(b.Context(), f); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Publish(b.Context()); err != nil {
			b.Fatal(err)
		}
		w.Close()
	}
	for b.Loop() {
		again, err := Open(dir, Options{})
		if err != nil {
			b.Fatal(err)
		}
		again.Close()
	}
}
