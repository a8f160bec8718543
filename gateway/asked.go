package gateway

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// scanned bounds the body in bytes in which names of collections are looked for. Longer ones are those of features and places, which
// are sent to a collection that the path names.
const scanned = 4 << 20

// naming are the parameters of all services that name layers, coverages and collections, in lower case.
var naming = []string{
	"layers", "layer", "query_layers", "layername", "coverage", "coverageid", "identifier", "identifiers", "collections", "collection", "typename", "parameter-name",
}

// Asked tells which collections a request may be about: the names in its path, in the parameters that name some, and in its body, which
// can be read again afterwards. known tells names from other words; names that it does not know are left out. The error is of a
// body that ends early.
func Asked(r *http.Request, known func(name string) bool) ([]string, error) {
	var all []string
	add := func(words ...string) {
		for _, w := range words {
			if w = strings.TrimSpace(w); w != "" && known(w) && !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
	}
	add(inPath(r.URL)...)
	for name, values := range parameters(r.URL.RawQuery) {
		for _, v := range values {
			switch {
			case slices.Contains(naming, name):
				add(strings.FieldsFunc(v, between)...)
			case name == "sld_body":
				add(words(v)...)
			}
		}
	}
	if r.Body == nil || r.Body == http.NoBody {
		return all, nil
	}
	found, err := inBody(r)
	add(found...)
	return all, err
}

// between tells what stands between names in a list.
func between(c rune) bool { return c == ',' || c == ' ' || c == '+' || c == '/' }

// parameters reads a query as the services do: names in lower case; what is not encoded as it should be is taken as it stands.
func parameters(raw string) map[string][]string {
	all := map[string][]string{}
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		name = strings.ToLower(unquoted(name))
		all[name] = append(all[name], unquoted(value))
	}
	return all
}

func unquoted(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// inPath are the parts of a path that may be names, a tile's file without what follows its first dots too.
func inPath(u *url.URL) (all []string) {
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil {
			part = plain
		}
		switch {
		case i == 0:
		case parts[0] == "collections", parts[0] == "zarr", parts[0] == "wms":
			if i == 1 {
				all = append(all, part)
			}
		case parts[0] == "xyz" && i == 1:
			all = append(all, strings.FieldsFunc(strings.TrimSuffix(part, ".json"), between)...)
		case parts[0] == "wmts" && i == 2:
			all = append(all, strings.FieldsFunc(part, between)...)
		}
	}
	return all
}

// inBody reads the body, puts it back, and gives the words of its texts.
func inBody(r *http.Request) ([]string, error) {
	head, err := io.ReadAll(io.LimitReader(r.Body, scanned+1))
	if err != nil {
		return nil, err
	}
	if len(head) > scanned {
		r.Body = &begun{Reader: io.MultiReader(bytes.NewReader(head), r.Body), Closer: r.Body}
		return nil, nil
	}
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(head))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(head)), nil }
	r.ContentLength = int64(len(head))
	return texts(r.Header.Get("Content-Type"), head), nil
}

// texts are the words of a form, of JSON's strings, or of XML's texts and attributes.
func texts(contentType string, body []byte) (all []string) {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	trimmed := bytes.TrimSpace(body)
	switch {
	case mediaType == "application/x-www-form-urlencoded":
		for _, values := range parameters(string(body)) {
			for _, v := range values {
				all = append(all, words(v)...)
			}
		}
	case len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '['):
		var doc any
		if json.Unmarshal(trimmed, &doc) == nil {
			walk(doc, func(s string) { all = append(all, words(s)...) })
		}
	case len(trimmed) > 0 && trimmed[0] == '<':
		all = inXML(trimmed)
	}
	return all
}

// walk visits all texts of decoded JSON, members' names too.
func walk(value any, visit func(string)) {
	switch v := value.(type) {
	case string:
		visit(v)
	case []any:
		for _, one := range v {
			walk(one, visit)
		}
	case map[string]any:
		for name, one := range v {
			visit(name)
			walk(one, visit)
		}
	}
}

// inXML are the words of a document's texts and attributes; of a broken one, of what is before the break.
func inXML(body []byte) (all []string) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("not UTF-8") }
	for {
		token, err := d.RawToken()
		if err != nil {
			return all
		}
		switch t := token.(type) {
		case xml.CharData:
			all = append(all, words(string(t))...)
		case xml.StartElement:
			for _, a := range t.Attr {
				all = append(all, words(a.Value)...)
			}
		}
	}
}

// words are the parts of a text that may be names of collections: letters, digits, dots, hyphens and underlines.
func words(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool {
		return !(c == '.' || c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c > 127)
	})
}
