package ogc

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"isobar/answer"
	"isobar/field"
)

func TestAChosenTimeIsPinnedInTheAddress(t *testing.T) {
	const run, valid = field.Time(1795478400), field.Time(1795500000)
	chosen := answer.Answer{Run: run, Valid: valid}
	for _, c := range []struct {
		method, target string
		a              answer.Answer
		want           string
	}{
		{"GET", "/wms?LAYERS=a,b&Time=current&FORMAT=image%2Fpng&&RUN=latest", chosen, "?LAYERS=a,b&FORMAT=image%2Fpng&time=2026-11-24T06:00:00Z&dim_reference_time=2026-11-24T00:00:00Z"},
		{"GET", "/xyz/a/0/0/0.png", chosen, "?time=2026-11-24T06:00:00Z&dim_reference_time=2026-11-24T00:00:00Z"},
		{"GET", "/xyz/a/0/0/0.png", answer.Answer{Run: run, Valid: valid, Pinned: true}, ""},
		{"GET", "/xyz/a/0/0/0.png", answer.Answer{}, ""},
		{"POST", "/wms", chosen, ""},
		{"GET", "/wms?SLD_BODY=" + strings.Repeat("x", longestAddress), chosen, ""},
	} {
		h := http.Header{}
		Pin(h, httptest.NewRequest(c.method, c.target, nil), func() (Catalogue, func()) { return nil, func() {} }, c.a)
		if got := h.Get("Content-Location"); got != c.want {
			t.Errorf("%s: %s, want %s", c.target, got, c.want)
		}
	}
}
