package elements

import "fmt"

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
	if a := q.at(n); a != nil && a.ID.Value != "" {
		return a.ID.Value + suffix
	}
	if n.process != q.Process {
		suffix = "_" + string(n.process) + suffix
		n.process = q.Process
	}
	if a := q.at(n); a != nil && a.ID.Value != "" {
		return a.ID.Value + suffix
	}
	if n.kind != q.home {
		return fmt.Sprintf("%s_%s%s", q.ID.Value, n.kind.suffix(), suffix)
	}
	return q.ID.Value + suffix
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
