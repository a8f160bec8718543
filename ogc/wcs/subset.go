package wcs

import (
	"net/http"
	"strings"

	"isobar/ogc"
)

// subset is one SUBSET parameter: a trim or a slice of an axis, its values as they were written, without quotes.
type subset struct {
	axis      string // as written
	crs       string // "": the coverage's
	low, high string // "": open
	slice     bool   // low alone
}

// maxSubsets bounds how many axes a request may name.
const maxSubsets = 32

// parseSubsets reads the values of SUBSET (OGC 09-147r3, 8.3.2.2): dimension[,crs](low,high) or dimension[,crs](point). A bound is a
// number, a text in quotes, or * for an open end; clients leave quotes off. One parameter may hold several, with commas between. The
// error is a *ogc.Fault.
func parseSubsets(values []string) (list []subset, err error) {
	for _, text := range values {
		for rest := strings.TrimSpace(text); rest != ""; {
			var s subset
			if s, rest, err = parseSubset(rest); err != nil {
				return nil, err
			}
			if list = append(list, s); len(list) > maxSubsets {
				return nil, syntax("subset", "there are more than %d subsets", maxSubsets)
			}
		}
	}
	return list, nil
}

// parseSubset reads the first subset of a text; rest is what stands behind it.
func parseSubset(text string) (s subset, rest string, err error) {
	bad := func(why string) error { return syntax("subset", "subset %q %s", ogc.Clip(text), why) }
	name, tail, found := strings.Cut(text, "(")
	if !found {
		return s, "", bad("has no parentheses")
	}
	s.axis, s.crs, _ = strings.Cut(name, ",")
	s.axis, s.crs = strings.TrimSpace(s.axis), strings.TrimSpace(s.crs)
	if s.axis == "" || strings.ContainsAny(s.axis, `" )`) {
		return s, "", bad("names no axis")
	}
	values, rest, ok := bounds(tail)
	if !ok {
		return s, "", bad("is not of the form axis(low,high) or axis(point)")
	}
	s.low, s.slice = values[0], len(values) == 1
	if s.slice {
		if s.low == "" || s.low == open {
			return s, "", bad("slices at no point")
		}
	} else {
		s.high = values[1]
	}
	for _, v := range []*string{&s.low, &s.high} {
		if *v == open {
			*v = ""
		}
	}
	rest = strings.TrimSpace(rest)
	if rest != "" {
		if rest, ok = strings.CutPrefix(rest, ","); !ok {
			return s, "", bad("goes on behind its parenthesis")
		}
	}
	return s, strings.TrimSpace(rest), nil
}

// open is how a bound at the axis' end is written.
const open = "*"

// bounds reads one or two values up to a closing parenthesis. Quotes keep commas and parentheses; a quote in them is not foreseen.
func bounds(text string) (values []string, rest string, ok bool) {
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		var v string
		if strings.HasPrefix(text, `"`) {
			end := strings.IndexByte(text[1:], '"')
			if end < 0 {
				return nil, "", false
			}
			v, text = text[1:1+end], strings.TrimLeft(text[end+2:], " \t\r\n")
			if v == "" {
				return nil, "", false
			}
		} else {
			end := strings.IndexAny(text, `,()"`)
			if end < 0 {
				return nil, "", false
			}
			v, text = strings.TrimSpace(text[:end]), text[end:]
			if v == "" {
				return nil, "", false
			}
		}
		values = append(values, v)
		switch {
		case strings.HasPrefix(text, ")"):
			return values, text[1:], true
		case len(values) < 2 && strings.HasPrefix(text, ","):
			text = text[1:]
		default:
			return nil, "", false
		}
	}
}

// pairs reads the values of SCALEAXES, SCALESIZE and SCALEEXTENT (OGC 12-039, 8.2): axis(value), with commas between. In an extent
// the value is low:high. The error is a *ogc.Fault.
func pairs(parameter string, values []string) (list [][2]string, err error) {
	for _, text := range values {
		for rest := strings.TrimSpace(text); rest != ""; {
			name, tail, ok := strings.Cut(rest, "(")
			value, after, closed := strings.Cut(tail, ")")
			if name = strings.TrimSpace(name); !ok || !closed || name == "" {
				return nil, syntax(parameter, "%s %q is not of the form axis(value),...", parameter, ogc.Clip(text))
			}
			list = append(list, [2]string{name, strings.Trim(strings.TrimSpace(value), `"`)})
			after = strings.TrimSpace(after)
			if rest, ok = strings.CutPrefix(after, ","); !ok && after != "" || len(list) > maxSubsets {
				return nil, syntax(parameter, "%s %q is not of the form axis(value),...", parameter, ogc.Clip(text))
			}
			rest = strings.TrimSpace(rest)
		}
	}
	return list, nil
}

// syntax is the fault of a request that can't be read (OGC 09-147r3, table 3).
func syntax(parameter, format string, args ...any) *ogc.Fault {
	f := ogc.Invalid(parameter, format, args...)
	f.Code = invalidEncodingSyntax
	return f
}

// notThere is the fault of something that a coverage does not have, which is 404 (OGC 09-110r4, table 13).
func notThere(code, locator, format string, args ...any) *ogc.Fault {
	f := ogc.Invalid(locator, format, args...)
	f.Code, f.Status = code, http.StatusNotFound
	return f
}
