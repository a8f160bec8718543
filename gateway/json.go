package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

var errJSON = errors.New("not a JSON object")

// member is a name with its value, as written.
type member struct {
	name  string
	value json.RawMessage
}

// object is a JSON object in its order.
type object []member

// parseObject reads an object.
func parseObject(doc []byte) (o object, err error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errJSON
	}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, errJSON
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("%w: %w", errJSON, err)
		}
		o = append(o, member{name, value})
	}
	return o, nil
}

// get is a member's value; nil: there is none.
func (o object) get(name string) json.RawMessage {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// set sets a member's value, at its place or at the end.
func (o *object) set(name string, value json.RawMessage) {
	for i := range *o {
		if (*o)[i].name == name {
			(*o)[i].value = value
			return
		}
	}
	*o = append(*o, member{name, value})
}

// bytes writes the object.
func (o object) bytes() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil { // a text
			continue
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// combine makes one value of two that stand at the same place.
type combine func(a, b json.RawMessage) (json.RawMessage, error)

// mergeJSON merges documents member by member; what the table does not have is the first's.
func mergeJSON(docs [][]byte, table map[string]combine) ([]byte, error) {
	merged, err := parseObject(docs[0])
	if err != nil {
		return nil, err
	}
	for _, doc := range docs[1:] {
		next, err := parseObject(doc)
		if err != nil {
			return nil, err
		}
		if merged, err = merged.with(next, table); err != nil {
			return nil, err
		}
	}
	return append(merged.bytes(), '\n'), nil
}

// with is two objects merged.
func (o object) with(other object, table map[string]combine) (object, error) {
	o = slices.Clone(o)
	for _, m := range other {
		how, mine := table[m.name], o.get(m.name)
		switch {
		case how == nil:
		case mine == nil:
			o.set(m.name, m.value)
		default:
			value, err := how(mine, m.value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
			o.set(m.name, value)
		}
	}
	return o, nil
}

// union is two arrays, of the second what the first does not have; what tells elements apart is the members named, the first that is
// there, else all of it.
func union(ids ...string) combine {
	return func(a, b json.RawMessage) (json.RawMessage, error) {
		var mine, theirs []json.RawMessage
		if err := errors.Join(json.Unmarshal(a, &mine), json.Unmarshal(b, &theirs)); err != nil {
			return nil, err
		}
		seen := map[string]bool{}
		for _, one := range mine {
			seen[idOf(one, ids)] = true
		}
		for _, one := range theirs {
			if id := idOf(one, ids); !seen[id] {
				seen[id] = true
				mine = append(mine, one)
			}
		}
		return array(mine), nil
	}
}

// common is what two arrays both have.
func common(a, b json.RawMessage) (json.RawMessage, error) {
	var mine, theirs []json.RawMessage
	if err := errors.Join(json.Unmarshal(a, &mine), json.Unmarshal(b, &theirs)); err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, one := range theirs {
		has[string(one)] = true
	}
	return array(slices.DeleteFunc(mine, func(one json.RawMessage) bool { return !has[string(one)] })), nil
}

func array(all []json.RawMessage) json.RawMessage {
	return slices.Concat([]byte{'['}, bytes.Join(asBytes(all), []byte{','}), []byte{']'})
}

func asBytes(all []json.RawMessage) [][]byte {
	out := make([][]byte, len(all))
	for i, one := range all {
		out[i] = one
	}
	return out
}

// idOf is what tells an element apart.
func idOf(one json.RawMessage, ids []string) string {
	if o, err := parseObject(one); err == nil {
		for _, id := range ids {
			if v := o.get(id); v != nil {
				return id + " " + string(v)
			}
		}
	}
	return string(one)
}

// members merges two objects whose members are told apart by their names, each with a way to merge those that both have; nil: the
// first's is taken.
func members(how combine) combine {
	return func(a, b json.RawMessage) (json.RawMessage, error) {
		mine, err := parseObject(a)
		if err != nil {
			return nil, err
		}
		theirs, err := parseObject(b)
		if err != nil {
			return nil, err
		}
		at := map[string]int{}
		for i, m := range mine {
			at[m.name] = i
		}
		for _, m := range theirs {
			i, both := at[m.name]
			switch {
			case !both:
				mine = append(mine, m)
			case how != nil:
				if mine[i].value, err = how(mine[i].value, m.value); err != nil {
					return nil, err
				}
			}
		}
		return mine.bytes(), nil
	}
}

// extent is where and when two documents' data lie, together (OGC API Common 2, 8.3): the box and the interval around both.
func extent(a, b json.RawMessage) (json.RawMessage, error) {
	return within(map[string]combine{
		"spatial":  within(map[string]combine{"bbox": boxes}),
		"temporal": within(map[string]combine{"interval": intervals}),
	})(a, b)
}

// within merges two objects by a table.
func within(table map[string]combine) combine {
	return func(a, b json.RawMessage) (json.RawMessage, error) {
		mine, err := parseObject(a)
		if err != nil {
			return nil, err
		}
		theirs, err := parseObject(b)
		if err != nil {
			return nil, err
		}
		both, err := mine.with(theirs, table)
		return both.bytes(), err
	}
}

// boxes is the box around the first boxes of two lists.
func boxes(a, b json.RawMessage) (json.RawMessage, error) {
	var x, y [][]float64
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		return nil, err
	}
	if len(x) == 0 || len(y) == 0 || len(x[0]) != 4 || len(y[0]) != 4 {
		return a, nil
	}
	p, q := x[0], y[0]
	return json.Marshal([][]float64{{min(p[0], q[0]), min(p[1], q[1]), max(p[2], q[2]), max(p[3], q[3])}})
}

// intervals is the interval around the first ones of two lists. Times are in UTC, so that their order is that of their texts; null is
// without an end.
func intervals(a, b json.RawMessage) (json.RawMessage, error) {
	var x, y [][]*string
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		return nil, err
	}
	if len(x) == 0 || len(y) == 0 || len(x[0]) != 2 || len(y[0]) != 2 {
		return a, nil
	}
	edge := func(p, q *string, pick func(a, b string) bool) *string {
		if p == nil || q == nil {
			return nil
		}
		if pick(*q, *p) {
			return q
		}
		return p
	}
	return json.Marshal([][]*string{{
		edge(x[0][0], y[0][0], func(a, b string) bool { return a < b }), edge(x[0][1], y[0][1], func(a, b string) bool { return a > b }),
	}})
}
