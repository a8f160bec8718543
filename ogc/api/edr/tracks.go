package edr

import (
	"math"
	"slices"

	"isobar/elements"
	"isobar/encode"
	"isobar/field"
	"isobar/layers"
	"isobar/ogc/api"
	"isobar/probe"
)

// follow reads the values along a way that has times or levels of its own. A time between two fields is interpolated where the parameter
// can be; else the nearest time stands for it, and a level for those near it.
func (s *service) follow(c *api.Call, q *question, w way, at *field.Time) (all []encode.Values, err error) {
	if len(q.layers) == 0 {
		return nil, errNothing
	}
	through, beside := probe.AlongOptions{Time: at, Nearest: true, Linear: w.timed || q.linear, Space: q.space, Told: !q.exact}, q.columns()
	var own []probe.Column // that follow the way's levels
	if w.high {
		own, beside = levelled(beside)
	}
	for _, part := range []struct {
		columns []probe.Column
		high    bool
	}{{own, true}, {beside, false}} {
		for columns := range slices.Chunk(part.columns, s.Probes.Limits().Columns) {
			tracks, err := s.Probes.Along(c.Context(), q.catalogue, c.Now, columns, q.run, w.route(part.high), through)
			if err != nil {
				return nil, err
			}
			all = lay(all, tracks, w, part.high)
		}
	}
	return all, nil
}

// route is a way as it is probed.
func (w *way) route(high bool) []probe.Point {
	route := make([]probe.Point, len(w.vertices))
	for i := range w.vertices {
		v := &w.vertices[i]
		route[i].At = v.at
		if high {
			route[i].Level = &v.z
		}
		if w.timed {
			t := field.Time(math.Round(v.m))
			route[i].Time = &t
		}
	}
	return route
}

// lay adds tracks to domains: those with the same times, levels and member share one.
func lay(all []encode.Values, tracks []probe.Track, w way, high bool) []encode.Values {
	for i := range tracks {
		t := &tracks[i]
		if len(t.Gaps) == len(t.Values) {
			continue
		}
		v := trackDomain(t, w, high)
		k := slices.IndexFunc(all, func(o encode.Values) bool { return sameTrack(&o, &v) })
		if k < 0 {
			k = len(all)
			all = append(all, v)
		}
		all[k].Parameters = append(all[k].Parameters, encode.Parameter{Name: fieldName(t.Column.Layer), Layer: t.Column.Layer, Unit: t.Unit})
		all[k].Of = append(all[k].Of, t.Values)
	}
	return stacked(all)
}

// trackDomain is the domain of a track.
func trackDomain(t *probe.Track, w way, high bool) encode.Values {
	v := encode.Values{Path: true, At: w.places(), Times: t.Times[:1], Runs: runsOf(t)}
	if w.timed {
		v.TimeAlong = t.Times
	}
	for i := range t.Times { // a gap may stand first
		if t.Runs[i] != 0 {
			v.Times = t.Times[i : i+1]
			break
		}
	}
	if slices.Contains(t.Between, true) {
		v.Between = []bool{true}
	}
	if t.Column.Member != nil {
		v.Member = t.Column.Member
	}
	switch {
	case high:
		v.Kind, v.LevelAlong = levelsAlong(t, w)
	case t.Column.Level != nil:
		v.Kind, v.Levels = t.Column.Layer.Levels[0].Kind, []float64{*t.Column.Level}
	}
	return v
}

// levelsAlong are the levels that a track's values are of, in a gap the one asked for.
func levelsAlong(t *probe.Track, w way) (kind elements.LevelKind, levels []float64) {
	levels = make([]float64, len(t.Levels))
	gaps := map[int]bool{}
	for _, g := range t.Gaps {
		gaps[g.Point] = true
	}
	for i, level := range t.Levels {
		levels[i] = w.vertices[i].z
		if !gaps[i] {
			levels[i] = t.Column.Layer.Elevation(level)
		}
	}
	return t.Column.Layer.Levels[0].Kind, levels
}

// runsOf is the run of all values, or nothing if they are of several.
func runsOf(t *probe.Track) []field.Time {
	var run field.Time
	for _, r := range t.Runs {
		switch {
		case r == 0 || r == run:
		case run == 0:
			run = r
		default:
			return nil
		}
	}
	if run == 0 {
		return nil
	}
	return []field.Time{run}
}

// sameTrack tells that two tracks have one domain.
func sameTrack(a, b *encode.Values) bool {
	return slices.Equal(a.Times, b.Times) && slices.Equal(a.Runs, b.Runs) && slices.Equal(a.TimeAlong, b.TimeAlong) &&
		slices.Equal(a.LevelAlong, b.LevelAlong) && slices.Equal(a.Levels, b.Levels) && a.Kind == b.Kind && equal(a.Member, b.Member)
}

// stacked joins domains that differ by their one level to domains of several.
func stacked(all []encode.Values) (out []encode.Values) {
	for _, v := range all {
		k := slices.IndexFunc(out, func(o encode.Values) bool {
			return len(o.Levels) > 0 && len(v.Levels) == 1 && o.Kind == v.Kind && o.Levels[len(o.Levels)-1] < v.Levels[0] && equal(o.Member, v.Member) &&
				slices.Equal(o.Times, v.Times) && slices.Equal(o.TimeAlong, v.TimeAlong) && slices.Equal(o.Runs, v.Runs) && slices.Equal(o.Parameters, v.Parameters)
		})
		if k < 0 {
			out = append(out, v)
			continue
		}
		out[k].Levels = append(slices.Clone(out[k].Levels), v.Levels[0])
		for i := range out[k].Of {
			out[k].Of[i] = append(slices.Clone(out[k].Of[i]), v.Of[i]...)
		}
	}
	return out
}

func equal(a, b *int) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// runTimes are the times of a layer's run, of all runs for nil, or nothing if it has none.
func runTimes(l *layers.Layer, run *field.Time) []field.Time {
	if run == nil {
		return l.Times
	}
	return l.RunTimes(*run)
}

// levelled divides columns into those of layers with levels, one for each layer and member, and others.
func levelled(columns []probe.Column) (own, beside []probe.Column) {
	for _, c := range columns {
		if c.Level == nil {
			beside = append(beside, c)
			continue
		}
		same := func(o probe.Column) bool { return o.Layer == c.Layer && equal(o.Member, c.Member) }
		if !slices.ContainsFunc(own, same) {
			c.Level = nil
			own = append(own, c)
		}
	}
	return own, beside
}
