package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"isobar/ingest/source"
)

func TestARestartBeginsNoNewMinute(t *testing.T) {
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "GRIB") }))
	defer h.Close()
	folder := t.TempDir()
	life := func() *Client { // each has the folder in common with those before
		return New(Options{Folder: folder, Rates: map[string]Rate{"one": {PerMinute: 5}}})
	}
	for i := range 5 {
		if _, err := life().Get(t.Context(), Request{Provider: "one", URL: h.URL}, io.Discard); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := life().Get(ctx, Request{Provider: "one", URL: h.URL}, io.Discard); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the sixth request of a minute, in a sixth life: %v", err)
	}
	other := New(Options{Folder: folder, Rates: map[string]Rate{"one": {PerMinute: 7}}}) // a limit that was changed begins anew
	if _, err := other.Get(t.Context(), Request{Provider: "one", URL: h.URL}, io.Discard); err != nil {
		t.Error(err)
	}
}

func TestAPageThatARedirectLeadsToIsABlock(t *testing.T) {
	key := "none"
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key = r.Header.Get("Apikey")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>")
	}))
	defer elsewhere.Close()
	h := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/sorry.html", http.StatusFound))
	defer h.Close()
	_, err := New(Options{Blocked: time.Hour}).Get(t.Context(), Request{URL: h.URL, Header: http.Header{"Apikey": {"secret"}}}, io.Discard)
	var later *source.RetryAfter
	if !errors.As(err, &later) || later.After != time.Hour || !errors.Is(err, source.ErrBlocked) {
		t.Errorf("a redirect to a page: %v", err)
	}
	if key != "" {
		t.Errorf("another host was told the key %q", key)
	}
}
