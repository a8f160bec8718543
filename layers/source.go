package layers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"isobar/store"
)

// Source hands out the current catalogue and follows the store. Safe for concurrent use.
type Source struct {
	fields  store.Store
	log     *slog.Logger
	mu      sync.Mutex // guards current and closed, and the holders of every catalogue
	current *held
	next    chan struct{} // closed when another takes current's place
	closed  bool

	building sync.Mutex // guards builder
	builder  builder
}

// held is a catalogue and how many hold it, the source itself among them.
type held struct {
	*Catalogue
	holders int
}

// NewSource makes a source that shows what fields has published now; Run lets it follow. Close it when no one holds a catalogue.
func NewSource(ctx context.Context, fields store.Store, el Elements, mo Models, st Styles, log *slog.Logger) (*Source, error) {
	s := &Source{fields: fields, log: log, next: make(chan struct{}), builder: builder{indexer: indexer{el, log}, models: mo, styles: st}}
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Hold gives the current catalogue; call release when the request is done. Its snapshot stays open until then, whatever is
// published. After Close it is empty.
func (s *Source) Hold() (c *Catalogue, release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return &Catalogue{}, func() {}
	}
	h := s.current
	h.holders++
	return h.Catalogue, sync.OnceFunc(func() { s.letGo(h) })
}

// Changed is closed when another catalogue takes the place of the one that Hold gives. Taken before Hold, it misses none.
func (s *Source) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next
}

// letGo drops one hold; the last one closes the snapshot.
func (s *Source) letGo(h *held) {
	s.mu.Lock()
	h.holders--
	last := h.holders == 0
	s.mu.Unlock()
	if last {
		h.snapshot.Close()
	}
}

// Close lets the current catalogue's snapshot go.
func (s *Source) Close() {
	s.mu.Lock()
	h, was := s.current, s.closed
	s.closed = true
	s.mu.Unlock()
	if !was {
		s.letGo(h)
	}
}

// refresh builds a catalogue if the store's version is a new one.
func (s *Source) refresh(ctx context.Context) error {
	s.building.Lock()
	defer s.building.Unlock()
	snapshot, err := s.fields.Hold(ctx)
	if err != nil {
		return fmt.Errorf("layers: %w", err)
	}
	if s.current != nil && s.current.version == snapshot.Version() {
		snapshot.Close()
		return nil
	}
	began := time.Now()
	next := &held{Catalogue: s.builder.build(snapshot, began), holders: 1}
	s.mu.Lock()
	was := s.current
	closed := s.closed
	if !closed {
		s.current = next
		close(s.next)
		s.next = make(chan struct{})
	}
	s.mu.Unlock()
	switch {
	case closed:
		snapshot.Close()
	case was != nil:
		s.letGo(was)
	}
	s.log.Debug("catalogue built", "version", next.version, "layers", len(next.layers), "took", time.Since(began))
	return nil
}

// errDeaf is a store that stopped telling of changes.
var errDeaf = errors.New("layers: the store tells of changes no more")

const (
	shortestRest = 50 * time.Millisecond // between two builds: publications come in bursts
	retryRest    = time.Second           // after a build that failed
)

// Run follows the store until ctx ends. Builds rest four times as long as the last one took, so that they never take more than
// a fifth of one core, and many publications at once are one catalogue. After a failure the last catalogue stays.
func (s *Source) Run(ctx context.Context) error {
	changes := s.fields.Changes(ctx)
	for {
		began := time.Now()
		rest, retry := shortestRest, false
		if err := s.refresh(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			s.log.Error("catalogue can't be built; the last one is served", "error", err)
			rest, retry = retryRest, true
		}
		if !sleep(ctx, max(rest, 4*time.Since(began))) {
			return ctx.Err()
		}
		if retry {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case _, ok := <-changes:
			if !ok {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return errDeaf
			}
		}
	}
}

// sleep waits, and tells that ctx has not ended meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
