package layers

import (
	"slices"

	"isobar/field"
)

// RunTimes lists the valid times that a run has, ascending, whatever level and member; nil if it is none of the layer's runs. The list is
// shared: not to be written to.
func (l *Layer) RunTimes(run field.Time) []field.Time {
	for i := range l.parts {
		if l.parts[i].run == run {
			return l.parts[i].valids
		}
	}
	if l.parts == nil && slices.Contains(l.Runs, run) { // a layer without fields behind it
		return l.Times
	}
	return nil
}
