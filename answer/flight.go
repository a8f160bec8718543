package answer

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// errFinished is a body asked for after Done.
var errFinished = errors.New("answer: the body is asked for after Done")

// lease is a hold of a catalogue that a request shares with the flight it started: the flight goes on for others when the
// request has left.
type lease struct {
	release func()
	holders atomic.Int64
}

func newLease(release func()) *lease {
	l := &lease{release: release}
	l.holders.Store(1)
	return l
}

// join adds a holder, unless the last one has left.
func (l *lease) join() bool {
	for {
		n := l.holders.Load()
		if n == 0 {
			return false
		}
		if l.holders.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (l *lease) leave() {
	if l.holders.Add(-1) == 0 {
		l.release()
	}
}

// flights does the same work once for all who ask for it at the same time. The zero value is ready.
type flights struct {
	mu  sync.Mutex
	now map[string]*flight
}

// flight is work under way. body and err are set before done is closed.
type flight struct {
	done    chan struct{}
	body    []byte
	err     error
	waiting int // who waits; guarded by flights
	cancel  context.CancelFunc
}

// do gives what work gives, or what it gives to another who asked for key before and still waits. Who leaves, because ctx ends,
// takes nothing from the others; when the last one has left the work's context ends. The work holds what hold holds.
func (f *flights) do(ctx context.Context, key string, hold *lease, work func(context.Context) ([]byte, error)) ([]byte, error) {
	f.mu.Lock()
	one := f.now[key]
	if one == nil {
		if !hold.join() {
			f.mu.Unlock()
			return nil, errFinished
		}
		one = f.start(ctx, key, hold, work)
	}
	one.waiting++
	f.mu.Unlock()
	select {
	case <-one.done:
		return one.body, one.err
	case <-ctx.Done():
	}
	f.mu.Lock()
	one.waiting--
	if one.waiting == 0 {
		one.cancel()
		f.forget(key, one) // who comes now begins anew
	}
	f.mu.Unlock()
	return nil, ctx.Err()
}

// start begins a flight. A panic in the work becomes its error.
func (f *flights) start(ctx context.Context, key string, hold *lease, work func(context.Context) ([]byte, error)) *flight {
	if f.now == nil {
		f.now = map[string]*flight{}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	one := &flight{done: make(chan struct{}), cancel: cancel}
	f.now[key] = one
	go func() {
		defer hold.leave()
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				one.body, one.err = nil, fmt.Errorf("answer: panic: %v\n%s", p, debug.Stack())
			}
			f.mu.Lock()
			f.forget(key, one)
			f.mu.Unlock()
			close(one.done)
		}()
		one.body, one.err = work(ctx)
	}()
	return one
}

// forget takes a flight off the list, if it is on it.
func (f *flights) forget(key string, one *flight) {
	if f.now[key] == one {
		delete(f.now, key)
	}
}
