package ogc

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"isobar/answer"
)

// Pin tells, where a request left time or run to the server, the address that names both (RFC 9110 8.7): who keeps it sees the same
// map for ever. It is relative to the request's own, so that a path in front of the server does not matter, and for services whose
// dimensions are TIME and DIM_REFERENCE_TIME.
func Pin(h http.Header, r *http.Request, a answer.Answer) {
	if a.Pinned || a.Valid == 0 || a.Run == 0 || r.Method == http.MethodPost {
		return
	}
	var b strings.Builder
	b.WriteByte('?')
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = strings.ToLower(plain)
		}
		if part != "" && name != Time && !slices.Contains(runNames, name) {
			b.WriteString(part)
			b.WriteByte('&')
		}
	}
	b.WriteString("time=" + a.Valid.String() + "&" + runNames[0] + "=" + a.Run.String())
	h.Set("Content-Location", b.String())
}
