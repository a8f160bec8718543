package processes

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"

	"isobar/ogc"
	"isobar/ogc/api"
)

// isJSON tells that values of a media type can stand in JSON as they are.
func isJSON(mediaType string) bool {
	t := ogc.MediaType(mediaType)
	return t == api.TypeJSON || strings.HasSuffix(t, "+json")
}

// send answers what was done.
func (d *door) send(c *api.Call, r request, results []result) error {
	mediaType, write := answerOf(r, results)
	c.Header().Set("Content-Type", mediaType)
	c.Header().Set("Cache-Control", "no-store")
	w := &late{to: c.ResponseWriter}
	err := write(w)
	if w.begun && err != nil { // the client has left, or sees a body that ends early
		return nil
	}
	return err
}

// late notes that an answer has begun.
type late struct {
	to    io.Writer
	begun bool
}

func (l *late) Write(b []byte) (int, error) {
	l.begun = true
	return l.to.Write(b)
}

// boundary parts the values of an answer of several; a random text, so that no value has it.
const boundary = "isobar-7c1d2f0a94b34e6d8f55"

// answerOf is what is sent of results (OGC 18-062r2 7.11.4): a document of all; raw, the one value in its own form, or several as parts.
func answerOf(r request, results []result) (mediaType string, write func(io.Writer) error) {
	switch {
	case r.Response == "document":
		return api.TypeJSON, func(w io.Writer) error { return document(w, results) }
	case len(results) == 1:
		return results[0].mediaType, results[0].write
	}
	return "multipart/related; boundary=" + boundary, func(w io.Writer) error { return parts(w, results) }
}

// document writes all results as members of an object (results.yaml): JSON as it is, text as text, other values in base64.
func document(w io.Writer, results []result) error {
	for i, r := range results {
		name, err := json.Marshal(r.output)
		if err != nil {
			return err
		}
		lead := ",\n"
		if i == 0 {
			lead = "{"
		}
		if _, err := fmt.Fprintf(w, "%s%s:", lead, name); err != nil {
			return err
		}
		if r.href != "" {
			if err := value(r.output, api.Link{Href: r.href, Rel: "item", Type: ogc.MediaType(r.mediaType), Title: r.output}).write(w); err != nil {
				return err
			}
			continue
		}
		if isJSON(r.mediaType) {
			if err := r.write(w); err != nil {
				return err
			}
			continue
		}
		if err := qualified(w, r); err != nil {
			return err
		}
	}
	if len(results) == 0 {
		_, err := io.WriteString(w, "{}\n")
		return err
	}
	_, err := io.WriteString(w, "}\n")
	return err
}

// qualified writes a value that is no JSON with its media type (qualifiedInputValue.yaml).
func qualified(w io.Writer, r result) error {
	var b bytes.Buffer
	if err := r.write(&b); err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if r.literal {
		return e.Encode(b.String())
	}
	value := map[string]string{"mediaType": r.mediaType}
	if r.mediaType == typePNG {
		value["encoding"], value["value"] = "base64", base64.StdEncoding.EncodeToString(b.Bytes())
	} else {
		value["value"] = b.String()
	}
	return e.Encode(value)
}

// parts writes results one behind another (RFC 2387).
func parts(w io.Writer, results []result) error {
	m := multipart.NewWriter(w)
	if err := m.SetBoundary(boundary); err != nil {
		return err
	}
	for _, r := range results {
		header := textproto.MIMEHeader{"Content-Type": {r.mediaType}, "Content-Id": {r.output}}
		if r.href != "" {
			header.Set("Content-Location", r.href)
		}
		to, err := m.CreatePart(header)
		if err != nil {
			return err
		}
		if r.href != "" { // an empty body
			continue
		}
		if err := r.write(to); err != nil {
			return err
		}
	}
	return m.Close()
}

// plain is a result that is a text.
func plain(output, text string) result {
	return result{output: output, mediaType: "text/plain; charset=utf-8", literal: true, write: func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}}
}

// value is a result that is JSON of a Go value.
func value(output string, v any) result {
	return result{output: output, mediaType: api.TypeJSON, write: func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(v)
	}}
}
