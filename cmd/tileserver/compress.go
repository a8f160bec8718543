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

// compress sends text with gzip to clients that take it. It decides by what the answer is: pictures, short texts,
// and what is compressed already go as they are.
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

// compressor is a response that may be compressed on its way. The header waits for the body, which may be short.
type compressor struct {
	http.ResponseWriter
	writers *sync.Pool
	status  int          // 0: not said
	sent    bool         // the header
	zip     *gzip.Writer // nil: as it is
}

// WriteHeader notes the status. What has no body is sent at once.
func (w *compressor) WriteHeader(status int) {
	if w.sent {
		return
	}
	w.status = status
	if status < http.StatusOK || status == http.StatusNoContent || status == http.StatusNotModified {
		w.sent = status >= http.StatusOK
		w.ResponseWriter.WriteHeader(status)
	}
}

// begin sends the header, before a first piece of the body.
func (w *compressor) begin(piece int) {
	if w.sent {
		return
	}
	w.sent = true
	if w.status == 0 {
		w.status = http.StatusOK
	}
	h := w.Header()
	if n, err := strconv.Atoi(h.Get(echo.HeaderContentLength)); err == nil {
		piece = n
	}
	if piece >= leastCompressed && h.Get(echo.HeaderContentEncoding) == "" && isText(h.Get(echo.HeaderContentType)) {
		if zip, ok := w.writers.Get().(*gzip.Writer); ok {
			h.Set(echo.HeaderContentEncoding, "gzip")
			h.Del(echo.HeaderContentLength)
			zip.Reset(w.ResponseWriter)
			w.zip = zip
		}
	}
	w.ResponseWriter.WriteHeader(w.status)
}

// isText tells which media types gain by being compressed.
func isText(mediaType string) bool {
	t, _, _ := strings.Cut(mediaType, ";")
	return strings.HasPrefix(t, "text/") || strings.HasSuffix(t, "json") || strings.HasSuffix(t, "xml") || strings.Contains(t, "javascript") || strings.HasPrefix(t, "application/vnd.ogc.")
}

// Write implements io.Writer.
func (w *compressor) Write(body []byte) (int, error) {
	w.begin(len(body))
	if w.zip != nil {
		return w.zip.Write(body)
	}
	return w.ResponseWriter.Write(body)
}

// Flush implements http.Flusher: what is written piece by piece arrives so.
func (w *compressor) Flush() {
	w.begin(0)
	if w.zip != nil {
		_ = w.zip.Flush() // an error means that the client has left
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush() // not all can
}

// Unwrap is for http.ResponseController.
func (w *compressor) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// end writes what is left.
func (w *compressor) end() {
	if w.status != 0 {
		w.begin(0)
	}
	if w.zip == nil {
		return
	}
	_ = w.zip.Close() // an error means that the client has left
	w.writers.Put(w.zip)
	w.zip = nil
}
