package mongo

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isobar/field"
	"isobar/internal/mongodb/mongotest"
	"isobar/store"
	"isobar/store/local"
)

// The targets: what a warm cache may cost beside the local store, and how long half of the tiles may take that nothing is cached of.
const (
	leastOfLocal = 0.85
	mostCold     = 25 * time.Millisecond
)

// How the stores take turns, so that what else the machine does meets both alike, and how many cold tiles are read.
const (
	turns     = 100
	turn      = 80 * time.Millisecond
	coldTiles = 300
)

// BenchmarkTargets tells whether the targets are held. It is no test: a machine that does other things is no fault.
func BenchmarkTargets(b *testing.B) {
	const cache = 256 << 20
	files, err := local.Open(b.TempDir(), local.Options{ChunkCacheBytes: cache})
	if err != nil {
		b.Fatal(err)
	}
	defer files.Close()
	fill(b, files)
	uri, name := mongotest.URI(b), mongotest.Database(b, mongotest.Client(b))
	warmed := opened(b, uri, name, Options{ChunkCacheBytes: cache, CacheDir: b.TempDir()})
	fill(b, warmed)
	warm(b, files)
	warm(b, warmed)
	var fromFiles, through []float64
	for n := range turns {
		if n%2 == 0 {
			fromFiles = append(fromFiles, perSecond(b, files))
		}
		through = append(through, perSecond(b, warmed))
		if n%2 == 1 {
			fromFiles = append(fromFiles, perSecond(b, files))
		}
	}
	slices.Sort(fromFiles)
	slices.Sort(through)
	ours, theirs := through[turns/2], fromFiles[turns/2]
	ratio := ours / theirs
	b.Logf("%s: tiles a second with a warm chunk cache: %.0f through MongoDB, %.0f from files (medians of %d turns), %.2f of it, want %.2f or more", held(ratio >= leastOfLocal), ours, theirs, turns, ratio, leastOfLocal)
	took := cold(b, opened(b, uri, name, Options{BlockCacheBytes: -1}))
	half := took[len(took)/2]
	b.Logf("%s: a tile that nothing is cached of takes %.1f ms (p50), %.1f ms (p95), want %v or less (p50)", held(half <= mostCold), ms(half), ms(took[len(took)*19/20]), mostCold)
	b.ReportMetric(ratio, "of-local")
	b.ReportMetric(ms(half), "cold-ms")
}

func held(ok bool) string {
	if ok {
		return "held"
	}
	return "not held"
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// perSecond reads random tiles for a turn, side by side.
func perSecond(b *testing.B, s store.Store) float64 {
	b.Helper()
	now, err := s.Hold(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer now.Close()
	var n atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			random, dst := rand.New(rand.NewPCG(rand.Uint64(), 7)), [][]float32{make([]float32, 130*130)}
			for time.Since(began) < turn {
				if err := readTile(b, now, random, dst); err != nil {
					b.Error(err)
					return
				}
				n.Add(1)
			}
		})
	}
	all.Wait()
	return float64(n.Load()) / time.Since(began).Seconds()
}

// readTile reads a random tile.
func readTile(b *testing.B, now store.Snapshot, random *rand.Rand, dst [][]float32) error {
	k, w := tile(random)
	return now.Windows(b.Context(), []field.Key{k}, w, dst)
}

// cold is how long tiles take, one after the other, in order.
func cold(b *testing.B, s store.Store) (took []time.Duration) {
	b.Helper()
	now, err := s.Hold(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer now.Close()
	random, dst := rand.New(rand.NewPCG(3, 7)), [][]float32{make([]float32, 130*130)}
	for range coldTiles {
		began := time.Now()
		if err := readTile(b, now, random, dst); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took
}
