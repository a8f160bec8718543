// Package ogctest is a catalogue and a maker of answers that services are tried on: two models, three layers.
package ogctest

import (
	"context"
	"strings"
	"time"

	"isobar/answer"
	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/models"
	"isobar/ogc"
	"isobar/styles"
)

// Noon is the time of the first field, and a good "now".
var Noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// Answers answers with little, and keeps what it was asked for.
type Answers struct {
	Asked answer.MapRequest
	Drawn answer.LegendRequest
	Info  answer.ValuesRequest
	Along answer.PathRequest
	Err   error   // what every call fails with
	Value float64 // the value everywhere
}

var _ ogc.Answers = (*Answers)(nil)

// Map implements ogc.Answers.
func (s *Answers) Map(_ context.Context, r answer.MapRequest) (answer.Answer, error) {
	s.Asked = r
	return answer.Answer{Type: r.Format, ETag: `"e"`, Body: func(context.Context) ([]byte, error) { return []byte("picture"), nil }}, s.Err
}

// Legend implements ogc.Answers.
func (s *Answers) Legend(_ context.Context, r answer.LegendRequest) (answer.Answer, error) {
	s.Drawn = r
	return answer.Answer{Type: r.Format, Body: func(context.Context) ([]byte, error) { return []byte("legend"), nil }}, s.Err
}

// Values implements ogc.Answers.
func (s *Answers) Values(_ context.Context, r answer.ValuesRequest) (values []answer.Values, err error) {
	s.Info = r
	for _, c := range r.Layers {
		v := answer.Values{Layer: Layer(c.Name), Unit: "degC"}
		times := v.Layer.Times
		if !c.Selection.Interval {
			times = times[:1]
		}
		for _, t := range times {
			pick := pickOf(v.Layer, c.Selection)
			pick.Valid = t
			v.At = append(v.At, answer.Value{Value: s.Value, Pick: pick})
		}
		values = append(values, v)
	}
	return values, s.Err
}

// Path implements ogc.Answers.
func (s *Answers) Path(_ context.Context, r answer.PathRequest) (answer.Path, error) {
	s.Along = r
	p := answer.Path{Layer: Layer(r.Layer.Name), Unit: "degC", Values: make([]float64, len(r.At))}
	p.Pick = pickOf(p.Layer, r.Layer.Selection)
	for i := range p.Values {
		p.Values[i] = s.Value
	}
	return p, s.Err
}

// Range implements ogc.Answers.
func (s *Answers) Range(_ context.Context, c answer.LayerChoice) (low, high float64, unit string, err error) {
	return s.Value - 1, s.Value + 1, "degC", s.Err
}

// pickOf is the first time of a layer, at the level asked for.
func pickOf(l *layers.Layer, s layers.Selection) layers.Pick {
	p := layers.Pick{Run: l.Runs[0], Valid: l.Times[0], Level: l.Levels[0]}
	for _, level := range l.Levels {
		if s.Level != nil && level.Value == *s.Level {
			p.Level = level
		}
	}
	return p
}

// Catalogue is two layers of one model and one of another.
type Catalogue struct{}

var _ ogc.Catalogue = Catalogue{}

// Version implements ogc.Catalogue.
func (c Catalogue) Version() string { return "v1" }

// Updated implements ogc.Catalogue.
func (c Catalogue) Updated() time.Time { return Noon }

// Layers implements ogc.Catalogue. One name needs escaping in XML and in URLs.
func (c Catalogue) Layers() []*layers.Layer {
	return []*layers.Layer{Layer("gfs.t"), Layer("gfs.u<10>"), Layer("hrrr.t2m")}
}

// Layer implements ogc.Catalogue.
func (c Catalogue) Layer(name string) (*layers.Layer, error) {
	for _, l := range c.Layers() {
		if l.Name == name {
			return l, nil
		}
	}
	return nil, layers.ErrUnknownLayer
}

// Hold is Catalogue as services hold it.
func Hold() (ogc.Catalogue, func()) { return Catalogue{}, func() {} }

// Layer is the layer of a name: model and element with a point between. Those of hrrr are regional, at one level, without members.
func Layer(name string) *layers.Layer {
	model, element, _ := strings.Cut(name, ".")
	l := &layers.Layer{
		Name: name, Title: "Title of " + element, Model: models.Model{ID: model, Title: "Model " + model, Attribution: "Maker & sons", URL: "https://maker.example/?a=1&b=2"},
		Element: elements.Element{ID: element, Unit: "K", Theme: "Temperature"}, Extent: geo.Box{-180, -90, 180, 90},
		Styles: []*styles.Style{{ID: "warm", Title: "Warm", Unit: "degC"}, {ID: "grey", Title: "Grey", Unit: "degC"}},
		Runs:   []field.Time{field.At(Noon)}, Times: []field.Time{field.At(Noon), field.At(Noon) + 3600, field.At(Noon) + 7200},
		Levels: []field.Level{{Kind: elements.Pressure, Value: 50000, To: 50000}, {Kind: elements.Pressure, Value: 85000, To: 85000}}, Members: []int{0, 1, 2},
	}
	if model == "hrrr" {
		l.Extent, l.Levels, l.Members = geo.Box{-134, 21, -60, 53}, []field.Level{{Kind: elements.Height, Value: 2, To: 2}}, []int{0}
	}
	return l
}
