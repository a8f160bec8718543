package covjson

import (
	"encoding/json"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

// Numbers are values, of which those that are missing are written as null.
type Numbers []float64

// MarshalJSON writes a number with the fewest digits that tell it.
func (n Numbers) MarshalJSON() ([]byte, error) {
	text := append(make([]byte, 0, 8*len(n)+2), '[')
	for i, x := range n {
		if i > 0 {
			text = append(text, ',')
		}
		text = AppendNumber(text, x, 64)
	}
	return append(text, ']'), nil
}

// Series is one parameter's values at a place.
type Series struct {
	Layer  *layers.Layer
	Name   string // of the parameter
	Values Numbers
}

// Coverage is a coverage whose values are at hand.
type Coverage struct {
	Type       string               `json:"type"`
	ID         string               `json:"id,omitempty"`
	Domain     Domain               `json:"domain"`
	Parameters map[string]Parameter `json:"parameters,omitempty"`
	Ranges     map[string]Range     `json:"ranges"`
}

// Collection is several coverages with the same parameters (CoverageJSON 6.5).
type Collection struct {
	Type        string               `json:"type"`
	DomainType  string               `json:"domainType,omitempty"`
	Parameters  map[string]Parameter `json:"parameters,omitempty"`
	Referencing []Reference          `json:"referencing,omitempty"`
	Coverages   []Coverage           `json:"coverages"`
}

// Domain is where and when values hold.
type Domain struct {
	Type        string          `json:"type"`
	DomainType  string          `json:"domainType"`
	Axes        map[string]Axis `json:"axes"`
	Referencing []Reference     `json:"referencing,omitempty"`
}

// Axis is an axis by its values: Numbers, or texts.
type Axis struct {
	Values any `json:"values"`
}

// Range is values along axes.
type Range struct {
	Type      string   `json:"type"`
	DataType  string   `json:"dataType"`
	AxisNames []string `json:"axisNames,omitempty"`
	Shape     []int    `json:"shape,omitempty"`
	Values    Numbers  `json:"values"`
}

var _ json.Marshaler = Numbers(nil)

// Point is values at a place and a time (domain type Point): each series has one.
func Point(at geo.LonLat, level field.Level, time field.Time, of []Series) Coverage {
	return atPlace("Point", at, level, of, map[string]Axis{"t": {[]string{time.String()}}}, "", 0)
}

// PointSeries is values at a place along time: each series has as many as there are times.
func PointSeries(at geo.LonLat, level field.Level, all []field.Time, of []Series) Coverage {
	return atPlace("PointSeries", at, level, of, map[string]Axis{"t": {times(all)}}, "t", len(all))
}

// VerticalProfile is values at a place and a time on several levels: each series has as many.
func VerticalProfile(at geo.LonLat, levels []field.Level, time field.Time, of []Series) Coverage {
	z := make(Numbers, len(levels))
	kind := elements.LevelKind("")
	for i, l := range levels {
		z[i], kind = l.Value, l.Kind
	}
	c := atPlace("VerticalProfile", at, field.Level{}, of, map[string]Axis{"t": {[]string{time.String()}}, "z": {z}}, "z", len(levels))
	c.Domain.Referencing = append(c.Domain.Referencing, Vertical(kind))
	return c
}

// atPlace is a coverage at one place.
func atPlace(domain string, at geo.LonLat, level field.Level, of []Series, axes map[string]Axis, along string, n int) Coverage {
	axes["x"], axes["y"] = Axis{Numbers{at.Lon}}, Axis{Numbers{at.Lat}}
	c := Coverage{
		Type: "Coverage", Domain: Domain{Type: "Domain", DomainType: domain, Axes: axes, Referencing: []Reference{Geographic(), Time()}},
		Parameters: map[string]Parameter{}, Ranges: map[string]Range{},
	}
	if z, ok := levelOf(level); ok {
		axes["z"] = Axis{Numbers{z}}
		c.Domain.Referencing = append(c.Domain.Referencing, Vertical(level.Kind))
	}
	for _, s := range of {
		r := Range{Type: "NdArray", DataType: "float", Values: s.Values}
		if along != "" {
			r.AxisNames, r.Shape = []string{along}, []int{n}
		}
		c.Parameters[s.Name], c.Ranges[s.Name] = ParameterOf(s.Layer), r
	}
	return c
}
