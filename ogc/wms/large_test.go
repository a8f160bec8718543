package wms

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"isobar/encode"
	"isobar/ogc"
	"isobar/ogc/ogctest"
)

// largeService is a handler over 1,000 layers of 10 runs and 100 steps.
func largeService() *Handler {
	c := ogctest.NewLarge(1000, 10, 100)
	h := handler(&ogctest.Answers{}, c.Hold, ogc.About{Title: "Large"}, []encode.Picture{{Type: "image/png", Alpha: true}},
		func(*http.Request) string { return "http://isobar.test" }, slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return ogctest.Noon }
	return h
}

// capabilitiesOf asks for capabilities as a client that takes gzip does.
func capabilitiesOf(h *Handler, headers ...string) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/wms?SERVICE=WMS&REQUEST=GetCapabilities", nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	h.ServeHTTP(w, r)
	return w
}

// maxZipped bounds the capabilities of 1,000 layers as they are sent.
const maxZipped = 300_000

func TestLargeCapabilitiesStaySmall(t *testing.T) {
	h := largeService()
	w := capabilitiesOf(h, "Accept-Encoding", "gzip")
	if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > maxZipped {
		t.Errorf("%d %s, %d bytes, want gzip of at most %d", w.Code, w.Header().Get("Content-Encoding"), w.Body.Len(), maxZipped)
	}
	if plain := capabilitiesOf(h); plain.Header().Get("Content-Encoding") != "" || h.kept.Len() != 1 {
		t.Errorf("without gzip: %s, %d documents kept", plain.Header().Get("Content-Encoding"), h.kept.Len())
	}
}

func TestUnchangedCapabilitiesAreNotMade(t *testing.T) {
	etag := capabilitiesOf(largeService()).Header().Get("ETag")
	h := largeService()
	w := capabilitiesOf(h, "If-None-Match", etag)
	if w.Code != http.StatusNotModified || w.Body.Len() != 0 || h.kept.Len() != 0 {
		t.Errorf("%d, %d bytes, %d documents made", w.Code, w.Body.Len(), h.kept.Len())
	}
	h.now = func() time.Time { return ogctest.Noon.Add(5 * time.Minute) } // the default time is still that of noon
	if w := capabilitiesOf(h, "If-None-Match", etag); w.Code != http.StatusNotModified {
		t.Errorf("five minutes later: %d", w.Code)
	}
	h.now = func() time.Time { return ogctest.Noon.Add(time.Hour) }
	if w := capabilitiesOf(h, "If-None-Match", etag); w.Code != http.StatusOK {
		t.Errorf("an hour later, when the default time has changed: %d", w.Code)
	}
}

func BenchmarkCapabilities(b *testing.B) {
	h := largeService()
	c, release := h.hold()
	defer release()
	var size int
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			size = len(h.capabilities(v130, "", c, "http://isobar.test", ogctest.Noon))
		}
		b.ReportMetric(float64(size), "bytes")
	})
	b.Run("304", func(b *testing.B) {
		etag := capabilitiesOf(h).Header().Get("ETag")
		for b.Loop() {
			h.kept = ogc.Shelf{}
			if w := capabilitiesOf(h, "If-None-Match", etag); w.Code != http.StatusNotModified {
				b.Fatal(w.Code)
			}
		}
	})
	b.Run("kept", func(b *testing.B) {
		for b.Loop() {
			size = capabilitiesOf(h, "Accept-Encoding", "gzip").Body.Len()
		}
		b.ReportMetric(float64(size), "bytes")
	})
}
