package main

import (
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"isobar/ogc"
)

// leastCompressed is the shortest body in bytes that is compressed.
const leastCompressed = 1024

// compressedLevel is how hard answers are compressed that are made anew each time.
const compressedLevel = 5

// compress sends text with gzip to clients that take it. It decides when the header is written, by what the answer is: pictures,
// short texts, and what is compressed already go as they are.
func compress() echo.MiddlewareFunc {
	writers := &sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(nil, compressedLevel)
		if err != nil { // no such level
			return nil
		}
		return w
	}}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Response().Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
			if !ogc.TakesGzip(c.Request()) || c.Request().Method == http.MethodHead {
				return next(c)
			}
			w := &compressor{ResponseWriter: c.Response().Writer, writers: writers}
			c.Response().Writer = w
			defer w.end()
			return next(c)
		}
	}
}

// compressor is a response that may be compressed on its way.
type compressor struct {
	http.ResponseWriter
	writers *sync.Pool
	zip     *gzip.Writer // nil: as it is
}

// WriteHeader decides.
func (w *compressor) WriteHeader(status int) {
	h := w.Header()
	length := h.Get(echo.HeaderContentLength)
	n, err := strconv.Atoi(length)
	long := err != nil || n >= leastCompressed
	if status >= http.StatusOK && status != http.StatusNoContent && status != http.StatusNotModified && long &&
		h.Get(echo.HeaderContentEncoding) == "" && isText(h.Get(echo.HeaderContentType)) {
		if zip, ok := w.writers.Get().(*gzip.Writer); ok {
			h.Set(echo.HeaderContentEncoding, "gzip")
			h.Del(echo.HeaderContentLength)
			zip.Reset(w.ResponseWriter)
			w.zip = zip
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// isText tells which media types gain by being compressed.
func isText(mediaType string) bool {
	t, _, _ := strings.Cut(mediaType, ";")
	return strings.HasPrefix(t, "text/") || strings.HasSuffix(t, "json") || strings.HasSuffix(t, "xml") || strings.Contains(t, "javascript") || strings.HasPrefix(t, "application/vnd.ogc.")
}

// Write implements io.Writer.
func (w *compressor) Write(body []byte) (int, error) {
	if w.zip != nil {
		return w.zip.Write(body)
	}
	return w.ResponseWriter.Write(body)
}

// Unwrap is for http.ResponseController.
func (w *compressor) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// end writes what is left.
func (w *compressor) end() {
	if w.zip == nil {
		return
	}
	_ = w.zip.Close() // an error means that the client has left
	w.writers.Put(w.zip)
	w.zip = nil
}
