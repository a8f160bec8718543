package records

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ClaimKind is the kind of the documents that claims are.
const ClaimKind = "claim"

// claimLife is how long a claim may be held. It is swept then, if who had it died and nobody wanted it.
const claimLife = 7 * 24 * time.Hour

// Claims gives pieces of work to one process each, among those that share a store. All that a process has claimed stands and falls with
// one lease, its membership: when the process dies that expires, and all of it is free at once. Safe for concurrent use.
type Claims struct {
	living context.Context
	store  Store
	ttl    time.Duration

	mu     sync.Mutex
	member *Lease // nil: none yet, or it was lost
	held   map[string]bool
	closed bool
}

// NewClaims makes the claims of a process. Its membership is taken when it is first needed, renewed until Close, and left to expire when ctx
// ends.
func NewClaims(ctx context.Context, s Store, ttl time.Duration) *Claims {
	return &Claims{living: ctx, store: s, ttl: ttl, held: map[string]bool{}}
}

// Member is a process's membership.
type Member struct {
	ID      string
	Context context.Context // ends when the membership is lost
}

// Member gives the process's membership: a new one, of another identity, if it has none or has lost it.
func (c *Claims) Member(ctx context.Context) (Member, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return Member{}, fmt.Errorf("membership: %w", ErrClosed)
	}
	if c.member != nil && c.member.Context().Err() != nil {
		c.member.Release()
		c.member = nil
		clear(c.held)
	}
	if c.member == nil {
		id := rand.Text()
		l, err := Acquire(c.living, boundedStore{c.store, ctx}, memberName(id), id, c.ttl)
		if err != nil {
			return Member{}, err
		}
		c.member = l
	}
	return Member{c.member.holder, c.member.Context()}, nil
}

// memberName is the name of a membership's lease.
func memberName(id string) string { return "member/" + id }

// Living tells whether a membership has not ended.
func (c *Claims) Living(ctx context.Context, id string) (bool, error) {
	_, err := c.store.Get(ctx, LeaseKind, memberName(id))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Claim is a piece of work that a process has.
type Claim struct {
	of      *Claims
	name    string
	version int64
	member  Member
	once    sync.Once
}

// Context ends when the claim is lost, with the membership.
func (c *Claim) Context() context.Context { return c.member.Context }

// Fence is the claim's number: greater than that of all who had it before.
func (c *Claim) Fence() int64 { return c.version }

// Take takes a piece of work, at once or not at all: while a living process has it, this one too, the error wraps ErrHeld.
func (c *Claims) Take(ctx context.Context, name string) (*Claim, error) {
	me, err := c.Member(ctx)
	if err != nil {
		return nil, err
	}
	version, err := c.free(ctx, name, me)
	if err != nil {
		return nil, fmt.Errorf("claim %q: %w", name, err)
	}
	version, err = c.store.Put(ctx, ClaimKind, Document{ID: name, Version: version, Body: []byte(me.ID), Expires: time.Now().Add(claimLife)})
	if err != nil {
		c.forget(name)
		if errors.Is(err, ErrConflict) {
			return nil, fmt.Errorf("%w: %q: %w", ErrHeld, name, err)
		}
		return nil, fmt.Errorf("claim %q: %w", name, err)
	}
	return &Claim{of: c, name: name, version: version, member: me}, nil
}

// free finds the version that a claim may be written over, and notes that it is being taken. A document of this process that it does
// not know of is of a Take whose answer was lost.
func (c *Claims) free(ctx context.Context, name string, me Member) (version int64, err error) {
	c.mu.Lock()
	taken := c.held[name]
	c.held[name] = true
	c.mu.Unlock()
	if taken {
		return 0, fmt.Errorf("%w: by this process", ErrHeld)
	}
	version = New
	d, err := c.store.Get(ctx, ClaimKind, name)
	if err == nil {
		version = d.Version
		if id := string(d.Body); id != me.ID {
			living := false
			if living, err = c.Living(ctx, id); living {
				err = fmt.Errorf("%w: by %s", ErrHeld, id)
			}
		}
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		c.forget(name)
		return 0, err
	}
	return version, nil
}

// forget notes that a claim is not held here.
func (c *Claims) forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.held, name)
}

// retryRelease is how often letting a claim go is tried again while the store fails.
const retryRelease = time.Second

// Release lets the piece of work go. If the store fails that is tried again, until the membership ends.
func (c *Claim) Release() {
	c.once.Do(func() {
		if !c.release() {
			go func() {
				for !c.release() {
					pause(c.member.Context, retryRelease)
				}
			}()
		}
	})
}

// release tells whether the claim is no longer held.
func (c *Claim) release() bool {
	if c.member.Context.Err() == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.member.Context), releaseTime)
		defer cancel()
		err := c.of.store.Delete(ctx, ClaimKind, c.name, c.version)
		if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrConflict) {
			return false
		}
		c.of.forget(c.name)
	}
	return true
}

// Close ends the membership, and with it lets all claims go.
func (c *Claims) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.member != nil {
		c.member.Release()
		c.member = nil
	}
}

// boundedStore gives up asking for a lease when a context ends that the lease itself outlives.
type boundedStore struct {
	Store
	ctx context.Context
}

// Get implements Store.
func (b boundedStore) Get(ctx context.Context, kind, id string) (Document, error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.ctx, cancel)()
	return b.Store.Get(inner, kind, id)
}
