package elements

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"isobar/internal/rows"
)

// Load reads rows (*.yaml) strictly: an unknown key, a doubled ID or a bad expression is an error with file, line and key.
// Later file systems add rows and replace rows of the same ID.
func Load(folders ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{quantities: map[string]*quantity{}, matches: map[numbers][]match{}, ids: map[string]name{}}
	groups := map[string][]int{}
	for layer, folder := range folders {
		files, err := readRows(folder)
		if err != nil {
			return nil, err
		}
		own := map[string]bool{}
		for _, f := range files {
			maps.Copy(groups, f.Centres)
			for _, q := range f.Quantities {
				if own[q.ID.Value] {
					return nil, rows.Bad(q.file, q.ID, "id", "%q is there twice", q.ID.Value)
				}
				own[q.ID.Value], q.layer = true, layer
				if err := q.check(); err != nil {
					return nil, err
				}
				c.quantities[q.ID.Value] = q
			}
			c.replaceDerived(f.Derived)
		}
	}
	c.indexStandard()
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
func (c *Catalogue) indexMatch(q *quantity, edition int, t rows.Text, groups map[string][]int) error {
	key := fmt.Sprintf("grib%d", edition)
	m, err := parseMatch(edition, t.Value, groups)
	if err != nil {
		return rows.Bad(q.file, t, key, "%v", err)
	}
	if m.unit != "" {
		if _, ok := Convert(m.unit, q.Unit.Value); !ok {
			return rows.Bad(q.file, t, key, "%q can't be turned into %q", m.unit, q.Unit.Value)
		}
	}
	m.quantity, m.layer = q.ID.Value, q.layer
	for _, other := range c.matches[m.numbers] {
		if m.same(&other) {
			return rows.Bad(q.file, t, key, "%q is %s already", t.Value, other.quantity)
		}
	}
	c.matches[m.numbers] = append(c.matches[m.numbers], m)
	return nil
}

// indexNames enters the IDs that a row gives.
func (c *Catalogue) indexNames(q *quantity) error {
	enter := func(at rows.Text, key string, n name) error {
		if _, taken := c.ids[at.Value]; taken {
			return rows.Bad(q.file, at, key, "%q is there twice", at.Value)
		}
		c.ids[at.Value] = n
		return nil
	}
	home := name{quantity: q.ID.Value, kind: q.home, process: q.Process}
	if named := q.at(home); named == nil || named.ID.Value == "" {
		if err := enter(q.ID, "id", home); err != nil {
			return err
		}
	}
	for _, a := range q.At {
		if a.ID.Value != "" {
			if err := enter(a.ID, "at.id", name{quantity: q.ID.Value, kind: a.spot.kind, value: a.spot.value, process: a.Process}); err != nil {
				return err
			}
		}
	}
	if p := q.Partner; p.Value != "" {
		if other, ok := c.quantities[p.Value]; !ok || other.Partner.Value != q.ID.Value || other.U == q.U {
			return rows.Bad(q.file, p, "partner", "%q is no row that has %q for a partner, one of both with u: true", p.Value, q.ID.Value)
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
			return rows.Bad(q.file, q.ID, "id", "%q is also %q", id, got)
		}
		if other, ok := c.split(id); ok && other != n {
			return rows.Bad(q.file, q.ID, "id", "%q reads as a form of %q", id, other.quantity)
		}
	}
	return nil
}
