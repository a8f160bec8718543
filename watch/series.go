package watch

import (
	"context"

	"isobar/feature"
)

// Series gives what a query matches by place: one feature each, in the order of the definition, whose values are lists along time, and
// runTime and forecastTime objects of such lists by name of value. The query's filter is asked of each time by itself; offset and limit
// count places, as Matched does. The error wraps feature.ErrNotFound.
func (s *Streams) Series(ctx context.Context, id string, q feature.Query) (page feature.Page, err error) {
	p, err := s.get(ctx, id)
	if err != nil {
		return page, err
	}
	c := p.choose(q)
	lines := make(map[int]*line, len(c.places))
	for st, err := range s.steps(ctx, p, steps(p.ID, c.from, c.to)) {
		if err != nil {
			return page, err
		}
		for _, place := range c.places {
			if !c.has(p, st, place) {
				continue
			}
			if q.Filter != nil {
				if f := p.item(st, place); !q.Filter(&f) {
					continue
				}
			}
			if lines[place] == nil {
				lines[place] = &line{columns: map[string]*track{}, time: feature.Interval{Start: st.Valid}}
			}
			lines[place].add(st, place)
		}
	}
	for _, place := range c.places {
		l := lines[place]
		if l == nil {
			continue
		}
		if page.Matched >= q.Offset && (q.Limit <= 0 || len(page.Features) < q.Limit) {
			page.Features = append(page.Features, l.feature(p, place))
		}
		page.Matched++
	}
	return page, nil
}

// line is the values of a place along time.
type line struct {
	names   []string // in the order of first use
	columns map[string]*track
	time    feature.Interval
}

// track is those of one column.
type track struct{ values, times, runs []any }

func (l *line) add(st *step, place int) {
	l.time.End = st.Valid
	for _, c := range st.Columns {
		t := l.columns[c.Name]
		if t == nil {
			t = &track{}
			l.columns[c.Name] = t
			l.names = append(l.names, c.Name)
		}
		t.values = append(t.values, value(c.Values[place]))
		t.times = append(t.times, st.Valid)
		t.runs = append(t.runs, c.Run)
	}
}

func (l *line) feature(p *stream, place int) feature.Feature {
	f := &p.Features[place]
	props := p.own(f, len(l.names)+4, func(name string) bool { return l.columns[name] != nil })
	times, runs := map[string]any{}, map[string]any{}
	for _, name := range l.names {
		t := l.columns[name]
		props = append(props, feature.Property{Name: name, Value: t.values})
		times[name], runs[name] = t.times, t.runs
	}
	props = append(props, feature.Property{Name: FeatureProperty, Value: f.ID}, feature.Property{Name: StreamProperty, Value: p.ID},
		feature.Property{Name: RunProperty, Value: runs}, feature.Property{Name: ForecastProperty, Value: times})
	return feature.Feature{ID: f.ID, Geometry: f.Geometry, Properties: props, Time: &l.time}
}
