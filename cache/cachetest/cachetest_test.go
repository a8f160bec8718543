package cachetest

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"

	"isobar/cache"
)

// plain is a cache that keeps its promises: it is emptied when it is full. The faults are what a careless one does.
type plain struct {
	mu      sync.Mutex
	room    int
	held    int
	entries map[string]cache.Entry

	forgets, folds, scribbles, keepsFirst, swells, cuts, wrongType, mixes bool
}

func (p *plain) Get(ctx context.Context, key string) (cache.Entry, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.folds {
		key = strings.ToLower(key)
	}
	e, ok := p.entries[key]
	switch {
	case !ok:
	case p.scribbles && len(e.Body) > 0:
		e.Body[0]++
	case p.cuts:
		e.Body = e.Body[:len(e.Body)/2]
	case p.wrongType:
		e.Type = "text/plain"
	case p.mixes && len(p.entries) > 40:
		for _, e = range p.entries {
			break
		}
	}
	return e, ok
}

func (p *plain) Put(ctx context.Context, key string, e cache.Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was, has := p.entries[key]
	if p.forgets || p.keepsFirst && has || !p.swells && len(e.Body) >= p.room {
		return
	}
	if p.held += len(e.Body) - len(was.Body); p.held > p.room && !p.swells {
		p.entries, p.held = map[string]cache.Entry{}, len(e.Body)
	}
	p.entries[key] = e
}

func TestTheSuiteFindsWhatIsBroken(t *testing.T) {
	for name, set := range map[string]func(*plain){
		"":                              func(*plain) {},
		"what was put is found":         func(p *plain) { p.forgets = true },
		"what was not put is not found": func(p *plain) { p.folds = true },
		"entries stay as they were put": func(p *plain) { p.scribbles = true },
		"a newer entry takes an older one's place":    func(p *plain) { p.keepsFirst = true },
		"the bound holds":                             func(p *plain) { p.swells = true },
		"many may use it at once":                     func(p *plain) { p.mixes = true },
		"an entry larger than the cache does no harm": func(p *plain) { p.swells = true },
		"without room nothing is kept":                func(p *plain) { p.swells = true },
	} {
		make := func(maxBytes int64) cache.Cache {
			p := &plain{room: int(maxBytes), entries: map[string]cache.Entry{}}
			set(p)
			return p
		}
		broken := false
		for _, p := range promises {
			if name == "entries stay as they were put" && p.name == "many may use it at once" {
				continue // it is a data race, as it should be
			}
			err := p.try(t.Context(), make)
			broken = broken || err != nil
			if (name == "" || name == p.name) && (err != nil) != (name == p.name) {
				t.Errorf("a cache whose fault is %q: %s: got %v", name, p.name, err)
			}
		}
		if broken != (name != "") {
			t.Errorf("a cache whose fault is %q passes: %v", name, !broken)
		}
	}
	for name, set := range map[string]func(*plain){"cuts": func(p *plain) { p.cuts = true }, "types": func(p *plain) { p.wrongType = true }} {
		err := found(t.Context(), func(int64) cache.Cache {
			p := &plain{room: roomy, entries: map[string]cache.Entry{}}
			set(p)
			return p
		})
		if err == nil {
			t.Errorf("a cache that spoils %s passes", name)
		}
	}
}

func TestBodiesTellTheirKeys(t *testing.T) {
	if a, b := body("a", 100), body("b", 100); bytes.Equal(a, b) || len(a) != 100 {
		t.Errorf("bodies %q and %q", a, b)
	}
}
