package sld

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"isobar/styles"
)

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
