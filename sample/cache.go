package sample

import (
	"slices"
	"sync"

	"isobar/geo"
)

// planKey names the positions of a band: they depend on grid and view alone.
type planKey struct {
	grid, ref     string
	box           geo.Box
	width, height int
	row           int
}

// planCache keeps positions that took work to find, up to a number of bytes. The least used go first.
type planCache struct {
	mu    sync.Mutex
	limit int64
	held  int64
	clock int64
	plans map[planKey]*keptPlan
}

// keptPlan is never written to.
type keptPlan struct {
	at   []geo.XY
	used int64
}

// newPlanCache makes a cache; with no bytes it keeps nothing.
func newPlanCache(limit int64) *planCache {
	return &planCache{limit: limit, plans: map[planKey]*keptPlan{}}
}

// get finds positions, which are not to be written to.
func (c *planCache) get(k planKey) ([]geo.XY, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, ok := c.plans[k]
	if !ok {
		return nil, false
	}
	c.clock++
	kept.used = c.clock
	return kept.at, true
}

// put keeps a copy of positions, unless one alone would fill a quarter of the cache.
func (c *planCache) put(k planKey, at []geo.XY) {
	size := c.size(at)
	if size > c.limit/4 {
		return
	}
	kept := &keptPlan{at: slices.Clone(at)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.plans[k]; ok {
		return
	}
	for c.held+size > c.limit {
		c.drop()
	}
	c.clock++
	kept.used = c.clock
	c.plans[k] = kept
	c.held += size
}

// size is what positions weigh.
func (c *planCache) size(at []geo.XY) int64 { return 16*int64(len(at)) + 256 }

// drop lets the least recently used plan go. There are few, each some hundred kilobytes.
func (c *planCache) drop() {
	var oldest planKey
	var used int64 = -1
	for k, p := range c.plans {
		if used < 0 || p.used < used {
			oldest, used = k, p.used
		}
	}
	c.held -= c.size(c.plans[oldest].at)
	delete(c.plans, oldest)
}
