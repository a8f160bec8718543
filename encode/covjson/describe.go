package covjson

import (
	"isobar/coverage"
	"isobar/elements"
	"isobar/layers"
)

// Parameter is what a range is of (CoverageJSON 6.2).
type Parameter struct {
	Type        string            `json:"type"`
	ID          string            `json:"id,omitempty"`
	Description map[string]string `json:"description,omitempty"`
	Unit        *Unit             `json:"unit,omitempty"`
	Observed    Observed          `json:"observedProperty"`
}

// Unit is a unit for people and for programs.
type Unit struct {
	Label  map[string]string `json:"label,omitempty"`
	Symbol Symbol            `json:"symbol"`
}

// Symbol is a unit's code.
type Symbol struct {
	Value string `json:"value"`
	Type  string `json:"type"`
}

// Observed is a quantity.
type Observed struct {
	ID    string            `json:"id,omitempty"`
	Label map[string]string `json:"label"`
}

// The lists that codes are from.
const (
	ucum         = "http://www.opengis.net/def/uom/UCUM/"
	standardName = "http://vocab.nerc.ac.uk/standard_name/"
)

// label is a text in English.
func label(text string) map[string]string { return map[string]string{"en": text} }

// ParameterOf describes a layer.
func ParameterOf(l *layers.Layer) Parameter { return ParameterIn(l, l.Element.Unit) }

// ParameterIn describes a layer whose values are given in a unit.
func ParameterIn(l *layers.Layer, unit string) Parameter {
	el := l.Element
	p := Parameter{Type: "Parameter", Observed: Observed{Label: label(l.Title)}}
	if el.Abstract != "" {
		p.Description = label(el.Abstract)
	}
	if el.StandardName != "" {
		p.Observed.ID = standardName + el.StandardName + "/"
	}
	if unit != "" {
		p.Unit = &Unit{Symbol: Symbol{Value: Code(unit), Type: ucum}}
		if name := elements.UnitLabel(unit); name != "" {
			p.Unit.Label = label(name)
		}
	}
	return p
}

// codes are units that the rows spell otherwise than UCUM does.
var codes = map[string]string{"degC": "Cel", "degF": "[degF]", "kt": "[kn_i]", "dB[Z]": "dB[10.nV]", "DU": "[DU]"}

// Code is a unit in UCUM's spelling.
func Code(unit string) string {
	if c, ok := codes[unit]; ok {
		return c
	}
	return unit
}

// Reference ties coordinates to a system (CoverageJSON 5).
type Reference struct {
	Coordinates []string       `json:"coordinates"`
	System      map[string]any `json:"system"`
}

// References are those of a coverage's domain.
func References(s *coverage.Source) []Reference {
	all := []Reference{horizontal(s), Time()}
	if levels := s.Variables[0].Levels; heights(levels) != nil {
		all = append(all, Vertical(levels[0].Kind))
	}
	if s.HasMembers() {
		all = append(all, members())
	}
	return all
}

// members is that of members of an ensemble.
func members() Reference {
	return Reference{[]string{"member"}, map[string]any{"type": "IdentifierRS", "targetConcept": map[string]any{"label": label("ensemble member")}}}
}

// Time is that of times.
func Time() Reference {
	return Reference{[]string{"t"}, map[string]any{"type": "TemporalRS", "calendar": "Gregorian"}}
}

// Geographic is that of longitudes and latitudes.
func Geographic() Reference {
	return Reference{[]string{"x", "y"}, map[string]any{"type": "GeographicCRS", "id": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}
}

// horizontal is that of the cells. A system that no registry has is described in words.
func horizontal(s *coverage.Source) Reference {
	switch {
	case s.Ref.Code == "":
		kind := "ProjectedCRS"
		if s.Ref.Degrees {
			kind = "GeographicCRS"
		}
		return Reference{[]string{"x", "y"}, map[string]any{
			"type": kind, "description": label("the model's own system: " + s.Native.Kind), "kind": s.Native.Kind, "parameters": s.Native.Params,
			"ellipsoid": []float64{s.Native.Earth.Major, s.Native.Earth.Minor},
		}}
	case s.Ref.Degrees:
		return Geographic()
	}
	return Reference{[]string{"x", "y"}, map[string]any{"type": "ProjectedCRS", "id": "http://www.opengis.net/def/crs/EPSG/0/" + s.Ref.Code[len("EPSG:"):]}}
}

// Vertical is that of levels of a kind.
func Vertical(kind elements.LevelKind) Reference {
	name, unit, direction := string(kind), "", "up"
	switch kind {
	case elements.Pressure, elements.PressureLay:
		name, unit, direction = "Pressure", "Pa", "down"
	case elements.Height, elements.HeightLayer:
		name, unit = "Height above ground", "m"
	case elements.Altitude:
		name, unit = "Altitude above mean sea level", "m"
	case elements.Depth, elements.SeaDepth:
		name, unit, direction = "Depth", "m", "down"
	case elements.Theta, elements.Isotherm:
		unit = "K"
	case elements.ModelLevel:
		name, direction = "Model level", "down"
	}
	axis := map[string]any{"name": label(name), "direction": direction}
	if unit != "" {
		axis["unit"] = map[string]any{"symbol": unit}
	}
	return Reference{[]string{"z"}, map[string]any{"type": "VerticalCRS", "cs": map[string]any{"csAxes": []any{axis}}}}
}
