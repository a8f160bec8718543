package elements

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// match is a line of a row that says which parameters of files are its quantity, see the head of rows/temperature.yaml.
type match struct {
	quantity string
	numbers  numbers  // numbers.b == anyTable: all tables of the WMO
	centres  []int    // nil: all
	at       *spot    // only there
	on       *spot    // there, whatever the file says
	of       *Process // only if the file's statistic is that
	process  Process  // what it is, whatever the file says, if decided
	decided  bool
	unit     string // of the file; "": the quantity's
	layer    int    // the row's
}

// spot is a kind of level and, for kinds that have one, a value.
type spot struct {
	kind  LevelKind
	value float64
	exact bool // the value counts
}

// anyTable stands for the versions of the WMO's table in GRIB1: 1 to 127.
const anyTable = -1

// instant is how rows write the process that has no name.
const instant = "instant"

// parseMatch reads a match: numbers[@centres] [at KIND [VALUE]] [on KIND [VALUE]] [of PROCESS] [is PROCESS] [in UNIT].
func parseMatch(edition int, text string, groups map[string][]int) (m match, err error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return m, fmt.Errorf("no numbers")
	}
	digits, centres, at := strings.Cut(words[0], "@")
	if m.numbers, err = matchNumbers(edition, digits); err != nil {
		return m, err
	}
	if at {
		if m.centres, err = matchCentres(centres, groups); err != nil {
			return m, err
		}
	} else if m.numbers.b != anyTable && m.numbers.local() {
		return m, fmt.Errorf("%s: local numbers need the centre they are of", digits)
	}
	for words = words[1:]; len(words) > 0; {
		if words, err = m.clause(words); err != nil {
			return m, err
		}
	}
	return m, nil
}

// clause reads one of the clauses behind the numbers.
func (m *match) clause(words []string) (rest []string, err error) {
	if len(words) < 2 {
		return nil, fmt.Errorf("%q: nothing follows", words[0])
	}
	switch word, next := words[0], words[1]; word {
	case "at", "on":
		s, used, err := parseSpot(words[1:])
		if err != nil {
			return nil, err
		}
		if word == "at" {
			m.at = &s
		} else {
			m.on = &s
		}
		return words[1+used:], nil
	case "is", "of":
		p := Process(next)
		if next == instant {
			p = Instant
		} else if !slices.Contains(processes, p) {
			return nil, fmt.Errorf("%q is no process: %s, %s", next, instant, list(processes))
		}
		if word == "is" {
			m.process, m.decided = p, true
		} else {
			m.of = &p
		}
	case "in":
		if !knownUnit(next) {
			return nil, fmt.Errorf("%q is no unit", next)
		}
		m.unit = next
	default:
		return nil, fmt.Errorf("%q: at, on, of, is or in is wanted", word)
	}
	return words[2:], nil
}

// parseSpot reads a kind of level and perhaps its value, and how many words it took.
func parseSpot(words []string) (s spot, used int, err error) {
	kind, ok := kindOf(words[0])
	if !ok {
		return s, 0, fmt.Errorf("%q is no kind of level", words[0])
	}
	s.kind = kind
	if len(words) > 1 {
		if v, err := strconv.ParseFloat(words[1], 64); err == nil {
			s.value, s.exact = v, true
			return s, 2, nil
		}
	}
	return s, 1, nil
}

// matchNumbers reads "0.1.8" (GRIB2), "128.167" or "wmo.11" (GRIB1).
func matchNumbers(edition int, text string) (numbers, error) {
	want := 3
	rest, wmo := text, false
	if edition == 1 {
		want = 2
		if rest, wmo = strings.CutPrefix(text, "wmo."); wmo {
			want = 1
		}
	}
	parts := strings.Split(rest, ".")
	if len(parts) != want {
		return numbers{}, fmt.Errorf("%q: %d numbers are wanted", text, want)
	}
	var v [3]int // discipline, category or table, number
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 || n > 255 {
			return numbers{}, fmt.Errorf("%q: %q is no number from 0 to 255", text, p)
		}
		v[len(v)-want+i] = n
	}
	if wmo {
		v[1] = anyTable
		if v[2] >= 128 {
			return numbers{}, fmt.Errorf("%q: the WMO's numbers end at 127", text)
		}
	}
	return numbers{edition: edition, a: v[0], b: v[1], c: v[2], centre: -1}, nil
}

// matchCentres reads numbers and names of groups.
func matchCentres(text string, groups map[string][]int) (centres []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		if group, ok := groups[part]; ok {
			centres = append(centres, group...)
			continue
		}
		c, err := strconv.Atoi(part)
		if err != nil || c < 0 || c > 65535 {
			return nil, fmt.Errorf("%q is no centre and no group of centres", part)
		}
		centres = append(centres, c)
	}
	return centres, nil
}

// fits tells whether a parameter is meant, its numbers apart.
func (m *match) fits(p Parameter) bool {
	if m.centres != nil && !slices.Contains(m.centres, tableOwner(p)) {
		return false
	}
	if m.of != nil && *m.of != p.Process {
		return false
	}
	return m.at == nil || m.at.kind == safeKind(p.LevelKind) && (!m.at.exact || m.at.value == p.LevelValue)
}

// rank orders matches of the same numbers: those that say more come first.
func (m *match) rank() int {
	r := 0
	if m.at != nil {
		r += 2
		if m.at.exact {
			r++
		}
	}
	if m.of != nil {
		r += 4
	}
	if m.centres != nil {
		r += 8
	}
	return r
}

// same tells whether two lines of different rows claim the same parameters.
func (m *match) same(o *match) bool {
	at := m.at == nil && o.at == nil || m.at != nil && o.at != nil && *m.at == *o.at
	of := m.of == nil && o.of == nil || m.of != nil && o.of != nil && *m.of == *o.of
	centres := m.centres == nil && o.centres == nil || slices.ContainsFunc(m.centres, func(c int) bool { return slices.Contains(o.centres, c) })
	return m.numbers == o.numbers && at && of && centres && m.layer == o.layer && m.quantity != o.quantity
}

// list joins names for messages.
func list[T ~string](names []T) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}
