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
		in := &api.Numbers{Low: math.Inf(1), High: math.Inf(-1)}
		for _, v := range w.vertices {
			low, high := tall.around(v.z, unit)
			in.Low, in.High = min(in.Low, low), max(in.High, high)
		}
		q.levels = in
	case tall != nil && q.levels != nil && len(q.levels.List) == 1:
		low, high := tall.around(q.levels.List[0], unit)
		q.levels = &api.Numbers{Low: low, High: high}
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
	few := &api.Numbers{}
	for k := range most {
		few.List = append(few.List, all[k*(len(all)-1)/max(most-1, 1)])
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
	if err := s.forValues(c, q, "trajectory"); err != nil {
		return nil, false, err
	}
	switch {
	case !w.timed && (!w.high || tall != nil):
		all, pinned, err = s.read(c, q, w.places())
		for i := range all {
			all[i].Path = true
		}
	case w.timed:
		through := w
		through.high = w.high && tall == nil // a corridor has levels around those of the way
		all, err = s.follow(c, q, through, nil)
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
