package api

import (
	"net/url"
	"strings"

	"isobar/answer"
	"isobar/encode"
	"isobar/ogc"
)

// Pin tells, where a request left time or run of a map to the server, the address that names them, and what else was chosen: the
// collections and the format (RFC 9110 8.7).
func (c *Call) Pin(a answer.Answer, collections []string, f encode.Picture) {
	ogc.PinAt(c.Header(), c.Request, a, func(time, run string) string {
		var kept []string
		address := ogc.Without(c.Request, func(name, value string) bool {
			if name == "subset" {
				kept = append(kept, untimed(value)...)
			}
			return name == "subset" || name == "datetime"
		})
		if c.Path("collectionId") == "" && c.Query.Get("collections") == "" {
			address += "collections=" + url.QueryEscape(strings.Join(collections, ",")) + "&"
		}
		if c.Query.Get("f") == "" {
			address += "f=" + strings.TrimPrefix(f.Type, "image/") + "&"
		}
		kept = append(kept, `reference_time("`+run+`")`)
		return address + "datetime=" + time + "&subset=" + url.QueryEscape(strings.Join(kept, ","))
	})
}

// untimed are the items of a subset, as it stands in a query, but for those that choose time or run.
func untimed(value string) (kept []string) {
	rest, err := url.QueryUnescape(value)
	if err != nil {
		return nil
	}
	for strings.TrimSpace(rest) != "" {
		m := subsetItem.FindStringSubmatch(rest)
		if m == nil { // it was refused before
			return kept
		}
		if name := dimensionAxes[strings.ToLower(m[1])]; name != ogc.Time && name != ogc.ReferenceTime {
			kept = append(kept, strings.TrimRight(strings.TrimSpace(m[0]), ", "))
		}
		rest = rest[len(m[0]):]
	}
	return kept
}
