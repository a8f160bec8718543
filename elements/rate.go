package elements

import "strings"

// rates are the units of sums over time, a second at a time, what people read, and how that is painted.
var rates = map[string]struct{ unit, display, style string }{
	"kg/m2": {"kg/m2/s", "mm/h", "precipitation-rate"}, "J/m2": {"W/m2", "W/m2", ""}, "N.s/m2": {"N/m2", "N/m2", ""},
}

// rateSuffix is what a rate adds to the ID of the sum that it is made from.
const rateSuffix = "_rate"

// Rate describes what a sum over time is a second, by mean: of an amount of rain, the rate. ok is false for what is no sum, or has
// no unit for that.
func (e Element) Rate() (rate Element, ok bool) {
	unit, ok := rates[e.Unit]
	if !ok || !e.Sum {
		return rate, false
	}
	rate = e
	rate.ID, rate.Title = e.ID+rateSuffix, e.Title+", rate"
	rate.Unit, rate.DisplayUnit, rate.Style = unit.unit, unit.display, unit.style
	rate.Sum, rate.Partner, rate.U = false, "", false
	if amount, is := strings.CutSuffix(e.StandardName, "_amount"); is {
		rate.StandardName = amount + "_flux"
	} else {
		rate.StandardName = ""
	}
	return rate, true
}
