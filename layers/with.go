package layers

import (
	"cmp"
	"slices"

	"isobar/elements"
	"isobar/field"
	"isobar/sample"
	"isobar/styles"
)

// Sampled is what one painter of a style samples: a field, or the components of a vector towards east and north.
type Sampled struct {
	Inputs []sample.Input // empty: there is no such field; the painter is left out
	Unit   string         // of their values
}

// companions are the layers of another element that a style paints besides: one, or the two components of the wind.
type companions struct {
	layers []*Layer
	speed  *elements.Expression // of two components
}

// Sampled resolves what the painters of a style sample, in their order: the layer's own field as picked, and other elements' at
// the same run, time, level and member. Where an element has one level only, as the pressure at sea level, it goes with all. It
// is nil for a style without painters.
func (l *Layer) Sampled(s *styles.Style, p Pick) []Sampled {
	if len(s.Paint) == 0 {
		return nil
	}
	all := make([]Sampled, len(s.Paint))
	for i := range s.Paint {
		painter := &s.Paint[i]
		if painter.Element == "" {
			all[i] = Sampled{Inputs: []sample.Input{p.Input}, Unit: l.Element.Unit}
			continue
		}
		if with, ok := l.with[painter.Element]; ok {
			all[i] = with.source(p, !vector(painter.Kind))
		}
	}
	return all
}

// vector tells that a painter draws both components.
func vector(k styles.Painting) bool {
	return k == styles.Barbs || k == styles.Arrows || k == styles.Streams
}

// source finds the fields of a pick; of two components it gives their speed if one number is wanted.
func (c companions) source(p Pick, number bool) Sampled {
	var s Sampled
	for _, l := range c.layers {
		in, ok := l.beside(p)
		if !ok {
			return Sampled{}
		}
		s.Inputs, s.Unit = append(s.Inputs, in), l.Element.Unit
	}
	if number && len(s.Inputs) == 2 {
		in := s.Inputs[0]
		in.Keys = append(slices.Clone(in.Keys), s.Inputs[1].Keys...)
		in.MaxLevel = min(in.MaxLevel, s.Inputs[1].MaxLevel)
		in.Expr = c.speed
		s.Inputs = []sample.Input{in}
	}
	return s
}

// beside is the field that goes with a pick of another layer of the model.
func (l *Layer) beside(p Pick) (in sample.Input, ok bool) {
	i, found := slices.BinarySearchFunc(l.parts, p.Run, func(q runPart, t field.Time) int { return cmp.Compare(q.run, t) })
	if !found {
		return in, false
	}
	r := row{parts: l.parts[i : i+1], level: p.Level, member: p.Member}
	if part := r.parts[0]; len(part.levels) == 1 {
		r.level = part.levels[0]
	} else if part.kind != p.Level.Kind {
		return in, false
	}
	if m := r.parts[0].members; len(m) == 1 {
		r.member = m[0]
	}
	other, ok := r.pick(p.Valid)
	return other.Input, ok
}

// accompany finds for each layer of a model what its styles paint besides, and takes from its list those styles for which the
// model has nothing.
func (b *builder) accompany(all map[partID]*Layer) {
	speed, err := elements.ParseExpression("speed(u, v)")
	if err != nil {
		return // cannot be
	}
	find := newFinder(all)
	for id, l := range all {
		wanted := map[string]bool{}
		for _, s := range l.Styles {
			for i := range s.Paint {
				if e := s.Paint[i].Element; e != "" {
					wanted[e] = true
				}
			}
		}
		if len(wanted) == 0 {
			continue
		}
		l.with = map[string]companions{}
		for e := range wanted {
			if found := find.with(id, l, e); found != nil {
				l.with[e] = companions{found, speed}
			}
		}
		kept := make([]*styles.Style, 0, len(l.Styles))
		for i, s := range l.Styles {
			missing := slices.ContainsFunc(s.Paint, func(p styles.Painter) bool {
				_, ok := l.with[p.Element]
				return p.Element != "" && !ok
			})
			if missing && i > 0 {
				b.log.Debug("style is not offered: the model lacks what it paints besides", "layer", l.Name, "style", s.ID)
				continue
			}
			kept = append(kept, s)
		}
		l.Styles = kept
	}
}

// finder finds layers by relation.
type finder struct {
	all   map[partID]*Layer
	winds []windAt
}

// with finds the layers of what a painter names.
func (f finder) with(id partID, l *Layer, element string) []*Layer {
	if element == styles.Wind {
		return f.wind(id, l)
	}
	if same := f.all[partID{element, id.kind, shortest}]; same != nil {
		return []*Layer{same}
	}
	var found []*Layer
	for other, layer := range f.all { // at sea level, or on the ground
		if other.element == element && other.family == shortest && len(layer.Levels) == 1 && !slices.Contains(aloft, other.kind) {
			found = append(found, layer)
		}
	}
	return first(found)
}

// wind finds the pair of components that an element belongs to, or is derived from, or that blows where it lies.
func (f finder) wind(id partID, l *Layer) []*Layer {
	if pair := f.pair(id.element, id); pair != nil {
		return pair
	}
	last := l.parts[len(l.parts)-1].part
	if last.expr != nil && len(last.keys) >= last.stride {
		for _, k := range last.keys[:last.stride] {
			if pair := f.pair(k.Element, partID{kind: k.Level.Kind, family: shortest}); pair != nil {
				return pair
			}
		}
	}
	for _, w := range f.winds {
		if w.kind == id.kind && slices.Equal(w.pair[0].Levels, l.Levels) {
			return w.pair
		}
	}
	for _, w := range f.winds {
		if w.kind == elements.Height && len(w.pair[0].Levels) == 1 && !slices.Contains(aloft, id.kind) {
			return w.pair
		}
	}
	return nil
}

// windAt is the components of the wind at a kind of level.
type windAt struct {
	kind elements.LevelKind
	pair []*Layer
}

// newFinder lists a model's winds, the lowest first.
func newFinder(all map[partID]*Layer) finder {
	f := finder{all: all}
	for id, east := range all {
		if east.Element.StandardName != eastward || !east.Element.U || id.family != shortest {
			continue
		}
		if pair := f.pair(id.element, id); pair != nil {
			f.winds = append(f.winds, windAt{id.kind, pair})
		}
	}
	slices.SortFunc(f.winds, func(a, b windAt) int {
		return cmp.Or(cmp.Compare(a.pair[0].Levels[0].Value, b.pair[0].Levels[0].Value), cmp.Compare(a.pair[0].Name, b.pair[0].Name))
	})
	return f
}

// eastward is the standard name of the wind's first component.
const eastward = "eastward_wind"

// pair finds both components of which an element is one, at a kind of level.
func (f finder) pair(element string, at partID) []*Layer {
	one := f.all[partID{element, at.kind, at.family}]
	if one == nil || one.Element.Partner == "" {
		return nil
	}
	other := f.all[partID{one.Element.Partner, at.kind, at.family}]
	switch {
	case other == nil || other.Element.Partner != element:
		return nil
	case one.Element.U:
		return []*Layer{one, other}
	}
	return []*Layer{other, one}
}

// first is the layer that comes first by name, alone.
func first(of []*Layer) []*Layer {
	if len(of) == 0 {
		return nil
	}
	return []*Layer{slices.MinFunc(of, func(a, b *Layer) int { return cmp.Compare(a.Name, b.Name) })}
}
