package elements

import "strings"

// Conversion is y = x*Scale + Offset.
type Conversion struct{ Scale, Offset float64 }

// measure is a unit in terms of a base unit: base = value*scale + offset.
type measure struct {
	base          string
	scale, offset float64
}

// Units in the base unit's terms.
const (
	knot      = 1852.0 / 3600 // m/s
	mileHour  = 1609.344 / 3600
	foot      = 0.3048
	degree    = 3.14159265358979323846 / 180
	dobson    = 2.1415e-5 // kg/m2 of ozone
	water     = "kg/m2"   // a depth of water is a mass per area at 1000 kg/m3: what rain gauges mean by millimetres
	waterRate = "kg/m2/s"
)

// measures lists what can be converted: UCUM's spelling, and others that are met. A unit may measure two things.
var measures = map[string][]measure{
	"K": {{"K", 1, 0}}, "degC": {{"K", 1, 273.15}}, "Cel": {{"K", 1, 273.15}},
	"degF": {{"K", 5.0 / 9, 459.67 * 5 / 9}}, "[degF]": {{"K", 5.0 / 9, 459.67 * 5 / 9}},

	"Pa": {{"Pa", 1, 0}}, "hPa": {{"Pa", 100, 0}}, "mbar": {{"Pa", 100, 0}}, "kPa": {{"Pa", 1000, 0}},
	"inHg": {{"Pa", 3386.389, 0}}, "N/m2": {{"Pa", 1, 0}},
	"Pa/s": {{"Pa/s", 1, 0}}, "hPa/h": {{"Pa/s", 1.0 / 36, 0}},

	"m/s": {{"m/s", 1, 0}, {waterRate, 1000, 0}}, "cm/s": {{"m/s", 0.01, 0}}, "km/h": {{"m/s", 1 / 3.6, 0}},
	"kt": {{"m/s", knot, 0}}, "[kn_i]": {{"m/s", knot, 0}}, "mph": {{"m/s", mileHour, 0}}, "[mi_i]/h": {{"m/s", mileHour, 0}},

	"m": {{"m", 1, 0}, {water, 1000, 0}}, "cm": {{"m", 0.01, 0}, {water, 10, 0}}, "mm": {{"m", 0.001, 0}, {water, 1, 0}},
	"in": {{"m", 0.0254, 0}, {water, 25.4, 0}}, "[in_i]": {{"m", 0.0254, 0}, {water, 25.4, 0}},
	"km": {{"m", 1000, 0}}, "ft": {{"m", foot, 0}}, "[ft_i]": {{"m", foot, 0}}, "[mi_i]": {{"m", 1609.344, 0}}, "[nmi_i]": {{"m", 1852, 0}},
	"um": {{"m", 1e-6, 0}}, "gpm": {{"m", 1, 0}}, "dam": {{"m", 10, 0}}, "gpdam": {{"m", 10, 0}},
	"kg/m2": {{water, 1, 0}}, "g/m2": {{water, 0.001, 0}}, "DU": {{water, dobson, 0}, {"DU", 1, 0}},
	"kg/m2/s": {{waterRate, 1, 0}}, "mm/s": {{waterRate, 1, 0}}, "mm/h": {{waterRate, 1.0 / 3600, 0}}, "mm/d": {{waterRate, 1.0 / 86400, 0}},
	"kg/m2/h": {{waterRate, 1.0 / 3600, 0}}, "in/h": {{waterRate, 25.4 / 3600, 0}}, "cm/h": {{waterRate, 10.0 / 3600, 0}},

	"1": {{"1", 1, 0}}, "%": {{"1", 0.01, 0}}, "[ppth]": {{"1", 0.001, 0}}, "[ppm]": {{"1", 1e-6, 0}}, "[ppb]": {{"1", 1e-9, 0}}, "m3/m3": {{"1", 1, 0}},
	"kg/kg": {{"kg/kg", 1, 0}}, "g/kg": {{"kg/kg", 0.001, 0}}, "mg/kg": {{"kg/kg", 1e-6, 0}}, "ug/kg": {{"kg/kg", 1e-9, 0}},
	"kg/m3": {{"kg/m3", 1, 0}}, "g/m3": {{"kg/m3", 0.001, 0}}, "mg/m3": {{"kg/m3", 1e-6, 0}}, "ug/m3": {{"kg/m3", 1e-9, 0}},

	"J/kg": {{"J/kg", 1, 0}}, "kJ/kg": {{"J/kg", 1000, 0}}, "m2/s2": {{"J/kg", 1, 0}},
	"J/m2": {{"J/m2", 1, 0}}, "kJ/m2": {{"J/m2", 1e3, 0}}, "MJ/m2": {{"J/m2", 1e6, 0}}, "W.h/m2": {{"J/m2", 3600, 0}}, "kW.h/m2": {{"J/m2", 3.6e6, 0}},
	"W.s/m2": {{"J/m2", 1, 0}}, "W/m2": {{"W/m2", 1, 0}}, "kW/m2": {{"W/m2", 1000, 0}}, "W/m": {{"W/m", 1, 0}}, "kW/m": {{"W/m", 1000, 0}},

	"s": {{"s", 1, 0}}, "min": {{"s", 60, 0}}, "h": {{"s", 3600, 0}}, "d": {{"s", 86400, 0}},
	"rad": {{"rad", 1, 0}}, "deg": {{"rad", degree, 0}},
	"1/s": {{"1/s", 1, 0}}, "10*-5/s": {{"1/s", 1e-5, 0}}, "1/s2": {{"1/s2", 1, 0}}, "m/s2": {{"m/s2", 1, 0}},
	"1/m": {{"1/m", 1, 0}}, "1/km": {{"1/m", 0.001, 0}}, "1/m3": {{"1/m3", 1, 0}}, "1/kg": {{"1/kg", 1, 0}},
	"K/m": {{"K/m", 1, 0}}, "K/km": {{"K/m", 0.001, 0}}, "K/s": {{"K/s", 1, 0}}, "m2/s": {{"m2/s", 1, 0}}, "kg/m/s": {{"kg/m/s", 1, 0}},
	"K.m2/kg/s": {{"K.m2/kg/s", 1, 0}}, "PVU": {{"K.m2/kg/s", 1e-6, 0}},
	"dB[Z]": {{"dB[Z]", 1, 0}}, "dB": {{"dB", 1, 0}}, "N.s/m2": {{"N.s/m2", 1, 0}}, "J": {{"J", 1, 0}}, "V/m": {{"V/m", 1, 0}},
	"kg/m2/d": {{waterRate, 1.0 / 86400, 0}}, "mol/mol": {{"1", 1, 0}}, "[psu]": {{"[psu]", 1, 0}}, "m2/s3": {{"m2/s3", 1, 0}}, "m3/s": {{"m3/s", 1, 0}},
	"m3/s2": {{"m3/s2", 1, 0}}, "m2.s": {{"m2.s", 1, 0}}, "J/m": {{"J/m", 1, 0}},
}

// Convert finds how to turn a value of one unit into another; ok is false if they measure different things.
func Convert(from, to string) (conv Conversion, ok bool) {
	if from == to {
		return Conversion{Scale: 1}, true
	}
	for _, f := range measures[from] {
		for _, t := range measures[to] {
			if f.base == t.base {
				return Conversion{Scale: f.scale / t.scale, Offset: (f.offset - t.offset) / t.scale}, true
			}
		}
	}
	return Conversion{}, false
}

// knownUnit tells whether a unit is in the table; "" is a number without one, of categories or unknown.
func knownUnit(unit string) bool { return unit == "" || measures[unit] != nil }

// labels are units whose spelling is not what people write, signs and powers apart.
var labels = map[string]string{
	"degC": "°C", "Cel": "°C", "degF": "°F", "[degF]": "°F", "deg": "°", "1": "", "[kn_i]": "kt", "[mi_i]/h": "mph", "[mi_i]": "mi",
	"[nmi_i]": "NM", "[ft_i]": "ft", "[in_i]": "in", "um": "µm", "gpdam": "dam", "[ppth]": "‰", "[ppm]": "ppm", "[ppb]": "ppb",
	"[psu]": "PSU", "dB[Z]": "dBZ", "ug/m3": "µg/m³", "ug/kg": "µg/kg", "10*-5/s": "10⁻⁵/s", "kW.h/m2": "kWh/m²", "W.h/m2": "Wh/m²",
}

// powers are digits as exponents.
var powers = strings.NewReplacer("2", "²", "3", "³", "4", "⁴", ".", "·")

// UnitLabel is a unit as people write it: "degC" -> "°C", "m/s" -> "m/s", "kg/m2" -> "kg/m²".
func UnitLabel(unit string) string {
	if label, ok := labels[unit]; ok {
		return label
	}
	return powers.Replace(unit)
}
