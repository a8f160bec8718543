package elements

import (
	"math"
	"strconv"
	"strings"
)

// otherTheme groups what no row knows.
const otherTheme = "Other"

// sameHeight is how close, in the unit of the level, a level must be to one that has a name of its own.
const sameHeight = 1e-3

// at finds what a row says of a place and a process.
func (q *quantity) at(n name) *atRow {
	for _, a := range q.At {
		if a.spot.kind == n.kind && a.spot.value == n.value && a.Process == n.process {
			return a
		}
	}
	return nil
}

// canonical is a name with the level and process that its row means: other ways to give a level become the home, a level that
// has no name of its own becomes a dimension, and what says nothing of an interval is what the quantity is by nature.
func (c *Catalogue) canonical(n name) name {
	q := c.quantities[n.quantity]
	for _, a := range q.Also {
		if kind, _ := kindOf(a.Value); kind == n.kind {
			n.kind, n.value = q.home, 0
		}
	}
	value := 0.0
	for _, a := range q.At {
		if a.spot.kind == n.kind && a.spot.exact && math.Abs(a.spot.value-n.value) < sameHeight {
			value = a.spot.value
		}
	}
	n.value = value
	if n.process == Instant {
		n.process = q.Process
	}
	return n
}

// element describes a name.
func (c *Catalogue) element(n name) Element {
	q, ok := c.quantities[n.quantity]
	if !ok {
		return c.unknown(n)
	}
	e := Element{
		ID: c.id(n), Title: q.Title, Abstract: q.Abstract, Theme: q.Theme, Unit: q.Unit.Value, DisplayUnit: q.Display.Value,
		Interpolation: q.Interpolation, Style: q.Style, StandardName: q.Standard, LevelKind: n.kind, Known: true, U: q.U,
		Sum: n.process == Sum && (n.ensemble == "" || n.ensemble == "mean"),
	}
	own, statistic := q.at(n), Process("")
	if own == nil && n.process != q.Process {
		statistic = n.process
		plain := n
		plain.process = q.Process
		own = q.at(plain)
	}
	if n.process == Sum && q.Process != Sum && own != nil && statistic == "" {
		asSum(&e)
	}
	if own != nil {
		own.over(&e)
	}
	if own == nil || own.Title == "" {
		e.Title = q.Title + where(n.kind, q.home)
	}
	c.overProcess(&e, statistic)
	c.overEnsemble(&e, n.ensemble)
	if q.Partner.Value != "" {
		partner := n
		partner.quantity = q.Partner.Value
		e.Partner = c.id(c.canonical(partner))
	}
	return e
}

// over lays what a place says over what its quantity says.
func (a *atRow) over(e *Element) {
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&e.Title, a.Title}, {&e.Abstract, a.Abstract}, {&e.DisplayUnit, a.Display.Value}, {&e.Style, a.Style}, {&e.StandardName, a.Standard},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
}

// where is a title's words on the level. At home only levels that are a dimension are worth a word.
func where(kind, home LevelKind) string {
	if kind == home && kind != Pressure && kind != Height {
		return ""
	}
	return kind.words()
}

// statistics are words of titles.
var statistics = map[Process]string{
	Mean: "mean", Sum: "accumulated", Maximum: "maximum", Minimum: "minimum",
	Difference: "change", Deviation: "standard deviation", RootMean: "root mean square",
}

// overProcess turns a quantity into a statistic of it.
func (c *Catalogue) overProcess(e *Element, p Process) {
	if p == Instant {
		return
	}
	words, ok := statistics[p]
	if !ok {
		words = "statistic " + strings.TrimPrefix(string(p), "stat")
	}
	e.Title += ", " + words
	switch p {
	case Mean, Maximum, Minimum:
	case Sum:
		asSum(e)
	default:
		asDifference(e)
	}
	if p != Maximum && p != Minimum && (p != Mean || e.Interpolation != Circular) {
		e.Interpolation = Linear
	}
}

// overEnsemble turns a quantity into a product of it over an ensemble's members.
func (c *Catalogue) overEnsemble(e *Element, product string) {
	switch {
	case product == "":
	case strings.HasPrefix(product, probability):
		e.Title += ", " + e.probability(product)
		e.Unit, e.DisplayUnit, e.Style, e.StandardName, e.Interpolation = "%", "%", "probability", "", Linear
	case product == "spread":
		e.Title += ", ensemble spread"
		asDifference(e)
		e.Interpolation = Linear
	case isPercentile(product):
		e.Title += ", percentile " + product[1:] + " of the ensemble"
	default:
		e.Title += ", ensemble " + strings.ReplaceAll(product, "-", " ")
		if product == "mean" && e.Interpolation != Circular {
			e.Interpolation = Linear
		}
	}
}

// asDifference makes an element one whose values are differences: a spread of 2 K is no -271 degC.
func asDifference(e *Element) {
	if conv, ok := Convert(e.Unit, e.DisplayUnit); !ok || conv.Offset != 0 {
		e.DisplayUnit = e.Unit
	}
	e.Style, e.StandardName = "", ""
}

// sums are the units of accumulated rates, and what people read.
var sums = map[string][2]string{
	"W/m2": {"J/m2", "MJ/m2"}, "kg/m2/s": {"kg/m2", "mm"}, "N/m2": {"N.s/m2", "N.s/m2"},
}

// summed is the unit of a rate's sum. Metres a second are water's here: no row has a sum of speeds.
func summed(unit string) string {
	if unit == "m/s" {
		return "m"
	}
	if sum, ok := sums[unit]; ok {
		return sum[0]
	}
	return unit
}

// asSum makes an element of a rate one of its sum over time.
func asSum(e *Element) {
	if unit, ok := sums[e.Unit]; ok {
		e.Unit, e.DisplayUnit = unit[0], unit[1]
	}
	asDifference(e)
}

// comparisons are words for the probabilities' kinds; %1 and %2 are the limits.
var comparisons = map[string]string{
	"lt": "below %1", "le": "at most %1", "gt": "above %1", "ge": "at least %1", "eq": "of exactly %1", "bt": "from %1 to %2",
}

// categories are words for the probabilities of what the climate counts as (GRIB2 code table 4.9; 10 is NCEP's, of quantiles).
var categories = map[string]string{"above": "above normal", "near": "near normal", "below": "below normal", "10": "of quantile %1 of %2"}

// probability tells a probability for people: "prob_gt_0.0254" of m is "probability above 2.54 cm" if cm is displayed.
func (e *Element) probability(product string) string {
	parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(product, probability), "_"), "_")
	words, ok := comparisons[parts[0]]
	limits := parts[1:]
	if category, ok := categories[parts[0]]; ok && strings.Contains(category, "%2") == (len(limits) == 2) {
		for i, l := range limits {
			category = strings.Replace(category, "%"+strconv.Itoa(i+1), l, 1)
		}
		return "probability " + category
	}
	if !ok || len(limits) == 0 || strings.Contains(words, "%2") != (len(limits) == 2) {
		return "probability " + strings.Join(parts, " ")
	}
	conv, _ := Convert(e.Unit, e.DisplayUnit)
	for i, l := range limits {
		if v, err := strconv.ParseFloat(l, 64); err == nil {
			l = strconv.FormatFloat(v*conv.Scale+conv.Offset, 'g', 4, 64)
		}
		words = strings.Replace(words, "%"+strconv.Itoa(i+1), l, 1)
	}
	if unit := UnitLabel(e.DisplayUnit); unit != "" {
		words += " " + unit
	}
	return "probability " + words
}

// unknown describes what no row knows.
func (c *Catalogue) unknown(n name) Element {
	e := Element{
		ID: c.id(n), Title: n.numbers.title() + n.kind.words(), Theme: otherTheme, Interpolation: Linear, LevelKind: n.kind,
		Abstract: "A parameter that no row of this server's catalogue names.",
	}
	c.overProcess(&e, n.process)
	c.overEnsemble(&e, n.ensemble)
	return e
}
