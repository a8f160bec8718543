package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// maxCollections bounds the document that tells what an instance serves, in bytes.
const maxCollections = 256 << 20

// instance is a server of forecasts.
type instance struct {
	*upstream
	ids  []string // of its collections; nil: it has not told yet
	etag string
	wake chan struct{} // ends its watch, by closing
}

// pool is all instances, and who serves what.
type pool struct {
	config Instances
	find   finder
	client *http.Client
	log    *slog.Logger

	mu   sync.Mutex
	all  map[string]*instance // by address
	view atomic.Pointer[view]
}

// view is who serves what, at a moment. It does not change.
type view struct {
	all []*upstream            // by address
	by  map[string][]*upstream // by collection
	ids map[*upstream][]string
}

func newPool(c Instances, f finder, client *http.Client, log *slog.Logger) *pool {
	p := &pool{config: c, find: f, client: client, log: log, all: map[string]*instance{}}
	p.view.Store(&view{})
	return p
}

// run looks for instances and watches them until ctx ends.
func (p *pool) run(ctx context.Context) error {
	for {
		found, err := p.find.find(ctx)
		if err != nil && ctx.Err() == nil {
			p.log.Warn("looking for instances", "error", err)
		}
		p.take(ctx, found)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(p.config.Refresh):
		}
	}
}

// take begins to watch instances that are new, and forgets those that are gone.
func (p *pool) take(ctx context.Context, found []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, address := range found {
		if p.all[address] != nil {
			continue
		}
		u, err := newUpstream(address)
		if err != nil { // finder and config have checked it
			continue
		}
		u.down = true // until it says that it is ready
		one := &instance{upstream: u, wake: make(chan struct{})}
		p.all[address] = one
		p.log.Info("instance found", "url", address)
		go p.watch(ctx, one)
	}
	for address, one := range p.all {
		if !slices.Contains(found, address) {
			close(one.wake)
			delete(p.all, address)
			p.log.Info("instance gone", "url", address)
		}
	}
	p.look()
}

// look makes the view anew. The caller holds mu.
func (p *pool) look() {
	v := &view{by: map[string][]*upstream{}, ids: map[*upstream][]string{}}
	for _, address := range slices.Sorted(maps.Keys(p.all)) {
		one := p.all[address]
		v.all = append(v.all, one.upstream)
		v.ids[one.upstream] = one.ids
		for _, id := range one.ids {
			v.by[id] = append(v.by[id], one.upstream)
		}
	}
	p.view.Store(v)
}

// watch asks an instance whether it is ready, and what it serves, until it is gone.
func (p *pool) watch(ctx context.Context, one *instance) {
	var asked time.Time
	for {
		err := p.ready(ctx, one)
		if err == nil && time.Since(asked) >= p.config.Refresh {
			asked = time.Now()
			err = p.ask(ctx, one)
		}
		if ctx.Err() != nil {
			return
		}
		if one.probed(err) {
			p.log.Info("instance", "url", one.url.String(), "up", err == nil, "reason", fmt.Sprint(err))
		}
		if err != nil {
			asked = time.Time{} // what it serves may have changed when it comes back
		}
		select {
		case <-ctx.Done():
			return
		case <-one.wake:
			return
		case <-time.After(p.config.Probe):
		}
	}
}

// ready asks /readyz.
func (p *pool) ready(ctx context.Context, one *instance) error {
	ctx, cancel := context.WithTimeout(ctx, max(p.config.Probe, time.Second))
	defer cancel()
	res, err := p.get(ctx, one, "/readyz", "")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: not ready: %s", one.url, res.Status)
	}
	return nil
}

// ask reads which collections an instance has, if they have changed.
func (p *pool) ask(ctx context.Context, one *instance) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	res, err := p.get(ctx, one, "/collections?f=json", one.etag)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNotModified {
		return nil
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s/collections: %s", one.url, res.Status)
	}
	var doc struct {
		Collections []struct {
			ID string `json:"id"`
		} `json:"collections"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxCollections)).Decode(&doc); err != nil {
		return fmt.Errorf("%s/collections: %w", one.url, err)
	}
	ids := make([]string, len(doc.Collections))
	for i, c := range doc.Collections {
		ids[i] = c.ID
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	one.ids, one.etag = ids, res.Header.Get("ETag")
	p.look()
	return nil
}

func (p *pool) get(ctx context.Context, one *instance, path, etag string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, one.url.String()+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "isobar-gateway")
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	return p.client.Do(r)
}

// known is the collection that a name stands for: itself, or what goes before its last dot, and so on: gfs.t2m.cube is gfs.t2m, and a
// layer that is not known is its model's.
func (v *view) known(name string) (id string, ok bool) {
	for {
		if _, ok := v.by[name]; ok {
			return name, true
		}
		dot := strings.LastIndexByte(name, '.')
		if dot <= 0 {
			return "", false
		}
		name = name[:dot]
	}
}

// serving are the instances that have all of some collections; those that are not known are nobody's. missing names one that has no
// instance in common with those before it.
func (v *view) serving(names []string) (all []*upstream, missing string) {
	all = v.all
	for _, name := range names {
		id, ok := v.known(name)
		if !ok {
			continue
		}
		var both []*upstream
		for _, u := range v.by[id] {
			if slices.Contains(all, u) {
				both = append(both, u)
			}
		}
		if len(both) == 0 {
			return nil, name
		}
		all = both
	}
	return all, ""
}

// cover is a few instances that are up and have all collections between them, and the collections that no instance has that is up.
// Those that failed are taken to be down.
func (v *view) cover(failed map[*upstream]bool) (some []*upstream, missing []string) {
	seen := map[string]bool{}
	for _, u := range v.all {
		if failed[u] || !u.up() {
			continue
		}
		news := len(some) == 0
		for _, id := range v.ids[u] {
			news = news || !seen[id]
			seen[id] = true
		}
		if news {
			some = append(some, u)
		}
	}
	for id := range v.by {
		if !seen[id] {
			missing = append(missing, id)
		}
	}
	slices.Sort(missing)
	return some, missing
}

// up is how many instances answer.
func (v *view) up() (n int) {
	for _, u := range v.all {
		if u.up() {
			n++
		}
	}
	return n
}
