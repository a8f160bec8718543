package gateway

import (
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// How an upstream that fails is spared: after so many failures in a row, for so long, doubled each time it fails again at once.
const (
	trips     = 5
	firstRest = time.Second
	longRest  = 30 * time.Second
)

// upstream is a server that requests are sent on to.
type upstream struct {
	name string // host and port
	url  *url.URL

	pending atomic.Int64

	mu       sync.Mutex
	down     bool // its probe fails, or nothing listens
	failures int  // in a row
	rest     time.Duration
	until    time.Time // it is spared
	why      string
}

func newUpstream(address string) (*upstream, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	return &upstream{name: u.Host, url: u}, nil
}

// usable tells that requests may be sent: it is up, and is not spared, or has rested.
func (u *upstream) usable(now time.Time, most int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return !u.down && (most <= 0 || u.pending.Load() < int64(most)) && (u.failures < trips || !now.Before(u.until))
}

// claim notes that a request is sent: where one has rested, the others wait for what this one finds.
func (u *upstream) claim(now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.failures >= trips {
		u.until = now.Add(u.rest)
	}
}

// up tells that it answers, as far as is known.
func (u *upstream) up() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return !u.down
}

// succeeded notes an answer.
func (u *upstream) succeeded() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.failures, u.rest, u.why = 0, 0, ""
}

// failed notes a request that got no answer, or that the server could not answer. gone: nothing listens.
func (u *upstream) failed(now time.Time, why string, gone bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.failures++
	u.why = why
	if gone {
		u.down = true
	}
	if u.failures >= trips {
		u.rest = min(max(2*u.rest, firstRest), longRest)
		u.until = now.Add(u.rest)
	}
}

// probed notes what a probe found; it tells whether that is news.
func (u *upstream) probed(err error) (changed bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	changed = u.down != (err != nil)
	u.down = err != nil
	if err != nil {
		u.why = err.Error()
		return changed
	}
	u.why = ""
	if changed {
		u.failures, u.rest = 0, 0
	}
	return changed
}

// state is what is told of it.
func (u *upstream) state() (up bool, why string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return !u.down && u.failures < trips, u.why
}

// pick is the usable one with the fewest requests under way, of those not tried yet; nil: there is none. turn breaks ties, so that
// idle ones take turns.
func pick(all []*upstream, tried map[*upstream]bool, most int, now time.Time, turn int) *upstream {
	var best *upstream
	for i := range all {
		u := all[(i+turn)%len(all)]
		if tried[u] || best != nil && u.pending.Load() >= best.pending.Load() || !u.usable(now, most) {
			continue
		}
		best = u
	}
	return best
}
