package gateway

import (
	"context"
	"math"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"isobar/auth"
)

// Limiter keeps clients to what they may ask. Make it with NewLimiter. Safe for concurrent use.
type Limiter struct {
	config Limits
	rates  *auth.Rates
	quotas *auth.Quotas // nil: none

	mu    sync.Mutex
	under map[string]int // requests under way, by client
}

// NewLimiter makes one of a configuration's rates, costs and requests under way of one client.
func NewLimiter(c Limits) *Limiter {
	return &Limiter{config: c, rates: auth.NewRates(c.Requests, time.Now), under: map[string]int{}}
}

// Keep keeps clients to quotas in addition. It is called before the limiter is used.
func (l *Limiter) Keep(q *auth.Quotas) { l.quotas = q }

// Counting counts the bytes that a handler answers among what their client may have in a day or a month.
func (l *Limiter) Counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !l.quotas.On() {
			next.ServeHTTP(w, r)
			return
		}
		s := &spending{ResponseWriter: w}
		defer func() {
			if s.who != "" {
				l.quotas.Spend(s.who, s.bytes)
			}
		}()
		next.ServeHTTP(s, r.WithContext(context.WithValue(r.Context(), spendingKey{}, s)))
	})
}

// spendingKey is where a request's context keeps what counts its answer.
type spendingKey struct{}

// spending counts the bytes of an answer.
type spending struct {
	http.ResponseWriter
	who   string // "": it is not counted
	bytes int64
}

// Write implements io.Writer.
func (s *spending) Write(p []byte) (int, error) {
	n, err := s.ResponseWriter.Write(p)
	s.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (s *spending) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// quota takes a request of what its client may ask in a day or a month.
func (l *Limiter) quota(who string, r *http.Request, header http.Header) *fault {
	if !l.quotas.On() || r.Method == http.MethodOptions || strings.HasPrefix(r.URL.Path, auth.SignInPath) {
		return nil
	}
	all, ok := l.quotas.Take(who)
	if auth.Tell(header, all); !ok {
		return &fault{http.StatusTooManyRequests, "NoApplicableCode", "", "the quota is used up: RateLimit tells until when"}
	}
	if s, ok := r.Context().Value(spendingKey{}).(*spending); ok {
		s.who = who
	}
	return nil
}

// Enter takes a request of a client; if it may not be asked now, the client is told so, and ok is false. leave is called when it is
// answered.
func (l *Limiter) Enter(w http.ResponseWriter, r *http.Request, who string) (leave func(), ok bool) {
	leave, f := l.enter(who, r, w.Header())
	if f != nil {
		Refuse(w, r, f.status, f.code, f.locator, f.text)
		return nil, false
	}
	return leave, true
}

// enter takes a request of a client, or says why not. leave is called when it is answered.
func (l *Limiter) enter(who string, r *http.Request, header http.Header) (leave func(), f *fault) {
	if wait, ok := l.rates.Take(who, l.cost(r)); !ok {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		return nil, &fault{http.StatusTooManyRequests, "NoApplicableCode", "", "too many requests: ask again in " + wait.Round(100*time.Millisecond).String()}
	}
	if f := l.quota(who, r, header); f != nil {
		return nil, f
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
func (l *Limiter) cost(r *http.Request) float64 {
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
