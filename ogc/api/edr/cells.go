package edr

import (
	"context"
	"math"

	"isobar/answer"
	"isobar/coverage"
	"isobar/encode"
	"isobar/field"
	"isobar/geo"
	"isobar/ogc/api"
)

// mostListed bounds the values of cells that are written one by one.
const mostListed = 2_000_000

// list answers with cells one by one.
func (s *service) list(c *api.Call, q *question, query string, requests []answer.CoverageRequest) error {
	all, done, err := s.open(c, requests, coverageJSON)
	if err != nil {
		return err
	}
	defer done()
	n := int64(0)
	for _, a := range all {
		n += a.Source.Cells()
	}
	if n > mostListed {
		return &answer.BudgetError{Cells: n, MaxCells: mostListed}
	}
	var values []encode.Values
	pinned := q.settled(c)
	for _, a := range all {
		some, err := s.listed(c.Context(), q, a.Source)
		if err != nil {
			return err
		}
		values, pinned = append(values, some...), pinned && a.Pinned
	}
	return s.send(c, q, query, values, pinned)
}

// listed reads a coverage as values at places, one for each member.
func (s *service) listed(ctx context.Context, q *question, from *coverage.Source) (all []encode.Values, err error) {
	at, in := cellPlaces(from)
	size, first := from.Width()*from.Height(), from.Variables[0]
	for m := range from.Members {
		v := encode.Values{At: at, Times: from.Times}
		if from.HasMembers() {
			v.Member = &from.Members[m]
		}
		if vertical(first.Layer) {
			v.Kind = first.Levels[0].Kind
			for _, level := range first.Levels {
				v.Levels = append(v.Levels, first.Layer.Elevation(level))
			}
		}
		v.Runs = planeRuns(from, m)
		planes := len(from.Times) * len(first.Levels)
		buffer := make([]float32, size)
		for i := range from.Variables {
			variable := &from.Variables[i]
			unit, convert := q.converter(variable.Layer)
			of := make([]float32, 0, planes*len(at))
			for p := range planes {
				if err := from.Read(ctx, i, m*planes+p, 1, 0, from.Height(), buffer); err != nil {
					return nil, err
				}
				tell := convert(from.Digits(i, m*planes+p))
				for _, k := range in {
					of = append(of, float32(tell(float64(buffer[k]))))
				}
			}
			v.Parameters = append(v.Parameters, encode.Parameter{Name: fieldName(variable.Layer), Layer: variable.Layer, Unit: unit})
			v.Of = append(v.Of, of)
		}
		all = append(all, v)
	}
	return all, nil
}

// cellPlaces are the centres of the cells that are asked for, and where they stand among all.
func cellPlaces(from *coverage.Source) (at []geo.LonLat, in []int) {
	within := from.Within()
	xy, row := make([]geo.XY, from.Width()), make([]geo.LonLat, from.Width())
	for j, y := range from.Y {
		for i, x := range from.X {
			xy[i] = geo.XY{X: x, Y: y}
		}
		from.Ref.Inverse(row, xy)
		for i, p := range row {
			if k := j*len(row) + i; (within == nil || within[k]) && p.Lon == p.Lon && p.Lat == p.Lat {
				at, in = append(at, geo.LonLat{Lon: near(p.Lon, from.X[i], from.Ref.Degrees), Lat: p.Lat}), append(in, k)
			}
		}
	}
	return at, in
}

// near is a longitude in the turn of an axis of degrees.
func near(lon, x float64, degrees bool) float64 {
	if degrees && math.Abs(math.Remainder(lon-x, 360)) < 1e-9 {
		return x
	}
	return math.Round(lon*1e7) / 1e7
}

// planeRuns are the runs of a member's times; nil if they differ by level.
func planeRuns(from *coverage.Source, member int) (runs []field.Time) {
	levels := len(from.Variables[0].Levels)
	for t := range from.Times {
		var run field.Time
		for i := range from.Variables {
			for l := range levels {
				p, ok := from.Pick(i, (member*len(from.Times)+t)*levels+l)
				switch {
				case !ok || p.Run == run:
				case run == 0:
					run = p.Run
				default:
					return nil
				}
			}
		}
		runs = append(runs, run)
	}
	return runs
}
