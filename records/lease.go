package records

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// LeaseKind is the kind of the documents that leases are.
const LeaseKind = "lease"

// ErrHeld says that another holds a lease, by wrapping.
var ErrHeld = errors.New("lease is held by another")

// releaseTime bounds how long letting a lease go may take.
const releaseTime = 5 * time.Second

// Lease is a right that one holder at a time has: a document that expires unless it is written anew. It needs compare-and-set and
// expiry alone. Clocks of several machines must agree to within a fifth of its life.
type Lease struct {
	store  Store
	name   string
	holder string
	ttl    time.Duration
	fence  int64

	mu      sync.Mutex
	version int64
	ended   bool
	context context.Context
	cancel  context.CancelCauseFunc
	stopped chan struct{} // the renewal has
}

// Acquire takes a lease if no one has it, or if the same holder has it (one that died and came back); else the error wraps
// ErrHeld. It is renewed by itself three times in its life, until Release or until ctx ends, which leaves it to expire.
func Acquire(ctx context.Context, s Store, name, holder string, ttl time.Duration) (*Lease, error) {
	began := time.Now()
	version := New
	switch d, err := s.Get(ctx, LeaseKind, name); {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return nil, fmt.Errorf("lease %q: %w", name, err)
	case string(d.Body) != holder:
		return nil, fmt.Errorf("%w: %q by %q until %s", ErrHeld, name, d.Body, d.Expires.Format(time.RFC3339))
	default:
		version = d.Version
	}
	l := &Lease{store: s, name: name, holder: holder, ttl: ttl, version: version, stopped: make(chan struct{})}
	if err := l.write(ctx, began); errors.Is(err, ErrConflict) {
		return nil, fmt.Errorf("%w: %q: %w", ErrHeld, name, err)
	} else if err != nil {
		return nil, fmt.Errorf("lease %q: %w", name, err)
	}
	l.fence = l.version
	l.context, l.cancel = context.WithCancelCause(ctx)
	go l.keep(began)
	return l, nil
}

// Fence is the lease's number: each holder's is greater than all before, also across Release and expiry.
func (l *Lease) Fence() int64 { return l.fence }

// Context ends when the lease is lost or released, or when the context of Acquire ends. What only the holder may do is done
// under it.
func (l *Lease) Context() context.Context { return l.context }

// write writes the lease anew, from a moment on.
func (l *Lease) write(ctx context.Context, from time.Time) error {
	v, err := l.store.Put(ctx, LeaseKind, Document{ID: l.name, Version: l.version, Body: []byte(l.holder), Expires: from.Add(l.ttl)})
	if err == nil {
		l.version = v
	}
	return err
}

// Renew prolongs the lease from now on. If another has it by now, the lease is lost, and the error wraps ErrHeld.
func (l *Lease) Renew(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return fmt.Errorf("%w: %q was let go", ErrHeld, l.name)
	}
	err := l.write(ctx, time.Now())
	if errors.Is(err, ErrConflict) {
		err = fmt.Errorf("%w: %q: %w", ErrHeld, l.name, err)
		l.ended = true
		l.cancel(err)
	}
	return err
}

// keep renews the lease until it ends. A store that fails is asked again until the lease's life is nearly over: then it is lost,
// before another can have it.
func (l *Lease) keep(renewed time.Time) {
	defer close(l.stopped)
	wait := l.ttl / 3
	for {
		select {
		case <-l.context.Done():
			return
		case <-time.After(wait):
		}
		began := time.Now()
		deadline := renewed.Add(l.ttl - l.ttl/5)
		ctx, cancel := context.WithDeadline(l.context, deadline)
		err := l.Renew(ctx)
		cancel()
		switch {
		case err == nil:
			renewed, wait = began, l.ttl/3
		case l.context.Err() != nil:
			return
		case !time.Now().Before(deadline):
			l.cancel(fmt.Errorf("lease %q is lost: %w", l.name, err))
			return
		default:
			wait = min(l.ttl/20, time.Until(deadline))
		}
	}
}

// Release lets the lease go, so that another can have it at once. It may be called when the lease is lost, and after its context
// has ended.
func (l *Lease) Release() {
	l.cancel(context.Canceled)
	<-l.stopped
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	l.ended = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.context), releaseTime)
	defer cancel()
	_ = l.store.Delete(ctx, LeaseKind, l.name, l.version) // else it expires
}

// Hold does something while it has a lease, that one of several processes does: it waits for the lease, calls do with a context
// that ends when the lease is lost, and if do returns because of that, waits again. It ends with ctx, or when do returns for
// another reason.
func Hold(ctx context.Context, s Store, name, holder string, ttl time.Duration, do func(ctx context.Context, fence int64) error) error {
	changes := s.Changes(ctx, LeaseKind)
	for {
		l, err := Acquire(ctx, s, name, holder, ttl)
		if err == nil {
			err = do(l.Context(), l.Fence())
			lost := l.Context().Err() != nil
			l.Release()
			if !lost {
				return err
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		select { // held by another, lost, or the store fails
		case <-ctx.Done():
			return ctx.Err()
		case <-changes:
			pause(ctx, ttl/50) // others change leases all the time
		case <-time.After(ttl / 4):
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
