package watch

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"isobar/feature"
	"isobar/records"
)

// prepared is a definition that was checked, with what its question needs. Immutable.
type prepared[D any] interface {
	definition() D
	revision() int64 // version of its document
	atRest() (records.Document, error)
}

// definitions keeps what standing questions there are, as documents of a kind, and remembers them prepared. Safe for concurrent use.
type definitions[D any, P prepared[D]] struct {
	store   records.Store
	kind    string // of the documents, and what errors call one
	now     func() time.Time
	head    func(d *D) (id *string, created *time.Time)
	knows   func(d D) error                // whether what a user's definition names is there
	admit   func(d D, now time.Time) error // whether it may be written now
	prepare func(d D) (P, error)
	read    func(d records.Document) (P, error)

	mu   sync.Mutex
	held map[string]P
}

// create keeps a definition, with an identity of its own if it has none, and gives it as it is kept.
func (s *definitions[D, P]) create(ctx context.Context, d D) (kept D, err error) {
	if id, _ := s.head(&d); *id == "" {
		*id = strings.ToLower(rand.Text())
	}
	if err := s.knows(d); err != nil {
		return kept, err
	}
	return s.put(ctx, d, records.New)
}

// replace changes a definition.
func (s *definitions[D, P]) replace(ctx context.Context, d D) (kept D, err error) {
	id, created := s.head(&d)
	was, err := s.get(ctx, *id)
	if err != nil {
		return kept, err
	}
	if err := s.knows(d); err != nil {
		return kept, err
	}
	*created = s.made(was)
	return s.put(ctx, d, was.revision())
}

// ensures is how often a definition is tried again that another process is setting up at the same moment.
const ensures = 5

// ensure makes a definition, changes it, or leaves it as it is. What it names need not be there yet.
func (s *definitions[D, P]) ensure(ctx context.Context, d D) (err error) {
	for range ensures {
		if err = s.settle(ctx, d); !errors.Is(err, feature.ErrExists) && !errors.Is(err, records.ErrConflict) {
			return err
		}
	}
	return err
}

// settle tries that once.
func (s *definitions[D, P]) settle(ctx context.Context, d D) error {
	id, created := s.head(&d)
	was, err := s.get(ctx, *id)
	if errors.Is(err, feature.ErrNotFound) {
		_, err = s.put(ctx, d, records.New)
		return err
	}
	if err != nil {
		return err
	}
	*created = s.made(was)
	next, err := s.prepare(d)
	if err != nil {
		return err
	}
	a, errA := next.atRest()
	b, errB := was.atRest()
	if err := errors.Join(errA, errB); err != nil || bytes.Equal(a.Body, b.Body) {
		return err
	}
	_, err = s.put(ctx, d, was.revision())
	return err
}

// made is when a definition was made.
func (s *definitions[D, P]) made(p P) time.Time {
	d := p.definition()
	_, created := s.head(&d)
	return *created
}

// put writes a definition.
func (s *definitions[D, P]) put(ctx context.Context, d D, version int64) (kept D, err error) {
	now := s.now().UTC()
	id, created := s.head(&d)
	if created.IsZero() {
		*created = now
	}
	if err := s.admit(d, now); err != nil {
		return kept, err
	}
	p, err := s.prepare(d)
	if err != nil {
		return kept, err
	}
	doc, err := p.atRest()
	if err != nil {
		return kept, err
	}
	doc.Version = version
	_, err = s.store.Put(ctx, s.kind, doc)
	switch {
	case errors.Is(err, records.ErrConflict) && version == records.New:
		return kept, fmt.Errorf("%s %q: %w", s.kind, *id, feature.ErrExists)
	case errors.Is(err, records.ErrTooLarge):
		return kept, wrong("features", "the definition has more than %d bytes", records.MaxBody)
	case err != nil:
		return kept, fmt.Errorf("%s %q: %w", s.kind, *id, err)
	}
	return p.definition(), nil
}

// get reads a definition; the error wraps feature.ErrNotFound.
func (s *definitions[D, P]) get(ctx context.Context, id string) (p P, err error) {
	d, err := s.store.Get(ctx, s.kind, id)
	if errors.Is(err, records.ErrNotFound) {
		s.mu.Lock()
		delete(s.held, id)
		s.mu.Unlock()
		err = feature.ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("%s %.80q: %w", s.kind, id, err)
	}
	return s.of(d)
}

// of prepares a definition, if it is not the one prepared last.
func (s *definitions[D, P]) of(d records.Document) (P, error) {
	s.mu.Lock()
	p, ok := s.held[d.ID]
	s.mu.Unlock()
	if ok && p.revision() == d.Version {
		return p, nil
	}
	p, err := s.read(d)
	if err != nil {
		return p, err
	}
	s.mu.Lock()
	s.held[d.ID] = p
	s.mu.Unlock()
	return p, nil
}

// all reads all definitions, and forgets those that are no more.
func (s *definitions[D, P]) all(ctx context.Context) (list []P, err error) {
	there := map[string]bool{}
	for d, err := range s.store.List(ctx, s.kind, records.Range{}) {
		if err != nil {
			return nil, fmt.Errorf("%ss: %w", s.kind, err)
		}
		p, err := s.of(d)
		if err != nil {
			return nil, err
		}
		list, there[d.ID] = append(list, p), true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.held {
		if !there[id] {
			delete(s.held, id)
		}
	}
	return list, nil
}

// list gives all definitions.
func (s *definitions[D, P]) list(ctx context.Context) (list []D, err error) {
	all, err := s.all(ctx)
	for _, p := range all {
		list = append(list, p.definition())
	}
	return list, err
}

// remove removes a definition; the error wraps feature.ErrNotFound.
func (s *definitions[D, P]) remove(ctx context.Context, id string) error {
	err := s.store.Delete(ctx, s.kind, id, records.Any)
	if errors.Is(err, records.ErrNotFound) {
		err = feature.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s %.80q: %w", s.kind, id, err)
	}
	return nil
}
