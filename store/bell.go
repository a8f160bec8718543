package store

import (
	"context"
	"sync"
)

// Bell tells listeners that the published state has changed: what Store.Changes promises. The zero value is ready; safe for
// concurrent use.
type Bell struct {
	mu        sync.Mutex
	listeners map[chan struct{}]bool // guarded by mu
}

// Listen gives a channel that ticks after every Ring, ticks joined while one waits; it is closed when ctx ends.
func (b *Bell) Listen(ctx context.Context) <-chan struct{} {
	ticks := make(chan struct{}, 1)
	b.mu.Lock()
	if b.listeners == nil {
		b.listeners = map[chan struct{}]bool{}
	}
	b.listeners[ticks] = true
	b.mu.Unlock()
	context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, ticks)
		close(ticks)
	})
	return ticks
}

// Ring tells all listeners.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ticks := range b.listeners {
		select {
		case ticks <- struct{}{}:
		default: // one is waiting there
		}
	}
}
