package elements

import "strings"

// noCentre is GRIB's number for none.
const noCentre = 255

// Parameter says how GRIB 2 names an element, for those who write files: Identify gives the element again. Its level is where the
// element's row has it; Centre is 255 unless the numbers are a centre's own, and Unit is that of a file's values. ok is false for an
// element that GRIB 2 has no numbers for; Process, Ensemble and Unit are right all the same.
func (c *Catalogue) Parameter(id string) (p Parameter, ok bool) {
	n, known := c.parse(id)
	p = Parameter{
		Edition: 2, Centre: noCentre, LevelKind: n.kind, LevelValue: n.value, Process: n.process, Ensemble: n.ensemble, Unit: c.Get(id).Unit,
	}
	if !known {
		return p, false
	}
	q, named := c.quantities[n.quantity]
	if !named {
		if n.numbers.edition != 2 {
			return p, false
		}
		p.Discipline, p.Category, p.Number = n.numbers.a, n.numbers.b, n.numbers.c
		if n.numbers.centre >= 0 {
			p.Centre = n.numbers.centre
		}
		return p, true
	}
	for _, plain := range []func(*match) bool{ // the WMO's own numbers before those of one centre
		func(m *match) bool { return m.centres == nil && m.at == nil },
		func(m *match) bool { return m.centres == nil },
		func(*match) bool { return true },
	} {
		for _, line := range q.GRIB2 {
			for _, m := range c.lines(n.quantity, line.Value) {
				if found, ok := c.reversed(p, n, m); ok && plain(m) {
					return found, true
				}
			}
		}
	}
	return p, false
}

// lines are the matches of a quantity that have the numbers of a row's line.
func (c *Catalogue) lines(quantity, line string) (all []*match) {
	word, _, _ := strings.Cut(line, " ")
	digits, _, _ := strings.Cut(word, "@")
	numbers, err := matchNumbers(2, digits)
	if err != nil { // Load has refused it
		return nil
	}
	for i := range c.matches[numbers] {
		if m := &c.matches[numbers][i]; m.quantity == quantity {
			all = append(all, m)
		}
	}
	return all
}

// reversed is the parameter that a line of a row means by a name, if Identify agrees.
func (c *Catalogue) reversed(p Parameter, n name, m *match) (Parameter, bool) {
	p.Discipline, p.Category, p.Number = m.numbers.a, m.numbers.b, m.numbers.c
	if len(m.centres) > 0 {
		p.Centre = m.centres[0]
	}
	if m.at != nil {
		p.LevelKind, p.LevelValue = m.at.kind, m.at.value
	}
	found, _ := c.nameOf(p)
	if found != n {
		return p, false
	}
	p.Unit = c.Reading(p).Unit
	return p, true
}
