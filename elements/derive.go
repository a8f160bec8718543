package elements

import (
	"slices"

	"isobar/internal/rows"
)

// replaceDerived adds formulas; what a later folder says of an element replaces all that earlier ones said of it.
func (c *Catalogue) replaceDerived(rows []*derivedRow) {
	if len(rows) == 0 {
		return
	}
	c.derived = slices.DeleteFunc(c.derived, func(old *derivedRow) bool {
		return slices.ContainsFunc(rows, func(d *derivedRow) bool {
			return d.file != old.file && d.Quantity.Value == old.Quantity.Value && d.Element.Value == old.Element.Value
		})
	})
	c.derived = append(c.derived, rows...)
}

// checkDerived compiles the formulas and says what is wrong with them.
func (c *Catalogue) checkDerived() error {
	for _, d := range c.derived {
		if (d.Quantity.Value == "") == (d.Element.Value == "") {
			return rows.Bad(d.file, d.Formula, "quantity", "one of quantity and element is wanted")
		}
		var err error
		if d.expr, err = ParseExpression(d.Formula.Value); err != nil {
			return rows.Bad(d.file, d.Formula, "formula", "%v", err)
		}
		if len(d.expr.Inputs()) == 0 {
			return rows.Bad(d.file, d.Formula, "formula", "it is of nothing")
		}
		if at := d.Quantity; at.Value != "" {
			for _, id := range append([]string{at.Value}, d.expr.Inputs()...) {
				if c.quantities[id] == nil {
					return rows.Bad(d.file, d.Formula, "formula", "%q is no quantity", id)
				}
			}
			continue
		}
		for _, id := range append([]string{d.Element.Value}, d.expr.Inputs()...) {
			if _, ok := c.parse(id); !ok {
				return rows.Bad(d.file, d.Formula, "formula", "%q is no element", id)
			}
		}
	}
	return nil
}

// Derive lists what can be made of the stored elements of a model, in the order of the rows. Nothing is derived that is stored,
// nor twice; inputs lie on the same kind of level, and are plain values of an instant.
func (c *Catalogue) Derive(stored []string) []Derivation {
	have := make(map[string]bool, len(stored))
	for _, id := range stored {
		have[id] = true
	}
	var found []Derivation
	add := func(d *derivedRow, target name, inputs []string) {
		if id := c.id(target); !have[id] {
			have[id] = true
			found = append(found, Derivation{Element: c.element(target), Inputs: inputs, Expr: d.expr})
		}
	}
	for _, d := range c.derived {
		if d.Element.Value != "" {
			if target, ok := c.parse(d.Element.Value); ok && all(stored, d.expr.Inputs()) {
				add(d, target, d.expr.Inputs())
			}
			continue
		}
		for _, id := range stored {
			c.deriveAt(d, id, stored, add)
		}
	}
	return found
}

// deriveAt finds whether a formula over quantities holds where a stored element is that of its first input.
func (c *Catalogue) deriveAt(d *derivedRow, first string, stored []string, add func(*derivedRow, name, []string)) {
	n, ok := c.parse(first)
	names := d.expr.Inputs()
	if !ok || n.quantity != names[0] || n.ensemble != "" || n.process != c.own(n) {
		return
	}
	inputs := make([]string, len(names))
	for i, quantity := range names {
		inputs[i] = c.id(c.placed(quantity, n))
	}
	target := c.placed(d.Quantity.Value, n)
	if all(stored, inputs) && target.kind == n.kind {
		add(d, target, inputs)
	}
}

// placed is a quantity where n lies.
func (c *Catalogue) placed(quantity string, n name) name {
	q := c.quantities[quantity]
	p := c.canonical(name{quantity: quantity, kind: n.kind, value: n.value, process: q.Process})
	if p.value != n.value {
		p.kind = "" // n is single there, the other is not: they do not belong together
	}
	return p
}

// all tells whether all of some IDs are stored.
func all(stored, ids []string) bool {
	for _, id := range ids {
		if !slices.Contains(stored, id) {
			return false
		}
	}
	return true
}
