package ogc

import (
	"io"
	"net/http"
	"strconv"

	"isobar/answer"
)

// LengthEstimate is the header of an answer to HEAD that tells about how many bytes the body has, where only making it would tell exactly.
const LengthEstimate = "Content-Length-Estimate"

// SendCoverage writes a coverage as it is made, and lets it go: 304 before any work if the client has it, for HEAD the header alone,
// with the size where it is known. The error is one of making the body before its first byte; what fails later breaks the
// connection, so that nobody takes a part for the whole. "" is the format's own media type.
func SendCoverage(w http.ResponseWriter, r *http.Request, a answer.Coverage, mediaType string) error {
	defer a.Done()
	h := w.Header()
	head := func() {
		if mediaType == "" {
			mediaType = a.Format.Type
		}
		caching(h, answer.Answer{ETag: a.ETag, Pinned: a.Pinned, MaxAge: a.MaxAge, Modified: a.Modified})
		h.Set("Content-Type", mediaType)
		if a.Exact {
			h.Set("Content-Length", strconv.FormatInt(a.Bytes, 10))
		}
	}
	if Has(r, a.ETag) {
		caching(h, answer.Answer{ETag: a.ETag, Pinned: a.Pinned, MaxAge: a.MaxAge, Modified: a.Modified})
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if r.Method == http.MethodHead {
		head()
		if !a.Exact { // a length would be a promise
			h.Set(LengthEstimate, strconv.FormatInt(a.Bytes, 10))
		}
		w.WriteHeader(http.StatusOK)
		return nil
	}
	body := &late{w: w, head: head}
	err := a.Write(r.Context(), body)
	if err != nil && body.begun {
		panic(http.ErrAbortHandler)
	}
	return err
}

// late writes the header with the first byte of the body.
type late struct {
	w     http.ResponseWriter
	head  func()
	begun bool
}

var _ io.Writer = (*late)(nil)

func (l *late) Write(b []byte) (int, error) {
	if !l.begun {
		l.begun = true
		l.head()
		l.w.WriteHeader(http.StatusOK)
	}
	return l.w.Write(b)
}
