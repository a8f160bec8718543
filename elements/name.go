package elements

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// name is an element's identity taken apart. Its text, the ID, is
//
//	<quantity>[_<kind>][_<process>][_<ensemble>]
//
// where the kind of level is left out at the quantity's home, the process where it is the quantity's own, and rows give
// the first parts IDs of their own at some places ("t2m", "sp", "tmax2m"). What no row knows has numbers for a quantity
// ("grib2_0_19_235_c7"), and its kind always.
type name struct {
	quantity string  // ID of a row; "": numbers
	numbers  numbers //
	kind     LevelKind
	value    float64 // of a place that rows single out (2 for t2m), else 0
	process  Process
	ensemble string
}

// numbers is what a file calls a parameter.
type numbers struct {
	edition int
	a, b, c int    // GRIB2: discipline, category, number; GRIB1: 0, table, number
	centre  int    // -1 for numbers that are the same everywhere
	own     string // a file's own name instead of numbers
}

// numbersOf takes the numbers out of a parameter, and the centre where they are local.
func numbersOf(p Parameter) numbers {
	if p.Name != "" {
		return numbers{own: safeOwn(p.Name), centre: -1}
	}
	n := numbers{edition: whole(p.Edition), a: whole(p.Discipline), b: whole(p.Category), c: whole(p.Number), centre: -1}
	if p.Edition == 1 {
		n.a, n.b = 0, whole(p.Table)
	}
	if n.local() {
		n.centre = whole(tableOwner(p))
	}
	return n
}

// whole bounds a number so that a name can hold it. Files have none that need it.
func whole(n int) int { return min(max(n, 0), 999_999_999) }

// local tells whether a centre decides what the numbers mean: GRIB2 numbers from 192 on; GRIB1 tables and numbers from 128 on.
func (n numbers) local() bool {
	if n.edition == 1 {
		return n.b >= 128 || n.c >= 128
	}
	return n.a >= 192 || n.b >= 192 || n.c >= 192
}

// tableOwner is the centre whose tables a parameter is from: a sub-centre 98 says that ECMWF's software and tables were used.
func tableOwner(p Parameter) int {
	if p.SubCentre == 98 {
		return 98
	}
	return p.Centre
}

// String is the numbers as they begin an ID: "grib2_0_19_235_c7", "grib1_128_235_c98".
func (n numbers) String() string {
	if n.own != "" {
		return ownPrefix + n.own
	}
	var b strings.Builder
	fmt.Fprintf(&b, "grib%d_", n.edition)
	if n.edition != 1 {
		fmt.Fprintf(&b, "%d_", n.a)
	}
	fmt.Fprintf(&b, "%d_%d", n.b, n.c)
	if n.centre >= 0 {
		fmt.Fprintf(&b, "_c%d", n.centre)
	}
	return b.String()
}

// title is the numbers for people.
func (n numbers) title() string {
	if n.own != "" {
		return strings.ReplaceAll(n.own, "-", " ")
	}
	text := fmt.Sprintf("Parameter %d.%d.%d", n.a, n.b, n.c)
	if n.edition == 1 {
		text = fmt.Sprintf("Parameter %d of table %d", n.c, n.b)
	}
	if n.centre >= 0 {
		text += fmt.Sprintf(" of centre %d", n.centre)
	}
	return fmt.Sprintf("%s (GRIB %d)", text, n.edition)
}

// parseNumbers is the inverse of String.
func parseNumbers(text string) (n numbers, ok bool) {
	if own, named := strings.CutPrefix(text, ownPrefix); named {
		return numbers{own: own, centre: -1}, safeOwn(own) == own
	}
	rest, ok := strings.CutPrefix(text, "grib")
	if !ok {
		return n, false
	}
	parts := strings.Split(rest, "_")
	n.centre = -1
	if last, local := strings.CutPrefix(parts[len(parts)-1], "c"); local {
		if !isNumber(last) {
			return n, false
		}
		n.centre, _ = strconv.Atoi(last)
		parts = parts[:len(parts)-1]
	}
	var values []int
	for _, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || !isNumber(p) {
			return n, false
		}
		values = append(values, v)
	}
	switch {
	case len(values) == 3 && values[0] == 1:
		n.edition, n.b, n.c = values[0], values[1], values[2]
	case len(values) == 4 && values[0] != 1:
		n.edition, n.a, n.b, n.c = values[0], values[1], values[2], values[3]
	default:
		return n, false
	}
	return n, n.local() == (n.centre >= 0)
}

// processes are the statistics that stand in names; others do as "stat<N>" (GRIB2 code table 4.10).
var processes = []Process{Mean, Sum, Maximum, Minimum, Difference, Deviation, RootMean}

// safeProcess is a process that can stand in a name.
func safeProcess(p Process) Process {
	digits, numbered := strings.CutPrefix(string(p), "stat")
	if p == Instant || slices.Contains(processes, p) || numbered && isNumber(digits) {
		return p
	}
	return "stat255"
}

// probability begins the products that are one.
const probability = "prob"

// safeEnsemble is an ensemble product that can stand in a name: what can't is left out.
func safeEnsemble(product string) string {
	if product == "" {
		return ""
	}
	product = strings.ToLower(product[:min(len(product), 64)])
	likely := strings.HasPrefix(product, probability)
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-', r == '_' && likely:
			return r
		case r == '_':
			return '-'
		}
		return -1
	}, product)
	if safe == "" {
		return "other"
	}
	return safe
}

// ensembleSuffix is an ensemble product as it ends an ID: "_ensmean", "_spread", "_p10", "_prob_gt_0.0254".
func ensembleSuffix(product string) string {
	switch {
	case product == "":
		return ""
	case product == "spread", strings.HasPrefix(product, probability), isPercentile(product):
		return "_" + product
	}
	return "_ens" + product
}

// isPercentile tells whether a product is "p10" and the like.
func isPercentile(product string) bool {
	digits, ok := strings.CutPrefix(product, "p")
	if !ok {
		return false
	}
	v, err := strconv.ParseFloat(digits, 64)
	return err == nil && v >= 0 && v <= 100 && digits[0] >= '0' && digits[0] <= '9'
}

// cutEnsemble takes an ensemble product off the end of an ID.
func cutEnsemble(id string) (rest, product string, ok bool) {
	if before, _, found := strings.Cut(id, "_"+probability); found && before != "" {
		return before, id[len(before)+1:], true
	}
	if before, found := strings.CutSuffix(id, "_spread"); found {
		return before, "spread", true
	}
	if i := strings.LastIndex(id, "_p"); i > 0 && isPercentile(id[i+1:]) {
		return id[:i], id[i+1:], true
	}
	if i := strings.LastIndex(id, "_ens"); i > 0 && len(id) > i+len("_ens") && !strings.Contains(id[i+1:], "_") {
		return id[:i], id[i+len("_ens"):], true
	}
	return id, "", false
}

// cutLast takes what stands behind the last '_' off an ID.
func cutLast(id string) (rest, suffix string, ok bool) {
	i := strings.LastIndexByte(id, '_')
	if i <= 0 || i+1 == len(id) {
		return id, "", false
	}
	return id[:i], id[i+1:], true
}
