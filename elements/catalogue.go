package elements

import (
	"cmp"
	"embed"
	"fmt"
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
}

// Rows is the rows that ship with the program, for Load.
func Rows() fs.FS {
	rows, err := fs.Sub(rowFiles, "rows")
	if err != nil {
		return rowFiles // "rows" is a valid path: this can't be
	}
	return rows
}

// Load reads rows (*.yaml) strictly: an unknown key, a doubled ID or a bad expression is an error with file, line and key.
// Later file systems add rows and replace rows of the same ID.
func Load(rows ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{quantities: map[string]*quantity{}, matches: map[numbers][]match{}, ids: map[string]name{}}
	groups := map[string][]int{}
	for layer, folder := range rows {
		files, err := readRows(folder)
		if err != nil {
			return nil, err
		}
		own := map[string]bool{}
		for _, f := range files {
			maps.Copy(groups, f.Centres)
			for _, q := range f.Quantities {
				if own[q.ID.value] {
					return nil, badRow(q.file, q.ID, "id", "%q is there twice", q.ID.value)
				}
				own[q.ID.value], q.layer = true, layer
				if err := q.check(); err != nil {
					return nil, err
				}
				c.quantities[q.ID.value] = q
			}
			c.replaceDerived(f.Derived)
		}
	}
	if err := c.index(groups); err != nil {
		return nil, err
	}
	return c, c.checkDerived()
}

// index finds names and matches their rows, and what is wrong between rows.
func (c *Catalogue) index(groups map[string][]int) error {
	for _, id := range slices.Sorted(maps.Keys(c.quantities)) {
		q := c.quantities[id]
		if err := c.indexNames(q); err != nil {
			return err
		}
		for _, t := range q.GRIB1 {
			if err := c.indexMatch(q, 1, t, groups); err != nil {
				return err
			}
		}
		for _, t := range q.GRIB2 {
			if err := c.indexMatch(q, 2, t, groups); err != nil {
				return err
			}
		}
	}
	for _, list := range c.matches {
		slices.SortStableFunc(list, func(a, b match) int { return cmp.Or(b.layer-a.layer, b.rank()-a.rank()) })
	}
	return c.checkNames()
}

// indexMatch enters a line that says which parameters are a row's.
func (c *Catalogue) indexMatch(q *quantity, edition int, t text, groups map[string][]int) error {
	key := fmt.Sprintf("grib%d", edition)
	m, err := parseMatch(edition, t.value, groups)
	if err != nil {
		return badRow(q.file, t, key, "%v", err)
	}
	if m.unit != "" {
		if _, ok := Convert(m.unit, q.Unit.value); !ok {
			return badRow(q.file, t, key, "%q can't be turned into %q", m.unit, q.Unit.value)
		}
	}
	m.quantity, m.layer = q.ID.value, q.layer
	for _, other := range c.matches[m.numbers] {
		if m.same(&other) {
			return badRow(q.file, t, key, "%q is %s already", t.value, other.quantity)
		}
	}
	c.matches[m.numbers] = append(c.matches[m.numbers], m)
	return nil
}

// indexNames enters the IDs that a row gives.
func (c *Catalogue) indexNames(q *quantity) error {
	enter := func(at text, key string, n name) error {
		if _, taken := c.ids[at.value]; taken {
			return badRow(q.file, at, key, "%q is there twice", at.value)
		}
		c.ids[at.value] = n
		return nil
	}
	home := name{quantity: q.ID.value, kind: q.home, process: q.Process}
	if named := q.at(home); named == nil || named.ID.value == "" {
		if err := enter(q.ID, "id", home); err != nil {
			return err
		}
	}
	for _, a := range q.At {
		if a.ID.value != "" {
			if err := enter(a.ID, "at.id", name{quantity: q.ID.value, kind: a.spot.kind, value: a.spot.value, process: a.Process}); err != nil {
				return err
			}
		}
	}
	if p := q.Partner; p.value != "" {
		if other, ok := c.quantities[p.value]; !ok || other.Partner.value != q.ID.value || other.U == q.U {
			return badRow(q.file, p, "partner", "%q is no row that has %q for a partner, one of both with u: true", p.value, q.ID.value)
		}
	}
	return nil
}

// checkNames refuses IDs that read as something else.
func (c *Catalogue) checkNames() error {
	for _, id := range slices.Sorted(maps.Keys(c.ids)) {
		n := c.ids[id]
		q := c.quantities[n.quantity]
		if got := c.id(n); got != id {
			return badRow(q.file, q.ID, "id", "%q is also %q", id, got)
		}
		if other, ok := c.split(id); ok && other != n {
			return badRow(q.file, q.ID, "id", "%q reads as a form of %q", id, other.quantity)
		}
	}
	return nil
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

// IsCategory tells that an element's values are categories or flags: never averaged, sampled by the nearest cell. So are
// directions, whose mean over north is not a direction.
func (c *Catalogue) IsCategory(id string) bool { return c.Get(id).Interpolation == Nearest }

// id is a name's text.
func (c *Catalogue) id(n name) string {
	suffix := ensembleSuffix(n.ensemble)
	if n.quantity == "" {
		id := n.numbers.String() + "_" + n.kind.suffix()
		if n.process != Instant {
			id += "_" + string(n.process)
		}
		return id + suffix
	}
	q := c.quantities[n.quantity]
	if a := q.at(n); a != nil && a.ID.value != "" {
		return a.ID.value + suffix
	}
	if n.process != q.Process {
		suffix = "_" + string(n.process) + suffix
		n.process = q.Process
	}
	if a := q.at(n); a != nil && a.ID.value != "" {
		return a.ID.value + suffix
	}
	if n.kind != q.home {
		return fmt.Sprintf("%s_%s%s", q.ID.value, n.kind.suffix(), suffix)
	}
	return q.ID.value + suffix
}

// parse is the inverse of id: only an ID that id would give is one.
func (c *Catalogue) parse(id string) (name, bool) {
	if len(id) > maxID {
		return name{}, false
	}
	if n, ok := c.ids[id]; ok {
		return n, true
	}
	n, ok := c.split(id)
	return n, ok && c.id(n) == id
}

// maxID bounds an ID; what Identify gives is shorter.
const maxID = 256

// split takes an ID apart that rows do not name as a whole.
func (c *Catalogue) split(id string) (name, bool) {
	if rest, product, ok := cutEnsemble(id); ok {
		n, ok := c.parse(rest)
		if !ok || n.ensemble != "" || safeEnsemble(product) != product {
			return name{}, false
		}
		n.ensemble = product
		return n, true
	}
	rest, suffix, ok := cutLast(id)
	if !ok {
		return name{}, false
	}
	if kind, ok := kindOf(suffix); ok {
		if q, ok := c.quantities[rest]; ok {
			return c.canonical(name{quantity: rest, kind: kind, process: q.Process}), true
		}
		n, ok := parseNumbers(rest)
		return name{numbers: n, kind: kind}, ok
	}
	if process := Process(suffix); safeProcess(process) == process {
		n, ok := c.parse(rest)
		if !ok || n.ensemble != "" || n.process != c.own(n) {
			return name{}, false
		}
		n.process = process
		return n, true
	}
	return name{}, false
}

// own is the process that a name is of without saying so.
func (c *Catalogue) own(n name) Process {
	if q, ok := c.quantities[n.quantity]; ok {
		return q.Process
	}
	return Instant
}
