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
	PinAt(h, r, a, func(time, run string) string {
		drop := func(name, _ string) bool { return name == Time || slices.Contains(runNames, name) }
		return Without(r, drop) + "time=" + time + "&" + runNames[0] + "=" + run
	})
}

// PinAt is Pin for services that write time and run otherwise: address makes the address, relative to the request's own.
func PinAt(h http.Header, r *http.Request, a answer.Answer, address func(time, run string) string) {
	if a.Pinned || a.Valid == 0 || a.Run == 0 || r.Method == http.MethodPost {
		return
	}
	h.Set("Content-Location", address(a.Valid.String(), a.Run.String()))
}

// Without is a request's query as it was written, from "?" on and ending in "?" or "&", without the parameters that drop names. Their
// names come in lower case, their values as they were written.
func Without(r *http.Request, drop func(name, value string) bool) string {
	var b strings.Builder
	b.WriteByte('?')
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = strings.ToLower(plain)
		}
		if part != "" && !drop(name, value) {
			b.WriteString(part)
			b.WriteByte('&')
		}
	}
	return b.String()
}
