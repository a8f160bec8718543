package edr

import (
	"bytes"
	"math"
	"slices"

	"isobar/answer"
	"isobar/coverage"
	"isobar/field"
	"isobar/grid"
	"isobar/layers"
	"isobar/ogc/api"
)

// requests are the coverages that a question is of: parameters that lie on one grid and on the same levels share one.
func (q *question) requests(c *api.Call, cut coverage.Cut) (all []answer.CoverageRequest, err error) {
	var firsts []*layers.Layer
	for _, l := range q.layers {
		k := slices.IndexFunc(firsts, func(o *layers.Layer) bool {
			return o.Grid.ID() == l.Grid.ID() && vertical(o) == vertical(l) && (!vertical(l) || slices.Equal(q.levelsOf(o), q.levelsOf(l)))
		})
		if k >= 0 {
			all[k].Layers = append(all[k].Layers, l.Name)
			continue
		}
		r, err := q.coverage(c, l, cut)
		if err != nil {
			return nil, err
		}
		firsts, all = append(firsts, l), append(all, r)
	}
	if len(all) == 0 {
		return nil, errNothing
	}
	return all, nil
}

// coverage asks for the cells of a layer.
func (q *question) coverage(c *api.Call, l *layers.Layer, cut coverage.Cut) (r answer.CoverageRequest, err error) {
	r = answer.CoverageRequest{Layers: []string{l.Name}, Run: q.run, Cube: true, Cut: cut}
	switch {
	case !q.times.Interval || q.times.Current:
		r.Times = q.timesOf(func() field.Time { return field.At(c.Now) })
		if len(r.Times) == 0 {
			return r, errNothing
		}
	case q.times.Start != nil || q.times.End != nil:
		r.Time = &layers.TimeChoice{Start: math.MinInt64, End: math.MaxInt64}
		if q.times.Start != nil {
			r.Time.Start = *q.times.Start
		}
		if q.times.End != nil {
			r.Time.End = *q.times.End
		}
		if r.Time.Start == r.Time.End { // an instant is no interval there
			r.Times = []field.Time{r.Time.Start}
		}
	}
	if vertical(l) && q.levels != nil {
		for _, level := range q.levelsOf(l) {
			r.Levels = append(r.Levels, l.Elevation(level))
		}
	}
	if q.members != nil && len(l.Members) > 1 {
		if r.Members = q.membersOf(l); len(r.Members) == 0 {
			return r, errNothing
		}
	}
	return r, nil
}

// joined makes one request of all, for formats that hold parameters on several levels. Several grids are refused below.
func joined(all []answer.CoverageRequest) ([]answer.CoverageRequest, error) {
	one := all[0]
	one.Layers, one.Levels = slices.Clone(one.Layers), slices.Clone(one.Levels)
	for _, r := range all[1:] {
		one.Layers, one.Levels = append(one.Layers, r.Layers...), append(one.Levels, r.Levels...)
	}
	return []answer.CoverageRequest{one}, nil
}

// fileName is a collection's name as a file may have it.
func fileName(id string) string {
	return string(bytes.Map(func(r rune) rune {
		if r < ' ' || slices.Contains([]rune(`/\<>:"|?*`), r) {
			return '_'
		}
		return r
	}, []byte(id)))
}

// flat tells that a grid's cells lie on longitudes and latitudes.
func flat(l *layers.Layer) bool {
	n, ok := grid.NativeOf(l.Grid)
	return !ok || n.Degrees && n.Turn == 360
}

// open resolves coverages.
func (s *service) open(c *api.Call, requests []answer.CoverageRequest, format string) (all []answer.Coverage, done func(), err error) {
	done = func() {
		for _, a := range all {
			a.Done()
		}
	}
	for _, r := range requests {
		r.Format = format
		a, err := s.Coverages.Coverage(c.Context(), r)
		if err != nil {
			done()
			return nil, nil, err
		}
		all = append(all, a)
	}
	return all, done, nil
}

// byMember asks for each member by itself, as a Grid of CoverageJSON has no axis for them.
func (q *question) byMember(requests []answer.CoverageRequest) (all []answer.CoverageRequest) {
	for _, r := range requests {
		l, err := q.catalogue.Layer(r.Layers[0])
		if err != nil || len(l.Members) < 2 {
			all = append(all, r)
			continue
		}
		for _, m := range q.membersOf(l) {
			one, at := r, coverage.At(float64(m))
			one.Member, one.Members = &at, nil
			all = append(all, one)
		}
	}
	return all
}
