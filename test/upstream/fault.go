package upstream

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// Kind is a way to answer badly.
type Kind string

// Faults of real providers.
const (
	Missing   Kind = "missing"   // 404
	Redirect  Kind = "redirect"  // 302 to a page of HTML, as NOMADS blocks
	Page      Kind = "page"      // 200 with a page of HTML
	TooMany   Kind = "too-many"  // 429 with Retry-After
	Failing   Kind = "failing"   // 503
	Truncated Kind = "truncated" // the whole length announced, half of it sent
	Short     Kind = "short"     // half of it sent, and said to be all
	OtherRun  Kind = "other-run" // what is inside is of the run before
	Slow      Kind = "slow"      // a trickle
	Reset     Kind = "reset"     // the connection breaks
	Flipped   Kind = "flipped"   // some octets are wrong
)

// Fault says which requests are answered badly. The first fault that fits is taken.
type Fault struct {
	Kind  Kind
	Path  string        // part of path and query; "": all
	From  int           // the first how manieth request of the path is hit, from 0
	Times int           // how many requests of the path are hit; 0: all
	Wait  time.Duration // Retry-After, or how long a slow answer takes
}

// fault finds what is done to a request.
func (s *Server) fault(r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.URL.RequestURI()
	key := name + " " + r.Header.Get("Range")
	n := s.tried[key]
	s.tried[key]++
	for _, f := range s.options.Faults {
		if strings.Contains(name, f.Path) && n >= f.From && (f.Times == 0 || n < f.From+f.Times) {
			return f
		}
	}
	return Fault{}
}

// page is what a portal sends instead of data.
const page = "<!DOCTYPE html>\n<html><head><title>Request blocked</title></head><body><h1>Too many requests</h1></body></html>\n"

// serve answers in the fault's way.
func (f Fault) serve(w http.ResponseWriter, r *http.Request, good http.Handler) {
	switch f.Kind {
	case "":
		good.ServeHTTP(w, r)
	case Missing:
		http.NotFound(w, r)
	case Redirect:
		http.Redirect(w, r, "/meteofrance/blocked.html", http.StatusFound)
	case Page:
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, page)
	case TooMany:
		w.Header().Set("Retry-After", strconv.Itoa(max(int(f.Wait/time.Second), 1)))
		http.Error(w, "too many requests", http.StatusTooManyRequests)
	case Failing:
		http.Error(w, "upstream is down", http.StatusServiceUnavailable)
	case Reset:
		panic(http.ErrAbortHandler)
	default:
		f.spoil(w, r, good)
	}
}

// spoil answers with what is good, damaged.
func (f Fault) spoil(w http.ResponseWriter, r *http.Request, good http.Handler) {
	if f.Kind == OtherRun {
		r = r.Clone(r.Context())
		r.Header.Set(otherRun, "1")
	}
	record := httptest.NewRecorder()
	good.ServeHTTP(record, r)
	body := record.Body.Bytes()
	for name, values := range record.Header() {
		w.Header()[name] = values
	}
	if record.Code >= 300 || len(body) < 4 {
		w.WriteHeader(record.Code)
		w.Write(body)
		return
	}
	switch f.Kind {
	case Truncated:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(record.Code)
		w.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler)
	case Short:
		body = body[:len(body)/2]
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Header().Del("ETag")
	case Flipped:
		body = append([]byte(nil), body...)
		for i := 0; i < 4 && i < len(body); i++ {
			body[i] ^= 0x55
		}
	}
	w.WriteHeader(record.Code)
	if f.Kind != Slow {
		w.Write(body)
		return
	}
	trickle(w, r, body, f.Wait)
}

// trickle sends bytes in forty pieces over a time.
func trickle(w http.ResponseWriter, r *http.Request, body []byte, over time.Duration) {
	const pieces = 40
	out := http.NewResponseController(w)
	for i := range pieces {
		if _, err := w.Write(body[len(body)*i/pieces : len(body)*(i+1)/pieces]); err != nil {
			return
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-time.After(over / pieces):
		}
	}
}

// otherRun is the header by which a fault asks for the run before.
const otherRun = "X-Upstream-Other-Run"

// String tells of a fault in a line.
func (f Fault) String() string { return fmt.Sprintf("%s %q %d+%d", f.Kind, f.Path, f.From, f.Times) }
