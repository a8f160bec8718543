// Package cachetest tries whether a cache keeps the promises of package cache.
package cachetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"isobar/cache"
)

// Run tries caches that make makes, each of up to maxBytes.
func Run(t *testing.T, make func(t *testing.T, maxBytes int64) cache.Cache) {
	for _, p := range promises {
		t.Run(p.name, func(t *testing.T) {
			if err := p.try(t.Context(), func(maxBytes int64) cache.Cache { return make(t, maxBytes) }); err != nil {
				t.Error(err)
			}
		})
	}
}

// maker makes a cache of up to some bytes.
type maker func(maxBytes int64) cache.Cache

// promises are what a cache promises, and how each is tried.
var promises = []struct {
	name string
	try  func(context.Context, maker) error
}{
	{"what was put is found", found},
	{"what was not put is not found", absent},
	{"entries stay as they were put", unmodified},
	{"a newer entry takes an older one's place", replaced},
	{"the bound holds", bounded},
	{"an entry larger than the cache does no harm", tooLarge},
	{"without room nothing is kept", roomless},
	{"many may use it at once", concurrent},
}

const roomy = 1 << 20

// body is a text that tells which key it is of.
func body(key string, size int) []byte {
	return []byte(strings.Repeat(key+";", size/(len(key)+1)+1))[:size]
}

func put(ctx context.Context, c cache.Cache, key string, size int) {
	c.Put(ctx, key, cache.Entry{Body: body(key, size), Type: "text/" + key})
}

// check tells whether an entry is the one of its key.
func check(key string, e cache.Entry) error {
	if e.Type != "text/"+key || !bytes.Equal(e.Body, body(key, len(e.Body))) {
		return fmt.Errorf("under %q is an entry of type %q that begins %.20q", key, e.Type, e.Body)
	}
	return nil
}

func found(ctx context.Context, make maker) error {
	c := make(roomy)
	for i := range 10 {
		key := fmt.Sprint("key", i)
		put(ctx, c, key, 100*i)
		e, ok := c.Get(ctx, key)
		if !ok || len(e.Body) != 100*i {
			return fmt.Errorf("Get(%q) after Put gives %d bytes, %v, want %d", key, len(e.Body), ok, 100*i)
		}
		if err := check(key, e); err != nil {
			return err
		}
	}
	return nil
}

func absent(ctx context.Context, make maker) error {
	c := make(roomy)
	put(ctx, c, "a", 10)
	for _, key := range []string{"", "b", "A", "a ", "aa"} {
		if e, ok := c.Get(ctx, key); ok || e.Body != nil {
			return fmt.Errorf("Get(%q) gives %q, %v, want nothing", key, e.Body, ok)
		}
	}
	return nil
}

func unmodified(ctx context.Context, make maker) error {
	c := make(roomy)
	var all []cache.Entry
	for i := range 100 {
		key := fmt.Sprint("key", i)
		all = append(all, cache.Entry{Body: body(key, 1000), Type: "text/" + key})
		c.Put(ctx, key, all[i])
	}
	for range 2 {
		for i := range all {
			c.Get(ctx, fmt.Sprint("key", i))
		}
	}
	for i, e := range all {
		if err := check(fmt.Sprint("key", i), e); err != nil {
			return fmt.Errorf("what was put has changed: %w", err)
		}
	}
	return nil
}

func replaced(ctx context.Context, make maker) error {
	c := make(roomy)
	for size := range 50 {
		put(ctx, c, "a", size)
	}
	if e, ok := c.Get(ctx, "a"); !ok || len(e.Body) != 49 {
		return fmt.Errorf("after 50 puts there are %d bytes, %v, want the 49 put last", len(e.Body), ok)
	}
	return nil
}

func bounded(ctx context.Context, make maker) error {
	const room = 200_000
	c := make(room)
	held := func(n int) (bytes int) {
		for i := range n {
			if e, ok := c.Get(ctx, fmt.Sprint("key", i)); ok {
				bytes += len(e.Body)
			}
		}
		return bytes
	}
	const n = 1000
	for i := range n {
		put(ctx, c, fmt.Sprint("key", i), 1000+i)
		if i%100 == 99 {
			if got := held(i + 1); got > room {
				return fmt.Errorf("%d bytes of bodies are held after %d puts, want at most %d", got, i+1, room)
			}
		}
	}
	if got := held(n); got < room/4 {
		return fmt.Errorf("%d bytes are held of %d that were put, with room for %d", got, n*1500, room)
	}
	return nil
}

func tooLarge(ctx context.Context, make maker) error {
	c := make(10_000)
	put(ctx, c, "small", 100)
	put(ctx, c, "large", 100_000)
	if _, ok := c.Get(ctx, "large"); ok {
		return errors.New("100,000 bytes are held in a cache of 10,000")
	}
	put(ctx, c, "small", 200)
	if e, ok := c.Get(ctx, "small"); !ok || len(e.Body) != 200 {
		return fmt.Errorf("a small entry put after a large one has %d bytes, %v, want 200", len(e.Body), ok)
	}
	return nil
}

func roomless(ctx context.Context, make maker) error {
	c := make(0)
	put(ctx, c, "a", 1)
	if _, ok := c.Get(ctx, "a"); ok {
		return errors.New("a cache without room keeps an entry")
	}
	return nil
}

func concurrent(ctx context.Context, make maker) error {
	c := make(50_000)
	errs := [8]error{}
	var work sync.WaitGroup
	for w := range errs {
		work.Go(func() {
			for i := range 500 {
				key := fmt.Sprint("key", (i*7+w)%100)
				if e, ok := c.Get(ctx, key); ok {
					errs[w] = errors.Join(errs[w], check(key, e))
				} else {
					put(ctx, c, key, 1000)
				}
			}
		})
	}
	work.Wait()
	return errors.Join(errs[:]...)
}
