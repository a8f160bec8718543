package edr

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"isobar/elements"
	"isobar/encode"
	"isobar/field"
	"isobar/grid"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/probe"
)

// trajectory answers with values along a way. Where it has neither levels nor times of its own, there are places between its vertices
// too, as dense as the grid.
func (s *service) trajectory(c *api.Call, q *question) error {
	if err := q.geographic(); err != nil {
		return err
	}
	w, err := line(c)
	if err != nil {
		return err
	}
	if !w.high && !w.timed {
		w = w.cut(q.cellDeg())
	}
	if err := s.afford(c, q, &w, 1); err != nil {
		return err
	}
	all, pinned, err := s.along(c, q, w, nil)
	if err != nil {
		return err
	}
	return s.send(c, q, "trajectory", all, pinned)
}

// The bounds of a corridor.
const (
	mostWidth  = 2_000_000 // metres
	mostAcross = 101       // ways side by side
	leastWays  = 3
)

// corridor answers with values along a way and along others at its sides.
func (s *service) corridor(c *api.Call, q *question) error {
	if err := q.geographic(); err != nil {
		return err
	}
	w, err := line(c)
	if err != nil {
		return err
	}
	width, err := distance(c, "corridor-width", "width-units", mostWidth)
	if err != nil {
		return err
	}
	tall, err := readHeight(c)
	if err != nil {
		return err
	}
	n, across, levels, err := s.resolutions(c)
	if err != nil {
		return err
	}
	if n > 0 {
		w = w.spread(n)
	} else {
		w = w.cut(q.cellDeg())
	}
	if across == 0 {
		const metresPerDegree = earthRadius * rad
		across = min(max(int(math.Ceil(width/(q.cellDeg()*metresPerDegree)))+1, leastWays), mostAcross)
	}
	q.narrow(&w, tall, levels)
	if err := s.afford(c, q, &w, across); err != nil {
		return err
	}
	var all []encode.Values
	pinned := true
	for k := range across {
		off := 0.0
		if across > 1 {
			off = width * (float64(k)/float64(across-1) - 0.5)
		}
		beside := w.aside(off)
		some, settled, err := s.along(c, q, beside, tall)
		if err != nil {
			return err
		}
		for i := range some {
			some[i].Title = fmt.Sprintf("%s m to the right of the way", strconv.FormatFloat(math.Round(off), 'f', -1, 64))
		}
		all, pinned = append(all, some...), pinned && settled
	}
	return s.send(c, q, "corridor", all, pinned)
}

// afford compares so many ways side by side with the limit.
func (s *service) afford(c *api.Call, q *question, w *way, across int) error {
	times := 1
	if !w.timed {
		times = len(q.timesOf(func() field.Time { return field.At(c.Now) }))
	}
	cost := probe.Cost{Places: len(w.vertices) * across, Columns: len(q.columns()), Times: times}
	cost.Values = int64(cost.Places) * int64(cost.Columns) * int64(times)
	switch limits := s.Probes.Limits(); {
	case cost.Places > limits.Places:
		return &probe.CostError{Parameter: "places", Cost: cost, Got: int64(cost.Places), Limit: int64(limits.Places)}
	case cost.Values > limits.Values:
		return &probe.CostError{Parameter: "values", Cost: cost, Got: cost.Values, Limit: limits.Values}
	}
	return nil
}

// resolutions reads how many places there are along, across and up.
func (s *service) resolutions(c *api.Call) (along, across, up int, err error) {
	if along, err = positions(c, "x"); err != nil {
		return 0, 0, 0, err
	}
	if across, err = positions(c, "y"); err != nil {
		return 0, 0, 0, err
	}
	if across > mostAcross {
		return 0, 0, 0, ogc.Invalid("resolution-y", "resolution-y %d is more than %d", across, mostAcross)
	}
	up, err = positions(c, "z")
	return along, across, up, err
}

// narrow leaves of the levels those that a corridor reaches: around those of the way, or around the one of z. most is how many of them at
// most; 0: all.
func (q *question) narrow(w *way, tall *height, most int) {
	unit := ""
	for _, l := range q.layers {
		if u, ok := ogc.LevelUnit(l); ok {
			unit = u
		}
	}
	switch {
	case w.high:
		in := &numbers{low: math.Inf(1), high: math.Inf(-1)}
		for _, v := range w.vertices {
			low, high := tall.around(v.z, unit)
			in.low, in.high = min(in.low, low), max(in.high, high)
		}
		q.levels = in
	case tall != nil && q.levels != nil && len(q.levels.list) == 1:
		low, high := tall.around(q.levels.list[0], unit)
		q.levels = &numbers{low: low, high: high}
	}
	if most == 0 {
		return
	}
	var all []float64
	for _, l := range q.layers {
		for _, level := range q.levelsOf(l) {
			all = append(all, l.Elevation(level))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) <= most {
		return
	}
	few := &numbers{}
	for k := range most {
		few.list = append(few.list, all[k*(len(all)-1)/max(most-1, 1)])
	}
	q.levels = few
}

// cellDeg is how far the cells of the parameters' grid are apart, in degrees of a great circle.
func (q *question) cellDeg() float64 {
	const usual = 0.25
	for _, l := range q.layers {
		n, ok := grid.NativeOf(l.Grid)
		switch {
		case !ok || n.DX <= 0:
			continue
		case n.Degrees:
			return n.DX
		}
		return n.DX / (earthRadius * rad)
	}
	return usual
}

// along reads the values along a way. tall, if a way has levels of its own, is how far up and down from them there are values: a corridor.
func (s *service) along(c *api.Call, q *question, w way, tall *height) (all []encode.Values, pinned bool, err error) {
	if _, err := s.choose(c, "trajectory"); err != nil {
		return nil, false, err
	}
	switch {
	case !w.timed && (!w.high || tall != nil):
		all, pinned, err = s.read(c, q, w.places())
		for i := range all {
			all[i].Path = true
		}
	case w.timed && (!w.high || tall != nil):
		all, err = s.follow(c, q, w, nil)
	case w.timed:
		all, err = s.follow(c, q, w, nil)
	default:
		for _, t := range q.timesOf(func() field.Time { return field.At(c.Now) }) {
			some, err := s.follow(c, q, w, &t)
			if err != nil {
				return nil, false, err
			}
			all = append(all, some...)
		}
	}
	if w.high && tall != nil {
		for i := range all {
			outside(&all[i], w, tall)
		}
	}
	return all, pinned, err
}

// outside takes away the values above and below a corridor.
func outside(v *encode.Values, w way, tall *height) {
	unit := ""
	if v.Kind == elements.Pressure {
		unit = "Pa"
	} else if v.Kind == elements.Height || v.Kind == elements.Altitude {
		unit = "m"
	}
	for l, z := range v.Levels {
		for p := range v.At {
			if low, high := tall.around(w.vertices[p].z, unit); z < low || z > high {
				for _, of := range v.Of {
					for t := range v.Times {
						of[v.Index(t, l, p)] = float32(math.NaN())
					}
				}
			}
		}
	}
}

// follow reads the values along a way that has times or levels of its own. A time between two fields is interpolated where the parameter
// can be; else the nearest time stands for it, and a level for those near it.
func (s *service) follow(c *api.Call, q *question, w way, at *field.Time) (all []encode.Values, err error) {
	through, beside := probe.AlongOptions{Time: at, Nearest: true, Linear: w.timed || q.linear, Space: q.space}, q.columns()
	if at != nil {
		through.Nearest = true
	}
	var own []probe.Column // that follow the way's levels
	if w.high {
		own, beside = follow(beside)
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
	if len(q.layers) == 0 {
		return nil, errNothing
	}
	return all, nil
}

// follow divides columns into those of layers with levels, one for each layer and member, and others.
func follow(columns []probe.Column) (own, beside []probe.Column) {
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

func equal(a, b *int) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

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

// runTimes are the times of a layer's run, of all runs for nil, or nothing if it has none.
func runTimes(l *layers.Layer, run *field.Time) []field.Time {
	if run == nil {
		return l.Times
	}
	return l.RunTimes(*run)
}
