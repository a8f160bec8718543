package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"isobar/ogc"
)

// The media types of documents.
const (
	TypeJSON = "application/json"
	TypeHTML = "text/html"
)

// documentAge is how long documents may be kept without asking again.
const documentAge = time.Minute

// Choose picks one of several media types: by the parameter f, which names it in short, else by the header Accept, else the first.
// short maps the names to the types. The error is a *ogc.Fault.
func (c *Call) Choose(types []string, short map[string]string) (string, error) {
	if f := c.Query.Get("f"); f != "" {
		asked, ok := short[strings.ToLower(f)]
		if !ok {
			asked = ogc.MediaType(f)
		}
		for _, t := range types {
			if asked == ogc.MediaType(t) || asked == t {
				return t, nil
			}
		}
		return "", &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.InvalidFormat, Locator: "format", Text: "f: " + strconv.Quote(ogc.Clip(f)) + " is not offered here"}
	}
	accepted := accepts(strings.Join(c.Request.Header.Values("Accept"), ","))
	if len(accepted) == 0 {
		return types[0], nil
	}
	best, rank := "", 0.0
	for _, t := range types {
		if q := quality(accepted, ogc.MediaType(t)); q > rank {
			best, rank = t, q
		}
	}
	if best == "" {
		return "", &ogc.Fault{Status: http.StatusNotAcceptable, Code: ogc.InvalidFormat, Locator: "accept", Text: "none of the types that are accepted is offered here"}
	}
	return best, nil
}

// accepted is one range of an Accept header.
type accepted struct {
	pattern string
	q       float64
}

// accepts reads an Accept header (RFC 9110 12.5.1).
func accepts(header string) (list []accepted) {
	for part := range strings.SplitSeq(header, ",") {
		t, rest, _ := strings.Cut(part, ";")
		a := accepted{strings.ToLower(strings.TrimSpace(t)), 1}
		if a.pattern == "" {
			continue
		}
		for p := range strings.SplitSeq(rest, ";") {
			if v, ok := strings.CutPrefix(strings.TrimSpace(p), "q="); ok {
				if q, err := strconv.ParseFloat(v, 64); err == nil {
					a.q = q
				}
			}
		}
		list = append(list, a)
	}
	return list
}

// quality is how welcome a type is: the most precise range that holds it decides, and of equals the earlier type of ours.
func quality(list []accepted, t string) float64 {
	kind, _, _ := strings.Cut(t, "/")
	precision, q := 0, 0.0
	for _, a := range list {
		p := 0
		switch a.pattern {
		case t:
			p = 3
		case kind + "/*":
			p = 2
		case "*/*":
			p = 1
		}
		if p > precision {
			precision, q = p, a.q
		}
	}
	return q
}

// documents are the types that documents come in.
var (
	documents     = []string{TypeJSON, TypeHTML}
	documentNames = map[string]string{"json": TypeJSON, "html": TypeHTML}
)

// Document sends a value as JSON, or as a page for people if that is what is asked for.
func (c *Call) Document(title string, value any) error {
	t, err := c.Choose(documents, documentNames)
	if err != nil {
		return err
	}
	body, err := encoded(value)
	if err != nil {
		return err
	}
	if t == TypeHTML {
		if body, err = page(title, c.Base, value, body); err != nil {
			return err
		}
		t += "; charset=utf-8"
	}
	ogc.Document(c.ResponseWriter, c.Request, t, body, documentAge)
	return nil
}

// kept is Document for one that is long and changes with the catalogue alone: name tells it from others on the shelf.
func (c *Call) kept(shelf *ogc.Shelf, name string, catalogue ogc.Catalogue, title string, make func() any) error {
	t, err := c.Choose(documents, documentNames)
	if err != nil {
		return err
	}
	mediaType := t
	if t == TypeHTML {
		mediaType += "; charset=utf-8"
	}
	shelf.Send(c.ResponseWriter, c.Request, mediaType, shelf.Key(name+" "+t, c.Base, catalogue, c.Now), documentAge, func() []byte {
		value := make()
		body, err := encoded(value)
		if err == nil && t == TypeHTML {
			body, err = page(title, c.Base, value, body)
		}
		if err != nil { // no value that JSON or a page lacks gets here
			return nil
		}
		return body
	})
	return nil
}

// JSON sends a value as JSON of a media type.
func (c *Call) JSON(mediaType string, value any) error {
	body, err := encoded(value)
	if err != nil {
		return err
	}
	ogc.Document(c.ResponseWriter, c.Request, mediaType, body, documentAge)
	return nil
}

// Bytes sends a document of any media type.
func (c *Call) Bytes(mediaType string, body []byte) {
	ogc.Document(c.ResponseWriter, c.Request, mediaType, body, documentAge)
}

func encoded(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return b.Bytes(), err
}
