// Package cache says what a cache of finished answers is: what a key names never changes, so entries are only evicted.
package cache

import "context"

// Entry is a finished answer.
type Entry struct {
	Body []byte // shared: never modified, neither by the cache nor by who puts or gets it
	Type string // media type
}

// Cache has no errors: a broken cache is an empty one, and logs and counts for itself. Safe for concurrent use.
//
// What was put may be found until it is evicted, whole and under its own key alone; a cache keeps no more than it was told to.
// Package cachetest tries these promises.
type Cache interface {
	Get(ctx context.Context, key string) (Entry, bool)
	Put(ctx context.Context, key string, e Entry)
}
