// Package records keeps small documents at rest: jobs, stored probes, streams, alerts, keys, leases.
package records

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// Document is a small text (JSON) with an identity and a version. Versions rise with every write of the identity, also across
// deletion; the first is 1 or more, and there may be gaps.
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

// Bounds of a document.
const (
	MaxBody = 8 << 20 // bytes of a body
	MaxID   = 1024    // bytes of an identity, and of a kind
)

// ErrNotFound and its siblings say why a document can't be had or written, by wrapping. ErrUnavailable is of a database that is out of reach for now.
var (
	ErrUnavailable = errors.New("documents are out of reach for now")
	ErrNotFound    = errors.New("no such document")
	ErrConflict    = errors.New("document has changed")
	ErrTooLarge    = errors.New("document too large")
	ErrName        = errors.New("no name for a document")
	ErrClosed      = errors.New("records are closed")
)

// Check tells whether a document can be written: its identity and its kind are 1 to MaxID bytes, and no 0 among them, its body
// up to MaxBody. Implementations of Store call it; the error wraps ErrName or ErrTooLarge.
func Check(kind string, d Document) error {
	for _, name := range []string{kind, d.ID} {
		if name == "" || len(name) > MaxID || strings.IndexByte(name, 0) >= 0 {
			return fmt.Errorf("%w: %.80q of kind %.80q", ErrName, d.ID, kind)
		}
	}
	if len(d.Body) > MaxBody {
		return fmt.Errorf("%w: %s %q has %d bytes, at most %d may be", ErrTooLarge, kind, d.ID, len(d.Body), MaxBody)
	}
	return nil
}

// Prefix is all identities that begin with one, which ends in a byte below 255.
func Prefix(prefix string) Range {
	if prefix == "" {
		return Range{}
	}
	last := len(prefix) - 1
	return Range{From: prefix, To: prefix[:last] + string([]byte{prefix[last] + 1})}
}

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
