package cf

import (
	"fmt"
	"strconv"

	"isobar/field"
)

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
