package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"isobar/records"
)

// The kinds of what is kept in the records.
const (
	endedKind  = "session-ended"
	secretKind = "session-secret"
	quotaKind  = "quota"
)

// Ended is which sessions have ended before their time, on any server over the same records. Safe for concurrent use.
type Ended struct {
	store records.Store // nil: it is known here alone

	mu  sync.Mutex
	all map[string]time.Time // until when a session would have been
}

// NewEnded makes one; store may be nil.
func NewEnded(store records.Store) *Ended {
	return &Ended{store: store, all: map[string]time.Time{}}
}

// has tells that a session has ended.
func (e *Ended) has(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, ok := e.all[id]
	return ok
}

// end notes that a session has ended.
func (e *Ended) end(ctx context.Context, id string, until time.Time) error {
	e.mu.Lock()
	for other, t := range e.all { // signing out is rare
		if time.Now().After(t) {
			delete(e.all, other)
		}
	}
	e.all[id] = until
	e.mu.Unlock()
	if e.store == nil {
		return nil
	}
	_, err := e.store.Put(ctx, endedKind, records.Document{ID: id, Version: records.Any, Body: []byte("{}"), Expires: until})
	return err
}

// Run hears which sessions other servers have ended, until ctx ends.
func (e *Ended) Run(ctx context.Context, log *slog.Logger) error {
	if e.store == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	changes := e.store.Changes(ctx, endedKind)
	for {
		if err := e.learn(ctx); err != nil && ctx.Err() == nil {
			log.Warn("which sessions have ended can't be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case _, ok := <-changes:
			if !ok {
				<-ctx.Done()
				return ctx.Err()
			}
		}
	}
}

// learn reads what has ended.
func (e *Ended) learn(ctx context.Context) error {
	for d, err := range e.store.List(ctx, endedKind, records.Range{}) {
		if err != nil {
			return err
		}
		e.mu.Lock()
		e.all[d.ID] = d.Expires
		e.mu.Unlock()
	}
	return nil
}

// SharedSecret is the secret of sessions that all servers over the same records have: the first one makes it. Without records it is
// this process' own: sessions end with it.
func SharedSecret(ctx context.Context, store records.Store) ([]byte, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails
	if store == nil {
		return fresh, nil
	}
	const id = "1"
	_, err := store.Put(ctx, secretKind, records.Document{ID: id, Version: records.New, Body: fresh})
	if err == nil {
		return fresh, nil
	}
	if !errors.Is(err, records.ErrConflict) {
		return nil, fmt.Errorf("secret of sessions: %w", err)
	}
	d, err := store.Get(ctx, secretKind, id)
	if err != nil {
		return nil, fmt.Errorf("secret of sessions: %w", err)
	}
	return d.Body, nil
}
