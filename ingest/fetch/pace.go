package fetch

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"time"

	"isobar/ingest/claim"
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
	path  string // file that processes share, and that outlives them; "": none

	mu sync.Mutex
	paced
}

// paced is what a provider was asked for lately.
type paced struct {
	starts []time.Time // the last PerMinute starts, in a ring
	next   int
	last   time.Time
	quiet  time.Time // nothing is asked before
}

func newPacer(r Rate, path string) *pacer {
	if r.Parallel <= 0 {
		r.Parallel = 4
	}
	return &pacer{rate: r, seats: make(chan struct{}, r.Parallel), path: path, paced: paced{starts: make([]time.Time, max(r.PerMinute, 0))}}
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
		var wait time.Duration
		if err := p.shared(ctx, func() { wait = p.reserve(time.Now()) }); err != nil {
			leave()
			return nil, err
		}
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
func (p *paced) reserve(now time.Time, spacing time.Duration) time.Duration {
	at := now
	if p.quiet.After(at) {
		at = p.quiet
	}
	if free := p.last.Add(spacing); free.After(at) && !p.last.IsZero() {
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
func (p *pacer) hush(d time.Duration) error {
	return p.shared(context.Background(), func() {
		if until := time.Now().Add(d); until.After(p.quiet) {
			p.quiet = until
		}
	})
}

func (p *pacer) reserve(now time.Time) time.Duration { return p.paced.reserve(now, p.rate.Spacing) }

// shared does something to what was asked lately, as all processes see it.
func (p *pacer) shared(ctx context.Context, do func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.path == "" {
		do()
		return nil
	}
	file, err := claim.Wait(ctx, p.path)
	if err != nil {
		return err
	}
	text := make([]byte, p.size())
	n, err := file.ReadAt(text, 0)
	if err == nil && n == len(text) {
		p.read(text)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(err, file.Close())
	}
	do()
	_, err = file.WriteAt(p.write(text[:0]), 0)
	return errors.Join(err, file.Close())
}

// size is how long the file is: a provider whose limit was changed begins anew.
func (p *paced) size() int { return 8 * (4 + len(p.starts)) }

// read takes the file's content; one for another limit says nothing.
func (p *paced) read(text []byte) {
	word := func(i int) int64 { return int64(binary.LittleEndian.Uint64(text[8*i:])) }
	if n := word(0); n != int64(len(p.starts)) {
		return
	}
	at := func(i int) time.Time {
		if word(i) == 0 {
			return time.Time{}
		}
		return time.Unix(0, word(i))
	}
	p.quiet, p.last, p.next = at(1), at(2), 0
	if next := word(3); next >= 0 && next < int64(len(p.starts)) {
		p.next = int(next)
	}
	for i := range p.starts {
		p.starts[i] = at(4 + i)
	}
}

// write makes the file's content: how many starts, quiet, last, next, starts.
func (p *paced) write(text []byte) []byte {
	put := func(v int64) { text = binary.LittleEndian.AppendUint64(text, uint64(v)) }
	at := func(t time.Time) {
		if t.IsZero() {
			put(0)
			return
		}
		put(t.UnixNano())
	}
	put(int64(len(p.starts)))
	at(p.quiet)
	at(p.last)
	put(int64(p.next))
	for _, t := range p.starts {
		at(t)
	}
	return text
}
