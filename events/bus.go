package events

import (
	"context"
	"strconv"
	"sync"
	"time"
)

// Bus tells events to whoever listens in this process, and remembers the last ones, so that a listener who was away goes on where
// it was. Publishing never waits for listeners: who is slower than the memory is long is told that events were missed. Safe for
// concurrent use.
type Bus struct {
	now func() time.Time

	mu   sync.Mutex
	ring []Event
	ids  []uint64 // of ring, rising
	next int      // events published so far; the last are in ring
	last uint64   // the last id
	// forgotten is the id of the last event that is not in ring any more; 0: none
	forgotten uint64
	bell      chan struct{} // closed at the next event
}

// NewBus makes a bus that remembers up to some events; nil is the system's clock.
func NewBus(remember int, now func() time.Time) *Bus {
	if now == nil {
		now = time.Now
	}
	remember = max(remember, 1)
	return &Bus{now: now, ring: make([]Event, remember), ids: make([]uint64, remember), bell: make(chan struct{})}
}

// Publish tells an event, and gives it as it was told: without an identity it gets the message's, without a time the clock's.
func (b *Bus) Publish(e Event) Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	// Identities rise across restarts, as the clock does: a program publishes less than an event a microsecond.
	b.last = max(b.last+1, uint64(max(now.UnixMicro(), 0)))
	if e.ID == "" {
		e.ID = strconv.FormatUint(b.last, 10)
	}
	if e.Time.IsZero() {
		e.Time = now.UTC()
	}
	at := b.next % len(b.ring)
	b.forgotten = b.ids[at]
	b.ring[at], b.ids[at] = e, b.last
	b.next++
	close(b.bell)
	b.bell = make(chan struct{})
	return e
}

// Message is an event as a listener hears it.
type Message struct {
	ID     string // to go on after; rising, and another's than the event's own
	Event  Event
	Missed bool // events before this one were missed
}

// Reader is a listener's place. It belongs to one goroutine.
type Reader struct {
	bus    *Bus
	next   int
	missed bool
}

// Listen begins after a message heard before ("": now). If that one is no more remembered, all that is remembered comes, and the
// first of it, or the next event if there is none, tells that some may have been missed.
func (b *Bus) Listen(after string) *Reader {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := &Reader{bus: b, next: b.next}
	if after == "" {
		return r
	}
	id, err := strconv.ParseUint(after, 10, 64)
	oldest := max(b.next-len(b.ring), 0)
	for r.next > oldest && (err != nil || b.ids[(r.next-1)%len(b.ring)] > id) {
		r.next--
	}
	// Nothing was missed if the message before is the one named.
	before := b.forgotten
	if r.next > oldest {
		before = b.ids[(r.next-1)%len(b.ring)]
	}
	r.missed = err != nil || before != id
	return r
}

// Next waits for the next event. Its error is ctx's.
func (r *Reader) Next(ctx context.Context) (Message, error) {
	for {
		m, bell, ok := r.take()
		if ok {
			return m, nil
		}
		select {
		case <-bell:
		case <-ctx.Done():
			return Message{}, ctx.Err()
		}
	}
}

// take gives the next event if there is one, else what rings when there is.
func (r *Reader) take() (m Message, bell <-chan struct{}, ok bool) {
	b := r.bus
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.next == b.next {
		return m, b.bell, false
	}
	if oldest := b.next - len(b.ring); r.next < oldest {
		r.next, r.missed = oldest, true
	}
	at := r.next % len(b.ring)
	m = Message{ID: strconv.FormatUint(b.ids[at], 10), Event: b.ring[at], Missed: r.missed}
	r.next, r.missed = r.next+1, false
	return m, nil, true
}
