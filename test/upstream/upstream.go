// Package upstream plays the servers that forecasts come from: NOAA's NOMADS and its buckets with .idx files, ECMWF's open data with .index
// files, DWD's open data packed by bzip2, and Meteo-France's packages and WCS. What it gives are real messages moved to the run and step
// asked for; runs appear over time, and faults come on demand.
package upstream

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options are a server's settings.
type Options struct {
	Clock  func() time.Time // what time it is there; nil: time.Now
	Delay  time.Duration    // from a run's time to its first step
	Pace   time.Duration    // between two steps' publication
	Keep   time.Duration    // runs older than this are gone; 0: a day
	Limit  int              // requests a minute on NOMADS before it blocks; 0: 120
	Faults []Fault
}

// Request is one that was made.
type Request struct {
	At     time.Time // by the wall, as limits are
	Method string
	URL    string // path and query
	Range  string
	Status int
	Bytes  int
	Fault  Kind // what was done to it
}

// Server plays all providers below one address: /nomads, /noaa, /ecmwf, /dwd, /meteofrance. Safe for concurrent use.
type Server struct {
	options Options
	pool    Pool
	mux     *http.ServeMux

	mu       sync.Mutex
	requests []Request
	tried    map[string]int // requests of a path, to which faults are counted
	recent   []time.Time    // on NOMADS, within a minute
}

// New makes a server of samples.
func New(pool Pool, options Options) *Server {
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.Keep == 0 {
		options.Keep = 24 * time.Hour
	}
	if options.Limit == 0 {
		options.Limit = 120
	}
	s := &Server{options: options, pool: pool, mux: http.NewServeMux(), tried: map[string]int{}}
	s.mux.HandleFunc("GET /nomads/cgi-bin/{script}", s.nomads)
	s.mux.HandleFunc("GET /noaa/{path...}", s.noaa)
	s.mux.HandleFunc("GET /ecmwf/{path...}", s.ecmwf)
	s.mux.HandleFunc("GET /dwd/{path...}", s.dwd)
	s.mux.HandleFunc("GET /meteofrance/{path...}", s.meteofrance)
	return s
}

// ServeHTTP answers, well or, where a fault says so, badly.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	record := Request{At: time.Now(), Method: r.Method, URL: r.URL.RequestURI(), Range: r.Header.Get("Range")}
	counted := &counting{ResponseWriter: w}
	s.mu.Lock()
	number := len(s.requests)
	s.requests = append(s.requests, record)
	s.mu.Unlock()
	defer func() {
		record.Status, record.Bytes = counted.status, counted.bytes
		s.mu.Lock()
		s.requests[number] = record
		s.mu.Unlock()
	}()
	if strings.HasPrefix(r.URL.Path, "/nomads/") && s.blocked(record.At) {
		http.Redirect(counted, r, "https://www.weather.gov/abuse", http.StatusFound)
		return
	}
	fault := s.fault(r)
	record.Fault = fault.Kind
	s.mu.Lock()
	s.requests[number] = record
	s.mu.Unlock()
	fault.serve(counted, r, s.mux)
}

// blocked counts a request on NOMADS, and tells that there were too many within a minute.
func (s *Server) blocked(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	recent := s.recent[:0]
	for _, t := range s.recent {
		if now.Sub(t) < time.Minute {
			recent = append(recent, t)
		}
	}
	s.recent = append(recent, now)
	return len(s.recent) > s.options.Limit
}

// Requests lists what was asked so far; of those under way status and bytes are not known yet.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Published tells whether a step of a run is there: yes, not yet, or no longer.
func (s *Server) Published(run time.Time, step time.Duration, number int) (is, gone bool) {
	now := s.options.Clock()
	at := run.Add(s.options.Delay + time.Duration(number)*s.options.Pace)
	return !now.Before(at) && now.Sub(run) <= s.options.Keep, now.Sub(run) > s.options.Keep
}

// counting keeps what was answered.
type counting struct {
	http.ResponseWriter
	status, bytes int
}

func (c *counting) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counting) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes += n
	return n, err
}

// Unwrap gives the writer below, for http.ResponseController.
func (c *counting) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// send answers with bytes: ranges and conditions are http.ServeContent's.
func send(w http.ResponseWriter, r *http.Request, modified time.Time, body []byte) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("ETag", fmt.Sprintf(`"%x-%x"`, modified.Unix(), len(body)))
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}
