package wcs

import (
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isobar/coverage/coveragetest"
	"isobar/ogc"
	"isobar/ogc/ogctest"
)

// service is a handler over a stub.
func service(t *testing.T) (*Handler, *ogctest.Numbers) {
	t.Helper()
	s := ogctest.NewNumbers()
	h := New(s, s.Hold, ogc.About{Title: "A & B", Abstract: "<x>", Keywords: []string{"wind"}},
		func(*http.Request) string { return "http://isobar.test" }, slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return coveragetest.Run.UTC() }
	return h, s
}

// get asks a handler by KVP.
func get(h http.Handler, query string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, Path, nil)
	r.URL.RawQuery = query
	h.ServeHTTP(w, r)
	return w
}

// post asks a handler by a document.
func post(h http.Handler, document string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, Path, strings.NewReader(document))
	r.Header.Set("Content-Type", "text/xml")
	h.ServeHTTP(w, r)
	return w
}

// wellFormed fails a test whose document is not.
func wellFormed(t *testing.T, name, document string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(document))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v in %.300s", name, err, document)
			return
		}
	}
}
