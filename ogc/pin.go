package ogc

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"isobar/answer"
)

// Pin tells, where a request left time, run, level or member to the server, the address that names them all (RFC 9110 8.7): who keeps it
// sees the same map for ever. It is relative to the request's own, so that a path in front of the server does not matter, and for
// services whose dimensions are those of Query.Selection. choices are the layers of the map.
func Pin(h http.Header, r *http.Request, hold Hold, a answer.Answer, choices ...answer.LayerChoice) {
	PinAt(h, r, hold, a, choices, func(s Settled) string {
		address := Without(r, func(name, _ string) bool {
			return name == Time || slices.Contains(runNames, name) || s.Elevation != "" && name == Elevation || s.Member != "" && slices.Contains(memberNames, name)
		}) + "time=" + s.Time + "&" + runNames[0] + "=" + s.Run
		if s.Elevation != "" {
			address += "&" + Elevation + "=" + s.Elevation
		}
		if s.Member != "" {
			address += "&" + memberNames[0] + "=" + s.Member
		}
		return address
	})
}

// longestAddress bounds Content-Location: proxies refuse answers with long headers, and a request may hold a whole SLD.
const longestAddress = 4096

// Settled are the dimensions of a map as it was made. Elevation and Member are "" where the request named them or there is no choice.
type Settled struct{ Time, Run, Elevation, Member string }

// PinAt is Pin for services that write dimensions otherwise: address makes the address, relative to the request's own.
func PinAt(h http.Header, r *http.Request, hold Hold, a answer.Answer, choices []answer.LayerChoice, address func(Settled) string) {
	if a.Pinned || a.Valid == 0 || a.Run == 0 || r.Method == http.MethodPost {
		return
	}
	s, ok := settled(hold, choices)
	if !ok {
		return
	}
	s.Time, s.Run = a.Valid.String(), a.Run.String()
	if at := address(s); len(at) <= longestAddress {
		h.Set("Content-Location", at)
	}
}

// settled finds level and member of layers that leave a choice of them; ok is false if one value can't name those of all.
func settled(hold Hold, choices []answer.LayerChoice) (s Settled, ok bool) {
	catalogue, release := hold()
	defer release()
	agreed := func(one *string, value string) bool {
		same := *one == "" || *one == value
		*one = value
		return same
	}
	for _, c := range choices {
		l, err := catalogue.Layer(c.Name)
		switch {
		case err != nil, // gone since the map was made
			c.Selection.Level == nil && len(l.Levels) > 1 && !agreed(&s.Elevation, Number(l.Elevation(l.DefaultLevel()))),
			c.Selection.Member == nil && len(l.Members) > 1 && !agreed(&s.Member, strconv.Itoa(l.Members[0])):
			return s, false
		}
	}
	return s, true
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
