package answer

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"

	"isobar/cache/mem"
	"isobar/geo"
	"isobar/layers"
)

// TestATileTakesLittleMemory draws tiles that no cache holds, from request to bytes: what is left to the garbage collector is the file
// and a few kilobytes beside it.
func TestATileTakesLittleMemory(t *testing.T) {
	s := globeService(t)
	s.parts.Cache = mem.New(0)
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties the pools
	for _, c := range []struct {
		layer  string
		format string
		allocs float64
		bytes  uint64 // beside the file itself
	}{
		{"g.u", "image/png", 60, 40 << 10},
		{"g.ws", "image/png", 60, 40 << 10},
	} {
		file := 0
		draw := func(i int) {
			a, err := s.Map(t.Context(), MapRequest{
				Layers: []LayerChoice{{Name: c.layer, Selection: layers.Selection{Time: &layers.TimeChoice{Start: run0, End: run0}}}},
				View:   geo.Tile(3, i%8, 3, 256), Format: c.format, Transparent: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			body, err := a.Body(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			a.Done()
			file = max(file, len(body))
		}
		for i := range 16 { // pools and plans
			draw(i)
		}
		i := 0
		allocs := testing.AllocsPerRun(40, func() { draw(i); i++ })
		const rounds, many = 10, 8
		bytes := uint64(math.MaxUint64)
		for range rounds { // the least of them: a goroutine that changes the processor finds other pools
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for i := range many {
				draw(i)
			}
			runtime.ReadMemStats(&after)
			bytes = min(bytes, (after.TotalAlloc-before.TotalAlloc)/many)
		}
		t.Logf("%s as %s: %.0f allocations, %d bytes, of which the file is up to %d", c.layer, c.format, allocs, bytes, file)
		if allocs > c.allocs || bytes > uint64(file)+c.bytes && !raced {
			t.Errorf("%s as %s: %.0f allocations and %d bytes a tile of up to %d bytes, want at most %.0f and %d beside it", c.layer, c.format, allocs, bytes, file, c.allocs, c.bytes)
		}
	}
}
