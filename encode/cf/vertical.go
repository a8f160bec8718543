package cf

import (
	"fmt"
	"strconv"
	"strings"

	"isobar/elements"
	"isobar/field"
)

// vertical is a kind of level as a coordinate.
type vertical struct{ name, standard, units, positive string }

// verticals are the kinds that the conventions have names for, and those that are numbers.
var verticals = map[elements.LevelKind]vertical{
	elements.Pressure:    {"pressure", "air_pressure", "Pa", "down"},
	elements.PressureLay: {"pressure", "air_pressure", "Pa", "down"},
	elements.Height:      {"height", "height", "m", "up"},
	elements.HeightLayer: {"height", "height", "m", "up"},
	elements.Altitude:    {"altitude", "altitude", "m", "up"},
	elements.Depth:       {"depth", "depth", "m", "down"},
	elements.SeaDepth:    {"depth_below_sea", "depth_below_geoid", "m", "down"},
	elements.ModelLevel:  {"model_level", "model_level_number", "1", "down"},
	elements.Sigma:       {"sigma", "atmosphere_sigma_coordinate", "1", "down"},
	elements.SigmaLayer:  {"sigma", "atmosphere_sigma_coordinate", "1", "down"},
	elements.Theta:       {"theta", "air_potential_temperature", "K", "up"},
}

// vertical adds the levels of a variable, unless another has the same: a coordinate over a dimension, or a scalar. name is "" for a
// level without a value.
func (b *builder) vertical(i int) (name string, axis bool) {
	levels := b.s.Variables[i].Levels
	axis = b.s.HasLevels(i)
	if !axis && levels[0].Value == 0 && levels[0].To == 0 && levels[0].Kind != elements.Height {
		return "", false
	}
	known, ok := verticals[levels[0].Kind]
	if !ok {
		known = vertical{name: "level_" + safeName(string(levels[0].Kind)), units: "1"}
	}
	key := known.name
	for _, l := range levels {
		key += fmt.Sprintf(" %v %v", l.Value, l.To)
	}
	key += strconv.FormatBool(axis)
	name, made := b.name(known.name, key)
	if !made {
		return name, axis
	}
	v, bounds := coordinate(name, known, levels)
	if axis {
		b.Dims = append(b.Dims, Dim{name, len(levels)})
		v.Dims = []string{name}
		v.Attrs = append(v.Attrs, Text("axis", "Z"))
	}
	b.Vars = append(b.Vars, v)
	if bounds != nil {
		b.Vars = append(b.Vars, Var{Name: name + "_bnds", Dims: append(append([]string{}, v.Dims...), dimBounds), Type: Double, Values: bounds})
	}
	return name, axis
}

// coordinate makes a vertical coordinate, and bounds if any level is a layer.
func coordinate(name string, known vertical, levels []field.Level) (v Var, bounds []float64) {
	v = Var{Name: name, Type: Double}
	for _, a := range []Attr{Text("standard_name", known.standard), Text("long_name", strings.ReplaceAll(known.name, "_", " ")), Text("units", known.units), Text("positive", known.positive)} {
		if a.Text != "" {
			v.Attrs = append(v.Attrs, a)
		}
	}
	layered := false
	for _, l := range levels {
		v.Values = append(v.Values, l.Value)
		bounds = append(bounds, l.Value, l.To)
		layered = layered || l.To != l.Value
	}
	if !layered {
		return v, nil
	}
	v.Attrs = append(v.Attrs, Text("bounds", name+"_bnds"))
	return v, bounds
}
