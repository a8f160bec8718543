// Package records keeps small documents at rest: jobs, stored probes, streams, alerts, keys, leases.
package records

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Document is a small text (JSON) with an identity and a version. Versions rise with every write of the identity, also across
// deletion, and begin at 1.
type Document struct {
	ID      string // compared byte by byte; "/" separates parts by custom, so that a prefix names a group
	Version int64
	Body    []byte
	Expires time.Time // zero: never; an expired document is gone for every reader, and swept later
}

// Versions that Put and Delete take besides a document's own.
const (
	Any int64 = -1 // whatever is there, or nothing
	New int64 = 0  // nothing may be there
)

// MaxBody bounds a document: 8 MiB.
const MaxBody = 8 << 20

// ErrNotFound and its siblings say why a document can't be had or written, by wrapping.
var (
	ErrNotFound = errors.New("no such document")
	ErrConflict = errors.New("document has changed")
	ErrTooLarge = errors.New("document too large")
)

// Range is identities from From on, before To ("" is without end), at most Limit (0: all), the last first if Reverse.
type Range struct {
	From, To string
	Limit    int
	Reverse  bool
}

// Store keeps documents by kind ("job", "stream"). What Put has returned survives a crash. Implementations are safe for
// concurrent use, and pass recordstest.
type Store interface {
	// Get reads a document; the error wraps ErrNotFound.
	Get(ctx context.Context, kind, id string) (Document, error)
	// Put writes a document whose Version is what must be there now (Any, New or a version); it gives the new version. The error
	// wraps ErrConflict or ErrTooLarge.
	Put(ctx context.Context, kind string, d Document) (version int64, err error)
	// PutAll writes many documents, whatever is there. Each is whole; all of them are there when it returns without error.
	PutAll(ctx context.Context, kind string, all []Document) error
	// Delete removes a document of the version named (or Any). The error wraps ErrNotFound or ErrConflict.
	Delete(ctx context.Context, kind, id string, version int64) error
	// List reads documents in the order of their identities. An error ends it.
	List(ctx context.Context, kind string, r Range) iter.Seq2[Document, error]
	// Changes gives a token after documents of a kind have changed, of this process or of others, until ctx ends; many changes may
	// be one token.
	Changes(ctx context.Context, kind string) <-chan struct{}
	Close() error
}
