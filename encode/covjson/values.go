package covjson

import (
	"encoding/json"
	"slices"
	"strconv"

	"isobar/encode"
	"isobar/field"
)

// manyPlaces is how many places are a coverage each. More of one level share one, as MultiPoint or MultiPointSeries.
const manyPlaces = 100

// Values writes what probes give: one Coverage, or a CoverageCollection where the values lie on several domains.
//
//   - A place at a time is a Point, along time a PointSeries, on several levels a VerticalProfile for each time.
//   - More than a hundred places on one level are a MultiPoint or a MultiPointSeries.
//   - A path is a Trajectory, on several levels a Section, for each time that it does not go through itself.
func Values(all []encode.Values) ([]byte, error) {
	w := &valuesWriter{}
	for i := range all {
		w.domainTypes(&all[i])
	}
	n := w.count
	parameters := map[string]Parameter{}
	for i := range all {
		for _, p := range all[i].Parameters {
			parameters[p.Name] = ParameterIn(p.Layer, p.Unit)
		}
	}
	described, err := json.Marshal(parameters)
	if err != nil {
		return nil, err
	}
	w.text = make([]byte, 0, 1024+len(described)+w.size)
	if n != 1 {
		w.text = append(w.text, `{"type":"CoverageCollection"`...)
		if w.domain != "" {
			w.text = append(append(append(w.text, `,"domainType":"`...), w.domain...), '"')
		}
		w.text = append(append(append(w.text, `,"parameters":`...), described...), `,"coverages":[`...)
		described = nil
	}
	for i := range all {
		if err := w.write(&all[i], described); err != nil {
			return nil, err
		}
	}
	if n != 1 {
		w.text = append(w.text, "]}"...)
	}
	return append(w.text, '\n'), nil
}

// valuesWriter writes coverages one after the other.
type valuesWriter struct {
	text        []byte
	count, size int
	written     int
	domain      string // of all; "": they have several
	mixed       bool
}

// domainTypes counts the coverages of a domain, and finds whether all have one type.
func (w *valuesWriter) domainTypes(v *encode.Values) {
	kind, count := domainType(v)
	switch {
	case w.domain == "" && !w.mixed:
		w.domain = kind
	case w.domain != kind:
		w.domain, w.mixed = "", true
	}
	w.count += count
	w.size += count*(640+10*len(v.Times)) + 9*v.Len()*len(v.Of) + 40*len(v.At)
}

// domainType is the type of a domain's coverages, and how many there are.
func domainType(v *encode.Values) (kind string, count int) {
	levels, times := max(len(v.Levels), 1), len(v.Times)
	switch {
	case v.Path && levels > 1:
		return "Section", times
	case v.Path:
		return "Trajectory", times
	case levels > 1 && len(v.At) <= manyPlaces:
		return "VerticalProfile", times * len(v.At)
	case len(v.At) > manyPlaces && times > 1:
		return "MultiPointSeries", levels
	case len(v.At) > manyPlaces:
		return "MultiPoint", levels
	case times > 1:
		return "PointSeries", len(v.At)
	}
	return "Point", len(v.At)
}

// write writes a domain's coverages.
func (w *valuesWriter) write(v *encode.Values, parameters []byte) error {
	kind, _ := domainType(v)
	references, err := json.Marshal(valueReferences(v))
	if err != nil {
		return err
	}
	add := func(p piece) { w.coverage(v, kind, p, references, parameters) }
	allLevels, allTimes, allPlaces := span{0, max(len(v.Levels), 1)}, span{0, len(v.Times)}, span{0, len(v.At)}
	switch kind {
	case "Section", "Trajectory":
		for t := range v.Times {
			add(piece{one(t), allLevels, allPlaces})
		}
	case "VerticalProfile":
		for p := range v.At {
			for t := range v.Times {
				add(piece{one(t), allLevels, one(p)})
			}
		}
	case "MultiPoint", "MultiPointSeries":
		for l := range allLevels.to {
			add(piece{allTimes, one(l), allPlaces})
		}
	default:
		for p := range v.At {
			add(piece{allTimes, allLevels, one(p)})
		}
	}
	return nil
}

// span is from one index up to another.
type span struct{ from, to int }

func one(i int) span { return span{i, i + 1} }

// piece is the part of a domain that is one coverage.
type piece struct{ times, levels, places span }

// valueReferences are the systems of a domain's coordinates.
func valueReferences(v *encode.Values) []Reference {
	all := []Reference{Geographic(), Time()}
	if len(v.Levels) > 0 || v.LevelAlong != nil {
		all = append(all, Vertical(v.Kind))
	}
	return all
}

// coverage writes one coverage.
func (w *valuesWriter) coverage(v *encode.Values, kind string, p piece, references, parameters []byte) {
	if w.written > 0 {
		w.text = append(w.text, ',')
	}
	w.written++
	t := append(w.text, `{"type":"Coverage"`...)
	title := v.Title
	if v.Names != nil && p.places.to-p.places.from == 1 {
		title = v.Names[p.places.from]
	}
	if title != "" {
		t = append(append(append(t, `,"title":{"en":`...), quoted(title)...), '}')
	}
	t = append(append(append(t, `,"domain":{"type":"Domain","domainType":"`...), kind...), `","axes":{`...)
	t = appendAxes(t, v, kind, p)
	t = append(append(append(t, `},"referencing":`...), references...), '}')
	if parameters != nil {
		t = append(append(t, `,"parameters":`...), parameters...)
	}
	t = append(t, `,"ranges":{`...)
	names, shape := rangeShape(v, kind, p)
	for i := range v.Parameters {
		if i > 0 {
			t = append(t, ',')
		}
		t = append(append(t, quoted(v.Parameters[i].Name)...), `:{"type":"NdArray","dataType":"float"`...)
		t = append(append(t, names...), shape...)
		t = append(t, `,"values":[`...)
		t = appendPiece(t, v, v.Of[i], p)
		t = append(t, "]}"...)
	}
	t = append(t, '}')
	w.text = append(appendCircumstances(t, v, p), '}')
}

// appendCircumstances tells what CoverageJSON has no word for, or its domain types no axis: which run the values are of and which member,
// and that some are interpolated in time.
func appendCircumstances(t []byte, v *encode.Values, p piece) []byte {
	if v.Member != nil {
		t = strconv.AppendInt(append(t, `,"isobar:member":`...), int64(*v.Member), 10)
	}
	if len(v.Runs) > 0 {
		t = append(t, `,"isobar:run":`...)
		first := v.RunAt(p.times.from)
		if slices.ContainsFunc(v.Runs[p.times.from:p.times.to], func(r field.Time) bool { return r != first }) {
			t = append(t, '[')
			for i := p.times.from; i < p.times.to; i++ {
				t = appendTime(separated(t, i > p.times.from), v.Runs[i])
			}
			t = append(t, ']')
		} else {
			t = appendTime(t, first)
		}
	}
	if v.Between != nil && slices.Contains(v.Between, true) {
		t = append(t, `,"isobar:interpolatedInTime":[`...)
		for i, between := range v.Between {
			t = strconv.AppendBool(separated(t, i > 0), between)
		}
		t = append(t, ']')
	}
	return t
}

// appendPiece writes a coverage's values.
func appendPiece(t []byte, v *encode.Values, of []float32, p piece) []byte {
	first := true
	for i := p.times.from; i < p.times.to; i++ {
		for l := p.levels.from; l < p.levels.to; l++ {
			at := v.Index(i, l, 0)
			for _, x := range of[at+p.places.from : at+p.places.to] {
				t = encode.AppendValue(separated(t, !first), x, "null")
				first = false
			}
		}
	}
	return t
}

// separated is a text with a comma, if there is something before.
func separated(t []byte, more bool) []byte {
	if more {
		return append(t, ',')
	}
	return t
}
