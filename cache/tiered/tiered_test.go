package tiered

import (
	"log/slog"
	"testing"

	"isobar/cache"
	"isobar/cache/cachetest"
	"isobar/cache/disk"
	"isobar/cache/mem"
)

func TestCache(t *testing.T) {
	cachetest.Run(t, func(t *testing.T, maxBytes int64) cache.Cache {
		far, err := disk.Open(t.TempDir(), maxBytes/2, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return New(mem.New(maxBytes/2), far)
	})
}

func TestWhatIsFoundFarComesNear(t *testing.T) {
	near, far := mem.New(1<<20), mem.New(1<<20)
	far.Put(t.Context(), "a", cache.Entry{Body: []byte("x")})
	c := New(near, far)
	for range 3 {
		if e, ok := c.Get(t.Context(), "a"); !ok || string(e.Body) != "x" {
			t.Fatalf("got %q, %v", e.Body, ok)
		}
	}
	if got, want := far.Stats(), (mem.Stats{Hits: 1}); got != want {
		t.Errorf("the far cache was asked %+v, want %+v", got, want)
	}
	if _, ok := c.Get(t.Context(), "b"); ok {
		t.Error("what is in neither is found")
	}
}
