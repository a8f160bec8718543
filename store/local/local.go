// Package local keeps fields in a folder of files.
package local

import (
	"context"
	"errors"
	"log/slog"

	"isobar/field"
	"isobar/store"
)

// Options are the settings of a store; the zero value is good.
type Options struct {
	Categories      func(element string) bool // elements whose pyramid takes the most frequent value; nil: none
	ChunkCacheBytes int64                     // decoded chunks kept in memory; 0: none
	Log             *slog.Logger              // nil: silent
}

// Store is a folder of fields. Safe for concurrent use, and several processes may share one folder.
type Store struct{}

var _ store.Store = (*Store)(nil)

// Open opens or makes a data folder. The error wraps store.ErrFormat if it is of a newer version or something else.
func Open(dir string, o Options) (*Store, error) { return nil, errors.New("not written") }

// Hold implements store.Store.
func (s *Store) Hold(ctx context.Context) (store.Snapshot, error) {
	return nil, errors.New("not written")
}

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context) <-chan struct{} { return nil }

// Begin implements store.Store.
func (s *Store) Begin(ctx context.Context, model string, run field.Time) (store.Writer, error) {
	return nil, errors.New("not written")
}

// Drop implements store.Store.
func (s *Store) Drop(ctx context.Context, model string, run field.Time) error {
	return errors.New("not written")
}

// Close implements store.Store.
func (s *Store) Close() error { return nil }
