package decode

import (
	"strconv"

	"isobar/decode/grib"
	"isobar/elements"
	"isobar/field"
)

// surfaceKind is a kind of level: its name, that of a layer between two of it, and whether it has a value.
type surfaceKind struct {
	kind, layer elements.LevelKind // layer "": the same
	valued      bool
}

// surfaces are the types of code table 4.5 that have a name here, NCEP's own (200 and above) among them.
var surfaces = map[int]surfaceKind{
	1:   {kind: elements.Surface},
	2:   {kind: elements.CloudBase},
	3:   {kind: elements.CloudTop},
	4:   {kind: elements.Freezing},
	6:   {kind: elements.MaxWind},
	7:   {kind: elements.Tropopause},
	8:   {kind: elements.TopOfAtmos},
	10:  {kind: elements.Atmosphere},
	20:  {kind: elements.Isotherm, valued: true},
	100: {kind: elements.Pressure, layer: elements.PressureLay, valued: true},
	101: {kind: elements.MeanSea},
	102: {kind: elements.Altitude, valued: true},
	103: {kind: elements.Height, layer: elements.HeightLayer, valued: true},
	104: {kind: elements.Sigma, layer: elements.SigmaLayer, valued: true},
	105: {kind: elements.ModelLevel, valued: true},
	106: {kind: elements.Depth, valued: true},
	107: {kind: elements.Theta, valued: true},
	109: {kind: elements.PV, valued: true},
	118: {kind: elements.ModelLevel, valued: true},
	119: {kind: elements.ModelLevel, valued: true},
	150: {kind: elements.ModelLevel, valued: true},
	160: {kind: elements.SeaDepth, valued: true},
	200: {kind: elements.Atmosphere},
	214: {kind: elements.LowCloud},
	220: {kind: elements.Boundary},
	224: {kind: elements.MiddleCloud},
	234: {kind: elements.HighCloud},
}

// levelOf names a level. Types without a name are "type<N>", layers between two types "type<N>-<M>".
func levelOf(l grib.Level) field.Level {
	first, second := l.First, l.Second
	kind, named := surfaces[first.Type]
	switch {
	case first.Type == grib.Missing:
		return field.Level{Kind: "type255"}
	case second.Type == grib.Missing:
	case first.Type == 1 && second.Type == 8: // from the ground to the top
		return field.Level{Kind: elements.Atmosphere}
	case second.Type != first.Type:
		kind := elements.LevelKind("type" + strconv.Itoa(first.Type) + "-" + strconv.Itoa(second.Type))
		return field.Level{Kind: kind, Value: first.Value, To: second.Value}
	}
	if !named {
		kind = surfaceKind{kind: elements.LevelKind("type" + strconv.Itoa(first.Type)), valued: first.HasValue}
	}
	if !kind.valued {
		return field.Level{Kind: kind.kind}
	}
	level := field.Level{Kind: kind.kind, Value: first.Value, To: first.Value}
	if second.Type != grib.Missing && second.HasValue && second.Value != first.Value {
		if level.To = second.Value; kind.layer != "" {
			level.Kind = kind.layer
		}
	}
	return level
}
