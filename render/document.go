package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"isobar/elements"
	"isobar/styles"
)

// The media types of legends that are no pictures of pixels.
const (
	SVG  = "image/svg+xml"
	JSON = "application/json"
)

// errType is a media type that no legend is written in.
var errType = errors.New("no such document")

// Document writes a legend as SVG, which looks as the picture does, or as JSON, which tells what is in it.
func (r *Renderer) Document(l Legend, mediaType string) ([]byte, error) {
	if l.Style == nil {
		return nil, errors.New("legend: no style")
	}
	if l.Unit == "" {
		l.Unit = l.Style.Unit
	}
	if l.Title == "" {
		l.Title = l.Style.Title
	}
	switch mediaType {
	case SVG:
		return r.svg(l)
	case JSON:
		return legendJSON(l)
	}
	return nil, fmt.Errorf("legend: %w: %q", errType, mediaType)
}

// legendText is a legend in JSON. Values are in the unit.
type legendText struct {
	Style     string       `json:"style"`
	Title     string       `json:"title"`
	Abstract  string       `json:"abstract,omitempty"`
	Unit      string       `json:"unit,omitempty"`      // UCUM
	UnitLabel string       `json:"unitLabel,omitempty"` // for people
	Kind      styles.Kind  `json:"kind"`
	Stops     []stopText   `json:"stops,omitempty"`
	Under     string       `json:"under,omitempty"`
	Over      string       `json:"over,omitempty"`
	Symbols   []symbolText `json:"symbols,omitempty"`
}

// stopText is a stop of a colour scale.
type stopText struct {
	Value float64 `json:"value"`
	Color string  `json:"color"`
	Label string  `json:"label,omitempty"`
}

// symbolText is what a painter draws.
type symbolText struct {
	Kind    styles.Painting `json:"kind"`
	Element string          `json:"element,omitempty"`
	Title   string          `json:"title,omitempty"`
	Color   string          `json:"color,omitempty"`
	Every   float64         `json:"every,omitempty"`
	From    float64         `json:"from,omitempty"`
	Unit    string          `json:"unit,omitempty"` // of every and from
	Full    float64         `json:"full,omitempty"`
	High    string          `json:"high,omitempty"`
	Low     string          `json:"low,omitempty"`
}

// legendJSON writes a legend as JSON.
func legendJSON(l Legend) ([]byte, error) {
	s := l.Style
	show, ok := elements.Convert(s.Unit, l.Unit)
	if s.Unit == l.Unit {
		show, ok = elements.Conversion{Scale: 1}, true
	}
	if !ok {
		return nil, fmt.Errorf("legend of %s: %w: %q, %q", s.ID, styles.ErrUnit, s.Unit, l.Unit)
	}
	t := legendText{Style: s.ID, Title: l.Title, Abstract: s.Abstract, Unit: l.Unit, UnitLabel: elements.UnitLabel(l.Unit), Kind: s.Kind}
	for _, stop := range s.Stops {
		t.Stops = append(t.Stops, stopText{short(stop.Value*show.Scale + show.Offset), styles.Hex(stop.Color), stop.Label})
	}
	if s.Under != nil {
		t.Under = styles.Hex(*s.Under)
	}
	if s.Over != nil {
		t.Over = styles.Hex(*s.Over)
	}
	for i := range s.Paint {
		p := &s.Paint[i]
		if p.Kind == styles.Fill || p.Kind == styles.Bands {
			continue
		}
		y := symbolText{Kind: p.Kind, Element: p.Element, Title: p.Title, Color: styles.Hex(p.Color)}
		if len(p.Every) > 0 {
			y.Every, y.From, y.Unit = p.Every[0].Step, p.Every[0].From, p.Every[0].Unit
		}
		if p.Full > 0 {
			y.Full, y.Unit = p.Full, p.Unit
		}
		if p.Kind == styles.Extremes {
			y.Color, y.High, y.Low = "", p.High.Letter, p.Low.Letter
		}
		t.Symbols = append(t.Symbols, y)
	}
	return json.Marshal(t)
}

// short is a number without what converting leaves beyond twelve digits.
func short(v float64) float64 {
	if s, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64); err == nil {
		return s
	}
	return v
}
