package mem

import (
	"context"
	"fmt"
	"testing"

	"isobar/cache"
	"isobar/cache/cachetest"
)

func TestCache(t *testing.T) {
	cachetest.Run(t, func(t *testing.T, maxBytes int64) cache.Cache { return New(maxBytes) })
}

func TestStatsCountHitsAndMisses(t *testing.T) {
	for _, c := range []struct {
		room int64
		want Stats
	}{{1 << 20, Stats{Hits: 2, Misses: 1}}, {0, Stats{Misses: 3}}} {
		m := New(c.room)
		m.Get(t.Context(), "a")
		m.Put(t.Context(), "a", cache.Entry{Body: []byte("x")})
		m.Get(t.Context(), "a")
		m.Get(t.Context(), "a")
		if got := m.Stats(); got != c.want {
			t.Errorf("room %d: got %+v, want %+v", c.room, got, c.want)
		}
	}
}

func TestKeysAndTypesWeighToo(t *testing.T) {
	const room = 100_000
	m := New(room)
	for i := range 1000 {
		m.Put(t.Context(), fmt.Sprintf("%0300d", i), cache.Entry{})
	}
	held := 0
	for i := range 1000 {
		if _, ok := m.Get(t.Context(), fmt.Sprintf("%0300d", i)); ok {
			held++
		}
	}
	if most := room / 300; held > most || held == 0 {
		t.Errorf("%d entries with keys of 300 bytes are held, want some, at most %d", held, most)
	}
}

func BenchmarkGet(b *testing.B) {
	m := New(1 << 20)
	ctx := context.Background()
	m.Put(ctx, "a", cache.Entry{Body: make([]byte, 1000)})
	b.ReportAllocs()
	for b.Loop() {
		m.Get(ctx, "a")
	}
}
