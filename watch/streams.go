package watch

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"

	"isobar/elements"
	"isobar/feature"
	"isobar/layers"
	"isobar/records"
)

// streamKind is the kind of documents that define streams.
const streamKind = "stream"

// Streams keeps probe streams and what they bring, which it gives as collections of features. Safe for concurrent use.
type Streams struct {
	o Options

	mu       sync.Mutex
	prepared map[string]*stream

	recent recentSteps

	known map[string]*knowledge // of Run
}

// NewStreams makes streams of what a store keeps; Run lets them follow the data.
func NewStreams(o Options) *Streams {
	return &Streams{o: o.withUsual(), prepared: map[string]*stream{}, known: map[string]*knowledge{}}
}

// Run works out what data bring until ctx ends.
func (s *Streams) Run(ctx context.Context) error {
	return s.o.follow(ctx, "streams", streamKind, s.work)
}

// newName is an identity for what comes without one.
func newName() string { return strings.ToLower(rand.Text()) }

// Create keeps a stream, with an identity of its own if it has none, and gives it as it is kept. What there is of data already is
// worked out at once. Errors are *MemberError, wrap feature.ErrExists, or are the store's.
func (s *Streams) Create(ctx context.Context, d Stream) (Stream, error) {
	if d.ID == "" {
		d.ID = newName()
	}
	if err := s.knows(d); err != nil {
		return Stream{}, err
	}
	return s.put(ctx, d, records.New)
}

// Replace changes a stream; what was kept is worked out anew. Errors are *MemberError, wrap feature.ErrNotFound, or are the store's.
func (s *Streams) Replace(ctx context.Context, d Stream) (Stream, error) {
	was, err := s.get(ctx, d.ID)
	if err != nil {
		return Stream{}, err
	}
	if err := s.knows(d); err != nil {
		return Stream{}, err
	}
	d.Created = was.Created
	return s.put(ctx, d, was.generation)
}

// Ensure keeps a stream of the configuration: it is made, changed, or left as it is. Its layers need not be there yet.
func (s *Streams) Ensure(ctx context.Context, d Stream) error {
	was, err := s.get(ctx, d.ID)
	if errors.Is(err, feature.ErrNotFound) {
		_, err = s.put(ctx, d, records.New)
		return err
	}
	if err != nil {
		return err
	}
	d.Created = was.Created
	next, err := prepare(d)
	if err != nil {
		return err
	}
	a, errA := next.atRest()
	b, errB := was.atRest()
	if err := errors.Join(errA, errB); err != nil || bytes.Equal(a.Body, b.Body) {
		return err
	}
	_, err = s.put(ctx, d, was.generation)
	return err
}

// knows checks that layers are there, and can be given in their units.
func (s *Streams) knows(d Stream) error {
	c, release := s.o.Catalogues.Hold()
	defer release()
	for i, name := range d.Layers {
		l, err := c.Layer(name)
		if errors.Is(err, layers.ErrUnknownLayer) {
			return wrong(fmt.Sprintf("layers[%d]", i), "there is no layer %.80q", name)
		}
		if err != nil {
			return err
		}
		for _, key := range []string{name, l.Element.ID} {
			unit, ok := d.Units[key]
			if !ok {
				continue
			}
			_, same := elements.Convert(l.Element.Unit, unit)
			if _, ok := elements.Convert(l.Element.Unit, elements.ReadUnit(unit)); !ok && !same {
				return wrong("units."+key, "%s in %q can't be given in %.40q", name, l.Element.Unit, unit)
			}
		}
	}
	return nil
}

// put writes a definition.
func (s *Streams) put(ctx context.Context, d Stream, version int64) (Stream, error) {
	if d.Created.IsZero() {
		d.Created = s.o.Now().UTC()
	}
	p, err := prepare(d)
	if err != nil {
		return Stream{}, err
	}
	doc, err := p.atRest()
	if err != nil {
		return Stream{}, err
	}
	doc.Version = version
	_, err = s.o.Store.Put(ctx, streamKind, doc)
	switch {
	case errors.Is(err, records.ErrConflict) && version == records.New:
		return Stream{}, fmt.Errorf("stream %q: %w", d.ID, feature.ErrExists)
	case errors.Is(err, records.ErrTooLarge):
		return Stream{}, wrong("features", "the definition has more than %d bytes", records.MaxBody)
	case err != nil:
		return Stream{}, fmt.Errorf("stream %q: %w", d.ID, err)
	}
	return p.Stream, nil
}

// Get gives a definition; the error wraps feature.ErrNotFound.
func (s *Streams) Get(ctx context.Context, id string) (Stream, error) {
	p, err := s.get(ctx, id)
	if err != nil {
		return Stream{}, err
	}
	return p.Stream, nil
}

// get reads a definition, and remembers it prepared.
func (s *Streams) get(ctx context.Context, id string) (*stream, error) {
	d, err := s.o.Store.Get(ctx, streamKind, id)
	if errors.Is(err, records.ErrNotFound) {
		s.mu.Lock()
		delete(s.prepared, id)
		s.mu.Unlock()
		return nil, fmt.Errorf("stream %.80q: %w", id, feature.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("stream %.80q: %w", id, err)
	}
	return s.of(d)
}

// of prepares a definition, if it is not the one prepared last.
func (s *Streams) of(d records.Document) (*stream, error) {
	s.mu.Lock()
	p := s.prepared[d.ID]
	s.mu.Unlock()
	if p != nil && p.generation == d.Version {
		return p, nil
	}
	p, err := readStream(d)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.prepared[d.ID] = p
	s.mu.Unlock()
	return p, nil
}

// List gives all definitions.
func (s *Streams) List(ctx context.Context) (list []Stream, err error) {
	all, err := s.all(ctx)
	for _, p := range all {
		list = append(list, p.Stream)
	}
	return list, err
}

func (s *Streams) all(ctx context.Context) (list []*stream, err error) {
	for d, err := range s.o.Store.List(ctx, streamKind, records.Range{}) {
		if err != nil {
			return nil, fmt.Errorf("streams: %w", err)
		}
		p, err := s.of(d)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// Delete removes a stream and what it has kept; the error wraps feature.ErrNotFound.
func (s *Streams) Delete(ctx context.Context, id string) error {
	err := s.o.Store.Delete(ctx, streamKind, id, records.Any)
	if errors.Is(err, records.ErrNotFound) {
		return fmt.Errorf("stream %.80q: %w", id, feature.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("stream %.80q: %w", id, err)
	}
	for d, err := range s.o.Store.List(ctx, stepKind, steps(id, firstTime, lastTime)) {
		if err == nil {
			err = s.o.Store.Delete(ctx, stepKind, d.ID, records.Any)
		}
		if err != nil && !errors.Is(err, records.ErrNotFound) {
			return fmt.Errorf("stream %q: %w", id, err) // what is left expires
		}
	}
	return nil
}
