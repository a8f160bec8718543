package layers

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"isobar/elements"
	"isobar/field"
)

// partID names what becomes a layer, within a model.
type partID struct {
	element string
	kind    elements.LevelKind
	family  family
}

// part is the fields of one layer in one run. Immutable.
type part struct {
	partID
	row      elements.Element
	expr     *elements.Expression // nil: stored
	nearest  bool
	circular bool
	keys     []field.Key // field by field, by level, member and valid time; each field's inputs in the order of expr
	stride   int         // inputs a field
	recipes  []recipe    // by field, whose inputs are the first of its keys; nil: expr says it of all
	levels   []field.Level
	members  []int
	valids   []field.Time
	min, max float64 // NaN: unknown
	maxLevel int
}

// compareKeys orders keys of one element and kind: by level, member, valid time, span, and the newest issue first.
func compareKeys(a, b field.Key) int {
	return cmp.Or(place(a, b.Level, b.Member, b.Valid), cmp.Compare(a.Span, b.Span), cmp.Compare(b.Issue, a.Issue))
}

// place orders a key against a level, a member and a time.
func place(k field.Key, level field.Level, member int, valid field.Time) int {
	switch {
	case k.Level.Value != level.Value:
		return cmp.Compare(k.Level.Value, level.Value)
	case k.Level.To != level.To:
		return cmp.Compare(k.Level.To, level.To)
	case k.Member != member:
		return cmp.Compare(k.Member, member)
	}
	return cmp.Compare(k.Valid, valid)
}

// lower is the first field at or after a time of a level and member, in the order of all fields.
func (p *part) lower(level field.Level, member int, valid field.Time) int {
	return sort.Search(len(p.keys)/p.stride, func(i int) bool { return place(p.keys[i*p.stride], level, member, valid) >= 0 })
}

// is tells that there is a field i, of that level and member.
func (p *part) is(i int, level field.Level, member int) bool {
	if i < 0 || i*p.stride >= len(p.keys) {
		return false
	}
	k := &p.keys[i*p.stride]
	return k.Level.Value == level.Value && k.Level.To == level.To && k.Member == member
}

// at finds the field of a time.
func (p *part) at(level field.Level, member int, valid field.Time) (i int, ok bool) {
	i = p.lower(level, member, valid)
	return i, p.is(i, level, member) && p.keys[i*p.stride].Valid == valid
}

// next finds the first time at or after one.
func (p *part) next(level field.Level, member int, valid field.Time) (field.Time, bool) {
	i := p.lower(level, member, valid)
	if !p.is(i, level, member) {
		return 0, false
	}
	return p.keys[i*p.stride].Valid, true
}

// last finds the last time at or before one.
func (p *part) last(level field.Level, member int, valid field.Time) (field.Time, bool) {
	i := p.lower(level, member, valid)
	if p.is(i, level, member) && p.keys[i*p.stride].Valid == valid {
		return valid, true
	}
	if !p.is(i-1, level, member) {
		return 0, false
	}
	return p.keys[(i-1)*p.stride].Valid, true
}

// list fills in the part's dimensions from its keys. Times that equal like are shared with it, as most elements of a run
// have the same.
func (p *part) list(like []field.Time) {
	n := len(p.keys) / p.stride
	p.valids = make([]field.Time, 0, n)
	for i := range n {
		k := &p.keys[i*p.stride]
		p.valids = append(p.valids, k.Valid)
		if last := len(p.levels) - 1; last < 0 || p.levels[last].Value != k.Level.Value || p.levels[last].To != k.Level.To {
			p.levels = append(p.levels, k.Level)
		}
		if last := len(p.members) - 1; last < 0 || p.members[last] != k.Member {
			p.members = append(p.members, k.Member)
		}
	}
	p.valids, p.members = ascending(p.valids), ascending(p.members)
	if slices.Equal(p.valids, like) {
		p.valids = like
	}
}

// ascending sorts and drops what is doubled.
func ascending[T cmp.Ordered](s []T) []T {
	slices.Sort(s)
	return slices.Clip(slices.Compact(s))
}

// widen adds a range to the part's own. What is not finite is not counted: a field may be missing altogether.
func (p *part) widen(low, high float64) {
	if !(low <= high) || math.IsInf(low, 0) || math.IsInf(high, 0) {
		return
	}
	if !(p.min <= low) {
		p.min = low
	}
	if !(p.max >= high) {
		p.max = high
	}
}
