package mongo

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/internal/mongodb/mongotest"
	"isobar/store"
	"isobar/store/local"
)

// The benchmarks' run: steps of a field of a quarter degree.
const benchSteps = 12

func benchKey(step int) field.Key {
	return field.Key{Model: "gfs", Element: "t", Valid: field.Time(step) * 3600}
}

// fill publishes the benchmarks' run.
func fill(b *testing.B, s store.Store) {
	b.Helper()
	g, err := grid.LatLon(1440, 721, geo.Box{0, -90, 359.75, 90})
	if err != nil {
		b.Fatal(err)
	}
	w, err := s.Begin(b.Context(), "gfs", 0)
	if err != nil {
		b.Fatal(err)
	}
	noise := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, g.Len())
	for step := range benchSteps {
		for i := range values {
			x, y := 2*math.Pi*float64(i%1440)/1440, math.Pi*float64(i/1440)/721
			v := 280 - 30*math.Cos(2*y) + 8*math.Sin(5*x+float64(step))*math.Sin(3*y) + 0.15*noise.NormFloat64()
			values[i] = float32(math.Round(v*100) / 100)
		}
		f := &field.Field{Key: benchKey(step), Grid: g, Values: values, Packing: &field.Packing{Decimal: 2, Bits: 16}}
		if err := w.Put(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Publish(b.Context()); err != nil {
		b.Fatal(err)
	}
	w.Close()
}

// tile is a random window as a tile of 256 pixels reads it.
func tile(random *rand.Rand) (field.Key, grid.Window) {
	level := random.IntN(3)
	nx, ny := grid.LevelShape(1440, 721, level)
	return benchKey(random.IntN(benchSteps)), grid.Window{Level: level, X0: random.IntN(nx), Y0: random.IntN(max(ny-130, 1)), NX: 130, NY: 130}
}

// tiles reads random tiles, and tells the median and the slowest of twenty.
func tiles(b *testing.B, s store.Store) {
	b.Helper()
	now, err := s.Hold(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer now.Close()
	var mu sync.Mutex
	var took []time.Duration
	b.RunParallel(func(pb *testing.PB) {
		random, dst := rand.New(rand.NewPCG(rand.Uint64(), 7)), [][]float32{make([]float32, 130*130)}
		var mine []time.Duration
		for pb.Next() {
			k, w := tile(random)
			began := time.Now()
			if err := now.Windows(b.Context(), []field.Key{k}, w, dst); err != nil {
				b.Error(err)
				return
			}
			mine = append(mine, time.Since(began))
		}
		mu.Lock()
		defer mu.Unlock()
		took = append(took, mine...)
	})
	slices.Sort(took)
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "tiles/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*19/20].Microseconds()), "p95-µs")
}

// warm reads every chunk once.
func warm(b *testing.B, s store.Store) {
	b.Helper()
	now, err := s.Hold(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer now.Close()
	for step := range benchSteps {
		for level := range 4 {
			nx, ny := grid.LevelShape(1440, 721, level)
			dst := [][]float32{make([]float32, nx*ny)}
			if err := now.Windows(b.Context(), []field.Key{benchKey(step)}, grid.Window{Level: level, NX: nx, NY: ny}, dst); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkTiles(b *testing.B) {
	const cache = 256 << 20
	uri := mongotest.URI(b)
	files, err := local.Open(b.TempDir(), local.Options{ChunkCacheBytes: cache})
	if err != nil {
		b.Fatal(err)
	}
	defer files.Close()
	fill(b, files)
	name, dir := mongotest.Database(b, mongotest.Client(b)), b.TempDir()
	cached := opened(b, uri, name, Options{ChunkCacheBytes: cache, CacheDir: dir})
	fill(b, cached)
	warm(b, files)
	warm(b, cached)
	b.Run("local", func(b *testing.B) { tiles(b, files) })
	b.Run("mongo", func(b *testing.B) { tiles(b, cached) })
	b.Run("mongo, blocks in memory", func(b *testing.B) { tiles(b, opened(b, uri, name, Options{CacheDir: dir})) })
	b.Run("mongo, blocks on disk", func(b *testing.B) {
		tiles(b, opened(b, uri, name, Options{CacheDir: dir, BlockCacheBytes: -1}))
	})
	b.Run("mongo, no cache", func(b *testing.B) { tiles(b, opened(b, uri, name, Options{BlockCacheBytes: -1})) })
}

func BenchmarkSeries(b *testing.B) {
	name := mongotest.Database(b, mongotest.Client(b))
	s := opened(b, mongotest.URI(b), name, Options{BlockCacheBytes: -1})
	fill(b, s)
	now, err := s.Hold(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer now.Close()
	var keys []field.Key
	var dst [][]float32
	for step := range benchSteps {
		keys, dst = append(keys, benchKey(step)), append(dst, make([]float32, 4))
	}
	random := rand.New(rand.NewPCG(1, 7))
	for b.Loop() {
		w := grid.Window{X0: random.IntN(1440), Y0: random.IntN(720), NX: 2, NY: 2}
		if err := now.Windows(b.Context(), keys, w, dst); err != nil {
			b.Fatal(err)
		}
	}
}
