// Package tiered is a small fast cache before a large slow one.
package tiered

import (
	"context"

	"isobar/cache"
)

// Cache asks near first, then far, and brings near what it found there. Safe for concurrent use if both are.
type Cache struct{ near, far cache.Cache }

var _ cache.Cache = (*Cache)(nil)

// New makes a cache of two.
func New(near, far cache.Cache) *Cache { return &Cache{near, far} }

// Get implements cache.Cache.
func (c *Cache) Get(ctx context.Context, key string) (cache.Entry, bool) {
	if e, ok := c.near.Get(ctx, key); ok {
		return e, true
	}
	e, ok := c.far.Get(ctx, key)
	if ok {
		c.near.Put(ctx, key, e)
	}
	return e, ok
}

// Put implements cache.Cache.
func (c *Cache) Put(ctx context.Context, key string, e cache.Entry) {
	c.near.Put(ctx, key, e)
	c.far.Put(ctx, key, e)
}
