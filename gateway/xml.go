package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Capabilities documents are merged as bytes: what one server lists and the others do not is copied into the first's document as it
// stands. They come from one program, so that their prefixes mean the same.

// maxDepth bounds how deep elements of a document may lie.
const maxDepth = 64

var errXML = errors.New("not well-formed XML")

// element is a part of a document, by the places of its bytes.
type element struct {
	name                    string // as written, with its prefix
	start, inner, last, end int    // of <name, of what is in it, of </name, behind it
	children                []*element
}

// scanXML finds a document's elements down to a depth.
func scanXML(doc []byte, depth int) (*element, error) {
	root := &element{}
	stack := []*element{root}
	for i := 0; ; {
		at := bytes.IndexByte(doc[i:], '<')
		if at < 0 {
			break
		}
		i += at
		rest := doc[i:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			i = after(doc, i, "-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			i = after(doc, i, "]]>")
		case bytes.HasPrefix(rest, []byte("<?")):
			i = after(doc, i, "?>")
		case bytes.HasPrefix(rest, []byte("<!")):
			i = after(doc, i, ">")
		case bytes.HasPrefix(rest, []byte("</")):
			if len(stack) == 1 {
				return nil, errXML
			}
			top := stack[len(stack)-1]
			top.last, top.end = i, after(doc, i, ">")
			if top.end < 0 || string(bytes.TrimSpace(doc[i+2:top.end-1])) != top.name {
				return nil, errXML
			}
			stack, i = stack[:len(stack)-1], top.end
		default:
			e, empty := openTag(doc, i)
			if e == nil || len(stack) > maxDepth {
				return nil, errXML
			}
			if len(stack) <= depth {
				parent := stack[len(stack)-1]
				parent.children = append(parent.children, e)
			}
			if i = e.inner; empty {
				e.last, e.end = e.inner, e.inner
			} else {
				stack = append(stack, e)
			}
		}
		if i < 0 {
			return nil, errXML
		}
	}
	if len(stack) != 1 || len(root.children) != 1 {
		return nil, errXML
	}
	return root.children[0], nil
}

// after is the place behind the next mark; -1: there is none.
func after(doc []byte, from int, mark string) int {
	at := bytes.Index(doc[from:], []byte(mark))
	if at < 0 {
		return -1
	}
	return from + at + len(mark)
}

// openTag reads a tag; nil: it does not end. Quoted values may hold ">".
func openTag(doc []byte, at int) (e *element, empty bool) {
	name := at + 1
	for name < len(doc) && bytes.IndexByte([]byte(" \t\r\n/>"), doc[name]) < 0 {
		name++
	}
	var quote byte
	for i := name; i < len(doc); i++ {
		switch c := doc[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return &element{name: string(doc[at+1 : name]), start: at, inner: i + 1}, doc[i-1] == '/'
		}
	}
	return nil, false
}

// local is the name without its prefix.
func (e *element) local() string {
	if i := bytes.IndexByte([]byte(e.name), ':'); i >= 0 {
		return e.name[i+1:]
	}
	return e.name
}

// child is the first of a name.
func (e *element) child(local string) *element {
	for _, c := range e.children {
		if c.local() == local {
			return c
		}
	}
	return nil
}

// at is what lies at a path of names.
func (e *element) at(path ...string) *element {
	for _, name := range path {
		if e == nil {
			return nil
		}
		e = e.child(name)
	}
	return e
}

// list is a list in a document: elements of a name, told apart by a text in them, that may hold a list themselves.
type list struct {
	path     []string // from the root to what holds them
	name     string
	ids      []string // children whose text tells them apart, the first that is there
	foremost bool     // they stand before all others that their parent holds
	nested   *list
}

// lists is what is merged, by the document's root.
var lists = map[string][]list{
	"WMS_Capabilities":    {wmsLayers},
	"WMT_MS_Capabilities": {wmsLayers},
	"Capabilities": { // WMTS 1.0.0, WCS 2.0 and 1.1
		{path: []string{"Contents"}, name: "Layer", ids: []string{"Identifier"}, foremost: true},
		{path: []string{"Contents"}, name: "TileMatrixSet", ids: []string{"Identifier"}},
		{path: []string{"Contents"}, name: "CoverageSummary", ids: []string{"CoverageId", "Identifier"}, foremost: true},
		{path: []string{"Themes"}, name: "Theme", ids: []string{"Identifier"}, nested: &list{name: "LayerRef"}},
	},
	"Envelope":         {{path: []string{"Body", "Capabilities", "Contents"}, name: "CoverageSummary", ids: []string{"CoverageId", "Identifier"}, foremost: true}},
	"WCS_Capabilities": {{path: []string{"ContentMetadata"}, name: "CoverageOfferingBrief", ids: []string{"name"}}},
}

// wmsLayers are models below the layer that holds all, and layers below models.
var wmsLayers = list{path: []string{"Capability", "Layer"}, name: "Layer", ids: []string{"Name", "Title"}, nested: &list{name: "Layer", ids: []string{"Name", "Title"}}}

// listDepth is how deep the lists and what tells their elements apart lie.
const listDepth = 6

// mergeXML puts into the first document what the others list besides. Documents whose root the table does not have, such as reports of
// exceptions, are an error.
func mergeXML(docs [][]byte) ([]byte, error) {
	merged := docs[0]
	var sequence int64
	for i, doc := range docs {
		root, err := scanXML(doc, 1)
		if err != nil {
			return nil, err
		}
		if len(lists[root.local()]) == 0 {
			return nil, fmt.Errorf("%w: a document %s is no capabilities", errXML, root.name)
		}
		sequence = max(sequence, sequenceOf(doc, root))
		if i == 0 {
			continue
		}
		if merged, err = mergeTwo(merged, doc); err != nil {
			return nil, err
		}
	}
	root, err := scanXML(merged, 1)
	if err != nil {
		return nil, err
	}
	return withSequence(merged, root, sequence), nil
}

// insertion is bytes that go into a document at a place.
type insertion struct {
	at   int
	text []byte
}

// mergeTwo puts into a document what another lists besides.
func mergeTwo(into, from []byte) ([]byte, error) {
	a, err := scanXML(into, listDepth)
	if err != nil {
		return nil, err
	}
	b, err := scanXML(from, listDepth)
	if err != nil {
		return nil, err
	}
	if a.name != b.name {
		return nil, fmt.Errorf("%w: %s and %s are of two kinds", errXML, a.name, b.name)
	}
	var all []insertion
	for _, l := range lists[a.local()] {
		all = append(all, l.merge(into, a.at(l.path...), from, b.at(l.path...))...)
	}
	slices.SortStableFunc(all, func(x, y insertion) int { return x.at - y.at })
	var out bytes.Buffer
	last := 0
	for _, one := range all {
		out.Write(into[last:one.at])
		out.Write(one.text)
		last = one.at
	}
	out.Write(into[last:])
	return out.Bytes(), nil
}

// merge finds what an element of a document gains from its like in another.
func (l list) merge(into []byte, a *element, from []byte, b *element) (all []insertion) {
	if a == nil || b == nil || a.inner == a.end { // without the list, or with an empty tag
		return nil
	}
	known := map[string]*element{}
	at := a.last
	if l.foremost {
		at = a.inner
	}
	for _, c := range a.children {
		if c.local() == l.name {
			known[l.id(into, c)] = c
			at = c.end
		}
	}
	for _, c := range b.children {
		if c.local() != l.name {
			continue
		}
		same := known[l.id(from, c)]
		switch {
		case same == nil:
			all = append(all, insertion{at, append([]byte("\n"), from[c.start:c.end]...)})
		case l.nested != nil:
			all = append(all, l.nested.merge(into, same, from, c)...)
		}
	}
	return all
}

// id is the text that tells an element from others of its list.
func (l list) id(doc []byte, e *element) string {
	for _, name := range l.ids {
		if c := e.child(name); c != nil {
			return name + " " + string(bytes.TrimSpace(doc[c.inner:c.last]))
		}
	}
	return string(bytes.TrimSpace(doc[e.inner:e.last]))
}

var sequenceMark = []byte(` updateSequence="`)

// sequencePlace is where a root's update sequence stands; ok is false if it has none.
func sequencePlace(doc []byte, root *element) (from, to int, ok bool) {
	tag := doc[root.start:root.inner]
	at := bytes.Index(tag, sequenceMark)
	if at < 0 {
		return 0, 0, false
	}
	from = root.start + at + len(sequenceMark)
	n := bytes.IndexByte(doc[from:root.inner], '"')
	return from, from + n, n >= 0
}

// sequenceOf is a document's update sequence; 0: it has none.
func sequenceOf(doc []byte, root *element) int64 {
	from, to, ok := sequencePlace(doc, root)
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(string(doc[from:to]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// withSequence sets a document's update sequence: the latest of those it was merged from.
func withSequence(doc []byte, root *element, sequence int64) []byte {
	from, to, ok := sequencePlace(doc, root)
	if !ok || sequence == 0 {
		return doc
	}
	return slices.Concat(doc[:from], strconv.AppendInt(nil, sequence, 10), doc[to:])
}

// parseSequence reads a client's update sequence, also as XPath writes numbers: 1.79E12.
func parseSequence(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	return int64(f), err == nil && math.Abs(f) < 1<<53
}
