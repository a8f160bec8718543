package grib

import (
	"fmt"
	"math"
)

// Codes of edition 2's table 4.10 that edition 1's time ranges stand for.
const (
	statMean       = 0
	statSum        = 1
	statMaximum    = 2
	statMinimum    = 3
	statDifference = 4
	statDeviation  = 6
	statCovariance = 7
)

// product1 reads section 1 of edition 1.
func product1(m *Message, o *octets) error {
	m.Statistic, m.Ensemble.Relation = Missing, Missing
	m.Level = level1(o, m.Centre)
	year := (o.u8(25)-1)*100 + o.u8(13)
	if o.u8(25) == 0 {
		year = 1900 + o.u8(13) // early writers know no century
	}
	if o.u8(13) == missing8 || o.u8(25) == missing8 { // climates are of no year
		year = 0
	}
	var err error
	if m.Reference, err = date(year, o.u8(14), o.u8(15), o.u8(16), o.u8(17), 0); err != nil {
		return fmt.Errorf("reference time: %w", err)
	}
	if err := times1(m, o); err != nil {
		return err
	}
	local1(m, o)
	return o.check("section 1")
}

// period is how a time range indicator (code table 5) counts: from reference time plus start to reference time plus end.
type period struct {
	start, end, statistic int
}

// times1 sets the valid time and interval.
//
// Where an indicator stands for fields of several reference times (monthly means, above all), Valid is that of the first of
// them, as most writers and readers understand it.
func times1(m *Message, o *octets) error {
	u, err := unitOf(o.u8(18), 1)
	p1, p2, n := o.u8(19), o.u8(20), o.u16(22)
	p := period{start: p1, end: p1, statistic: Missing}
	switch o.u8(21) {
	case 2:
		p.end = p2
	case 3:
		p.end, p.statistic = p2, statMean
	case 4:
		p.end, p.statistic = p2, statSum
	case 5:
		p.end, p.statistic = p2, statDifference
	case 6:
		p.start, p.end, p.statistic = -p1, -p2, statMean
	case 7:
		p.start, p.end, p.statistic = -p1, p2, statMean
	case 10:
		p.start = o.u16(19)
		p.end = p.start
	case 51, 113, 117, 123:
		p.statistic = statMean
	case 114, 124:
		p.statistic = statSum
	case 115, 116, 119, 125:
		p = series1(o.u8(21), p1, p2, n, m.Centre)
	case 118:
		if p.statistic = statCovariance; m.Centre == centreECMWF {
			p.end, p.statistic = p2, statMaximum
		}
	}
	m.Statistic = p.statistic
	if p.start == 0 && p.end == 0 { // the unit doesn't matter, and some leave it out
		m.Valid = m.Reference
		return nil
	}
	if err != nil {
		return err
	}
	start, err := u.after(m.Reference, p.start)
	if err == nil {
		m.Valid, err = u.after(m.Reference, p.end)
	}
	m.Interval = between(start, m.Valid)
	return err
}

// series1 is a period of n steps of p2 from p1 on, of one run. ECMWF uses an indicator of its own way.
func series1(indicator, p1, p2, n, centre int) period {
	p := period{start: p1, end: p1 + max(0, n-1)*p2, statistic: statMean}
	switch {
	case indicator == 119 && centre == centreECMWF:
		p.end, p.statistic = p2, statMinimum
	case indicator == 116:
		p.statistic = statSum
	case indicator != 115:
		p.statistic = statDeviation
	}
	return p
}

// Types of fixed surface of edition 2's table 4.5.
const (
	surfaceGround     = 1
	surfaceTop        = 8
	surfaceIsotherm   = 20
	surfacePressure   = 100
	surfaceMeanSea    = 101
	surfaceAltitude   = 102
	surfaceHeight     = 103
	surfaceSigma      = 104
	surfaceHybrid     = 105
	surfaceDepth      = 106
	surfaceTheta      = 107
	surfaceAboveFloor = 108
	surfacePV         = 109
	surfaceEta        = 111
	surfaceSeaDepth   = 160
)

// layer1 is how edition 1 counts a kind of level: value = offset + octets * scale.
type layer1 struct {
	surface               int
	scale, offset         float64
	scaleBelow, baseBelow float64 // of a layer's lower side; 0: as the upper
}

// single1 are the levels of code table 3 that have one value, of two octets, in SI units.
var single1 = map[int]layer1{
	20:  {surface: surfaceIsotherm, scale: 0.01},
	100: {surface: surfacePressure, scale: 100},
	103: {surface: surfaceAltitude, scale: 1},
	105: {surface: surfaceHeight, scale: 1},
	107: {surface: surfaceSigma, scale: 1e-4},
	109: {surface: surfaceHybrid, scale: 1},
	111: {surface: surfaceDepth, scale: 0.01},
	113: {surface: surfaceTheta, scale: 1},
	115: {surface: surfaceAboveFloor, scale: 100},
	117: {surface: surfacePV, scale: 1e-9},
	119: {surface: surfaceEta, scale: 1e-4},
	125: {surface: surfaceHeight, scale: 0.01},
	160: {surface: surfaceSeaDepth, scale: 1},
}

// layers1 are those that have two values, of an octet each.
var layers1 = map[int]layer1{
	101: {surface: surfacePressure, scale: 1000},
	104: {surface: surfaceAltitude, scale: 100},
	106: {surface: surfaceHeight, scale: 100},
	108: {surface: surfaceSigma, scale: 0.01},
	110: {surface: surfaceHybrid, scale: 1},
	112: {surface: surfaceDepth, scale: 0.01},
	114: {surface: surfaceTheta, scale: -1, offset: 475},
	116: {surface: surfaceAboveFloor, scale: 100},
	120: {surface: surfaceEta, scale: 0.01},
	121: {surface: surfacePressure, scale: -100, offset: 110000},
	128: {surface: surfaceSigma, scale: -1e-3, offset: 1.1},
	141: {surface: surfacePressure, scale: 1000, scaleBelow: -100, baseBelow: 110000},
}

// plain1 are the levels whose code edition 2 has changed and that have no value.
var plain1 = map[int]int{102: surfaceMeanSea, 200: 10, 201: 9}

// level1 reads the level as edition 2 would give it.
func level1(o *octets, centre int) Level {
	kind, none := o.u8(10), Surface{Type: Missing}
	if l, ok := single1[kind]; ok {
		return Level{l.upper(o.u16(11)), none}
	}
	if l, ok := layers1[kind]; ok {
		return Level{l.upper(o.u8(11)), l.lower(o.u8(12))}
	}
	if to, ok := plain1[kind]; ok {
		return Level{Surface{Type: to}, none}
	}
	switch {
	case kind == 210 && centre == centreECMWF:
		return Level{Surface{Type: surfacePressure, Value: float64(o.u16(11)), HasValue: true}, none}
	case kind < 10: // the same in both editions
		return Level{Surface{Type: kind}, none}
	}
	return Level{Surface{Type: kind, Value: float64(o.u16(11)), HasValue: o.u16(11) != 0}, none}
}

func (l layer1) upper(v int) Surface {
	return Surface{Type: l.surface, Value: decimal(l.offset, l.scale, v), HasValue: true}
}

func (l layer1) lower(v int) Surface {
	if l.scaleBelow != 0 {
		return Surface{Type: l.surface, Value: decimal(l.baseBelow, l.scaleBelow, v), HasValue: true}
	}
	return l.upper(v)
}

// decimal is offset + v*scale, and the float64 next to the decimal fraction where scale is one: 7 * 0.01 is not 0.07.
func decimal(offset, scale float64, v int) float64 {
	if scale > -1 && scale < 1 {
		per := math.Round(1 / scale)
		return (offset*per + float64(v)) / per
	}
	return offset + float64(v)*scale
}
