package gateway

import (
	"math"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"isobar/auth"
)

// limits keep clients to what they may ask.
type limits struct {
	config Limits
	rates  *auth.Rates

	mu    sync.Mutex
	under map[string]int // requests under way, by client
}

func newLimits(c Limits) *limits {
	return &limits{config: c, rates: auth.NewRates(c.Requests, time.Now), under: map[string]int{}}
}

// enter takes a request of a client, or says why not. leave is called when it is answered.
func (l *limits) enter(who string, r *http.Request, header http.Header) (leave func(), f *fault) {
	if wait, ok := l.rates.Take(who, l.cost(r)); !ok {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		return nil, &fault{http.StatusTooManyRequests, "NoApplicableCode", "", "too many requests: ask again in " + wait.Round(100*time.Millisecond).String()}
	}
	if l.config.Client == 0 {
		return func() {}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.under[who] >= l.config.Client {
		header.Set("Retry-After", "1")
		return nil, &fault{http.StatusTooManyRequests, "NoApplicableCode", "", "more than " + strconv.Itoa(l.config.Client) + " requests at a time"}
	}
	l.under[who]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.under[who]--; l.under[who] <= 0 {
			delete(l.under, who)
		}
	}, nil
}

// cost is what a request takes of a client's budget.
func (l *limits) cost(r *http.Request) float64 {
	for _, c := range l.config.Costs {
		if ok, err := path.Match(c.Path, r.URL.Path); err != nil || !ok {
			continue
		}
		if c.Request == "" || strings.EqualFold(c.Request, parameter(r, "request")) {
			return c.Cost
		}
	}
	return 1
}
