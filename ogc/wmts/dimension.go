package wmts

import (
	"strconv"

	"isobar/layers"
	"isobar/ogc"
)

// dimension is one of a layer's dimensions as WMTS lists it: every value stands alone (7.1.1.1, Dimension).
type dimension struct {
	name, unit string
	initial    string
	values     []string
}

// latest is the value of Reference_time that means: for each time the freshest run that has it.
const latest = "latest"

// dimensions lists a layer's dimensions but for the default of Time, which follows the clock. Elevation and Member are there if the
// layer has several; Reference_time comes last, so that a path without it goes on to be right when a second run arrives.
func dimensions(l *layers.Layer) []dimension {
	dims := []dimension{{name: "Time", unit: "ISO8601"}}
	for _, t := range l.Times {
		dims[0].values = append(dims[0].values, t.String())
	}
	if unit, ok := ogc.LevelUnit(l); ok && len(l.Levels) > 1 {
		d := dimension{name: "Elevation", unit: unit, initial: ogc.Number(l.Elevation(l.DefaultLevel()))}
		for _, level := range l.Levels {
			d.values = append(d.values, ogc.Number(l.Elevation(level)))
		}
		dims = append(dims, d)
	}
	if len(l.Members) > 1 {
		d := dimension{name: "Member", unit: "1", initial: strconv.Itoa(l.Members[0])}
		for _, m := range l.Members {
			d.values = append(d.values, strconv.Itoa(m))
		}
		dims = append(dims, d)
	}
	run := dimension{name: "Reference_time", unit: "ISO8601", initial: latest, values: []string{latest}}
	for i := len(l.Runs) - 1; i >= 0; i-- {
		run.values = append(run.values, l.Runs[i].String())
	}
	return append(dims, run)
}
