package probe

import (
	"cmp"
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"
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
	f := follower{engine: e, catalogue: c, now: now, run: run, route: route, o: o}
	for _, column := range columns {
		p, err := planOf(column, len(o.Bearings) > 0, o.Space)
		if err != nil {
			return nil, err
		}
		f.plans = append(f.plans, p)
		f.tracks = append(f.tracks, trackOf(&p, len(route)))
	}
	leave, err := e.seat(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for m, points := range f.stops() {
		group.Go(func() error { return f.stop(inner, m, points) })
	}
	if err := group.Wait(); err != nil {
		if outer := ctx.Err(); outer != nil {
			return nil, outer
		}
		return nil, err
	}
	for i := range f.tracks {
		slices.SortFunc(f.tracks[i].Gaps, func(a, b Gap) int { return cmp.Compare(a.Point, b.Point) })
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
	engine    *Engine
	catalogue *layers.Catalogue
	now       time.Time
	run       *field.Time
	route     []Point
	o         AlongOptions
	plans     []plan
	mu        sync.Mutex // guards the tracks' members and gaps; the rest of a point is its stop's alone
	tracks    []Track
}

// moment is a time and a level, if any.
type moment struct {
	timed, leveled bool
	time           field.Time
	level          float64
}

// stops sorts the points by moment: those of one are read together.
func (f *follower) stops() map[moment][]int {
	stops := map[moment][]int{}
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
		stops[m] = append(stops[m], i)
	}
	return stops
}

// stop finds what the columns have at a moment, and reads it at its points.
func (f *follower) stop(ctx context.Context, m moment, points []int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := work{at: f.places(points), told: f.o.Told}
	if len(f.o.Bearings) > 0 {
		for _, point := range points {
			w.bearings = append(w.bearings, f.o.Bearings[point])
		}
	}
	var columns []int
	for k := range f.plans {
		r, why, err := f.reading(&f.plans[k], m)
		if err != nil {
			return err
		}
		f.note(&f.tracks[k], points, r, m.time, why)
		if r != nil {
			if f.o.Told {
				r.quantum = f.plans[k].quantum(r, f.catalogue.Snapshot())
			}
			w.add(&f.plans[k], r, make([]float32, len(points)))
			columns = append(columns, k)
		}
	}
	if len(columns) == 0 {
		return nil
	}
	if err := w.do(ctx, f.engine.sampler, f.catalogue.Snapshot()); err != nil {
		return err
	}
	for i, k := range columns {
		for j, point := range points {
			f.tracks[k].Values[point] = w.items[i].out[j]
		}
	}
	return nil
}

// places are where some points lie.
func (f *follower) places(points []int) places {
	at := make([]geo.LonLat, len(points))
	for i, point := range points {
		at[i] = f.route[point].At
	}
	return onEarth(at)
}

// note tells in a track what the values of some points are of, or why they have none.
func (f *follower) note(t *Track, points []int, r *reading, at field.Time, why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range points {
		if r == nil {
			t.Values[i], t.Times[i] = float32(math.NaN()), at
			t.Gaps = append(t.Gaps, Gap{Time: at, Point: i, Why: why})
			continue
		}
		t.Member = r.Member
		t.Times[i], t.Runs[i], t.Spans[i], t.Levels[i], t.Between[i] = r.Valid, r.Run, r.Span, r.Level, r.between
	}
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
