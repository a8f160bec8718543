// Package store says what fields at rest promise: written aside, published whole, read from immutable snapshots.
package store

import (
	"context"
	"errors"
	"iter"

	"isobar/field"
	"isobar/grid"
)

// The errors of stores.
var (
	ErrNotFound = errors.New("no such field")          // the snapshot does not name that key
	ErrBusy     = errors.New("run is being written")   // another writer holds the run
	ErrFormat   = errors.New("unknown format of data") // a data folder of a newer version, or not a data folder
	ErrDamaged  = errors.New("damaged data")           // a checksum or a length does not hold

	ErrUnavailable = errors.New("data are out of reach for now") // the database is, or they were given up meanwhile: try again
)

// Store keeps fields. It is safe for concurrent use, and several processes may share one.
type Store interface {
	// Hold gives the newest published state. Close it when the request is done.
	Hold(ctx context.Context) (Snapshot, error)
	// Changes ticks after the published state changed, by this process or another; ticks may be joined. It is closed
	// when ctx ends.
	Changes(ctx context.Context) <-chan struct{}
	// Begin takes the run for writing, waiting for another writer until ctx ends.
	Begin(ctx context.Context, model string, run field.Time) (Writer, error)
	// Drop unpublishes a run. Held snapshots keep its fields.
	Drop(ctx context.Context, model string, run field.Time) error
	// Close releases what the store holds; snapshots must have been closed.
	Close() error
}

// Sharing is a store whose runs several writers may have at once, of one process or of many.
type Sharing interface {
	// Join takes the run for writing, together with others who join it; it waits for a writer that Begin gave it to until ctx ends, as Begin
	// waits for those who joined. What one publishes is laid over what the others have published by then: nothing of theirs is lost, and of
	// a key that several put the last publication counts. Of what one of them gives up, or dies with, nothing is seen.
	Join(ctx context.Context, model string, run field.Time) (Writer, error)
}

// Writer adds fields to one run.
type Writer interface {
	// Put writes a field, invisible until published. A field with a key already there replaces it at the next Publish.
	// All fields of one model lie on one grid, else an error. f is not kept. A store may leave originals out.
	Put(ctx context.Context, f *field.Field) error
	// Publish makes all that was put visible, at once or not at all, and durable. It may be called again after more Puts.
	Publish(ctx context.Context) error
	// Close gives up what was put and not published, and lets the run go.
	Close() error
}

// Info is what a snapshot knows of a field without reading it.
type Info struct {
	Grid           grid.Grid
	Min, Max, Mean float64 // of the values that are not missing; NaN if all are
	Missing        int
	Quantum        float64 // how far apart the values are that their source could tell (field.Step); 0: not known
	MaxLevel       int     // coarsest level of the field's pyramid
	ETag           string  // changes when the field's content does, its original included
	Original       string  // format of the original message that is kept of it; "": none is
	OriginalBytes  int     // length of that
}

// Snapshot is an immutable published state.
type Snapshot interface {
	// Version names the state; equal versions hold equal fields.
	Version() string
	// Keys yields every field's key, model by model, run by run.
	Keys() iter.Seq[field.Key]
	// Info describes a field, or ok is false.
	Info(k field.Key) (info Info, ok bool)
	// Windows reads the same part of many fields, all of one grid: len(dst) == len(keys), len(dst[i]) == w.NX*w.NY, row after
	// row. Columns beyond the edge wrap on a grid that does; other cells beyond the edge are NaN. One batch, in parallel
	// where that pays. Errors: ErrNotFound, ErrDamaged, ctx's.
	Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error
	// Close lets the snapshot go.
	Close()
}

// Originals is a snapshot of a store that keeps fields' original messages beside their values.
type Originals interface {
	// Original reads a field's message; ok is false if none is kept. Errors: ErrNotFound, ErrDamaged, ctx's.
	Original(ctx context.Context, k field.Key) (message []byte, ok bool, err error)
}
