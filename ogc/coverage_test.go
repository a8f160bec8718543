package ogc_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"isobar/answer"
	"isobar/encode"
	"isobar/ogc"
)

func TestHEADTellsTheSizeWithoutMakingTheBody(t *testing.T) {
	for _, c := range []struct {
		name             string
		exact            bool
		length, estimate string
	}{
		{"known", true, "5000000000", ""},
		{"foreseen", false, "", "5000000000"},
	} {
		done := 0
		a := answer.Coverage{Format: encode.Coverage{Type: "image/tiff"}, ETag: `"e"`, Bytes: 5e9, Exact: c.exact, Done: func() { done++ }}
		a.Write = func(context.Context, io.Writer) error { t.Errorf("%s: the body is made", c.name); return nil }
		w := httptest.NewRecorder()
		if err := ogc.SendCoverage(w, httptest.NewRequest(http.MethodHead, "/", nil), a, ""); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		h := w.Header()
		if w.Code != http.StatusOK || h.Get("Content-Length") != c.length || h.Get(ogc.LengthEstimate) != c.estimate || h.Get("Content-Type") != "image/tiff" || done != 1 {
			t.Errorf("%s: got %d %v, done %d times, want length %q, estimate %q", c.name, w.Code, h, done, c.length, c.estimate)
		}
	}
}
