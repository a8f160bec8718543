// Package mem keeps finished answers in memory, up to a number of bytes.
package mem

import (
	"context"
	"math"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"isobar/cache"
)

// entryBytes is what an entry takes beside its body, its type and its key.
const entryBytes = 256

// largestShare is how much of the cache one entry may take: a poster must not drive out all tiles.
const largestShare = 4

// Cache is bounded by the bytes of its bodies and keys. What is asked for often stays (W-TinyLFU). Safe for concurrent use.
type Cache struct {
	entries *otter.Cache[string, cache.Entry] // nil: keeps nothing
	largest uint64
	counter *stats.Counter
}

var _ cache.Cache = (*Cache)(nil)

// New makes a cache of up to maxBytes. With none it keeps nothing.
func New(maxBytes int64) *Cache {
	c := &Cache{counter: stats.NewCounter(), largest: uint64(max(maxBytes, 0)) / largestShare}
	if maxBytes <= 0 {
		return c
	}
	c.entries = otter.Must(&otter.Options[string, cache.Entry]{
		MaximumWeight: uint64(maxBytes),
		Weigher:       func(key string, e cache.Entry) uint32 { return uint32(weight(key, e)) },
		StatsRecorder: c.counter,
		// What a write makes too much goes before Put returns: the bound holds, and no goroutine outlives a test.
		Executor: func(work func()) { work() },
	})
	return c
}

// weight is the bytes of an entry.
func weight(key string, e cache.Entry) uint64 {
	return min(uint64(len(key)+len(e.Body)+len(e.Type)+entryBytes), math.MaxUint32)
}

// Get implements cache.Cache.
func (c *Cache) Get(ctx context.Context, key string) (cache.Entry, bool) {
	if c.entries == nil {
		c.counter.RecordMisses(1)
		return cache.Entry{}, false
	}
	return c.entries.GetIfPresent(key)
}

// Put implements cache.Cache. An entry of more than a quarter of the cache is not kept.
func (c *Cache) Put(ctx context.Context, key string, e cache.Entry) {
	if c.entries == nil || weight(key, e) > c.largest {
		return
	}
	c.entries.Set(key, e)
}

// Stats counts what was asked for since the start.
type Stats struct{ Hits, Misses uint64 }

// Stats tells how the cache does.
func (c *Cache) Stats() Stats {
	s := c.counter.Snapshot()
	return Stats{Hits: s.Hits, Misses: s.Misses}
}
