package answer

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"runtime"
	"testing"
	"time"

	"isobar/cache/mem"
	"isobar/coverage"
	"isobar/elements"
	"isobar/encode"
	"isobar/encode/geotiff"
	"isobar/encode/netcdf"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/layers"
	"isobar/sample"
	"isobar/store/local"
)

// BenchmarkCube cuts 1000 x 1000 cells at 24 times out of a store on disk.
func BenchmarkCube(b *testing.B) {
	world, err := grid.LatLon(1440, 1001, geo.Box{-180, -90, 179.75, 90})
	if err != nil {
		b.Fatal(err)
	}
	fields, err := local.Open(b.TempDir(), local.Options{Categories: func(string) bool { return false }, ChunkCacheBytes: 96 << 20, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer fields.Close()
	w, err := fields.Begin(b.Context(), "g", run0)
	if err != nil {
		b.Fatal(err)
	}
	values := make([]float32, world.Len())
	for h := field.Time(0); h < 24; h++ {
		for i := range values {
			x, y := float64(i%1440), float64(i/1440)
			values[i] = float32(math.Round(16*(280+20*math.Sin(x/97)*math.Cos(y/51)+math.Sin(x*7+y)+float64(h)))) / 16
		}
		f := &field.Field{Key: key("g", "u", h), Grid: world, Values: values, Packing: &field.Packing{Reference: 250, Binary: -4, Bits: 12}}
		if err := w.Put(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Publish(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	catalogue, err := elements.Load(elements.Rows())
	if err != nil {
		b.Fatal(err)
	}
	source, err := layers.NewSource(b.Context(), fields, windRows{}, modelRows{}, windRows{}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	s := New(Parts{Catalogue: source, Cache: mem.New(1 << 20)})
	s.now = func() time.Time { return run0.UTC() }
	c := NewCoverages(s, sample.New(1<<20), []encode.Coverage{geotiff.Format(), netcdf.Format(catalogue)}, CoverageLimits{})
	cut := coverage.Cut{X: coverage.Interval{Low: 0.1, High: 250.1}, Y: coverage.Interval{Low: -89.9, High: 90}}
	for _, format := range []string{"geotiff", "netcdf"} {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := written(b.Context(), c, CoverageRequest{Layers: []string{"g.u"}, Cube: true, Cut: cut, Format: format}); err != nil {
					b.Fatal(err)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapSys)/(1<<20), "heap-MiB")
		})
	}
}

func written(ctx context.Context, c *Coverages, r CoverageRequest) error {
	a, err := c.Coverage(ctx, r)
	if err != nil {
		return err
	}
	defer a.Done()
	if n := a.Source.Width() * a.Source.Height(); n != 1e6 || a.Source.Planes(0) != 24 {
		return fmt.Errorf("%d x %d cells at %d times", a.Source.Width(), a.Source.Height(), a.Source.Planes(0))
	}
	return a.Write(ctx, io.Discard)
}
