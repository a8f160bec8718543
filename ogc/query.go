package ogc

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxForm bounds the body of a POSTed form in bytes.
const maxForm = 64 << 10

// Query is a request's parameters: names in lower case, for they are case-insensitive (WMS 1.3.0 6.8.1), with all values
// of a name in their order.
type Query map[string][]string

// ReadQuery reads a request's parameters, from the URL and from a POSTed form. The error is a *Fault.
func ReadQuery(r *http.Request) (Query, error) {
	q := ParseQuery(r.URL.RawQuery)
	if r.Method != http.MethodPost {
		return q, nil
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/x-www-form-urlencoded" {
		return q, &Fault{Status: http.StatusUnsupportedMediaType, Code: OperationNotSupported, Text: "a POSTed request must be a form (application/x-www-form-urlencoded)"}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxForm+1))
	if err != nil {
		return q, &Fault{Status: http.StatusBadRequest, Code: InvalidParameterValue, Text: "the request's body ended early"}
	}
	if len(body) > maxForm {
		return q, &Fault{Status: http.StatusRequestEntityTooLarge, Code: InvalidParameterValue, Text: fmt.Sprintf("a POSTed request may have %d bytes", maxForm)}
	}
	for name, values := range ParseQuery(string(body)) {
		q[name] = append(q[name], values...)
	}
	return q, nil
}

// ParseQuery reads parameters as a URL holds them. It never refuses: what is not encoded as it should be is taken as it stands.
func ParseQuery(raw string) Query {
	q := Query{}
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name = strings.ToLower(decoded(name))
		q[name] = append(q[name], decoded(value))
	}
	return q
}

func decoded(s string) string {
	if d, err := url.QueryUnescape(s); err == nil {
		return d
	}
	return s
}

// Get is a parameter's value, "" if it is missing. Of several the last that is not empty holds: clients append their own to
// what a URL fixes, and some append empty ones (QGIS' STYLE= after a LegendURL).
func (q Query) Get(name string) string {
	values := q[name]
	for i := len(values) - 1; i >= 0; i-- {
		if v := strings.TrimSpace(values[i]); v != "" {
			return v
		}
	}
	return ""
}

// First is the value of the first of several names that has one, and that name.
func (q Query) First(names ...string) (name, value string) {
	for _, name := range names {
		if v := q.Get(name); v != "" {
			return name, v
		}
	}
	return names[0], ""
}

// List is a parameter's value split at commas; nil if it is missing or empty.
func (q Query) List(name string) []string {
	v := q.Get(name)
	if v == "" {
		return nil
	}
	parts := strings.Split(v, ",")
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
	}
	return parts
}

// True tells that a parameter is TRUE, in any case.
func (q Query) True(name string) bool { return strings.EqualFold(q.Get(name), "true") }

// Whole is a parameter as a whole number of lo to hi; missing is fallback. The error is a *Fault.
func (q Query) Whole(name string, fallback, lo, hi int) (int, error) {
	v := q.Get(name)
	if v == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < lo || n > hi {
		return 0, Invalid(name, "%s %q is not a whole number of %d to %d", name, v, lo, hi)
	}
	return n, nil
}

// MediaType is a format as it is compared: lower case, without parameters ("image/png; mode=8bit" is "image/png"), with the plus
// that a careless client left to be read as a blank.
func MediaType(format string) string {
	t, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(format)), ";")
	t = strings.ReplaceAll(strings.TrimSpace(t), " ", "+")
	if t == "image/jpg" {
		return "image/jpeg"
	}
	return t
}
