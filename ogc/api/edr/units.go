package edr

import (
	"math"
	"strconv"
	"strings"

	"isobar/elements"
	"isobar/field"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
)

// lengthUnits are the units of distances, in metres.
var lengthUnits = map[string]float64{"m": 1, "km": 1000, "mi": 1609.344, "nmi": 1852, "ft": 0.3048}

// otherNames are what clients write for them.
var otherNames = map[string]string{
	"metre": "m", "metres": "m", "meter": "m", "meters": "m", "kilometre": "km", "kilometres": "km", "kilometer": "km", "kilometers": "km", "kms": "km",
	"mile": "mi", "miles": "mi", "nm": "nmi", "nautical miles": "nmi", "nautical_miles": "nmi", "[nmi_i]": "nmi", "[mi_i]": "mi", "[ft_i]": "ft",
	"foot": "ft", "feet": "ft",
}

// distanceNames are the units as they are announced.
var distanceNames = []string{"km", "m", "mi", "nmi"}

// distance reads a distance and its unit in metres: of 0 to most.
func distance(c *api.Call, parameter, unitParameter string, most float64) (metres float64, err error) {
	text, unit := c.Query.Get(parameter), strings.ToLower(c.Query.Get(unitParameter))
	switch {
	case text == "":
		return 0, ogc.Missing(parameter)
	case unit == "":
		return 0, ogc.Missing(unitParameter)
	}
	if other, ok := otherNames[unit]; ok {
		unit = other
	}
	size, ok := lengthUnits[unit]
	if !ok {
		return 0, ogc.Invalid(unitParameter, "%s %q is none of %s", unitParameter, ogc.Clip(unit), strings.Join(distanceNames, ", "))
	}
	v, bad := finite(text)
	if bad || v < 0 || v*size > most {
		return 0, ogc.Invalid(parameter, "%s %q is no distance of 0 to %g %s", parameter, ogc.Clip(text), math.Floor(most/size), unit)
	}
	return v * size, nil
}

// positions reads a number of positions: 0 is as stored, which is what nothing means, too.
func positions(c *api.Call, axis string) (int, error) {
	parameter := "resolution-" + axis
	text := c.Query.Get(parameter)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > mostPlacesOfWay {
		return 0, ogc.Invalid(parameter, "%s %q is no whole number of 0 to %d", parameter, ogc.Clip(text), mostPlacesOfWay)
	}
	return n, nil
}

// height is corridor-height: how far up and down from a level. It is nil if it is not given.
type height struct {
	half   float64
	length bool // in metres; else in the unit of the levels, if they are of that kind
	unit   string
}

// heightNames are the units as they are announced.
var heightNames = []string{"m", "km", "ft", "hPa", "Pa"}

// readHeight reads corridor-height and its unit.
func readHeight(c *api.Call) (*height, error) {
	text, unit := c.Query.Get("corridor-height"), c.Query.Get("height-units")
	if text == "" {
		return nil, nil
	}
	v, bad := finite(text)
	if bad || v < 0 {
		return nil, ogc.Invalid("corridor-height", "corridor-height %q is no height", ogc.Clip(text))
	}
	name := strings.ToLower(unit)
	if other, ok := otherNames[name]; ok {
		name = other
	}
	if size, ok := lengthUnits[name]; ok {
		return &height{half: v * size / 2, length: true, unit: "m"}, nil
	}
	if to, ok := elements.Convert(elements.ReadUnit(unit), "Pa"); ok && unit != "" {
		return &height{half: v * to.Scale / 2, unit: "Pa"}, nil
	}
	if unit == "" { // EDR 1.0's suite leaves it out
		return &height{half: v / 2}, nil
	}
	return nil, ogc.Invalid("height-units", "height-units %q is none of %s", ogc.Clip(unit), strings.Join(heightNames, ", "))
}

// around is the levels within the height of one.
func (h *height) around(level float64, unit string) (low, high float64) {
	switch {
	case h == nil:
		return math.Inf(-1), math.Inf(1)
	case h.length && unit == "Pa":
		up, down := altitude(level)+h.half, altitude(level)-h.half
		return pressure(up), pressure(down)
	case !h.length && h.unit == "Pa" && unit == "m":
		up, down := pressure(level)-h.half, pressure(level)+h.half
		return altitude(down), altitude(max(up, 1))
	}
	return level - h.half, level + h.half
}

// The standard atmosphere (ISO 2533): its pressure at sea level, and how it falls up to 11 km and above.
const (
	seaLevelPa      = 101325
	tropopausePa    = 22632.06
	tropopauseM     = 11000
	lapsePerMetre   = 0.0065 / 288.15
	lapseExponent   = 5.255880
	scaleHeightM    = 6341.62
	highestAltitude = 80000
)

// altitude is how high a pressure is in the standard atmosphere, in metres.
func altitude(pa float64) float64 {
	if pa >= tropopausePa {
		return (1 - math.Pow(pa/seaLevelPa, 1/lapseExponent)) / lapsePerMetre
	}
	return min(tropopauseM+scaleHeightM*math.Log(tropopausePa/max(pa, 1e-3)), highestAltitude)
}

// pressure is that of the standard atmosphere at a height, in Pa.
func pressure(metres float64) float64 {
	if metres <= tropopauseM {
		return seaLevelPa * math.Pow(max(1-metres*lapsePerMetre, 1e-9), lapseExponent)
	}
	return tropopausePa * math.Exp((tropopauseM-metres)/scaleHeightM)
}

// converter is the unit that a layer's values are given in, and how they get there, with the digits that count.
func (q *question) converter(l *layers.Layer) (unit string, convert func(field.Digits) func(float64) float64) {
	unit = q.unitOf(l)
	c, ok := elements.Convert(l.Element.Unit, unit)
	if unit == "" || !ok {
		return l.Element.Unit, func(d field.Digits) func(float64) float64 { return d.Round }
	}
	return unit, func(d field.Digits) func(float64) float64 { return d.In(c.Scale, c.Offset) }
}

// finite reads a number.
func finite(text string) (v float64, bad bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return v, err != nil || math.IsNaN(v) || math.IsInf(v, 0)
}
