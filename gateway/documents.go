package gateway

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// document is a request for a document that all instances write a part of.
type document struct {
	path    string
	query   url.Values // without the update sequence
	accept  string
	body    []byte // of POST
	mime    string // of the body
	tables  map[string]combine
	asPage  bool // the merged JSON is shown to people
	live    bool // it is not kept: it depends on who asks, and changes all the time
	update  string
	request *http.Request
}

// documents are the JSON documents that are merged, by path, and how.
var documents = map[string]map[string]combine{
	"/":               {"links": union(), "extent": extent},
	"/collections":    {"links": union(), "collections": union("id")},
	"/conformance":    {"conformsTo": common},
	"/api":            {"paths": members(members(nil)), "tags": union("name"), "components": members(members(nil))},
	"/processes":      {"links": union(), "processes": union("id")},
	"/styles":         {"links": union(), "styles": union("id")},
	"/tileMatrixSets": {"links": union(), "tileMatrixSets": union("id")},
	"/zarr":           {"models": union("id")},
	"/status":         {"feeds": union("model")},
	"/jobs":           {"links": union(), "jobs": union("jobID")},
	"/streams":        {"links": union(), "streams": union("id")},
	"/alerts":         {"links": union(), "alerts": union("id")},
}

// lively are those that depend on who asks, or change all the time.
var lively = []string{"/status", "/jobs", "/streams", "/alerts"}

// titles head the pages of documents.
var titles = map[string]string{
	"/collections": "Collections", "/conformance": "Conformance", "/api": "API", "/processes": "Processes", "/styles": "Styles",
	"/tileMatrixSets": "Tile matrix sets", "/jobs": "Jobs", "/streams": "Streams", "/alerts": "Alerts",
}

// documentOf tells whether a request asks for a document that is merged.
func documentOf(r *http.Request, pages bool) *document {
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	path := r.URL.Path
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	d := &document{path: path, query: r.URL.Query(), accept: r.Header.Get("Accept"), live: slices.Contains(lively, path), request: r}
	if table := documents[path]; table != nil && reading {
		d.tables = table
		if html := wantsHTML(r); html && (!pages || path == "/" && parameter(r, "f") == "") {
			return nil // the viewer is the same everywhere
		} else if html {
			d.asPage, d.accept = true, "application/json"
			d.query.Del("F")
			d.query.Set("f", "json")
		}
		return d
	}
	if reading && path == "/wmts/1.0.0/WMTSCapabilities.xml" {
		d.drop("updatesequence")
		return d
	}
	if !slices.Contains([]string{"/wms", "/wmts", "/wcs"}, path) {
		return nil
	}
	asked := strings.ToLower(parameter(r, "request"))
	if r.Method == http.MethodPost {
		return d.posted(r, asked)
	}
	if !reading || asked != "getcapabilities" && (asked != "capabilities" || path != "/wms") {
		return nil
	}
	d.drop("updatesequence")
	return d
}

// posted reads the body of a POST, which Asked has read before: a form or XML that asks for capabilities.
func (d *document) posted(r *http.Request, asked string) *document {
	if r.GetBody == nil {
		return nil
	}
	body, err := r.GetBody()
	if err != nil {
		return nil
	}
	if d.body, err = io.ReadAll(body); err != nil {
		return nil
	}
	d.mime = r.Header.Get("Content-Type")
	if form, err := url.ParseQuery(string(d.body)); err == nil && strings.HasPrefix(d.mime, "application/x-www-form-urlencoded") {
		for name, values := range form {
			if strings.EqualFold(name, "request") {
				asked = strings.ToLower(values[0])
			}
		}
	}
	if asked == "getcapabilities" || asksCapabilities(d.body) {
		return d
	}
	return nil
}

// asksCapabilities tells that the body is <GetCapabilities>, alone or in an envelope of SOAP.
func asksCapabilities(body []byte) bool {
	if body = bytes.TrimSpace(body); len(body) == 0 || body[0] != '<' {
		return false
	}
	root, err := scanXML(body, 3)
	if err != nil {
		return false
	}
	return root.local() == "GetCapabilities" || root.at("Body", "GetCapabilities") != nil
}

// drop takes a parameter out of the query, and notes it.
func (d *document) drop(name string) {
	for key, values := range d.query {
		if strings.EqualFold(key, name) {
			d.update = strings.Join(values, "")
			d.query.Del(key)
		}
	}
}

// key tells documents apart, for a client's way to the gateway.
func (d *document) key(base string) string {
	return strings.Join([]string{base, d.path, d.query.Encode(), d.accept, d.mime, string(d.body)}, "\n")
}

// merge makes one document of all.
func (d *document) merge(docs [][]byte) ([]byte, error) {
	if len(docs) == 1 {
		return docs[0], nil
	}
	if d.tables != nil {
		return mergeJSON(docs, d.tables)
	}
	return mergeXML(docs)
}

// wantsHTML tells that a client wants a page: by f, else by what it names first.
func wantsHTML(r *http.Request) bool {
	if f := parameter(r, "f"); f != "" {
		return f == "html" || f == "text/html"
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		switch t, _, _ := strings.Cut(strings.TrimSpace(part), ";"); {
		case t == "text/html" || t == "application/xhtml+xml":
			return true
		case t == "*/*" || strings.Contains(t, "json"):
			return false
		}
	}
	return false
}
