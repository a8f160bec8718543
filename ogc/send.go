package ogc

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"isobar/answer"
)

// clientClosedRequest is the status that is logged of a request whose client has left; nobody reads it.
const clientClosedRequest = 499

// longest is how long what never changes may be kept.
const longest = 365 * 24 * time.Hour

// Send writes an answer and lets it go: 304 before any work if the client has it, for HEAD the header alone, which is no work
// either. The error is one of making the body; nothing has been written then.
func Send(w http.ResponseWriter, r *http.Request, a answer.Answer) error {
	if a.Done != nil {
		defer a.Done()
	}
	h := w.Header()
	if a.ETag != "" && Has(r, a.ETag) {
		caching(h, a)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if r.Method == http.MethodHead {
		caching(h, a)
		h.Set("Content-Type", a.Type)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	body, err := a.Body(r.Context())
	if err != nil {
		return err
	}
	caching(h, a)
	write(w, http.StatusOK, a.Type, body)
	return nil
}

// caching says how long an answer may be kept. Last-Modified is told, but never asked by: a map of the default time can go back
// to an older field.
func caching(h http.Header, a answer.Answer) {
	if a.ETag != "" {
		h.Set("ETag", a.ETag)
	}
	switch {
	case a.Pinned:
		h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d, immutable", int(longest.Seconds())))
	case a.MaxAge >= time.Second:
		h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(a.MaxAge.Seconds())))
	default:
		h.Set("Cache-Control", "no-cache")
	}
	if a.Modified != 0 {
		h.Set("Last-Modified", a.Modified.UTC().Format(http.TimeFormat))
	}
}

// Document sends a small text that may be kept for maxAge. Its ETag is weak, as it may be compressed on its way.
func Document(w http.ResponseWriter, r *http.Request, mediaType string, body []byte, maxAge time.Duration) {
	sum := sha256.Sum256(body)
	etag := `W/"` + hex.EncodeToString(sum[:8]) + `"`
	w.Header().Set("ETag", etag)
	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(maxAge.Seconds())))
	if Has(r, etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	write(w, http.StatusOK, mediaType, body)
}

// Plain sends a body that is made anew for each request; the caller has said how long it may be kept.
func Plain(w http.ResponseWriter, mediaType string, body []byte) {
	write(w, http.StatusOK, mediaType, body)
}

// Refuse sends a fault in a service's own form. It is not kept: the same request may be answered when data have come.
func Refuse(w http.ResponseWriter, status int, mediaType string, body []byte) {
	w.Header().Del("Content-Location")
	w.Header().Set("Cache-Control", "no-store")
	write(w, status, mediaType, body)
}

// Left notes that the client has gone.
func Left(w http.ResponseWriter) { w.WriteHeader(clientClosedRequest) }

// write sends header and body in one write, which spares a round trip.
func write(w http.ResponseWriter, status int, mediaType string, body []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error means that the client has left
}

// TakesGzip tells that a client takes gzip (RFC 9110 12.5.3).
func TakesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(coding) == "gzip" {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}

// Has tells that the client has the answer already: If-None-Match names its ETag or is "*" (RFC 9110 13.1.2, weak comparison).
func Has(r *http.Request, etag string) bool {
	etag = strings.TrimPrefix(etag, "W/")
	for _, line := range r.Header.Values("If-None-Match") {
		for given := range strings.SplitSeq(line, ",") {
			given = strings.TrimSpace(given)
			if given == "*" || strings.TrimPrefix(given, "W/") == etag {
				return true
			}
		}
	}
	return false
}
