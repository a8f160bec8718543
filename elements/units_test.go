package elements

import (
	"math"
	"testing"
)

func TestConvert(t *testing.T) {
	for _, c := range []struct {
		from, to string
		value    float64
		want     float64
	}{
		{"K", "degC", 273.15, 0},
		{"degC", "K", -10, 263.15},
		{"degC", "degF", 100, 212},
		{"K", "degF", 233.15, -40},
		{"Pa", "hPa", 101325, 1013.25},
		{"inHg", "hPa", 29.92, 1013.2},
		{"m/s", "kt", 10, 19.4384},
		{"m/s", "km/h", 10, 36},
		{"m/s", "mph", 10, 22.3694},
		{"kt", "km/h", 1, 1.852},
		{"m", "ft", 0, 0},
		{"m", "[ft_i]", 304.8, 1000},
		{"m", "cm", 0.5, 50},
		{"m", "km", 4500, 4.5},
		{"kg/m2", "mm", 12, 12},
		{"m", "kg/m2", 0.012, 12},
		{"m", "mm", 0.012, 12},
		{"kg/m2/s", "mm/h", 0.001, 3.6},
		{"m/s", "kg/m2/s", 0.001, 1},
		{"1", "%", 0.25, 25},
		{"%", "1", 25, 0.25},
		{"1", "[ppth]", 0.25, 250},
		{"gpm", "dam", 5520, 552},
		{"J/m2", "kW.h/m2", 3.6e6, 1},
		{"J/m2", "MJ/m2", 3.6e6, 3.6},
		{"s", "h", 7200, 2},
		{"kg/kg", "g/kg", 0.012, 12},
		{"1/s", "10*-5/s", 0.0001, 10},
		{"K.m2/kg/s", "PVU", 2e-6, 2},
		{"kg/m3", "ug/m3", 3e-8, 30},
		{"kg/m2", "DU", 2.1415e-5 * 300, 300},
		{"deg", "rad", 180, math.Pi},
		{"", "", 7, 7},
		{"widgets", "widgets", 7, 7},
	} {
		conv, ok := Convert(c.from, c.to)
		if got := c.value*conv.Scale + conv.Offset; !ok || math.Abs(got-c.want) > 1e-3*max(1, math.Abs(c.want)) {
			t.Errorf("%v %s = %v %s (%v), want %v", c.value, c.from, got, c.to, ok, c.want)
		}
	}
}

func TestWhatMeasuresDifferentThingsIsNotConverted(t *testing.T) {
	for _, c := range [][2]string{{"K", "m"}, {"Pa", ""}, {"", "Pa"}, {"widgets", "K"}, {"kg/m2", "km"}, {"m/s", "m"}, {"W/m2", "J/m2"}} {
		if conv, ok := Convert(c[0], c[1]); ok {
			t.Errorf("%s -> %s = %v", c[0], c[1], conv)
		}
	}
}

// TestConversionsHaveInverses holds for all pairs of units.
func TestConversionsHaveInverses(t *testing.T) {
	for from := range measures {
		for to := range measures {
			there, ok := Convert(from, to)
			back, also := Convert(to, from)
			if ok != also {
				t.Errorf("%s and %s convert one way only", from, to)
			}
			if got := (12.5*there.Scale+there.Offset)*back.Scale + back.Offset; ok && math.Abs(got-12.5) > 1e-6 {
				t.Errorf("12.5 %s -> %s -> %v", from, to, got)
			}
		}
	}
}

func TestUnitLabel(t *testing.T) {
	for unit, want := range map[string]string{
		"degC": "°C", "m/s": "m/s", "kg/m2": "kg/m²", "W/m2": "W/m²", "[ppth]": "‰", "1": "", "": "", "%": "%", "deg": "°",
		"K.m2/kg/s": "K·m²/kg/s", "10*-5/s": "10⁻⁵/s", "kW.h/m2": "kWh/m²", "dB[Z]": "dBZ", "kt": "kt", "mm/h": "mm/h", "m2/s2": "m²/s²", "ug/m3": "µg/m³",
	} {
		if got := UnitLabel(unit); got != want {
			t.Errorf("UnitLabel(%q) = %q, want %q", unit, got, want)
		}
	}
}
