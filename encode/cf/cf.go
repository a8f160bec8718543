// Package cf lays coverages out by the Climate and Forecast conventions (CF 1.11): dimensions, coordinates, attributes.
package cf

import (
	"fmt"
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/elements"
	"isobar/field"
)

// Conventions is what files say of themselves.
const Conventions = "CF-1.11"

// Fill stands for what is missing: the library's default for 32 bit numbers.
const Fill = float32(9.9692099683868690e+36)

// Parameters tells what is known of an element beside its row: which statistic it is. *elements.Catalogue has it.
type Parameters interface {
	Parameter(id string) (p elements.Parameter, ok bool)
}

// Type is what values are stored as.
type Type int

// The types.
const (
	Int    Type = iota // 32 bits
	Float              // 32 bits
	Double             // 64 bits
)

// Attr is an attribute: text, or numbers of a type.
type Attr struct {
	Name    string
	Text    string
	Numbers []float64
	Type    Type
}

// Dim is a dimension.
type Dim struct {
	Name string
	Len  int
}

// Var is a variable: a coordinate, whose values are here, or one of the coverage's.
type Var struct {
	Name  string
	Dims  []string
	Type  Type
	Attrs []Attr
	// Values are a coordinate's. Nil: see Rows and Data.
	Values []float64
	// Rows writes rows of a coordinate over the whole grid, which takes memory otherwise. Nil: see Data.
	Rows func(row, rows int, dst []float64)
	// Cells writes a coordinate of a grid without rows, from a cell on. Nil: see Rows and Data.
	Cells func(first int, dst []float64)
	// Data is the number of the coverage's variable, where none of those is there, and Of that of the coverage, where several are joined.
	Data, Of int
}

// Text is a text attribute.
func Text(name, text string) Attr { return Attr{Name: name, Text: text} }

// Layout is a file: dimensions, attributes, coordinates, then the variables.
type Layout struct {
	Dims  []Dim
	Attrs []Attr
	Vars  []Var
}

// Len is the length of a dimension.
func (l *Layout) Len(name string) int {
	for _, d := range l.Dims {
		if d.Name == name {
			return d.Len
		}
	}
	return 0
}

// Size is the number of a variable's values.
func (l *Layout) Size(v *Var) int {
	n := 1
	for _, d := range v.Dims {
		n *= l.Len(d)
	}
	return n
}

// The dimensions.
const (
	dimMember = "realization"
	dimTime   = "time"
	dimBounds = "bnds"
)

// DimCells is the dimension of grids without rows.
const DimCells = "values"

// New lays a coverage out.
func New(s *coverage.Source, params Parameters) *Layout {
	return Join([]*coverage.Source{s}, params, false)
}

// Join lays coverages of one grid out together. Those with the same members, times or levels share an axis; others have one of their own,
// named after how far back its fields reach (time_6h) or numbered (time_2). With cells the dimension of places is the grid's cells one
// after the other, as they are stored, which is all that grids without rows have.
func Join(sources []*coverage.Source, params Parameters, cells bool) *Layout {
	l := &Layout{Attrs: global(sources[0])}
	b := &builder{Layout: l, params: params, axes: map[string]string{}}
	var data []Var
	for i, s := range sources {
		b.s = s
		b.members()
		b.times()
		for v := range s.Variables {
			d := b.data(v)
			d.Of = i
			data = append(data, d)
		}
	}
	b.s = sources[0]
	if cells {
		b.cells(data)
	} else {
		b.places(data)
	}
	l.Vars = append(l.Vars, data...)
	l.Dims = append(l.Dims, Dim{dimBounds, 2})
	return l
}

// builder makes a layout.
type builder struct {
	*Layout
	s      *coverage.Source
	params Parameters
	axes   map[string]string // names of coordinates by what they hold

	member, time, run string // names of the coverage's coordinates; "" for none
}

// name finds the name of a coordinate by all that it holds; made tells that it is a new one.
func (b *builder) name(base, holds string) (name string, made bool) {
	if name, ok := b.axes[holds]; ok {
		return name, false
	}
	name = base
	for n := 2; b.has(name); n++ {
		name = base + "_" + strconv.Itoa(n)
	}
	b.axes[holds] = name
	return name, true
}

// global are the file's attributes.
func global(s *coverage.Source) []Attr {
	m := s.Variables[0].Layer.Model
	all := []Attr{Text("Conventions", Conventions), Text("title", m.Title), Text("source", m.Title+", as served by Isobar"), Text("history", "Cut from the model's output by Isobar.")}
	if m.Attribution != "" {
		all = append(all, Text("institution", m.Attribution))
	}
	if m.Licence != "" {
		all = append(all, Text("license", m.Licence))
	}
	if m.URL != "" {
		all = append(all, Text("references", m.URL))
	}
	return all
}

// members adds the ensemble's axis (CF 6.1, standard name realization).
func (b *builder) members() {
	b.member = ""
	if !b.s.HasMembers() && len(b.s.Variables[0].Layer.Members) < 2 {
		return
	}
	name, made := b.name(dimMember, fmt.Sprint("members ", b.s.HasMembers(), b.s.Members))
	if b.member = name; !made {
		return
	}
	v := Var{Name: name, Type: Int, Attrs: []Attr{Text("standard_name", "realization"), Text("long_name", "ensemble member"), Text("units", "1"), Text("axis", "E")}}
	if b.s.HasMembers() {
		b.Dims = append(b.Dims, Dim{name, len(b.s.Members)})
		v.Dims = []string{name}
	}
	for _, m := range b.s.Members {
		v.Values = append(v.Values, float64(m))
	}
	b.Vars = append(b.Vars, v)
}

// TimeUnits are those of all times.
const TimeUnits = "seconds since 1970-01-01 00:00:00"

// times adds valid times, their bounds where fields reach back, and reference times.
func (b *builder) times() {
	spans, agree := b.spans()
	name, made := b.name(b.timeName(spans, agree), fmt.Sprint("times ", b.s.HasTimes(), b.s.Times, spans))
	b.time = name
	var dims []string
	if b.s.HasTimes() {
		dims = []string{name}
	}
	defer func() { b.runs(dims) }()
	if !made {
		return
	}
	if b.s.HasTimes() {
		b.Dims = append(b.Dims, Dim{name, len(b.s.Times)})
	}
	valid := Var{Name: name, Dims: dims, Type: Double, Attrs: []Attr{
		Text("standard_name", "time"), Text("long_name", "valid time"), Text("units", TimeUnits), Text("calendar", "standard"), leaps, Text("axis", "T"),
	}}
	for _, t := range b.s.Times {
		valid.Values = append(valid.Values, float64(t))
	}
	if spans == nil || !agree {
		b.Vars = append(b.Vars, valid)
		return
	}
	bounds := Var{Name: name + "_bnds", Dims: append(append([]string{}, dims...), dimBounds), Type: Double}
	for i, t := range b.s.Times {
		bounds.Values = append(bounds.Values, float64(t)-float64(spans[i]), float64(t))
	}
	valid.Attrs = append(valid.Attrs, Text("bounds", bounds.Name))
	b.Vars = append(b.Vars, valid, bounds)
}

// timeName is what a time axis is called unless that is taken: after the fields' span where another axis is there already.
func (b *builder) timeName(spans []field.Seconds, agree bool) string {
	const hour = 3600
	if !b.has(dimTime) || spans == nil || !agree {
		return dimTime
	}
	for _, s := range spans {
		if s != spans[0] || s%hour != 0 {
			return dimTime
		}
	}
	return dimTime + "_" + strconv.Itoa(int(spans[0]/hour)) + "h"
}

// spans are how far the fields of each time reach back; nil where none does. Agree is false where variables differ.
func (b *builder) spans() (spans []field.Seconds, agree bool) {
	spans = make([]field.Seconds, len(b.s.Times))
	reach := false
	for i := range b.s.Variables {
		for plane := range b.s.Planes(i) {
			p, published := b.s.Pick(i, plane)
			if !published || p.Span == 0 {
				continue
			}
			_, t, _ := b.s.Plane(i, plane)
			if spans[t] != 0 && spans[t] != p.Span {
				return spans, false
			}
			spans[t], reach = p.Span, true
		}
	}
	if !reach {
		return nil, true
	}
	return spans, true
}

// runs adds the reference times: one, or one for each valid time.
func (b *builder) runs(dims []string) {
	runs := make([]float64, len(b.s.Times))
	known := make([]bool, len(runs))
	first, known1 := 0.0, false
	for plane := range b.s.Planes(0) {
		_, t, _ := b.s.Plane(0, plane)
		if p, ok := b.s.Pick(0, plane); ok && !known[t] {
			runs[t], known[t] = float64(p.Run), true
			if !known1 {
				first, known1 = runs[t], true
			}
		}
	}
	same := true
	for t := range runs {
		if !known[t] {
			runs[t] = first
		}
		same = same && runs[t] == first
	}
	if same {
		dims, runs = nil, runs[:1]
	}
	name, made := b.name("forecast_reference_time", fmt.Sprint("runs ", dims, runs))
	if b.run = name; !made {
		return
	}
	b.Vars = append(b.Vars, Var{Name: name, Dims: dims, Type: Double, Values: runs, Attrs: []Attr{
		Text("standard_name", "forecast_reference_time"), Text("long_name", "start of the run"), Text("units", TimeUnits), Text("calendar", "standard"), leaps,
	}})
}

// data describes one of the coverage's variables.
func (b *builder) data(i int) Var {
	variable := b.s.Variables[i]
	el := variable.Layer.Element
	p, _ := b.params.Parameter(el.ID)
	v := Var{Name: safeName(variable.Name), Type: Float, Data: i}
	for _, a := range []Attr{Text("standard_name", el.StandardName), Text("long_name", variable.Layer.Title), Text("units", Unit(el.Unit))} {
		if a.Text != "" {
			v.Attrs = append(v.Attrs, a)
		}
	}
	if scale := onScale(el); scale != "" {
		v.Attrs = append(v.Attrs, Text("units_metadata", scale))
	}
	if methods := Methods(p.Process); methods != "" {
		v.Attrs = append(v.Attrs, Text("cell_methods", b.time+strings.TrimPrefix(methods, dimTime)))
	}
	v.Attrs = append(v.Attrs, Attr{Name: "_FillValue", Numbers: []float64{float64(Fill)}, Type: Float})
	var beside []string
	for _, dim := range []struct {
		name string
		has  bool
	}{{b.member, b.s.HasMembers()}, {b.time, b.s.HasTimes()}} {
		switch {
		case dim.has:
			v.Dims = append(v.Dims, dim.name)
		case dim.name != "":
			beside = append(beside, dim.name)
		}
	}
	beside = append(beside, b.run)
	if level, axis := b.vertical(i); axis {
		v.Dims = append(v.Dims, level)
	} else if level != "" {
		beside = append(beside, level)
	}
	v.Attrs = append(v.Attrs, Text("coordinates", strings.Join(beside, " ")))
	return v
}

// has tells that there is a variable of a name.
func (b *builder) has(name string) bool {
	for i := range b.Vars {
		if b.Vars[i].Name == name {
			return true
		}
	}
	return false
}

// safeName is a name as the conventions want it: letters, digits and underscores, a letter first (CF 2.3).
func safeName(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '_'
	}, name)
	if safe == "" || safe[0] >= '0' && safe[0] <= '9' || safe[0] == '_' {
		return "v" + safe
	}
	return safe
}

// Methods is the cell method of a statistic over time (CF 7.3, appendix E).
func Methods(p elements.Process) string {
	switch p {
	case elements.Mean:
		return "time: mean"
	case elements.Sum:
		return "time: sum"
	case elements.Maximum:
		return "time: maximum"
	case elements.Minimum:
		return "time: minimum"
	case elements.Deviation:
		return "time: standard_deviation"
	case elements.RootMean:
		return "time: root_mean_square"
	case elements.Instant:
		return "time: point"
	}
	return ""
}
