package feature

import (
	"context"
	"fmt"
	"slices"

	"isobar/geo"
)

// Static is a collection that stays as it is. Safe for concurrent use.
type Static struct {
	about    About
	features []Feature
	at       map[string]int
	boxes    []geo.Box // of each feature; empty (west > east) without a geometry
}

var _ Collection = (*Static)(nil)

// NewStatic makes a collection of features, which it keeps: each has an identity of its own. What about lacks of extent, time and
// queryables is found in the features.
func NewStatic(about About, features []Feature) (*Static, error) {
	s := &Static{about: about, features: features, at: make(map[string]int, len(features)), boxes: make([]geo.Box, len(features))}
	for i := range features {
		f := &features[i]
		if _, twice := s.at[f.ID]; twice || f.ID == "" {
			return nil, fmt.Errorf("feature %q: %w, or it has no identity", f.ID, ErrExists)
		}
		s.at[f.ID] = i
		box, ok := Bounds(f.Geometry)
		if !ok {
			box = geo.Box{1, 1, -1, -1}
		}
		s.boxes[i] = box
	}
	s.about = Describe(about, features)
	return s, nil
}

// Describe fills in what is not known of a collection from its features: extent, time, queryables.
func Describe(about About, features []Feature) About {
	if about.Extent == (geo.Box{}) {
		about.Extent = extent(features)
	}
	if about.Time == nil {
		for i := range features {
			if t := features[i].Time; t != nil {
				about.Time = span(about.Time, *t)
			}
		}
	}
	if about.Queryables == nil {
		about.Queryables = Queryables(features)
	}
	return about
}

// span is an interval around two.
func span(t *Interval, other Interval) *Interval {
	if t == nil {
		return &other
	}
	return &Interval{min(t.Start, other.Start), max(t.End, other.End)}
}

// extent is the box around all, of one turn.
func extent(features []Feature) (all geo.Box) {
	any := false
	for i := range features {
		if box, ok := Bounds(features[i].Geometry); ok {
			if !any {
				all, any = box, true
			}
			all = geo.Box{min(all[0], box[0]), min(all[1], box[1]), max(all[2], box[2]), max(all[3], box[3])}
		}
	}
	if !any {
		return geo.Box{-180, -90, 180, 90}
	}
	if all[0] < -180 || all[2] > 180 {
		all[0], all[2] = -180, 180
	}
	return all
}

// Queryables are the properties that features have, of the type that the first with a value shows; lists and objects can't be asked for.
func Queryables(features []Feature) (all []Queryable) {
	at := map[string]int{}
	for i := range features {
		for _, p := range features[i].Properties {
			n, seen := at[p.Name]
			kind := TypeOf(p.Value)
			switch {
			case !seen && kind != "":
				at[p.Name] = len(all)
				all = append(all, Queryable{Name: p.Name, Type: kind})
			case seen && kind == "number" && all[n].Type == "integer":
				all[n].Type = kind
			}
		}
	}
	return all
}

// About implements Collection.
func (s *Static) About(context.Context) (About, error) { return s.about, nil }

// Feature implements Collection.
func (s *Static) Feature(_ context.Context, id string) (Feature, error) {
	i, ok := s.at[id]
	if !ok {
		return Feature{}, fmt.Errorf("feature %q: %w", clip(id), ErrNotFound)
	}
	return s.features[i], nil
}

// All are the features; they stay the collection's.
func (s *Static) All() []Feature { return s.features }

// clip shortens what a client wrote.
func clip(id string) string { return id[:min(len(id), 80)] }

// Query implements Collection. A box is tried against the features' own boxes first, 1 ms for a million of them.
func (s *Static) Query(ctx context.Context, q Query) (Page, error) {
	m := newMatch(q)
	var at []int
	if len(q.IDs) > 0 {
		for _, id := range q.IDs {
			if i, ok := s.at[id]; ok {
				at = append(at, i)
			}
		}
		slices.Sort(at)
		at = slices.Compact(at)
	}
	page := Page{Features: []Feature{}}
	try := func(i int) {
		if m.window != nil && !m.window.Meets(s.boxes[i]) || !m.holds(&s.features[i]) {
			return
		}
		if page.Matched >= q.Offset && (q.Limit <= 0 || len(page.Features) < q.Limit) {
			page.Features = append(page.Features, s.features[i])
		}
		page.Matched++
	}
	if len(q.IDs) > 0 {
		for _, i := range at {
			try(i)
		}
		return page, nil
	}
	if m.all() {
		return s.part(q), nil
	}
	const between = 4096 // features tried between looks at ctx
	for i := range s.features {
		if i%between == 0 && ctx.Err() != nil {
			return Page{}, ctx.Err()
		}
		try(i)
	}
	return page, nil
}

// part is a page of all.
func (s *Static) part(q Query) Page {
	n := len(s.features)
	from := min(max(q.Offset, 0), n)
	to := n
	if q.Limit > 0 {
		to = min(n, from+q.Limit)
	}
	return Page{Features: slices.Clip(s.features[from:to]), Matched: n}
}

// match is a query made ready.
type match struct {
	q      Query
	window *Window
}

func newMatch(q Query) *match {
	m := &match{q: q}
	if q.Box != nil {
		m.window = NewWindow(*q.Box)
	}
	return m
}

func (m *match) all() bool { return m.window == nil && m.q.Time == nil && m.q.Filter == nil }

// holds tells that a feature is asked for, identities aside.
func (m *match) holds(f *Feature) bool {
	if m.window != nil && !m.window.Holds(f.Geometry) {
		return false
	}
	if t := m.q.Time; t != nil && f.Time != nil && (f.Time.Start > t.End || f.Time.End < t.Start) {
		return false
	}
	return m.q.Filter == nil || m.q.Filter(f)
}
