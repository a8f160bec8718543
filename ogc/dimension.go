package ogc

import (
	"strconv"
	"strings"
	"time"

	"isobar/elements"
	"isobar/field"
	"isobar/layers"
)

// Dimension is one of a layer's dimensions as capabilities announce it (WMS 1.3.0 annex C).
type Dimension struct {
	Name    string // one of the names above
	Units   string // "ISO8601", UCUM, or "" for numbers without unit
	Symbol  string // unitSymbol; "" if there is none
	Default string
	Values  string // instants, numbers and start/end/period, with commas and no blanks
	Current bool   // "current" may be asked for
}

// levelUnits is what the levels of each kind are measured in; kinds that are not here have no value.
var levelUnits = map[elements.LevelKind]string{
	elements.Pressure: "Pa", elements.PressureLay: "Pa",
	elements.Height: "m", elements.Altitude: "m", elements.HeightLayer: "m", elements.Depth: "m", elements.SeaDepth: "m",
	elements.Theta: "K", elements.Isotherm: "K", elements.PV: "K.m2/kg/s",
	elements.ModelLevel: "", elements.Sigma: "", elements.SigmaLayer: "",
	"type108": "Pa", // above ground
}

// Dimensions lists what a layer can be asked for: time and run always, elevation if its kind of level has a value, member if
// there are several.
func Dimensions(l *layers.Layer, now time.Time) []Dimension {
	dims := []Dimension{{Name: Time, Units: "ISO8601", Default: l.DefaultTime(now).String(), Values: Periods(l.Times), Current: true}}
	if n := len(l.Runs); n > 0 {
		dims = append(dims, Dimension{Name: ReferenceTime, Units: "ISO8601", Default: l.Runs[n-1].String(), Values: Periods(l.Runs)})
	}
	if unit, ok := LevelUnit(l); ok {
		values := make([]string, len(l.Levels))
		for i, level := range l.Levels {
			values[i] = Number(l.Elevation(level))
		}
		dims = append(dims, Dimension{Name: Elevation, Units: unit, Symbol: unit, Default: Number(l.Elevation(l.DefaultLevel())), Values: strings.Join(values, ",")})
	}
	if len(l.Members) > 1 {
		values := make([]string, len(l.Members))
		for i, m := range l.Members {
			values[i] = strconv.Itoa(m)
		}
		dims = append(dims, Dimension{Name: Member, Default: values[0], Values: strings.Join(values, ",")})
	}
	return dims
}

// LevelUnit is the unit of a layer's levels; ok is false if they have no value, or if there is but one height above ground, which
// the layer's name or title tells.
func LevelUnit(l *layers.Layer) (unit string, ok bool) {
	if len(l.Levels) == 0 {
		return "", false
	}
	kind := l.Levels[0].Kind
	unit, ok = levelUnits[kind]
	return unit, len(l.Levels) > 1 || ok && kind != elements.Height
}

// Periods writes ascending times as start/end/period for each stretch of regular steps, joined by commas, so that hundreds of
// times stay one line. Two times alone are listed as they are.
func Periods(times []field.Time) string {
	var b strings.Builder
	for i := 0; i < len(times); {
		last := i
		if i+1 < len(times) {
			step := times[i+1] - times[i]
			for last = i + 1; last+1 < len(times) && times[last+1]-times[last] == step; last++ {
			}
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		if last-i < 2 {
			b.WriteString(times[i].String())
			i++
			continue
		}
		b.WriteString(times[i].String() + "/" + times[last].String() + "/" + Duration(times[i+1]-times[i]))
		i = last + 1
	}
	return b.String()
}

// Duration is seconds as ISO 8601 writes them: P1D, PT6H, PT1H30M.
func Duration(seconds field.Time) string {
	out := "P"
	if days := seconds / 86400; days > 0 {
		out += strconv.FormatInt(int64(days), 10) + "D"
	}
	if rest := seconds % 86400; rest > 0 {
		out += "T"
		for _, part := range []struct {
			n    field.Time
			mark string
		}{{rest / 3600, "H"}, {rest / 60 % 60, "M"}, {rest % 60, "S"}} {
			if part.n > 0 {
				out += strconv.FormatInt(int64(part.n), 10) + part.mark
			}
		}
	}
	return out
}

// Number writes a number without exponent.
func Number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
