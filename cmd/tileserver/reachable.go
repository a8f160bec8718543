package main

import (
	"context"
	"iter"
	"time"

	"isobar/feature"
	"isobar/internal/mongodb"
	"isobar/records"
	"isobar/store"
)

// reachable is records that may be out of reach: then their errors wrap store.ErrUnavailable, at once, and tell nothing of the network behind.
type reachable struct {
	records.Store
	outage func() (since time.Time, out bool)
}

// outOfReach is the error of records that are out of reach.
type outOfReach struct{ cause error }

func (o *outOfReach) Error() string { return store.ErrUnavailable.Error() }

func (o *outOfReach) Unwrap() []error { return []error{store.ErrUnavailable, o.cause} }

// now is the error of an outage that is known.
func (r reachable) now() error {
	if _, out := r.outage(); out {
		return store.ErrUnavailable
	}
	return nil
}

// inReach is an error as it is told.
func inReach(err error) error {
	if mongodb.Lost(err) {
		return &outOfReach{err}
	}
	return err
}

// Get implements records.Store.
func (r reachable) Get(ctx context.Context, kind, id string) (records.Document, error) {
	if err := r.now(); err != nil {
		return records.Document{}, err
	}
	d, err := r.Store.Get(ctx, kind, id)
	return d, inReach(err)
}

// Put implements records.Store.
func (r reachable) Put(ctx context.Context, kind string, d records.Document) (int64, error) {
	if err := r.now(); err != nil {
		return 0, err
	}
	version, err := r.Store.Put(ctx, kind, d)
	return version, inReach(err)
}

// PutAll implements records.Store.
func (r reachable) PutAll(ctx context.Context, kind string, all []records.Document) error {
	if err := r.now(); err != nil {
		return err
	}
	return inReach(r.Store.PutAll(ctx, kind, all))
}

// Delete implements records.Store.
func (r reachable) Delete(ctx context.Context, kind, id string, version int64) error {
	if err := r.now(); err != nil {
		return err
	}
	return inReach(r.Store.Delete(ctx, kind, id, version))
}

// List implements records.Store.
func (r reachable) List(ctx context.Context, kind string, of records.Range) iter.Seq2[records.Document, error] {
	return func(yield func(records.Document, error) bool) {
		if err := r.now(); err != nil {
			yield(records.Document{}, err)
			return
		}
		for d, err := range r.Store.List(ctx, kind, of) {
			if !yield(d, inReach(err)) {
				return
			}
		}
	}
}

// present is a catalogue of features that lists nothing while it is out of reach: what can be served is listed all the same.
type present struct {
	feature.Catalogue
	outage func() (since time.Time, out bool)
}

// Collections implements feature.Catalogue.
func (p present) Collections(ctx context.Context) ([]feature.Collection, error) {
	if _, out := p.outage(); out {
		return nil, nil
	}
	return p.Catalogue.Collections(ctx)
}
