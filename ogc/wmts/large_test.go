package wmts

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"isobar/encode"
	"isobar/geo/tilematrix"
	"isobar/ogc"
	"isobar/ogc/ogctest"
)

// largeService is a router over 1,000 layers of 10 runs and 100 steps.
func largeService(t testing.TB) (*Handler, *echo.Echo) {
	t.Helper()
	sets, err := tilematrix.Load(tilematrix.Rows())
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	h := handler(&ogctest.Answers{}, ogctest.NewLarge(1000, 10, 100).Hold, ogc.About{Title: "Large"}, sets, []encode.Picture{{Type: "image/png", Alpha: true}},
		func(*http.Request) string { return "http://isobar.test" }, slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return ogctest.Noon }
	h.Register(e)
	return h, e
}

// maxZipped bounds the capabilities of 1,000 layers as they are sent: each value of a dimension stands alone.
const maxZipped = 1_000_000

func TestLargeCapabilitiesStayBounded(t *testing.T) {
	h, e := largeService(t)
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/wmts/1.0.0/WMTSCapabilities.xml", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	e.ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.Len() > maxZipped {
		t.Errorf("%d, %d bytes, want at most %d", w.Code, w.Body.Len(), maxZipped)
	}
	etag := w.Header().Get("ETag")
	h.kept = ogc.Shelf{}
	w = httptest.NewRecorder()
	r.Header.Set("If-None-Match", etag)
	e.ServeHTTP(w, r)
	if w.Code != http.StatusNotModified || h.kept.Len() != 0 {
		t.Errorf("unchanged: %d, %d documents made", w.Code, h.kept.Len())
	}
}

func BenchmarkCapabilities(b *testing.B) {
	h, _ := largeService(b)
	c, release := h.hold()
	defer release()
	size := 0
	for b.Loop() {
		size = len(h.capabilities(sections, c, "http://isobar.test", ogctest.Noon))
	}
	b.ReportMetric(float64(size), "bytes")
}
