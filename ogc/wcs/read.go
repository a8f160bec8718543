package wcs

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"isobar/ogc"
)

// The bounds of a request in XML.
const (
	maxBody  = 64 << 10
	maxDepth = 32
)

// read reads the parameters, from the URL, a form, or a document in XML.
func (q *request) read() (err error) {
	if q.Method != http.MethodPost || isForm(q.Header.Get("Content-Type")) {
		q.Query, err = ogc.ReadQuery(q.Request)
		return err
	}
	body, err := io.ReadAll(io.LimitReader(q.Body, maxBody+1))
	if err != nil {
		return syntax("", "the request's body ended early")
	}
	if len(body) > maxBody {
		return &ogc.Fault{Status: http.StatusRequestEntityTooLarge, Code: invalidEncodingSyntax, Text: "a POSTed request is longer than is read"}
	}
	root, err := readTree(body)
	if err != nil {
		return err
	}
	if root.name == "Envelope" {
		q.soap = true
		inner := root.child("Body")
		if inner == nil || len(inner.children) != 1 {
			return syntax("", "the SOAP envelope has no body with one request")
		}
		root = inner.children[0]
	}
	q.Query, err = translate(root)
	return err
}

// isForm tells that a body is a form.
func isForm(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && t == "application/x-www-form-urlencoded"
}

// node is an element. Names are local ones: a request's elements do not clash.
type node struct {
	name       string
	text       string
	attributes map[string]string // by local name, in lower case
	children   []*node
}

// readTree reads a document. A DTD, which entities need, is refused. The error is a *ogc.Fault.
func readTree(body []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(label string, _ io.Reader) (io.Reader, error) {
		return nil, errors.New("requests are in UTF-8, not in " + ogc.Clip(label))
	}
	root := &node{}
	path := []*node{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, syntax("", "the request is no XML: %s", ogc.Clip(err.Error()))
		}
		top := path[len(path)-1]
		switch t := token.(type) {
		case xml.Directive:
			return nil, syntax("", "a request may not have a DTD")
		case xml.StartElement:
			if len(path) > maxDepth {
				return nil, syntax("", "the request's elements lie deeper than %d", maxDepth)
			}
			n := &node{name: t.Name.Local, attributes: map[string]string{}}
			for _, a := range t.Attr {
				n.attributes[strings.ToLower(a.Name.Local)] = a.Value
			}
			top.children = append(top.children, n)
			path = append(path, n)
		case xml.EndElement:
			top.text = strings.TrimSpace(top.text)
			path = path[:len(path)-1]
		case xml.CharData:
			top.text += string(t)
		}
	}
	if len(root.children) != 1 {
		return nil, syntax("", "the request holds no element")
	}
	return root.children[0], nil
}

// child is the first child of a name, in any case; nil if there is none.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// value is the text of a child, "" if there is none.
func (n *node) value(name string) string {
	if c := n.child(name); c != nil {
		return c.text
	}
	return ""
}

// all are the texts of all children of a name, in any case.
func (n *node) all(name string) (list []string) {
	for _, c := range n.children {
		if strings.EqualFold(c.name, name) {
			list = append(list, c.text)
		}
	}
	return list
}
