package layers

import (
	"math"
	"slices"

	"isobar/elements"
	"isobar/field"
)

// aloft are the kinds of level at which inputs that lie elsewhere tell nothing about an element. Near the surface they do:
// the wind chill is made of the temperature at 2 m and the wind at 10 m.
var aloft = []elements.LevelKind{
	elements.Pressure, elements.PressureLay, elements.Altitude, elements.ModelLevel, elements.Sigma, elements.SigmaLayer,
	elements.Theta, elements.PV, elements.Isotherm, elements.Depth, elements.SeaDepth,
}

// derive makes the parts that can be derived from the stored ones of a run: a field wherever all inputs exist at the same time and
// member, over the same span, and at the same level, unless inputs near the surface have one level each.
func (x *indexer) derive(stored []*part) (derived []*part) {
	inputs := map[string]*part{}
	var ids []string
	for _, p := range stored {
		if p.family != shortest || p.recipes != nil {
			continue
		}
		was, ok := inputs[p.element]
		if !ok {
			ids = append(ids, p.element)
		}
		if !ok || p.kind == p.row.LevelKind && was.kind != p.row.LevelKind {
			inputs[p.element] = p
		}
	}
	for _, d := range x.elements.Derive(ids) {
		if _, ok := inputs[d.Element.ID]; ok { // the file has it
			continue
		}
		from := make([]*part, len(d.Inputs))
		for i, id := range d.Inputs {
			from[i] = inputs[id]
		}
		if p := combine(d, from); p != nil {
			derived = append(derived, p)
		}
	}
	return derived
}

// combine joins inputs to the part of a derived element, or gives nil if they never meet.
func combine(d elements.Derivation, from []*part) *part {
	if len(from) == 0 || d.Expr == nil || slices.Contains(from, nil) {
		return nil
	}
	a := from[0]
	p := &part{partID: partID{d.Element.ID, a.kind, shortest}, row: d.Element, expr: d.Expr, stride: len(from), maxLevel: math.MaxInt}
	p.keys = make([]field.Key, 0, len(a.keys)*len(from))
	for _, k := range a.keys {
		p.keys = appendInputs(p.keys, k, from)
	}
	if len(p.keys) == 0 {
		return nil
	}
	for _, in := range from {
		p.nearest = p.nearest || in.nearest || in.circular
		p.maxLevel = min(p.maxLevel, in.maxLevel)
	}
	p.min, p.max = estimate(d.Expr, from)
	p.list(a.valids)
	return p
}

// appendInputs adds the inputs that go with the first one's key, or nothing if one is missing.
func appendInputs(keys []field.Key, first field.Key, from []*part) []field.Key {
	n := len(keys)
	keys = append(keys, first)
	for _, in := range from[1:] {
		level := first.Level
		if anyLevel(from[0], in) {
			level = in.levels[0]
		} else if in.kind != from[0].kind {
			return keys[:n]
		}
		i, ok := in.at(level, first.Member, first.Valid)
		if !ok || in.keys[i].Span != first.Span && in.keys[i].Span != 0 && first.Span != 0 {
			return keys[:n]
		}
		keys = append(keys, in.keys[i])
	}
	return keys
}

// anyLevel tells that two inputs go together whatever their levels.
func anyLevel(a, b *part) bool {
	return len(a.levels) == 1 && len(b.levels) == 1 && !slices.Contains(aloft, a.kind) && !slices.Contains(aloft, b.kind)
}

// maxEstimated bounds the inputs of an expression whose range is estimated: 4 values each, 1,024 in all.
const maxEstimated = 5

// estimate finds about what range an expression has, from its values where each input is least, greatest, in the middle, or zero.
func estimate(e *elements.Expression, from []*part) (low, high float64) {
	low, high = math.NaN(), math.NaN()
	if len(from) > maxEstimated {
		return low, high
	}
	columns := [][]float32{}
	n := 1
	for _, in := range from {
		if !(in.min <= in.max) {
			return low, high
		}
		at := []float64{in.min, in.max, (in.min + in.max) / 2}
		if in.min < 0 && in.max > 0 {
			at = append(at, 0)
		}
		for i, c := range columns { // as often as the new input has values
			columns[i] = slices.Repeat(c, len(at))
		}
		column := make([]float32, 0, n*len(at))
		for _, v := range at {
			column = append(column, slices.Repeat([]float32{float32(v)}, n)...)
		}
		columns = append(columns, column)
		n *= len(at)
	}
	out := make([]float32, n)
	e.Eval(out, columns)
	p := part{min: low, max: high}
	for _, v := range out {
		p.widen(float64(v), float64(v))
	}
	return p.min, p.max
}
