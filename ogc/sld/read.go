// Package sld reads and writes colours of rasters as Styled Layer Descriptors (OGC 02-070 and 05-078r4) with Symbology Encoding 1.1 (05-077r4).
package sld

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"

	"isobar/styles"
)

// ErrRead is a text that is no SLD that a map can be drawn by.
var ErrRead = errors.New("no usable SLD")

// The bounds of a document: its length in bytes, how deep its elements lie, and how many colours a map of them has.
const (
	MaxBytes   = 64 << 10
	maxDepth   = 32
	maxEntries = 250
)

// Layer is a named layer and how it is to be shown: by its own colours, or by the name of a style that is offered.
type Layer struct {
	Name  string
	Style string        // name of the style; "" if there is none
	Own   *styles.Style // colours by value, in the unit of the data; nil: those of the named style
	Fade  float64       // 0 to 1: how much more transparent than said
}

// Find is the layer of a name; ok is false if the document does not speak of it.
func Find(layers []Layer, name string) (l Layer, ok bool) {
	for _, l := range layers {
		if l.Name == name {
			return l, true
		}
	}
	return Layer{}, false
}

// document is the part of an SLD that is read; elements are known by their names in any namespace.
type document struct {
	XMLName xml.Name
	Named   []struct {
		Name   string `xml:"Name"`
		Styles []struct {
			Name string `xml:"Name"`
		} `xml:"NamedStyle"`
		User []struct {
			Name      string  `xml:"Name"`
			Features  []group `xml:"FeatureTypeStyle"`
			Coverages []group `xml:"CoverageStyle"`
		} `xml:"UserStyle"`
	} `xml:"NamedLayer"`
}

// group is a FeatureTypeStyle or a CoverageStyle.
type group struct {
	Rules []struct {
		Rasters []raster `xml:"RasterSymbolizer"`
	} `xml:"Rule"`
}

type raster struct {
	Opacity literal   `xml:"Opacity"`
	Map     *colorMap `xml:"ColorMap"`
}

// literal is a value, plain or within ogc:Literal.
type literal struct {
	Text    string `xml:",chardata"`
	Literal string `xml:"Literal"`
}

func (l literal) value() string {
	if v := strings.TrimSpace(l.Literal); v != "" {
		return v
	}
	return strings.TrimSpace(l.Text)
}

type colorMap struct {
	Type    string `xml:"type,attr"`
	Entries []struct {
		Color    string `xml:"color,attr"`
		Quantity string `xml:"quantity,attr"`
		Opacity  string `xml:"opacity,attr"`
		Label    string `xml:"label,attr"`
	} `xml:"ColorMapEntry"`
	Categorize *struct {
		Values     []literal `xml:"Value"`
		Thresholds []literal `xml:"Threshold"`
	} `xml:"Categorize"`
	Interpolate *struct {
		Points []struct {
			Data  literal `xml:"Data"`
			Value literal `xml:"Value"`
		} `xml:"InterpolationPoint"`
	} `xml:"Interpolate"`
}

// Read reads a document. It may have no DTD, and so no entities. Errors wrap ErrRead.
func Read(text []byte) ([]Layer, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrRead, MaxBytes)
	}
	if err := plain(text); err != nil {
		return nil, err
	}
	var d document
	if err := xml.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrRead, err)
	}
	if d.XMLName.Local != "StyledLayerDescriptor" {
		return nil, fmt.Errorf("%w: its root is %s, not StyledLayerDescriptor", ErrRead, d.XMLName.Local)
	}
	var all []Layer
	for _, n := range d.Named {
		l := Layer{Name: strings.TrimSpace(n.Name)}
		if len(n.Styles) > 0 {
			l.Style = strings.TrimSpace(n.Styles[0].Name)
		}
		if len(n.User) > 0 {
			u := n.User[0]
			if err := l.read(append(u.Features, u.Coverages...)); err != nil {
				return nil, fmt.Errorf("layer %s: %w", l.Name, err)
			}
		}
		all = append(all, l)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: it has no NamedLayer", ErrRead)
	}
	return all, nil
}

// plain refuses what a document of ours never has: a DTD, and elements within elements without end.
func plain(text []byte) error {
	d, depth := xml.NewDecoder(bytes.NewReader(text)), 0
	for {
		token, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%w: %v", ErrRead, err)
		}
		switch token.(type) {
		case xml.Directive:
			return fmt.Errorf("%w: it has a document type", ErrRead)
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > maxDepth {
			return fmt.Errorf("%w: its elements lie more than %d deep", ErrRead, maxDepth)
		}
	}
}

// read takes the first raster symbolizer of a style; vectors have none of what a raster shows.
func (l *Layer) read(groups []group) error {
	r := first(groups)
	if r == nil {
		return fmt.Errorf("%w: its style has no RasterSymbolizer", ErrRead)
	}
	if v := r.Opacity.value(); v != "" {
		opacity, err := fraction(v)
		if err != nil {
			return err
		}
		l.Fade = 1 - opacity
	}
	if r.Map == nil {
		return nil
	}
	var err error
	l.Own, err = r.Map.style()
	return err
}

// first is the first raster symbolizer, or nil.
func first(groups []group) *raster {
	for _, g := range groups {
		for _, rule := range g.Rules {
			if len(rule.Rasters) > 0 {
				return &rule.Rasters[0]
			}
		}
	}
	return nil
}

// style is a colour map as a style. A map of intervals colours what lies below each quantity, and nothing beyond the last.
func (m *colorMap) style() (*styles.Style, error) {
	switch {
	case m.Categorize != nil:
		return m.categorized()
	case m.Interpolate != nil:
		return m.interpolated()
	}
	if len(m.Entries) == 0 || len(m.Entries) > maxEntries {
		return nil, fmt.Errorf("%w: its ColorMap has %d entries, not 1 to %d", ErrRead, len(m.Entries), maxEntries)
	}
	s := &styles.Style{Kind: styles.Smooth}
	for _, e := range m.Entries {
		c, err := colour(e.Color)
		if err != nil {
			return nil, err
		}
		if e.Opacity != "" {
			opacity, err := fraction(e.Opacity)
			if err != nil {
				return nil, err
			}
			c.A = uint8(math.Round(255 * opacity))
		}
		quantity, err := number(e.Quantity)
		if err != nil {
			return nil, err
		}
		s.Stops = append(s.Stops, styles.Stop{Value: quantity, Color: c, Label: e.Label})
	}
	switch strings.ToLower(m.Type) {
	case "", "ramp":
	case "values":
		s.Kind = styles.Categories
	case "intervals":
		s.Kind = styles.Classes
		below := s.Stops[0].Color
		s.Under = &below
		for i := range s.Stops[1:] {
			s.Stops[i].Color, s.Stops[i].Label = s.Stops[i+1].Color, s.Stops[i+1].Label
		}
		s.Stops[len(s.Stops)-1] = styles.Stop{Value: s.Stops[len(s.Stops)-1].Value}
	default:
		return nil, fmt.Errorf("%w: its ColorMap is of type %q, which is none of ramp, intervals, values", ErrRead, m.Type)
	}
	return s, ascending(s)
}

// categorized is a Categorize function (SE 1.1, 11.6.2): a threshold belongs to the value after it.
func (m *colorMap) categorized() (*styles.Style, error) {
	c := m.Categorize
	if len(c.Values) != len(c.Thresholds)+1 || len(c.Thresholds) == 0 || len(c.Values) > maxEntries {
		return nil, fmt.Errorf("%w: Categorize has %d values and %d thresholds", ErrRead, len(c.Values), len(c.Thresholds))
	}
	below, err := colour(c.Values[0].value())
	if err != nil {
		return nil, err
	}
	s := &styles.Style{Kind: styles.Classes, Under: &below}
	for i, t := range c.Thresholds {
		stop := styles.Stop{}
		if stop.Value, err = number(t.value()); err != nil {
			return nil, err
		}
		if stop.Color, err = colour(c.Values[i+1].value()); err != nil {
			return nil, err
		}
		s.Stops = append(s.Stops, stop)
	}
	return s, ascending(s)
}

// interpolated is an Interpolate function (SE 1.1, 11.6.3).
func (m *colorMap) interpolated() (*styles.Style, error) {
	points := m.Interpolate.Points
	if len(points) == 0 || len(points) > maxEntries {
		return nil, fmt.Errorf("%w: Interpolate has %d points, not 1 to %d", ErrRead, len(points), maxEntries)
	}
	s := &styles.Style{Kind: styles.Smooth}
	for _, p := range points {
		stop := styles.Stop{}
		var err error
		if stop.Value, err = number(p.Data.value()); err != nil {
			return nil, err
		}
		if stop.Color, err = colour(p.Value.value()); err != nil {
			return nil, err
		}
		s.Stops = append(s.Stops, stop)
	}
	return s, ascending(s)
}

// ascending refuses quantities that do not rise.
func ascending(s *styles.Style) error {
	for i := 1; i < len(s.Stops); i++ {
		if s.Stops[i].Value <= s.Stops[i-1].Value {
			return fmt.Errorf("%w: its quantities do not rise at %g", ErrRead, s.Stops[i].Value)
		}
	}
	return nil
}

// mostQuantity bounds quantities: nothing that is measured is larger.
const mostQuantity = 1e30

func number(text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > mostQuantity {
		return 0, fmt.Errorf("%w: quantity %.40q is no number", ErrRead, text)
	}
	return v, nil
}

func fraction(text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(v >= 0 && v <= 1) {
		return 0, fmt.Errorf("%w: opacity %.40q is not from 0 to 1", ErrRead, text)
	}
	return v, nil
}

// colour reads #RRGGBB, and #AARRGGBB as some write.
func colour(text string) (color.NRGBA, error) {
	digits := strings.TrimPrefix(strings.TrimSpace(text), "#")
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 && len(digits) != 8 {
		return color.NRGBA{}, fmt.Errorf("%w: colour %.40q is not #RRGGBB", ErrRead, text)
	}
	c := color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}
	if len(digits) == 8 {
		c.A = uint8(n >> 24)
	}
	return c, nil
}
