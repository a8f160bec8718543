package api

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"

	"isobar/ogc"
)

// TypeForm is the media type of a form.
const TypeForm = "application/x-www-form-urlencoded"

// maxForm bounds the body of a request in bytes: it may hold a geometry.
const maxForm = 4 << 20

// readForm reads parameters from a body: a form, or an object of JSON whose members are texts, numbers or lists of them. Those of the URL
// count besides. The error is a *ogc.Fault.
func readForm(r *http.Request) (ogc.Query, error) {
	q := ogc.ParseQuery(r.URL.RawQuery)
	body, err := io.ReadAll(io.LimitReader(r.Body, maxForm+1))
	switch {
	case err != nil:
		return nil, ogc.Invalid("", "the request's body ended early")
	case len(body) > maxForm:
		return nil, &ogc.Fault{Status: http.StatusRequestEntityTooLarge, Code: ogc.InvalidParameterValue, Text: "the request's body is larger than 4 MiB"}
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return q, nil
	case err == nil && mediaType == TypeForm:
		for name, values := range ogc.ParseQuery(string(body)) {
			q[name] = append(q[name], values...)
		}
		return q, nil
	case err == nil && (mediaType == TypeJSON || strings.HasSuffix(mediaType, "+json")):
		return q, readObject(q, body)
	}
	return nil, &ogc.Fault{Status: http.StatusUnsupportedMediaType, Code: ogc.OperationNotSupported, Text: "the request's body must be a form (" + TypeForm + ") or JSON"}
}

// readObject adds the members of an object.
func readObject(q ogc.Query, body []byte) error {
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &members); err != nil {
		return ogc.Invalid("", "the request's body is no object of JSON: %v", err)
	}
	for name, raw := range members {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			list = []json.RawMessage{raw}
		}
		texts := make([]string, 0, len(list))
		for _, item := range list {
			text, ok := plain(item)
			if !ok {
				return ogc.Invalid(strings.ToLower(name), "%s is none of a text, a number and a list of them", ogc.Clip(name))
			}
			texts = append(texts, text)
		}
		name = strings.ToLower(name)
		q[name] = append(q[name], strings.Join(texts, ","))
	}
	return nil
}

// plain is a text, a number or a truth value as a query has it.
func plain(item json.RawMessage) (string, bool) {
	var text string
	if json.Unmarshal(item, &text) == nil && string(item) != "null" {
		return text, true
	}
	var number json.Number
	if json.Unmarshal(item, &number) == nil && number != "" {
		return number.String(), true
	}
	switch string(item) {
	case "true", "false":
		return string(item), true
	}
	return "", false
}
