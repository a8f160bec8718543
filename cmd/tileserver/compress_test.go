package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

func TestTextIsCompressed(t *testing.T) {
	long := strings.Repeat("forecast ", 1000)
	for _, c := range []struct {
		name, accept, method, mediaType, encoding, body string
		status                                          int
		want                                            bool
	}{
		{"a document", "gzip, deflate", "GET", "text/xml", "", long, 200, true},
		{"JSON of any kind", "br, gzip;q=0.5", "GET", "application/geo+json", "", long, 200, true},
		{"a long fault", "gzip", "GET", "application/problem+json", "", long, 400, true},
		{"a picture", "gzip", "GET", "image/png", "", long, 200, false},
		{"what is compressed already", "gzip", "GET", "text/xml", "gzip", long, 200, false},
		{"a short text", "gzip", "GET", "text/plain", "", "ok", 200, false},
		{"a client without gzip", "br", "GET", "text/xml", "", long, 200, false},
		{"a client that refuses gzip", "gzip;q=0", "GET", "text/xml", "", long, 200, false},
		{"a header alone", "gzip", "HEAD", "text/xml", "", long, 200, false},
	} {
		e := echo.New()
		e.Use(compress())
		e.Any("/", func(ec echo.Context) error {
			if c.encoding != "" {
				ec.Response().Header().Set(echo.HeaderContentEncoding, c.encoding)
			}
			return ec.Blob(c.status, c.mediaType, []byte(c.body))
		})
		w, r := httptest.NewRecorder(), httptest.NewRequest(c.method, "/", nil)
		r.Header.Set(echo.HeaderAcceptEncoding, c.accept)
		e.ServeHTTP(w, r)
		body, compressed := w.Body.String(), false
		if c.encoding == "" && w.Header().Get(echo.HeaderContentEncoding) == "gzip" {
			compressed = true
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			plain, err := io.ReadAll(z)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			body = string(plain)
		}
		if compressed != c.want || w.Code != c.status || body != c.body || w.Header().Get(echo.HeaderVary) != echo.HeaderAcceptEncoding {
			t.Errorf("%s: %d, compressed %v, %d bytes, Vary %q; want %d, compressed %v", c.name, w.Code, compressed, len(body), w.Header().Get(echo.HeaderVary), c.status, c.want)
		}
	}
}

func TestEveryAnswerIsOpenToAllOrigins(t *testing.T) {
	e := echo.New()
	e.Use(open)
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), "ETag") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	r := httptest.NewRequest(http.MethodOptions, "/", nil)
	r.Header.Set("Access-Control-Request-Method", "POST")
	r.Header.Set("Access-Control-Request-Headers", "content-type")
	w = httptest.NewRecorder()
	e.ServeHTTP(w, r)
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Headers") != "content-type" || !strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), "POST") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
