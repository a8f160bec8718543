package edr

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"isobar/encode"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/probe"
)

// columns are what is read at every place: all parameters on all levels of all members that are wanted.
func (q *question) columns() (all []probe.Column) {
	for _, l := range q.layers {
		members := q.membersOf(l)
		for i := range members {
			for _, level := range q.levelsOf(l) {
				c := probe.Column{Layer: l, Unit: q.unitOf(l)}
				if len(l.Members) > 1 {
					c.Member = &members[i]
				}
				if vertical(l) {
					at := l.Elevation(level)
					c.Level = &at
				}
				all = append(all, c)
			}
		}
	}
	return all
}

// request asks for columns at places.
func (q *question) request(columns []probe.Column, at []geo.LonLat) probe.Request {
	return probe.Request{Columns: columns, Run: q.run, Times: q.times, At: at, Space: q.space, Linear: q.linear, Told: !q.exact}
}

// read gives the values at places. A place's own domain is those values that share levels and times. pinned tells that they never change.
func (s *service) read(c *api.Call, q *question, at []geo.LonLat) (all []encode.Values, pinned bool, err error) {
	series, pinned, err := s.probe(c.Context(), c, q, q.columns(), at)
	if err != nil {
		return nil, false, err
	}
	return gather(series, at), pinned && q.settled(c), nil
}

// probe reads columns, some at a time if they are more than one request may have.
func (s *service) probe(ctx context.Context, c *api.Call, q *question, columns []probe.Column, at []geo.LonLat) (series []probe.Series, pinned bool, err error) {
	limits := s.Probes.Limits()
	if len(columns) == 0 {
		return nil, false, errNothing
	}
	if len(columns) > limits.Columns {
		cost, err := probe.Predict(c.Now, q.request(columns, at))
		if err != nil {
			return nil, false, err
		}
		if cost.Values > limits.Values {
			return nil, false, &probe.CostError{Parameter: "values", Cost: cost, Got: cost.Values, Limit: limits.Values}
		}
	}
	pinned = true
	var lacking error
	for part := range slices.Chunk(columns, limits.Columns) {
		result, err := s.Probes.Probe(ctx, q.catalogue, c.Now, q.request(part, at))
		var none *layers.DimensionError
		if errors.As(err, &none) && none.Dimension == ogc.Time {
			lacking, pinned = err, false
			continue
		}
		if err != nil {
			return nil, false, err
		}
		series, pinned = append(series, result.Series...), pinned && result.Pinned
	}
	if len(series) == 0 {
		return nil, false, lacking
	}
	return series, pinned, nil
}

// settled tells that a question names all that it is of, so that nothing is added to its answer when more is published.
func (q *question) settled(c *api.Call) bool {
	name, _ := c.Query.First("parameter-name", "parameter_names")
	return q.run != nil && len(q.times.List) > 0 && (!q.of.Whole || c.Query.Get(name) != "") &&
		(q.levels != nil && q.levels.List != nil || !slices.ContainsFunc(q.layers, vertical)) &&
		(q.members != nil && q.members.List != nil || !slices.ContainsFunc(q.layers, func(l *layers.Layer) bool { return len(l.Members) > 1 }))
}

// gather lays series out by domain: first the levels of a parameter that have the same times, then parameters that have the same
// levels, times, runs and member.
func gather(series []probe.Series, at []geo.LonLat) (all []encode.Values) {
	found := map[string]int{}
	var key []byte
	for i := 0; i < len(series); {
		n := 1
		for i+n < len(series) && together(&series[i], &series[i+n]) {
			n++
		}
		levels := series[i : i+n]
		i += n
		first := &levels[0]
		if len(first.Times) == 0 {
			continue
		}
		key = domainKey(key[:0], levels)
		k, ok := found[string(key)]
		if !ok {
			k = len(all)
			found[string(key)] = k
			all = append(all, domainOf(levels, at))
		}
		all[k].Parameters = append(all[k].Parameters, encode.Parameter{Name: fieldName(first.Column.Layer), Layer: first.Column.Layer, Unit: first.Unit})
		all[k].Of = append(all[k].Of, interleaved(levels, len(at)))
	}
	return all
}

// together tells that a series is of another level of the same parameter, at the same times.
func together(a, b *probe.Series) bool {
	return a.Column.Layer == b.Column.Layer && a.Member == b.Member && a.Column.Level != nil && b.Column.Level != nil &&
		slices.Equal(a.Times, b.Times) && slices.Equal(a.Runs, b.Runs)
}

// domainKey is the same for series that share a domain.
func domainKey(key []byte, levels []probe.Series) []byte {
	first := &levels[0]
	for i := range levels {
		if at := levels[i].Column.Level; at != nil {
			key = append(append(key, levels[i].Level.Kind...), 'z')
			key = binary.LittleEndian.AppendUint64(key, math.Float64bits(*at))
		}
	}
	if first.Column.Member != nil {
		key = binary.LittleEndian.AppendUint64(append(key, 'm'), uint64(first.Member))
	}
	for i, t := range first.Times {
		key = binary.LittleEndian.AppendUint64(append(key, 't'), uint64(t))
		key = binary.LittleEndian.AppendUint64(key, uint64(first.Runs[i]))
		if first.Between[i] {
			key = append(key, 'b')
		}
	}
	return key
}

// domainOf is the domain of a parameter's levels.
func domainOf(levels []probe.Series, at []geo.LonLat) encode.Values {
	first := &levels[0]
	v := encode.Values{At: at, Times: first.Times, Runs: first.Runs}
	if slices.Contains(first.Between, true) {
		v.Between = first.Between
	}
	if first.Column.Member != nil {
		v.Member = &first.Member
	}
	if first.Column.Level != nil {
		v.Kind = first.Level.Kind
		for i := range levels {
			v.Levels = append(v.Levels, *levels[i].Column.Level)
		}
	}
	return v
}

// interleaved is the values of levels time by time.
func interleaved(levels []probe.Series, places int) []float32 {
	if len(levels) == 1 {
		return levels[0].Values
	}
	of := make([]float32, 0, len(levels)*len(levels[0].Values))
	for t := range levels[0].Times {
		for i := range levels {
			of = append(of, levels[i].At(t, places)...)
		}
	}
	return of
}

// times are those of a question's layers that it asks for, ascending: those of its list, or what there is in its interval.
func (q *question) timesOf(now func() field.Time) (all []field.Time) {
	if !q.times.Interval && !q.times.Current {
		return q.times.List
	}
	for _, l := range q.layers {
		all = append(all, runTimes(l, q.run)...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if q.times.Current {
		return nearest(all, now())
	}
	return slices.DeleteFunc(all, func(t field.Time) bool {
		return q.times.Start != nil && t < *q.times.Start || q.times.End != nil && t > *q.times.End
	})
}

// nearest is the time nearest to one.
func nearest(all []field.Time, at field.Time) []field.Time {
	if len(all) == 0 {
		return nil
	}
	off := func(t field.Time) field.Time { return max(t-at, at-t) }
	return []field.Time{slices.MinFunc(all, func(a, b field.Time) int { return int(min(max(off(a)-off(b), -1), 1)) })}
}
