package answer

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"isobar/coverage"
	"isobar/field"
	"isobar/layers"
)

// cube finds the fields of a request. pinned tells that they never change.
func (c *Coverages) cube(catalogue *layers.Catalogue, r CoverageRequest, now time.Time) (cube coverage.Cube, pinned bool, err error) {
	if err := within("elements", len(r.Layers), 1, c.limits.Planes); err != nil {
		return cube, false, err
	}
	b := &cubes{request: r, now: now, most: c.limits.Planes, pinned: r.Run != nil}
	for _, name := range r.Layers {
		l, err := catalogue.Layer(name)
		if err != nil {
			return cube, false, err
		}
		if err := b.add(l); err != nil {
			return cube, false, err
		}
	}
	if len(b.times) == 0 && b.lacking != nil {
		return cube, false, b.lacking
	}
	return b.cube(), b.pinned, nil
}

// cubes gathers the fields of layers.
type cubes struct {
	request CoverageRequest
	now     time.Time
	most    int
	pinned  bool
	found   []found
	members []int
	times   []field.Time
	planes  int
	lacking error // of a layer that has none of the times
}

// found is a layer's fields by place in its axes.
type found struct {
	layer  *layers.Layer
	levels []field.Level
	picks  map[place]layers.Pick
}

// place is member, time and number of the level.
type place struct {
	member int
	time   field.Time
	level  int
}

// add gathers a layer's fields.
func (b *cubes) add(l *layers.Layer) error {
	levels, err := b.levels(l)
	if err != nil {
		return err
	}
	members, err := b.membersOf(l)
	if err != nil {
		return err
	}
	if b.request.Level == nil && b.request.Levels == nil && len(l.Levels) > 1 || b.request.Member == nil && b.request.Members == nil && len(l.Members) > 1 {
		b.pinned = false
	}
	f := found{layer: l, levels: levels, picks: map[place]layers.Pick{}}
	var lacking error
	for _, m := range members {
		for i, level := range levels {
			picks, err := b.series(l, m, l.Elevation(level))
			var none *layers.DimensionError
			switch {
			case errors.Is(err, layers.ErrTooMany):
				return &BudgetError{Planes: b.most + 1, MaxPlanes: b.most}
			case errors.As(err, &none) && none.Dimension == "time":
				lacking = err
			case err != nil:
				return err
			}
			if b.planes += len(picks); b.planes > b.most {
				return &BudgetError{Planes: b.planes, MaxPlanes: b.most}
			}
			for _, p := range picks {
				f.picks[place{m, p.Valid, i}] = p
				b.times = append(b.times, p.Valid)
				b.pinned = b.pinned && p.Pinned
			}
		}
	}
	if len(f.picks) == 0 {
		if lacking == nil {
			lacking = &layers.DimensionError{Dimension: "time", Layer: l.Name}
		}
		b.lacking = lacking
	}
	b.members = append(b.members, members...)
	b.found = append(b.found, f)
	return nil
}

// series are the fields of one member and level. The time that a request does not name is that of the first field found, for all.
func (b *cubes) series(l *layers.Layer, member int, level float64) ([]layers.Pick, error) {
	s := layers.Selection{Run: b.request.Run, Time: b.request.Time, Level: &level, Member: &member}
	if b.request.Times != nil {
		return b.listed(l, s)
	}
	switch {
	case s.Time == nil && b.request.Cube, s.Time != nil && !s.Time.Current && s.Time.Start != s.Time.End:
		s.Interval = true
		return l.Series(s, b.now, b.most)
	case s.Time == nil && len(b.times) > 0:
		s.Time = &layers.TimeChoice{Start: b.times[0], End: b.times[0]}
	}
	p, err := l.Pick(s, b.now)
	if err != nil {
		return nil, err
	}
	p.Pinned = p.Pinned && b.request.Time != nil
	return []layers.Pick{p}, nil
}

// listed are the fields of those times of a list that there are.
func (b *cubes) listed(l *layers.Layer, s layers.Selection) (picks []layers.Pick, err error) {
	for _, t := range b.request.Times {
		s.Time = &layers.TimeChoice{Start: t, End: t}
		p, bad := l.Pick(s, b.now)
		var none *layers.DimensionError
		switch {
		case errors.As(bad, &none) && none.Dimension == "time":
			b.pinned, err = false, bad
		case bad != nil:
			return nil, bad
		default:
			picks = append(picks, p)
		}
	}
	if len(picks) > 0 {
		err = nil
	}
	return picks, err
}

// sameNumber is how far apart, relative to their size, numbers may lie that went through text in different programs.
const sameNumber = 1e-6

// holds tells that an interval has a number.
func holds(in *coverage.Interval, v float64) bool {
	slack := sameNumber * max(math.Abs(v), 1e-9)
	return v >= in.Low-slack && v <= in.High+slack
}

// levels are those of a layer that the request means. Where a layer's levels have no value what is asked for is meant for others.
func (b *cubes) levels(l *layers.Layer) ([]field.Level, error) {
	valued := len(l.Levels) > 1 || len(l.Levels) == 1 && (l.Levels[0].Value != 0 || l.Levels[0].To != 0)
	in := b.request.Level
	switch {
	case len(l.Levels) == 0:
		return []field.Level{{}}, nil
	case valued && b.request.Levels != nil:
		return b.levelsListed(l)
	case !valued || in == nil && b.request.Cube:
		return l.Levels, nil
	case in == nil:
		return []field.Level{l.DefaultLevel()}, nil
	}
	var some []field.Level
	for _, level := range l.Levels {
		if holds(in, l.Elevation(level)) {
			some = append(some, level)
		}
	}
	if len(some) == 0 {
		return nil, &layers.DimensionError{Dimension: "elevation", Layer: l.Name, Value: intervalText(in)}
	}
	return some, nil
}

// levelsListed are those of a layer that stand in the request's list.
func (b *cubes) levelsListed(l *layers.Layer) (some []field.Level, err error) {
	for _, level := range l.Levels {
		e := l.Elevation(level)
		if slices.ContainsFunc(b.request.Levels, func(v float64) bool { return holds(&coverage.Interval{Low: v, High: v}, e) }) {
			some = append(some, level)
		}
	}
	if len(some) == 0 {
		return nil, &layers.DimensionError{Dimension: "elevation", Layer: l.Name, Value: fmt.Sprint(b.request.Levels)}
	}
	return some, nil
}

// membersOf are those of a layer that the request means.
func (b *cubes) membersOf(l *layers.Layer) ([]int, error) {
	in := b.request.Member
	switch {
	case len(l.Members) == 0:
		return []int{0}, nil
	case b.request.Members != nil && len(l.Members) > 1:
		return b.membersListed(l)
	case len(l.Members) == 1 || in == nil && b.request.Cube:
		return l.Members, nil
	case in == nil:
		return l.Members[:1], nil
	}
	var some []int
	for _, m := range l.Members {
		if holds(in, float64(m)) {
			some = append(some, m)
		}
	}
	if len(some) == 0 {
		return nil, &layers.DimensionError{Dimension: "member", Layer: l.Name, Value: intervalText(in)}
	}
	return some, nil
}

// membersListed are those of a layer that stand in the request's list.
func (b *cubes) membersListed(l *layers.Layer) (some []int, err error) {
	for _, m := range l.Members {
		if slices.Contains(b.request.Members, m) {
			some = append(some, m)
		}
	}
	if len(some) == 0 {
		return nil, &layers.DimensionError{Dimension: "member", Layer: l.Name, Value: fmt.Sprint(b.request.Members)}
	}
	return some, nil
}

func intervalText(in *coverage.Interval) string {
	if in.Slice || in.Low == in.High {
		return fmt.Sprint(in.Low)
	}
	return fmt.Sprintf("%v to %v", in.Low, in.High)
}

// cube lays the fields out.
func (b *cubes) cube() coverage.Cube {
	r := b.request
	slices.Sort(b.members)
	slices.Sort(b.times)
	cube := coverage.Cube{
		Members: slices.Compact(b.members), Times: slices.Compact(b.times),
		KeepTimes:  r.Cube && !r.SliceTime,
		KeepLevels: r.Cube && !(r.Level != nil && r.Level.Slice),
	}
	ensemble := slices.ContainsFunc(b.found, func(f found) bool { return len(f.layer.Members) > 1 })
	cube.KeepMembers = ensemble && r.Cube && !(r.Member != nil && r.Member.Slice)
	for _, f := range b.found {
		v := coverage.Variable{Name: strings.TrimPrefix(f.layer.Name, f.layer.Model.ID+"."), Layer: f.layer, Levels: f.levels}
		for _, m := range cube.Members {
			for _, t := range cube.Times {
				for i := range f.levels {
					v.Picks = append(v.Picks, f.picks[place{m, t, i}])
				}
			}
		}
		cube.Variables = append(cube.Variables, v)
	}
	slices.SortStableFunc(cube.Variables, func(a, b coverage.Variable) int { return cmp.Compare(order(r.Layers, a), order(r.Layers, b)) })
	return cube
}

// order is where the request names a variable.
func order(names []string, v coverage.Variable) int { return slices.Index(names, v.Layer.Name) }
