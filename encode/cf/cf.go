// Package cf lays coverages out by the Climate and Forecast conventions (CF 1.11): dimensions, coordinates, attributes.
package cf

import (
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/elements"
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
	return globalOf(s.Variables[0].Layer.Model)
}

// TimeUnits are those of all times.
const TimeUnits = "seconds since 1970-01-01 00:00:00"

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
