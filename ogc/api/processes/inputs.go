package processes

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"isobar/ogc"
	"isobar/ogc/api"
)

// inputs are the values of inputs, as JSON; a value that came in {"value": ...} is taken out of it.
type inputs map[string]json.RawMessage

// read checks that inputs are those of the process, and that none is missing.
func (p *process) read(given map[string]json.RawMessage) (inputs, error) {
	in := inputs{}
	for name, raw := range given {
		known, ok := p.input(name)
		if !ok {
			return nil, wrong("inputs."+name, "process %s has no input %q", p.id, ogc.Clip(name))
		}
		raw = bare(raw)
		if string(raw) == "null" {
			continue
		}
		if known.most > 1 && raw[0] == '[' {
			raw = bareAll(raw)
		}
		in[name] = raw
	}
	for i := range p.inputs {
		if _, ok := in[p.inputs[i].name]; !ok && p.inputs[i].required {
			return nil, wrong("inputs."+p.inputs[i].name, "input %q is missing", p.inputs[i].name)
		}
	}
	return in, nil
}

// bare is a value without what qualifies it (qualifiedInputValue.yaml).
func bare(raw json.RawMessage) json.RawMessage {
	raw = bytes.TrimSpace(raw)
	const most = 4096 // a collection of features is none, and long
	if len(raw) == 0 || raw[0] != '{' || !bytes.Contains(raw[:min(len(raw), most)], []byte(`"value"`)) {
		return raw
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members["value"] == nil {
		return raw
	}
	for name := range members {
		switch name {
		case "value", "mediaType", "encoding", "schema", "format":
		default:
			return raw
		}
	}
	return bytes.TrimSpace(members["value"])
}

// bareAll does so with each of a list.
func bareAll(raw json.RawMessage) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return raw
	}
	for i := range list {
		list[i] = bare(list[i])
	}
	whole, err := json.Marshal(list)
	if err != nil {
		return raw
	}
	return whole
}

func (in inputs) has(name string) bool { _, ok := in[name]; return ok }

// text reads a text; "" if it is not given.
func (in inputs) text(name string) (text string, err error) {
	raw, ok := in[name]
	if !ok {
		return "", nil
	}
	if json.Unmarshal(raw, &text) != nil {
		return "", wrong("inputs."+name, "a text is wanted")
	}
	return strings.TrimSpace(text), nil
}

// texts reads texts: a list, or one with commas.
func (in inputs) texts(name string) (list []string, err error) {
	raw, ok := in[name]
	if !ok {
		return nil, nil
	}
	if raw[0] == '[' {
		if json.Unmarshal(raw, &list) != nil {
			return nil, wrong("inputs."+name, "texts are wanted")
		}
		return list, nil
	}
	text, err := in.text(name)
	if err != nil || text == "" {
		return nil, err
	}
	for item := range strings.SplitSeq(text, ",") {
		list = append(list, strings.TrimSpace(item))
	}
	return list, nil
}

// numbers reads numbers: a list, one, or a text of them with commas.
func (in inputs) numbers(name string) (list []float64, err error) {
	raw, ok := in[name]
	if !ok {
		return nil, nil
	}
	if raw[0] == '"' {
		texts, err := in.texts(name)
		if err != nil {
			return nil, err
		}
		for _, text := range texts {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil || v-v != 0 {
				return nil, wrong("inputs."+name, "%q is no number", ogc.Clip(text))
			}
			list = append(list, v)
		}
		return list, nil
	}
	if raw[0] != '[' {
		raw = append(append([]byte{'['}, raw...), ']')
	}
	if json.Unmarshal(raw, &list) != nil {
		return nil, wrong("inputs."+name, "numbers are wanted")
	}
	return list, nil
}

// axis reads which values of an axis are wanted: numbers, or a text by the grammar of EDR (api.ReadNumbers). Nil: all.
func (in inputs) axis(name string) (*api.Numbers, error) {
	if raw, ok := in[name]; ok && raw[0] == '"' {
		text, err := in.text(name)
		if err != nil || strings.EqualFold(text, "all") {
			return nil, err
		}
		n, err := api.ReadNumbers(name, text)
		return n, told("inputs."+name, err)
	}
	list, err := in.numbers(name)
	if err != nil || list == nil {
		return nil, err
	}
	if len(list) > api.MaxList {
		return nil, wrong("inputs."+name, "%d numbers are given, more than %d", len(list), api.MaxList)
	}
	return &api.Numbers{List: list}, nil
}

// number reads one number within bounds.
func (in inputs) number(name string, usual, low, high float64) (v float64, err error) {
	raw, ok := in[name]
	if !ok {
		return usual, nil
	}
	if json.Unmarshal(raw, &v) != nil || v < low || v > high {
		return 0, wrong("inputs."+name, "a number from %v to %v is wanted", low, high)
	}
	return v, nil
}

// truth reads true or false.
func (in inputs) truth(name string) (v bool, err error) {
	raw, ok := in[name]
	if !ok {
		return false, nil
	}
	if json.Unmarshal(raw, &v) != nil {
		return false, wrong("inputs."+name, "true or false is wanted")
	}
	return v, nil
}

// choice reads one of several words; "" if it is not given.
func (in inputs) choice(name string, words ...string) (string, error) {
	text, err := in.text(name)
	if err != nil || text == "" {
		return "", err
	}
	for _, w := range words {
		if strings.EqualFold(w, text) {
			return w, nil
		}
	}
	return "", wrong("inputs."+name, "%q is none of %s", ogc.Clip(text), strings.Join(words, ", "))
}
