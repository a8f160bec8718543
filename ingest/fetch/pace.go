package fetch

import (
	"context"
	"sync"
	"time"
)

// Rate is how a provider is to be treated.
type Rate struct {
	PerMinute int           // requests in any 60 seconds; 0: no limit
	Parallel  int           // at once; 0: four
	Spacing   time.Duration // between the starts of two
}

// pacer lets requests to one provider through, one after another as its rate allows.
type pacer struct {
	rate  Rate
	seats chan struct{}

	mu     sync.Mutex
	starts []time.Time // the last PerMinute starts, in a ring
	next   int
	last   time.Time
	quiet  time.Time // nothing is asked before
}

func newPacer(r Rate) *pacer {
	if r.Parallel <= 0 {
		r.Parallel = 4
	}
	return &pacer{rate: r, seats: make(chan struct{}, r.Parallel), starts: make([]time.Time, max(r.PerMinute, 0))}
}

// enter waits for a seat and a time; leave gives the seat back.
func (p *pacer) enter(ctx context.Context) (leave func(), err error) {
	select {
	case p.seats <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	leave = func() { <-p.seats }
	for {
		wait := p.reserve(time.Now())
		if wait <= 0 {
			return leave, nil
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			leave()
			return nil, ctx.Err()
		}
	}
}

// window is a minute and a little: clocks and networks are not exact.
const window = time.Minute + 500*time.Millisecond

// reserve takes the present moment for a request, or tells how long to wait before asking again.
func (p *pacer) reserve(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := now
	if p.quiet.After(at) {
		at = p.quiet
	}
	if free := p.last.Add(p.rate.Spacing); free.After(at) && !p.last.IsZero() {
		at = free
	}
	if len(p.starts) > 0 {
		if oldest := p.starts[p.next]; !oldest.IsZero() && oldest.Add(window).After(at) {
			at = oldest.Add(window)
		}
	}
	if at.After(now) {
		return at.Sub(now)
	}
	if len(p.starts) > 0 {
		p.starts[p.next] = now
		p.next = (p.next + 1) % len(p.starts)
	}
	p.last = now
	return 0
}

// hush lets nothing through for a while: the provider has asked for it.
func (p *pacer) hush(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.quiet) {
		p.quiet = until
	}
}
