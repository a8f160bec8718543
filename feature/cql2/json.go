package cql2

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/go-spatial/geom"

	"isobar/feature"
)

// jsonReader reads CQL2 JSON (OGC 21-065r2 annex C).
type jsonReader struct{ counter }

func readJSON(text []byte) node {
	if len(text) > MaxBytes {
		refuse("more than %d bytes", MaxBytes)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			refuse("no JSON: %v at character %d", err, syntax.Offset)
		}
		refuse("no JSON: %v", err)
	}
	r := &jsonReader{}
	return r.node(v)
}

func (r *jsonReader) node(v any) node {
	r.enter()
	defer r.leave()
	switch v := v.(type) {
	case []any:
		if len(v) > maxList {
			refuse("a list of more than %d values", maxList)
		}
		return node{value: r.nodes(v)}
	case map[string]any:
		return r.object(v)
	default: // null, true, false, a number, a text
		return node{value: v}
	}
}

func (r *jsonReader) nodes(list []any) []node {
	all := make([]node, len(list))
	for i, v := range list {
		all[i] = r.node(v)
	}
	return all
}

func (r *jsonReader) object(v map[string]any) node {
	if op, ok := v["op"].(string); ok {
		list, _ := v["args"].([]any)
		args := r.nodes(list)
		low := strings.ToLower(op)
		if low == "isnull" || operators[low] != 0 || known(strings.ToUpper(op)) {
			return node{op: low, args: args}
		}
		return node{op: "function", name: op, args: args}
	}
	if name, ok := v["property"].(string); ok {
		return node{op: "property", name: name}
	}
	for _, name := range []string{"date", "timestamp"} {
		if text, ok := v[name].(string); ok {
			return node{value: moment(name == "date", text)}
		}
	}
	if ends, ok := v["interval"].([]any); ok {
		return node{op: "interval", args: r.nodes(ends)}
	}
	if numbers, ok := v["bbox"].([]any); ok {
		return node{value: box(r.nodes(numbers))}
	}
	if _, ok := v["type"].(string); ok {
		return node{value: geometry(v)}
	}
	refuse("an object that has neither op, property, date, timestamp, interval, bbox nor type")
	return node{}
}

// geometry reads a geometry in GeoJSON.
func geometry(v map[string]any) geom.Geometry {
	text, err := json.Marshal(v)
	if err != nil { // it was JSON
		refuse("%v", err)
	}
	g, err := feature.ReadGeometry(bytes.NewReader(text), feature.Limits{Bytes: 2 * MaxBytes, Vertices: MaxBytes, Depth: maxDepth})
	if err != nil {
		refuse("%v", err)
	}
	return g
}
