package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"isobar/elements"
	"isobar/layers"
	"isobar/records"
)

// streamKind is the kind of documents that define streams.
const streamKind = "stream"

// Streams keeps probe streams and what they bring, which it gives as collections of features. Safe for concurrent use.
type Streams struct {
	definitions[Stream, *stream]
	o Options

	recent recentSteps

	known map[string]*knowledge // of Run
}

// NewStreams makes streams of what a store keeps; Run lets them follow the data.
func NewStreams(o Options) *Streams {
	s := &Streams{o: o.withUsual(), known: map[string]*knowledge{}}
	s.definitions = definitions[Stream, *stream]{
		store: o.Store, kind: streamKind, now: s.o.Now, held: map[string]*stream{},
		head:  func(d *Stream) (*string, *time.Time) { return &d.ID, &d.Created },
		knows: s.knows, admit: func(Stream, time.Time) error { return nil }, prepare: prepare, read: readStream,
	}
	return s
}

// Run works out what data bring until ctx ends.
func (s *Streams) Run(ctx context.Context) error {
	return s.o.follow(ctx, "streams", streamKind, s.work)
}

// Create keeps a stream, with an identity of its own if it has none, and gives it as it is kept. What there is of data already is
// worked out at once. Errors are *MemberError, wrap feature.ErrExists, or are the store's.
func (s *Streams) Create(ctx context.Context, d Stream) (Stream, error) {
	return s.create(ctx, d)
}

// Replace changes a stream; what was kept is worked out anew. Errors are *MemberError, wrap feature.ErrNotFound, or are the store's.
func (s *Streams) Replace(ctx context.Context, d Stream) (Stream, error) {
	return s.replace(ctx, d)
}

// Ensure keeps a stream of the configuration: it is made, changed, or left as it is. Its layers need not be there yet.
func (s *Streams) Ensure(ctx context.Context, d Stream) error {
	return s.ensure(ctx, d)
}

// knows checks that layers are there, and can be given in their units, and that no model or layer is the collection of that name.
func (s *Streams) knows(d Stream) error {
	c, release := s.o.Catalogues.Hold()
	defer release()
	if slices.ContainsFunc(c.Layers(), func(l *layers.Layer) bool { return d.ID == l.Name || d.ID == l.Model.ID }) {
		return wrong("id", "%q is the name of a forecast's collection", d.ID)
	}
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

// Get gives a definition; the error wraps feature.ErrNotFound.
func (s *Streams) Get(ctx context.Context, id string) (Stream, error) {
	p, err := s.get(ctx, id)
	if err != nil {
		return Stream{}, err
	}
	return p.Stream, nil
}

// List gives all definitions.
func (s *Streams) List(ctx context.Context) ([]Stream, error) {
	return s.list(ctx)
}

// Delete removes a stream and what it has kept; the error wraps feature.ErrNotFound.
func (s *Streams) Delete(ctx context.Context, id string) error {
	if err := s.remove(ctx, id); err != nil {
		return err
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
