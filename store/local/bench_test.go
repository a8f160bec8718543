package local

import (
	"fmt"
	"testing"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

const benchRun field.Time = 1_790_000_000

// globe is a grid of a quarter degree.
func globe(t testing.TB) grid.Grid {
	t.Helper()
	g, err := grid.LatLon(1440, 721, geo.Box{0, -90, 359.75, 90})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// opened is a store in a folder of its own.
func opened(t testing.TB, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func benchKey(n int) field.Key {
	return field.Key{
		Model: "gfs", Run: benchRun, Element: "t", Level: field.Level{Kind: elements.Height, Value: 2, To: 2},
		Valid: benchRun + field.Time(n)*3600,
	}
}

func BenchmarkPut1440x721(b *testing.B) {
	for _, c := range []struct {
		name string
		p    *field.Packing
	}{{"12bits", tenths}, {"16bits", hundredths}, {"floats", nil}} {
		b.Run(c.name, func(b *testing.B) {
			s := opened(b, b.TempDir(), Options{})
			f := &field.Field{Grid: globe(b), Values: smooth(1440, 721, c.p), Packing: c.p}
			w, err := s.Begin(b.Context(), "gfs", benchRun)
			if err != nil {
				b.Fatal(err)
			}
			defer w.Close()
			b.SetBytes(int64(4 * len(f.Values)))
			n := 0
			for b.Loop() {
				f.Key = benchKey(n)
				n++
				if err := w.Put(b.Context(), f); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(4*len(f.Values)*n)/float64(w.(*writer).span.Bytes), "x")
		})
	}
}

func BenchmarkWindow(b *testing.B) {
	const fields = 100
	dir := b.TempDir()
	s := opened(b, dir, Options{})
	f := &field.Field{Grid: globe(b), Values: smooth(1440, 721, hundredths), Packing: hundredths}
	w, err := s.Begin(b.Context(), "gfs", benchRun)
	if err != nil {
		b.Fatal(err)
	}
	for n := range fields {
		f.Key = benchKey(n)
		if err := w.Put(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Publish(b.Context()); err != nil {
		b.Fatal(err)
	}
	w.Close()
	cached := opened(b, dir, Options{ChunkCacheBytes: 64 << 20})
	for _, c := range []struct {
		name  string
		store *Store
	}{{"hit", cached}, {"miss", s}} {
		now, err := c.store.Hold(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer now.Close()
		for level := range 3 {
			b.Run(fmt.Sprintf("%s/level%d", c.name, level), func(b *testing.B) {
				w := grid.Window{Level: level, X0: 100, Y0: 30, NX: 130, NY: 130}
				keys, dst := []field.Key{benchKey(0)}, [][]float32{make([]float32, w.NX*w.NY)}
				b.ReportAllocs()
				for b.Loop() {
					if err := now.Windows(b.Context(), keys, w, dst); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(c.name+"/series", func(b *testing.B) {
			w := grid.Window{X0: 500, Y0: 300, NX: 2, NY: 2}
			var keys []field.Key
			var dst [][]float32
			for n := range fields {
				keys, dst = append(keys, benchKey(n)), append(dst, make([]float32, 4))
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := now.Windows(b.Context(), keys, w, dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
