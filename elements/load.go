package elements

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
)

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
