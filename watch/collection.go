package watch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"isobar/feature"
	"isobar/field"
	"isobar/records"
)

// Properties of a stream's features beside those of the place and the values, as Weacast names them.
const (
	FeatureProperty  = "featureId"
	StreamProperty   = "probeId"
	RunProperty      = "runTime"
	ForecastProperty = "forecastTime"
)

var _ feature.Catalogue = (*Streams)(nil)

// results is what a stream has kept: a feature for each place and time, in the order of times.
type results struct {
	s  *Streams
	id string
}

// Collections implements feature.Catalogue.
func (s *Streams) Collections(ctx context.Context) (list []feature.Collection, err error) {
	all, err := s.all(ctx)
	for _, p := range all {
		list = append(list, results{s, p.ID})
	}
	return list, err
}

// Collection implements feature.Catalogue: a stream's identity is its collection's.
func (s *Streams) Collection(ctx context.Context, id string) (feature.Collection, error) {
	if _, err := s.get(ctx, id); err != nil {
		return nil, err
	}
	return results{s, id}, nil
}

// About implements feature.Collection.
func (r results) About(ctx context.Context) (feature.About, error) {
	p, err := r.s.get(ctx, r.id)
	if err != nil {
		return feature.About{}, err
	}
	about := p.about
	first, err := r.s.edge(ctx, p, false)
	if err != nil {
		return about, err
	}
	last, err := r.s.edge(ctx, p, true)
	if err != nil {
		return about, err
	}
	if first != nil && last != nil {
		about.Time = &feature.Interval{Start: first.Valid, End: last.Valid}
	}
	about.Queryables = p.queryables(last)
	return about, nil
}

// edge is a stream's first or last step; nil is none.
func (s *Streams) edge(ctx context.Context, p *stream, last bool) (*step, error) {
	r := steps(p.ID, firstTime, lastTime)
	r.Reverse = last
	for st, err := range s.steps(ctx, p, r) {
		return st, err
	}
	return nil, nil
}

// steps reads a stream's steps, those of its present definition.
func (s *Streams) steps(ctx context.Context, p *stream, r records.Range) func(yield func(*step, error) bool) {
	return func(yield func(*step, error) bool) {
		for d, err := range s.o.Store.List(ctx, stepKind, r) {
			if err != nil {
				yield(nil, fmt.Errorf("stream %q: %w", p.ID, err))
				return
			}
			st, err := s.recent.read(d)
			if err == nil && (st.Generation != p.generation || !st.fits(len(p.at))) {
				continue
			}
			if !yield(st, err) || err != nil {
				return
			}
		}
	}
}

// fits tells that a step has a value for each place.
func (s *step) fits(places int) bool {
	for _, c := range s.Columns {
		if len(c.Values) != places {
			return false
		}
	}
	return true
}

// queryables are the places' properties, the values, and what tells features apart.
func (p *stream) queryables(st *step) (all []feature.Queryable) {
	own := map[string]bool{FeatureProperty: true, StreamProperty: true, RunProperty: true, ForecastProperty: true}
	if st != nil {
		for _, c := range st.Columns {
			all = append(all, feature.Queryable{Name: c.Name, Title: c.Name, Type: "number", Unit: c.Unit})
			own[c.Name] = true
		}
	} else {
		for _, c := range p.columns {
			all = append(all, feature.Queryable{Name: c.name, Title: c.layer, Type: "number", Unit: c.unit})
			own[c.name] = true
		}
	}
	for _, q := range p.about.Queryables {
		if !own[q.Name] {
			all = append(all, q)
		}
	}
	return append(all,
		feature.Queryable{Name: FeatureProperty, Title: "Place", Type: "string"},
		feature.Queryable{Name: StreamProperty, Title: "Stream", Type: "string"},
		feature.Queryable{Name: RunProperty, Title: "Reference time", Type: "date-time"},
		feature.Queryable{Name: ForecastProperty, Title: "Valid time", Type: "date-time"})
}

// item makes the feature of a place at a step.
func (p *stream) item(st *step, place int) feature.Feature {
	f := &p.Features[place]
	props := p.own(f, len(st.Columns)+4, func(name string) bool { return st.column(name) != nil })
	for _, c := range st.Columns {
		props = append(props, feature.Property{Name: c.Name, Value: value(c.Values[place])})
	}
	props = append(props, feature.Property{Name: FeatureProperty, Value: f.ID}, feature.Property{Name: StreamProperty, Value: p.ID},
		feature.Property{Name: RunProperty, Value: st.run()}, feature.Property{Name: ForecastProperty, Value: st.Valid})
	return feature.Feature{
		ID: f.ID + "@" + st.Valid.String(), Geometry: f.Geometry, Properties: props, Time: &feature.Interval{Start: st.Valid, End: st.Valid},
	}
}

// own are a place's properties, but for those that values hide; there is room for some more.
func (p *stream) own(f *feature.Feature, more int, hidden func(name string) bool) []feature.Property {
	props := make([]feature.Property, 0, len(f.Properties)+more)
	for _, o := range f.Properties {
		switch o.Name {
		case FeatureProperty, StreamProperty, RunProperty, ForecastProperty:
			continue
		}
		if !hidden(o.Name) {
			props = append(props, o)
		}
	}
	return props
}

// value is a number as a property has it.
func value(v float32) any {
	if v != v {
		return nil
	}
	return v
}

// chosen is which places and times a query may mean, before its filter.
type chosen struct {
	places   []int
	from, to field.Time
	items    map[string]bool // nil: all of these
}

// choose reads a query. Its identities are of features ("CDG@2026-11-24T06:00:00Z"), or of places for all their times.
func (p *stream) choose(q feature.Query) chosen {
	c := chosen{from: firstTime, to: lastTime}
	if q.Time != nil {
		c.from, c.to = q.Time.Start, q.Time.End
	}
	var window *feature.Window
	if q.Box != nil {
		window = feature.NewWindow(*q.Box)
	}
	var wanted map[string]bool
	if len(q.IDs) > 0 {
		wanted, c.items = map[string]bool{}, map[string]bool{}
		for _, id := range q.IDs {
			if _, ok := p.places[id]; ok {
				wanted[id], c.items[id] = true, true
			} else if place, _, ok := cutID(id); ok {
				wanted[place], c.items[id] = true, true
			}
		}
	}
	for i := range p.Features {
		f := &p.Features[i]
		if (wanted == nil || wanted[f.ID]) && (window == nil || window.Holds(f.Geometry)) {
			c.places = append(c.places, i)
		}
	}
	return c
}

// cutID reads the identity of a place at a time.
func cutID(id string) (place string, valid field.Time, ok bool) {
	i := strings.LastIndexByte(id, '@')
	if i < 0 {
		return "", 0, false
	}
	t, err := time.Parse(time.RFC3339, id[i+1:])
	if err != nil || field.At(t).String() != id[i+1:] {
		return "", 0, false
	}
	return id[:i], field.At(t), true
}

// has tells that the identities asked for are of a place, or of it at a step.
func (c *chosen) has(p *stream, st *step, place int) bool {
	if c.items == nil {
		return true
	}
	id := p.Features[place].ID
	return c.items[id] || c.items[id+"@"+st.Valid.String()]
}

// Query implements feature.Collection.
func (r results) Query(ctx context.Context, q feature.Query) (page feature.Page, err error) {
	p, err := r.s.get(ctx, r.id)
	if err != nil {
		return page, err
	}
	c := p.choose(q)
	if len(c.places) == 0 {
		return page, nil
	}
	for st, err := range r.s.steps(ctx, p, steps(p.ID, c.from, c.to)) {
		if err != nil {
			return page, err
		}
		for _, place := range c.places {
			if !c.has(p, st, place) {
				continue
			}
			inPage := page.Matched >= q.Offset && (q.Limit <= 0 || len(page.Features) < q.Limit)
			if q.Filter == nil && !inPage { // it need not be made
				page.Matched++
				continue
			}
			f := p.item(st, place)
			if q.Filter != nil && !q.Filter(&f) {
				continue
			}
			page.Matched++
			if inPage {
				page.Features = append(page.Features, f)
			}
		}
	}
	return page, nil
}

// Feature implements feature.Collection.
func (r results) Feature(ctx context.Context, id string) (feature.Feature, error) {
	p, err := r.s.get(ctx, r.id)
	if err != nil {
		return feature.Feature{}, err
	}
	none := fmt.Errorf("feature %.80q of %q: %w", id, r.id, feature.ErrNotFound)
	name, valid, ok := cutID(id)
	place, known := p.places[name]
	if !ok || !known {
		return feature.Feature{}, none
	}
	d, err := r.s.o.Store.Get(ctx, stepKind, stepID(p.ID, valid))
	if errors.Is(err, records.ErrNotFound) {
		return feature.Feature{}, none
	}
	if err != nil {
		return feature.Feature{}, fmt.Errorf("stream %q: %w", r.id, err)
	}
	st, err := r.s.recent.read(d)
	if err != nil {
		return feature.Feature{}, err
	}
	if st.Generation != p.generation || !st.fits(len(p.at)) {
		return feature.Feature{}, none
	}
	return p.item(st, place), nil
}
