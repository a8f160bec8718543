package grib

import (
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/elements"
	"isobar/field"
)

const (
	tables        = 28 // of the master tables' versions: the ones that numbers are from
	missingCentre = 255
	startOf       = 1 // code table 1.2: the reference time is the start of the forecast
	forecasts     = 1 // code table 1.4
	perturbed     = 4
)

// identification is section 1.
func identification(s *coverage.Source, v, plane int, p elements.Parameter) octets {
	pick, _ := s.Pick(v, plane)
	var o octets
	o.u16(p.Centre)
	o.u16(p.SubCentre)
	local := 0
	if p.Centre != missingCentre {
		local = 1
	}
	o.u8(tables, local, startOf)
	t := pick.Run.UTC()
	o.u16(t.Year())
	o.u8(int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), 0)
	if len(s.Variables[v].Layer.Members) > 1 {
		o.u8(perturbed)
	} else {
		o.u8(forecasts)
	}
	return section(1, o)
}

// statistics are the numbers of code table 4.10.
var statistics = map[elements.Process]int{
	elements.Mean: 0, elements.Sum: 1, elements.Maximum: 2, elements.Minimum: 3, elements.Difference: 4, elements.RootMean: 5, elements.Deviation: 6,
}

// productOf is section 4 by template 4.0, 4.1, 4.8 or 4.11.
func productOf(s *coverage.Source, v, plane int, p elements.Parameter) (octets, error) {
	pick, _ := s.Pick(v, plane)
	layer := s.Variables[v].Layer
	member, interval := len(layer.Members) > 1, pick.Span > 0
	template := map[[2]bool]int{{false, false}: 0, {true, false}: 1, {false, true}: 8, {true, true}: 11}[[2]bool{member, interval}]
	var o octets
	o.u16(0)
	o.u16(template)
	o.u8(p.Category, p.Number, 2, missingCentre, missingCentre)
	o.u16(0)
	o.u8(0)
	start := pick.Valid - field.Time(pick.Span)
	unit, n := steps(field.Seconds(start - pick.Run))
	o.u8(unit)
	o.i32(n)
	levels, err := surfacesOf(p, pick.Level)
	if err != nil {
		return nil, err
	}
	o = append(o, levels...)
	if member {
		kind := 3 // positively perturbed, code table 4.6
		if pick.Member == 0 {
			kind = 1
		}
		o.u8(kind, pick.Member, min(len(layer.Members), 254))
	}
	if interval {
		o.interval(pick.Valid, pick.Span, p.Process)
	}
	return o, nil
}

// interval ends templates 4.8 and 4.11.
func (o *octets) interval(end field.Time, span field.Seconds, process elements.Process) {
	t := end.UTC()
	o.u16(t.Year())
	o.u8(int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), 1)
	o.u32(0)
	statistic, known := statistics[process]
	if !known {
		statistic = missingCentre
		if n, err := strconv.Atoi(strings.TrimPrefix(string(process), "stat")); err == nil && n >= 0 && n < 255 {
			statistic = n
		}
	}
	o.u8(statistic, 2)
	unit, n := steps(span)
	o.u8(unit)
	o.u32(n)
	o.u8(missingCentre)
	o.u32(0)
}

// steps is a time as a unit of code table 4.4 and a number.
func steps(s field.Seconds) (unit int, n int64) {
	switch {
	case s%3600 == 0:
		return 1, int64(s / 3600)
	case s%60 == 0:
		return 0, int64(s / 60)
	}
	return 13, int64(s)
}

// surfaceTypes are the numbers of code table 4.5.
var surfaceTypes = map[elements.LevelKind]int{
	elements.Surface: 1, elements.CloudBase: 2, elements.CloudTop: 3, elements.Freezing: 4, elements.MaxWind: 6, elements.Tropopause: 7,
	elements.TopOfAtmos: 8, elements.Atmosphere: 10, elements.Isotherm: 20, elements.Pressure: 100, elements.PressureLay: 100, elements.MeanSea: 101,
	elements.Altitude: 102, elements.Height: 103, elements.HeightLayer: 103, elements.Sigma: 104, elements.SigmaLayer: 104, elements.ModelLevel: 105,
	elements.Depth: 106, elements.Theta: 107, elements.PV: 109, elements.SeaDepth: 160, elements.LowCloud: 214, elements.Boundary: 220,
	elements.MiddleCloud: 224, elements.HighCloud: 234, elements.Sea: 1, "": 255,
}

// unvalued are kinds whose levels have no value.
func unvalued(kind elements.LevelKind, l field.Level) bool {
	switch kind {
	case elements.Pressure, elements.PressureLay, elements.Altitude, elements.Height, elements.HeightLayer, elements.Sigma, elements.SigmaLayer,
		elements.ModelLevel, elements.Depth, elements.Theta, elements.PV, elements.SeaDepth, elements.Isotherm:
		return false
	}
	return l.Value == 0 && l.To == 0
}

// surfacesOf are the two surfaces of a level: 12 octets. What the element's parameter says of the place holds before the field's level.
func surfacesOf(p elements.Parameter, l field.Level) (octets, error) {
	kind := l.Kind
	if p.LevelKind != "" && p.LevelKind != kind && p.LevelKind != kind+"layer" {
		kind = p.LevelKind
		l = field.Level{Kind: kind, Value: p.LevelValue, To: p.LevelValue}
	}
	first, second, err := typesOf(kind)
	if err != nil {
		return nil, err
	}
	var o octets
	surface := func(code int, v float64, valued bool) {
		o.u8(code)
		if valued {
			o.scaled(v)
		} else {
			o.missing(5)
		}
	}
	surface(first, l.Value, !unvalued(kind, l) && first != missingCentre)
	switch {
	case second >= 0:
		surface(second, l.To, !unvalued(kind, l))
	case l.To != l.Value:
		surface(first, l.To, true)
	default:
		surface(missingCentre, 0, false)
	}
	return o, nil
}

// typesOf are the numbers of a kind; second is -1 if it is the first's.
func typesOf(kind elements.LevelKind) (first, second int, err error) {
	if code, ok := surfaceTypes[kind]; ok {
		return code, -1, nil
	}
	text, typed := strings.CutPrefix(string(kind), "type")
	a, b, layer := strings.Cut(text, "-")
	first, errA := strconv.Atoi(a)
	second = -1
	var errB error
	if layer {
		second, errB = strconv.Atoi(b)
	}
	if !typed || errA != nil || errB != nil || first < 0 || first > 255 || second > 255 {
		return 0, 0, unfit("levels of the kind %q", kind)
	}
	return first, second, nil
}
