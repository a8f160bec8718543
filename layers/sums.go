package layers

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"isobar/elements"
	"isobar/field"
)

// sumSpans are the lengths of time that sums are made for where a run holds others.
var sumSpans = []field.Seconds{3600, 3 * 3600, 6 * 3600, 24 * 3600}

// recipe is how one field of a part is made: of how many keys, by what, and over which span.
type recipe struct {
	terms int
	expr  *elements.Expression // nil: the one key's own values
	span  field.Seconds
}

// summer makes the parts of one element's sums.
type summer struct {
	expressions map[string]*elements.Expression
	stored      []*part // of the element and kind
	keys        []field.Key
	low         float64 // of all stored values; NaN: unknown
}

// sums makes parts of other spans than those stored, and of rates, where an element adds up. A stored part that a made one holds all
// of, and more, is left out.
func (x *indexer) sums(row elements.Element, stored []*part, keys []field.Key) (made, kept []*part) {
	if !row.Sum || len(keys) == 0 {
		return nil, stored
	}
	m := summer{map[string]*elements.Expression{}, stored, keys, math.Inf(1)}
	for _, p := range stored {
		m.low = min(m.low, p.min)
	}
	groups := m.groups()
	kept = stored
	for _, span := range sumSpans {
		p := m.part(row, family(span))
		for _, g := range groups {
			for _, k := range g.ends {
				if found, ok := g.spans.over(k.Valid-field.Time(span), k.Valid); ok {
					p.put(m.recipe(found, span, ""))
				}
			}
		}
		if m.needed(p) {
			made = append(made, p.settle(m.stored))
			kept = slices.DeleteFunc(slices.Clone(kept), func(q *part) bool { return q.family == p.family })
		}
	}
	if rate, ok := row.Rate(); ok {
		p := m.part(rate, shortest)
		for _, g := range groups {
			for _, k := range g.ends {
				if found, span, ok := g.spans.last(k.Valid); ok {
					p.put(m.recipe(found, span, " / "+strconv.FormatInt(int64(span), 10)))
				}
			}
		}
		if len(p.recipes) > 0 {
			made = append(made, p.settle(m.stored))
		}
	}
	return made, kept
}

// group is the sums of one level and member, and the keys of their ends in order.
type group struct {
	spans *spans
	ends  []field.Key
}

// groups divides the keys, which are sorted.
func (m *summer) groups() (all []group) {
	for from := 0; from < len(m.keys); {
		to := from + 1
		for to < len(m.keys) && place(m.keys[to], m.keys[from].Level, m.keys[from].Member, m.keys[to].Valid) == 0 {
			to++
		}
		g := group{spans: newSpans(m.keys[from:to])}
		for i := from; i < to; i++ {
			if k := m.keys[i]; k.Span > 0 && (len(g.ends) == 0 || g.ends[len(g.ends)-1].Valid != k.Valid) {
				g.ends = append(g.ends, k)
			}
		}
		all = append(all, g)
		from = to
	}
	return all
}

// draft is a part whose fields are not in one list yet.
type draft struct {
	*part
	fields [][]field.Key
}

// part is an empty one.
func (m *summer) part(row elements.Element, f family) *draft {
	like := m.stored[0]
	return &draft{part: &part{partID: partID{row.ID, like.kind, f}, row: row, min: math.NaN(), max: math.NaN(), recipes: []recipe{}}}
}

// recipe is the keys of a sum and what is made of them. What never was below zero is not made so by rounding.
func (m *summer) recipe(s sum, span field.Seconds, scale string) ([]field.Key, recipe) {
	keys := s.plus
	names := make([]string, len(keys))
	for i := range names {
		names[i] = "a" + strconv.Itoa(i)
	}
	text := strings.Join(names, " + ")
	if s.minus != nil {
		keys = append(slices.Clone(keys), *s.minus)
		text += " - less"
		if m.low >= 0 {
			text = "max(" + text + ", 0)"
		}
	}
	if len(keys) == 1 && scale == "" {
		return keys, recipe{terms: 1, span: span}
	}
	text = "(" + text + ")" + scale
	e := m.expressions[text]
	if e == nil {
		var err error
		if e, err = elements.ParseExpression(text); err != nil {
			return keys[:1], recipe{terms: 1, span: s.plus[0].Span} // cannot be: the text is ours
		}
		m.expressions[text] = e
	}
	return keys, recipe{terms: len(keys), expr: e, span: span}
}

// needed tells that a part has more than what is stored under its own or the plain name.
func (m *summer) needed(p *draft) bool {
	for _, q := range m.stored {
		if q.family != p.family && q.family != shortest {
			continue
		}
		same := 0
		for _, k := range q.keys {
			if k.Span == field.Seconds(p.family) {
				same++
			}
		}
		if same >= len(p.recipes) {
			return false
		}
	}
	return len(p.recipes) > 0
}

// put adds a field.
func (p *draft) put(keys []field.Key, r recipe) {
	p.recipes, p.fields = append(p.recipes, r), append(p.fields, keys)
}

// settle gives all fields room for as many keys as the one with the most terms has, and the part what is known of the stored
// fields. The range is about that of sums which grow evenly.
func (p *draft) settle(stored []*part) *part {
	p.stride = 1
	for _, keys := range p.fields {
		p.stride = max(p.stride, len(keys))
	}
	p.keys = make([]field.Key, 0, len(p.fields)*p.stride)
	for _, keys := range p.fields {
		for i := range p.stride {
			p.keys = append(p.keys, keys[min(i, len(keys)-1)])
		}
	}
	p.maxLevel = math.MaxInt
	for _, q := range stored {
		p.maxLevel = min(p.maxLevel, q.maxLevel)
		longest := field.Seconds(1)
		for _, k := range q.keys {
			longest = max(longest, k.Span)
		}
		share := 1 / float64(longest)
		if p.family != shortest {
			share *= float64(p.family)
		}
		p.widen(q.min*share, q.max*share)
	}
	p.list(nil)
	return p.part
}
