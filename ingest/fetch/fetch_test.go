package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isobar/ingest/source"
)

func TestAnswersAreJudged(t *testing.T) {
	body := strings.Repeat("GRIB", 100)
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		ask    Request
		want   error
		after  time.Duration
		bytes  int64
	}{
		"whole": {answer: func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, body) }, bytes: 400},
		"part": {answer: func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(body))
		}, ask: Request{From: 4, To: 12}, bytes: 8},
		"all of it where a part was wanted": {answer: func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, body) }, ask: Request{From: 4, To: 12}, want: source.ErrContent},
		"missing":                           {answer: http.NotFound, want: source.ErrNotYet},
		"gone":                              {answer: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(410) }, want: source.ErrGone},
		"page": {answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "<html>")
		}, want: source.ErrContent},
		"blocked": {answer: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/abuse", http.StatusFound) }, want: source.ErrBlocked, after: 10 * time.Minute},
		"too many": {answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "77")
			w.WriteHeader(429)
		}, want: source.ErrBlocked, after: 77 * time.Second},
		"no key": {answer: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) }, want: source.ErrBlocked},
		"cut": {answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "400")
			fmt.Fprint(w, body[:200])
		}, want: source.ErrContent},
		"endless": {answer: func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, body) }, ask: Request{Max: 399}, want: source.ErrContent},
	} {
		h := httptest.NewServer(http.HandlerFunc(c.answer))
		client := New(Options{})
		c.ask.URL = h.URL + "/file?apikey=secret"
		var got bytes.Buffer
		r, err := client.Get(context.Background(), c.ask, &got)
		h.Close()
		var later *source.RetryAfter
		errors.As(err, &later)
		switch {
		case !errors.Is(err, c.want), c.want != nil && err == nil:
			t.Errorf("%s: %v, want %v", name, err, c.want)
		case err == nil && (r.Bytes != c.bytes || got.Len() != int(c.bytes)):
			t.Errorf("%s: %d bytes, want %d", name, r.Bytes, c.bytes)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: the key is told: %v", name, err)
		case c.after > 0 && (later == nil || later.After != c.after):
			t.Errorf("%s: %v, want a wait of %s", name, err, c.after)
		}
	}
}

func TestNoMinuteHoldsMoreRequestsThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(Rate{PerMinute: 10, Parallel: 3}, "")
		var starts []time.Time
		for range 35 {
			leave, err := p.enter(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			starts = append(starts, time.Now())
			time.Sleep(100 * time.Millisecond)
			leave()
		}
		for i := 10; i < len(starts); i++ {
			if d := starts[i].Sub(starts[i-10]); d < time.Minute {
				t.Errorf("requests %d to %d lie within %s", i-10, i, d)
			}
		}
		if took := starts[34].Sub(starts[0]); took > 4*time.Minute {
			t.Errorf("35 requests of 10 a minute took %s", took)
		}
	})
}

func TestAProviderThatAsksForQuietIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(Rate{}, "")
		began := time.Now()
		_ = p.hush(time.Minute) // it has no file
		leave, err := p.enter(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		leave()
		if waited := time.Since(began); waited < time.Minute {
			t.Errorf("asked again after %s", waited)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = p.hush(time.Hour)
		if _, err := p.enter(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting goes on after its context ended: %v", err)
		}
	})
}

func TestASilentProviderIsGivenUp(t *testing.T) {
	stop := make(chan struct{})
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "GRIB")
		_ = http.NewResponseController(w).Flush() // the client sees it or not
		<-stop
	}))
	defer h.Close()
	defer close(stop)
	client := New(Options{Idle: 50 * time.Millisecond})
	if _, err := client.Get(context.Background(), Request{URL: h.URL}, &bytes.Buffer{}); !errors.Is(err, errIdle) {
		t.Errorf("a silent provider: %v", err)
	}
}
