package edr

import (
	"math"
	"slices"

	"isobar/encode"
	"isobar/geo"
	"isobar/ogc"
	"isobar/ogc/api"
)

// position answers with values at places.
func (s *service) position(c *api.Call, q *question) error {
	if err := q.geographic(); err != nil {
		return err
	}
	at, z, err := points(c)
	if err != nil {
		return err
	}
	if z == nil {
		return s.at(c, q, "position", at, nil)
	}
	if err := s.forValues(c, q, "position"); err != nil {
		return err
	}
	var all []encode.Values
	pinned := true
	for _, level := range slices.Compact(slices.Sorted(slices.Values(z))) {
		var here []geo.LonLat
		for i := range at {
			if z[i] == level {
				here = append(here, at[i])
			}
		}
		for _, one := range q.near(level) {
			some, settled, err := s.read(c, one, here)
			if err != nil {
				return err
			}
			all, pinned = append(all, present(some)...), pinned && settled
		}
	}
	return s.send(c, q, "position", all, pinned)
}

// near is what is asked about the levels of each parameter that are nearest to one, within those that it has: a question for those that share
// it. Parameters without levels go with the first.
func (q *question) near(z float64) (all []*question) {
	ask := func(levels *api.Numbers) *question {
		for _, one := range all {
			if levels == nil || one.levels == nil || one.levels.List[0] == levels.List[0] {
				if one.levels == nil {
					one.levels = levels
				}
				return one
			}
		}
		one := *q
		one.levels, one.layers = levels, nil
		all = append(all, &one)
		return &one
	}
	for _, l := range q.layers {
		if !vertical(l) {
			one := ask(nil)
			one.layers = append(one.layers, l)
			continue
		}
		best, low, high := math.Inf(1), math.Inf(1), math.Inf(-1)
		for _, level := range l.Levels {
			e := l.Elevation(level)
			low, high = min(low, e), max(high, e)
			if math.Abs(e-z) < math.Abs(best-z) {
				best = e
			}
		}
		if z >= low && z <= high {
			one := ask(&api.Numbers{List: []float64{best}})
			one.layers = append(one.layers, l)
		}
	}
	return all
}

// at answers with values at places, which may have names.
func (s *service) at(c *api.Call, q *question, query string, at []geo.LonLat, names []string) error {
	if err := s.forValues(c, q, query); err != nil { // before work
		return err
	}
	all, pinned, err := s.read(c, q, at)
	if err != nil {
		return err
	}
	if names != nil {
		for i := range all {
			all[i].Names = names
		}
	}
	return s.send(c, q, query, present(all), pinned)
}

// present are values without the places that have none at all: outside the grid.
func present(all []encode.Values) []encode.Values {
	for i := range all {
		v := &all[i]
		var in []int
		for p := range v.At {
			if hasValue(v, p) {
				in = append(in, p)
			}
		}
		if len(in) == len(v.At) || len(in) == 0 {
			continue
		}
		all[i] = only(v, in)
	}
	return all
}

// hasValue tells that there is a value at a place.
func hasValue(v *encode.Values, place int) bool {
	for _, of := range v.Of {
		for i := place; i < len(of); i += len(v.At) {
			if of[i] == of[i] {
				return true
			}
		}
	}
	return false
}

// only is values at some of the places.
func only(v *encode.Values, in []int) encode.Values {
	some := *v
	some.At, some.Names, some.Of = nil, nil, nil
	for _, p := range in {
		some.At = append(some.At, v.At[p])
		if v.Names != nil {
			some.Names = append(some.Names, v.Names[p])
		}
	}
	for _, of := range v.Of {
		few := make([]float32, 0, len(of)/len(v.At)*len(in))
		for row := 0; row < len(of); row += len(v.At) {
			for _, p := range in {
				few = append(few, of[row+p])
			}
		}
		some.Of = append(some.Of, few)
	}
	return some
}

// geographic refuses reference systems that are not degrees: places are told in them. In queries of EDR longitude comes first in all of
// them, as the standard's definition of WGS 84 has it (/req/edr/linestring-coords-response).
func (q *question) geographic() error {
	if q.ref.Degrees {
		return nil
	}
	return ogc.Invalid("crs", "crs: places are told in CRS84 here, longitude first")
}
