package main

import (
	"context"
	"iter"
	"path"
	"strings"

	"isobar/field"
	"isobar/grid"
	"isobar/store"
)

// onlyModels is a store of which some models are seen.
type onlyModels struct {
	store.Store
	names []string
}

// ofModels shows the models that are named, by their IDs, without the grid ("gfs" is gfs-0p25 and gfs-1p0), or by patterns; none: all.
func ofModels(s store.Store, names []string) store.Store {
	if len(names) == 0 {
		return s
	}
	return &onlyModels{s, names}
}

// shows tells that a model is named.
func (o *onlyModels) shows(model string) bool {
	for _, name := range o.names {
		if ok, err := path.Match(name, model); ok && err == nil || strings.HasPrefix(model, name+"-") {
			return true
		}
	}
	return false
}

// Hold implements store.Store.
func (o *onlyModels) Hold(ctx context.Context) (store.Snapshot, error) {
	held, err := o.Store.Hold(ctx)
	if err != nil {
		return nil, err
	}
	return &onlySnapshot{held, o}, nil
}

// onlySnapshot is a snapshot of which some models are seen.
type onlySnapshot struct {
	store.Snapshot
	of *onlyModels
}

var (
	_ store.Snapshot  = (*onlySnapshot)(nil)
	_ store.Originals = (*onlySnapshot)(nil)
)

// Keys implements store.Snapshot.
func (s *onlySnapshot) Keys() iter.Seq[field.Key] {
	return func(yield func(field.Key) bool) {
		model, shown := "", false
		for k := range s.Snapshot.Keys() {
			if k.Model != model {
				model, shown = k.Model, s.of.shows(k.Model)
			}
			if shown && !yield(k) {
				return
			}
		}
	}
}

// Info implements store.Snapshot.
func (s *onlySnapshot) Info(k field.Key) (store.Info, bool) {
	if !s.of.shows(k.Model) {
		return store.Info{}, false
	}
	return s.Snapshot.Info(k)
}

// Windows implements store.Snapshot.
func (s *onlySnapshot) Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	for _, k := range keys {
		if !s.of.shows(k.Model) {
			return store.ErrNotFound
		}
	}
	return s.Snapshot.Windows(ctx, keys, w, dst)
}

// Original implements store.Originals.
func (s *onlySnapshot) Original(ctx context.Context, k field.Key) (message []byte, ok bool, err error) {
	if !s.of.shows(k.Model) {
		return nil, false, store.ErrNotFound
	}
	if o, has := s.Snapshot.(store.Originals); has {
		return o.Original(ctx, k)
	}
	return nil, false, nil
}

// RunVersion tells whether a run is as it was in another snapshot, as stores' snapshots do.
func (s *onlySnapshot) RunVersion(model string, run field.Time) string {
	if of, has := s.Snapshot.(interface {
		RunVersion(model string, run field.Time) string
	}); has && s.of.shows(model) {
		return of.RunVersion(model, run)
	}
	return ""
}
