package elements

import (
	"embed"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

//go:embed rows/*.yaml
var rowFiles embed.FS

// Catalogue is the loaded rows: immutable, safe for concurrent use.
type Catalogue struct {
	quantities map[string]*quantity
	matches    map[numbers][]match // without centre; most telling first
	ids        map[string]name     // what rows name
	derived    []*derivedRow
	standard   map[string][]string // quantities by CF standard name
}

// Rows is the rows that ship with the program, for Load.
func Rows() fs.FS {
	rows, err := fs.Sub(rowFiles, "rows")
	if err != nil {
		return rowFiles // "rows" is a valid path: this can't be
	}
	return rows
}

// Identify names a file's parameter. It always answers: what no row knows gets a stable ID made from its numbers.
func (c *Catalogue) Identify(p Parameter) Element {
	n, _ := c.nameOf(p)
	return c.element(n)
}

// Reading tells how a file's parameter is to be read: see there.
func (c *Catalogue) Reading(p Parameter) Reading {
	n, m := c.nameOf(p)
	r := Reading{LevelKind: n.kind, LevelValue: p.LevelValue}
	if m == nil {
		r.Unit = c.element(n).Unit
		return r
	}
	r.Unit = c.fileUnit(n, m.unit)
	switch {
	case n.value != 0:
		r.LevelValue = n.value
	case m.on != nil && m.on.exact:
		r.LevelValue = m.on.value
	case n.kind != p.LevelKind:
		r.LevelValue = 0
	}
	return r
}

// fileUnit is the unit of a file's values, given that of the quantity's: sums, differences and probabilities have others.
func (c *Catalogue) fileUnit(n name, unit string) string {
	own := c.element(n).Unit
	if unit == "" || strings.HasPrefix(n.ensemble, probability) {
		return own
	}
	if n.process == Sum && c.own(n) != Sum {
		unit = summed(unit)
	}
	conv, ok := Convert(unit, own)
	if !ok || conv.Offset != 0 && c.isDifference(n) {
		return own
	}
	return unit
}

// isDifference tells that a name's values are differences: 1 degC is 1 K.
func (c *Catalogue) isDifference(n name) bool {
	switch n.process {
	case c.own(n), Mean, Maximum, Minimum:
		return n.ensemble == "spread"
	}
	return true
}

// nameOf finds what a parameter is of, and by which line of a row.
func (c *Catalogue) nameOf(p Parameter) (name, *match) {
	n := name{kind: safeKind(p.LevelKind), process: safeProcess(p.Process), ensemble: safeEnsemble(p.Ensemble)}
	m := c.match(p)
	if m == nil {
		n.numbers = numbersOf(p)
		return n, nil
	}
	n.quantity, n.value = m.quantity, p.LevelValue
	if m.on != nil {
		n.kind, n.value = m.on.kind, m.on.value
	}
	if m.decided {
		n.process = m.process
	}
	return c.canonical(n), m
}

// match finds the line that knows a parameter.
func (c *Catalogue) match(p Parameter) *match {
	if p.Name != "" {
		return c.matchStandard(p)
	}
	if p.Edition == 2 && p.Discipline == 192 && tableOwner(p) == 98 { // ECMWF's GRIB1 tables within GRIB2: 192.<table>.<number>
		p.Edition, p.Table = 1, p.Category
	}
	keys := [2]numbers{{edition: p.Edition, a: p.Discipline, b: p.Category, c: p.Number, centre: -1}}
	if p.Edition == 1 {
		keys[0] = numbers{edition: 1, b: p.Table, c: p.Number, centre: -1}
		if p.Table < 128 {
			keys[1] = numbers{edition: 1, b: anyTable, c: p.Number, centre: -1}
		}
	}
	for _, k := range keys {
		for i := range c.matches[k] {
			if m := &c.matches[k][i]; m.fits(p) {
				return m
			}
		}
	}
	return nil
}

// Get finds an element by ID. It always answers; Identify(p).ID gives Identify(p) again.
func (c *Catalogue) Get(id string) Element {
	if n, ok := c.parse(id); ok {
		return c.element(n)
	}
	return Element{ID: id, Title: id, Theme: otherTheme, Unit: "", Interpolation: Linear}
}

// IDs lists what rows name, sorted: the elements at home and at places that have an ID. Others are made of these.
func (c *Catalogue) IDs() []string { return slices.Sorted(maps.Keys(c.ids)) }

// IsCategory tells that an element's values are categories or flags, of which there is no mean. So are directions here, whose mean
// as of plain numbers over north is not a direction.
func (c *Catalogue) IsCategory(id string) bool { return c.Get(id).Interpolation != Linear }
