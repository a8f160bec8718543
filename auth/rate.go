package auth

import (
	"math"
	"sync"
	"time"
)

// Rate is how much one client may ask: so much at once, and so much a second from then on. What is counted is the caller's: requests,
// bytes, values.
type Rate struct {
	Burst     float64 `yaml:"burst"`      // what may be spent at once
	PerSecond float64 `yaml:"per_second"` // what comes back; 0: any number may be asked
}

// maxClients bounds how many clients are remembered; the longest idle ones are forgotten first, which forgives them.
const maxClients = 100_000

// Rates keeps clients to a rate. Safe for concurrent use; the zero Rate lets everything through.
type Rates struct {
	rate Rate
	now  func() time.Time

	mu      sync.Mutex
	clients map[string]*bucket
	swept   time.Time
}

// bucket is what a client may still ask.
type bucket struct {
	left float64
	at   time.Time
}

// NewRates makes one; now is time.Now but in tests.
func NewRates(r Rate, now func() time.Time) *Rates {
	return &Rates{rate: r, now: now, clients: map[string]*bucket{}}
}

// Take takes from a client's bucket; if there is not enough it tells how long to wait, and takes nothing.
func (r *Rates) Take(client string, amount float64) (wait time.Duration, ok bool) {
	if r.rate.PerSecond <= 0 {
		return 0, true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	r.sweep(now)
	b := r.clients[client]
	if b == nil {
		b = &bucket{left: r.rate.Burst, at: now}
		r.clients[client] = b
	}
	b.left = min(r.rate.Burst, b.left+now.Sub(b.at).Seconds()*r.rate.PerSecond)
	b.at = now
	if amount > r.rate.Burst { // it would never be let through: a full bucket will do
		amount = r.rate.Burst
	}
	if b.left < amount {
		return time.Duration(math.Ceil((amount-b.left)/r.rate.PerSecond*1000)) * time.Millisecond, false
	}
	b.left -= amount
	return 0, true
}

// Spent tells that Take would not give anything now, and how long to wait.
func (r *Rates) Spent(client string) (wait time.Duration, spent bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.clients[client]
	if b == nil || r.rate.PerSecond <= 0 {
		return 0, false
	}
	left := b.left + r.now().Sub(b.at).Seconds()*r.rate.PerSecond
	return time.Duration(math.Ceil((1-left)/r.rate.PerSecond*1000)) * time.Millisecond, left < 1
}

// Give gives back what Take took.
func (r *Rates) Give(client string, amount float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b := r.clients[client]; b != nil {
		b.left = min(r.rate.Burst, b.left+amount)
	}
}

// sweep forgets clients whose buckets are full again, at most once a minute unless there are too many.
func (r *Rates) sweep(now time.Time) {
	if now.Sub(r.swept) < time.Minute && len(r.clients) < maxClients {
		return
	}
	r.swept = now
	full := time.Duration(r.rate.Burst / r.rate.PerSecond * float64(time.Second))
	for name, b := range r.clients {
		if now.Sub(b.at) >= full || len(r.clients) >= maxClients {
			delete(r.clients, name)
		}
	}
}
