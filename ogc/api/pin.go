package api

import (
	"net/url"
	"strings"

	"isobar/answer"
	"isobar/encode"
	"isobar/ogc"
)

// Pin tells, where a request left dimensions of a map to the server, the address that names them, and what else was chosen: the
// collections and the format (RFC 9110 8.7).
func (c *Call) Pin(hold ogc.Hold, a answer.Answer, choices []answer.LayerChoice, f encode.Picture) {
	ogc.PinAt(c.Header(), c.Request, hold, a, choices, func(s ogc.Settled) string {
		var axes []string
		address := ogc.Without(c.Request, func(name, value string) bool {
			if name == "subset" {
				axes = append(axes, others(value, s)...)
			}
			return name == "subset" || name == "datetime"
		})
		if c.Path("collectionId") == "" && c.Query.Get("collections") == "" {
			names := make([]string, len(choices))
			for i, choice := range choices {
				names[i] = choice.Name
			}
			address += "collections=" + url.QueryEscape(strings.Join(names, ",")) + "&"
		}
		if c.Query.Get("f") == "" {
			address += "f=" + strings.TrimPrefix(f.Type, "image/") + "&"
		}
		if s.Elevation != "" {
			axes = append(axes, "elevation("+s.Elevation+")")
		}
		if s.Member != "" {
			axes = append(axes, "member("+s.Member+")")
		}
		axes = append(axes, `reference_time("`+s.Run+`")`)
		return address + "datetime=" + s.Time + "&subset=" + url.QueryEscape(strings.Join(axes, ","))
	})
}

// others are the items of a subset, as it stands in a query, that do not choose what is settled.
func others(value string, s ogc.Settled) (kept []string) {
	rest, err := url.QueryUnescape(value)
	if err != nil {
		return nil
	}
	settled := map[string]string{ogc.Time: s.Time, ogc.ReferenceTime: s.Run, ogc.Elevation: s.Elevation, ogc.Member: s.Member}
	for strings.TrimSpace(rest) != "" {
		m := subsetItem.FindStringSubmatch(rest)
		if m == nil { // it was refused before
			return kept
		}
		if settled[dimensionAxes[strings.ToLower(m[1])]] == "" {
			kept = append(kept, strings.TrimRight(strings.TrimSpace(m[0]), ", "))
		}
		rest = rest[len(m[0]):]
	}
	return kept
}
