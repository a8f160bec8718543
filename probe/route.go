package probe

import (
	"context"
	"errors"
	"math"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

// Along gives a value of each column at each point of a route, at the point's own time and level where it has them. A point that
// a column has no value at is a gap: NaN, and why. Errors are those of Probe; a level, run or member that a layer does not have
// at all is one, too, unless the level is a point's own.
func (e *Engine) Along(ctx context.Context, c *layers.Catalogue, now time.Time, columns []Column, run *field.Time, route []Point, o AlongOptions) ([]Track, error) {
	if err := e.limits.counts(len(route), len(columns)); err != nil {
		return nil, err
	}
	cost := Cost{Places: len(route), Columns: len(columns), Times: 1, Values: int64(len(route)) * int64(len(columns))}
	if err := e.limits.values(cost); err != nil {
		return nil, err
	}
	if len(o.Bearings) > 0 && len(o.Bearings) != len(route) {
		return nil, wrong("bearings", "%d are given for %d points", len(o.Bearings), len(route))
	}
	f := follower{now: now, run: run, route: route, o: o}
	for _, column := range columns {
		p, err := planOf(column, len(o.Bearings) > 0, o.Space)
		if err != nil {
			return nil, err
		}
		f.plans = append(f.plans, p)
		f.tracks = append(f.tracks, trackOf(&p, len(route)))
	}
	if err := f.resolve(); err != nil {
		return nil, err
	}
	leave, err := e.seat(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, s := range f.stops {
		group.Go(func() error { return f.read(inner, e, c, s) })
	}
	if err := group.Wait(); err != nil {
		if outer := ctx.Err(); outer != nil {
			return nil, outer
		}
		return nil, err
	}
	return f.tracks, nil
}

// trackOf is a track without values.
func trackOf(p *plan, n int) Track {
	return Track{
		Column: p.column, Unit: p.unit, Values: make([]float32, n), Times: make([]field.Time, n), Runs: make([]field.Time, n),
		Spans: make([]field.Seconds, n), Levels: make([]field.Level, n), Between: make([]bool, n),
	}
}

// follower follows one route.
type follower struct {
	now    time.Time
	run    *field.Time
	route  []Point
	o      AlongOptions
	plans  []plan
	tracks []Track
	stops  []*stop
}

// stop is the points of one time and level, and what is read there: one reading for each column, or none.
type stop struct {
	points   []int
	readings []*reading
}

// moment is a time and a level, if any.
type moment struct {
	timed, leveled bool
	time           field.Time
	level          float64
}

// resolve sorts the points into stops.
func (f *follower) resolve() error {
	stops := map[moment]*stop{}
	whys := map[*stop][]string{}
	for i, point := range f.route {
		var m moment
		at := point.Time
		if at == nil {
			at = f.o.Time
		}
		if at != nil {
			m.timed, m.time = true, *at
		}
		if point.Level != nil {
			m.leveled, m.level = true, *point.Level
		}
		s := stops[m]
		if s == nil {
			s = &stop{readings: make([]*reading, len(f.plans))}
			stops[m] = s
			f.stops = append(f.stops, s)
			whys[s] = make([]string, len(f.plans))
			for k := range f.plans {
				r, why, err := f.reading(&f.plans[k], m)
				if err != nil {
					return err
				}
				s.readings[k], whys[s][k] = r, why
			}
		}
		s.points = append(s.points, i)
		for k, r := range s.readings {
			f.note(&f.tracks[k], i, r, m.time, whys[s][k])
		}
	}
	return nil
}

// note tells in a track what a point's value is of.
func (f *follower) note(t *Track, i int, r *reading, at field.Time, why string) {
	if r == nil {
		t.Values[i], t.Times[i] = float32(math.NaN()), at
		t.Gaps = append(t.Gaps, Gap{Time: at, Point: i, Why: why})
		return
	}
	t.Member = r.Member
	t.Times[i], t.Runs[i], t.Spans[i], t.Levels[i], t.Between[i] = r.Valid, r.Run, r.Span, r.Level, r.between
}

// reading finds what a column has at a moment, or why nothing.
func (f *follower) reading(p *plan, m moment) (*reading, string, error) {
	l := p.column.Layer
	s := layers.Selection{Run: f.run, Level: p.column.Level, Member: p.column.Member}
	if m.leveled {
		s.Level = &m.level
		if f.o.Nearest {
			s.Level = nearestLevel(l, m.level)
		}
	}
	r, err := f.field(l, s, m)
	if err == nil {
		r.spaced(f.o.Space, l)
		return &r, "", nil
	}
	var none *layers.DimensionError
	if !errors.As(err, &none) {
		return nil, "", err
	}
	switch {
	case none.Dimension == "elevation" && m.leveled:
		return nil, "there is no such level", nil
	case none.Dimension == "time" && f.o.Linear && m.timed:
		return nil, whyNotBetween(l, s, m.time), nil
	case none.Dimension == "time":
		return nil, "there is no field at this time", nil
	}
	return nil, "", err
}

// field finds the field, or the two, of a moment.
func (f *follower) field(l *layers.Layer, s layers.Selection, m moment) (reading, error) {
	if !m.timed {
		pick, err := l.Pick(s, f.now)
		return reading{Pick: pick}, err
	}
	r, err := instant(l, s, m.time, f.o.Linear, f.now)
	var none *layers.DimensionError
	if f.o.Nearest && errors.As(err, &none) && none.Dimension == "time" {
		if pick, ok := l.Nearest(s, m.time); ok {
			return reading{Pick: pick}, nil
		}
	}
	return r, err
}

// nearestLevel is the level nearest to one within those that a layer has; else it itself.
func nearestLevel(l *layers.Layer, at float64) *float64 {
	best, low, high := at, math.Inf(1), math.Inf(-1)
	off := math.Inf(1)
	for _, level := range l.Levels {
		e := l.Elevation(level)
		low, high = min(low, e), max(high, e)
		if d := math.Abs(e - at); d < off {
			best, off = e, d
		}
	}
	if at < low || at > high {
		return &at
	}
	return &best
}

// read reads all columns at a stop.
func (f *follower) read(ctx context.Context, e *Engine, c *layers.Catalogue, s *stop) error {
	at := make([]geo.LonLat, len(s.points))
	var bearings []float64
	for i, point := range s.points {
		at[i] = f.route[point].At
		if len(f.o.Bearings) > 0 {
			bearings = append(bearings, f.o.Bearings[point])
		}
	}
	w := work{at: onEarth(at), bearings: bearings}
	var columns []int
	for k, r := range s.readings {
		if r != nil {
			w.add(&f.plans[k], r, make([]float32, len(at)))
			columns = append(columns, k)
		}
	}
	if len(columns) == 0 {
		return nil
	}
	if err := w.do(ctx, e.sampler, c.Snapshot()); err != nil {
		return err
	}
	for i, k := range columns {
		for j, point := range s.points {
			f.tracks[k].Values[point] = w.items[i].out[j]
		}
	}
	return nil
}
