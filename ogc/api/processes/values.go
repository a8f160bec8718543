package processes

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"isobar/encode"
	"isobar/encode/covjson"
	"isobar/encode/csv"
	"isobar/encode/geojson"
	"isobar/feature"
	"isobar/field"
	"isobar/probe"
)

// The media types of results.
const (
	typeGeoJSON  = geojson.Type
	typeCoverage = covjson.Type
	typeCSV      = csv.Type
	typeSVG      = "image/svg+xml"
	typePNG      = "image/png"
)

// The shapes of features with values.
const (
	arrays = "arrays" // a feature for each place, its values in the order of time
	single = "single" // a feature for each place and time
	// compact is arrays, with forecastTime and runTime once for all places, as members of the collection.
	compact = "compact"
)

// answer is values at places, and how they are told.
type answer struct {
	asked
	probe.Result
	shape string
}

// features gives a feature for each place, or each place and time, in Weacast's shape: what the place's own feature has, and a property of
// each column with forecastTime and runTime beside them.
func (a *answer) features() func(yield func(*feature.Feature) bool) {
	if a.shape == single {
		return a.singles
	}
	return a.arrays
}

// arrays gives features whose values are lists; forecastTime and runTime are objects of the columns' lists.
func (a *answer) arrays(yield func(*feature.Feature) bool) {
	times := a.along()
	if a.shape == compact {
		times = nil
	}
	var span *feature.Interval
	if all := a.times(); len(all) > 0 {
		span = &feature.Interval{Start: all[0], End: all[len(all)-1]}
	}
	steps := 0
	for i := range a.Series {
		steps += len(a.Series[i].Times)
	}
	for p := range a.places.features {
		f := a.places.features[p]
		f.ID, f.Time = a.identity(p), span
		f.Properties = make([]feature.Property, 0, len(a.places.features[p].Properties)+len(a.columns)+2)
		f.Properties = append(f.Properties, a.places.features[p].Properties...)
		memory := make([]float32, 0, steps)
		for i := range a.Series {
			s := &a.Series[i]
			from := len(memory)
			for k := range s.Times {
				memory = append(memory, s.Values[k*a.Places+p])
			}
			f.Properties = append(f.Properties, feature.Property{Name: a.columns[i].name, Value: memory[from:len(memory):len(memory)]})
		}
		f.Properties = append(f.Properties, times...)
		if !yield(&f) {
			return
		}
	}
}

// along is each column's times and runs, and which times are between two of the forecast, where there are such.
func (a *answer) along() []feature.Property {
	var forecast, run json.RawMessage
	for i := range a.Series {
		s := &a.Series[i]
		forecast, run = appendTimes(forecast, a.columns[i].name, s.Times), appendTimes(run, a.columns[i].name, s.Runs)
	}
	all := []feature.Property{{Name: "forecastTime", Value: append(forecast, '}')}, {Name: "runTime", Value: append(run, '}')}}
	between := map[string]any{}
	for i := range a.Series {
		if slices.Contains(a.Series[i].Between, true) {
			between[a.columns[i].name] = flags(a.Series[i].Between)
		}
	}
	if len(between) > 0 {
		all = append(all, feature.Property{Name: "interpolated", Value: between})
	}
	return all
}

// flags are yes and no as a property has them.
func flags(of []bool) []any {
	all := make([]any, len(of))
	for i, b := range of {
		all[i] = b
	}
	return all
}

// appendTimes adds a member of times to an object that is being written.
func appendTimes(text []byte, name string, times []field.Time) []byte {
	lead := byte(',')
	if len(text) == 0 {
		lead = '{'
	}
	text = feature.AppendValue(append(text, lead), name)
	text = append(text, ':', '[')
	for i, t := range times {
		if i > 0 {
			text = append(text, ',')
		}
		text = feature.AppendValue(text, t)
	}
	return append(text, ']')
}

// singles gives features of one time each.
func (a *answer) singles(yield func(*feature.Feature) bool) {
	times := a.times()
	steps := make([][]int, len(times)) // of each series; -1: it has not this time
	for k, t := range times {
		steps[k] = make([]int, len(a.Series))
		for i := range a.Series {
			steps[k][i] = slices.Index(a.Series[i].Times, t)
		}
	}
	for p := range a.places.features {
		for k, t := range times {
			f := a.places.features[p]
			f.ID, f.Time = a.identity(p), &feature.Interval{Start: t, End: t}
			if len(times) > 1 {
				f.ID += "." + t.UTC().Format("20060102T150405Z")
			}
			f.Properties = make([]feature.Property, 0, len(a.places.features[p].Properties)+len(a.columns)+2)
			f.Properties = append(f.Properties, a.places.features[p].Properties...)
			run, between := field.Time(0), false
			for i := range a.Series {
				s := &a.Series[i]
				if j := steps[k][i]; j >= 0 {
					run, between = max(run, s.Runs[j]), between || s.Between[j]
					f.Properties = append(f.Properties, feature.Property{Name: a.columns[i].name, Value: s.Values[j*a.Places+p]})
				}
			}
			f.Properties = append(f.Properties, feature.Property{Name: "forecastTime", Value: t}, feature.Property{Name: "runTime", Value: run})
			if between {
				f.Properties = append(f.Properties, feature.Property{Name: "interpolated", Value: true})
			}
			if !yield(&f) {
				return
			}
		}
	}
}

// identity is a place's: its feature's own, or its number.
func (a *answer) identity(place int) string {
	if id := a.places.features[place].ID; id != "" {
		return id
	}
	return strconv.Itoa(place + 1)
}

// times are those of all columns, ascending.
func (a *answer) times() (all []field.Time) {
	for i := range a.Series {
		all = append(all, a.Series[i].Times...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// count is how many features there are.
func (a *answer) count() int {
	if a.shape == single {
		return len(a.At) * len(a.times())
	}
	return len(a.At)
}

// domains lays the values out for formats of coverages: columns that have levels, times, runs and member in common stand together.
func (a *answer) domains() (all []encode.Values) {
	var names []string
	for p := range a.places.features {
		names = append(names, a.identity(p))
	}
	for i := 0; i < len(a.Series); {
		n := 1
		for i+n < len(a.Series) && a.stacks(i, i+n) {
			n++
		}
		a.domain(&all, i, n, names)
		i += n
	}
	return all
}

// stacks tells that a series is of another level of the same parameter.
func (a *answer) stacks(i, k int) bool {
	x, y := &a.Series[i], &a.Series[k]
	return x.Column.Layer == y.Column.Layer && x.Column.Level != nil && y.Column.Level != nil && x.Member == y.Member && x.Column.Relative == y.Column.Relative &&
		slices.Equal(x.Times, y.Times) && slices.Equal(x.Runs, y.Runs)
}

// domain puts n levels of a parameter into the domain that they fit, or a new one.
func (a *answer) domain(all *[]encode.Values, i, n int, names []string) {
	first := &a.Series[i]
	if len(first.Times) == 0 {
		return
	}
	v := encode.Values{At: a.At, Names: names, Times: first.Times, Runs: first.Runs}
	if slices.Contains(first.Between, true) {
		v.Between = first.Between
	}
	if first.Column.Member != nil {
		v.Member = &first.Member
	}
	of := first.Values
	if first.Column.Level != nil {
		v.Kind, of = first.Level.Kind, nil
		for k := i; k < i+n; k++ {
			v.Levels = append(v.Levels, *a.Series[k].Column.Level)
		}
		for t := range first.Times {
			for k := i; k < i+n; k++ {
				of = append(of, a.Series[k].At(t, a.Places)...)
			}
		}
	}
	name := a.columns[i].name
	if first.Column.Level != nil || first.Column.Member != nil { // the domain tells level and member
		name = ownName(first.Column.Layer)
		if first.Column.Relative {
			name += "-relative"
		}
	}
	p := encode.Parameter{Name: name, Layer: first.Column.Layer, Unit: first.Unit}
	k := slices.IndexFunc(*all, func(o encode.Values) bool {
		return o.Kind == v.Kind && slices.Equal(o.Levels, v.Levels) && slices.Equal(o.Times, v.Times) && slices.Equal(o.Runs, v.Runs) && slices.Equal(o.Between, v.Between) &&
			(o.Member == nil) == (v.Member == nil) && (v.Member == nil || *o.Member == *v.Member)
	})
	if k < 0 {
		v.Parameters, v.Of = []encode.Parameter{p}, [][]float32{of}
		*all = append(*all, v)
		return
	}
	(*all)[k].Parameters, (*all)[k].Of = append((*all)[k].Parameters, p), append((*all)[k].Of, of)
}

// result is the answer in a format.
func (a *answer) result(format string) result {
	switch format {
	case typeGeoJSON:
		return result{output: "result", mediaType: format, write: a.write}
	case typeCSV:
		return bytesOf("result", format+"; charset=utf-8; header=present", func() ([]byte, error) { return csv.Values(a.domains()), nil })
	}
	return bytesOf("result", typeCoverage, func() ([]byte, error) { return covjson.Values(a.domains()) })
}

// write writes the features as they are made.
func (a *answer) write(to io.Writer) (err error) {
	units := map[string]any{}
	for i, c := range a.columns {
		units[c.name] = a.Series[i].Unit
	}
	members := []feature.Property{{Name: "units", Value: units}}
	if a.shape == compact {
		members = append(members, a.along()...)
	}
	w := feature.NewWriter(to, feature.Form{}, members...)
	for f := range a.features() {
		if err := w.Write(f); err != nil {
			return err
		}
	}
	return w.Close(feature.Property{Name: "numberReturned", Value: a.count()})
}

// bytesOf is a result that is made whole.
func bytesOf(output, mediaType string, make func() ([]byte, error)) result {
	return result{output: output, mediaType: mediaType, write: func(to io.Writer) error {
		body, err := make()
		if err != nil {
			return err
		}
		_, err = io.Copy(to, bytes.NewReader(body))
		return err
	}}
}
