package probe

import (
	"context"
	"math"
	"time"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
)

// StatisticsRequest asks what values columns have over an area.
type StatisticsRequest struct {
	Columns []Column // Relative is of no use here
	Run     *field.Time
	Times   Times
	Linear  bool // as of Request
	Told    bool // as of Request
	Area    Region
	// Percentiles are from 0 to 100; 50 is the median.
	Percentiles []float64
}

// Statistic is what the values of an area's cells are at one time. Cells count by their size. Of directions Mean and SD go round the
// circle, and there is no least nor greatest.
type Statistic struct {
	Time, Run          field.Time
	Span               field.Seconds
	Between            bool
	Count, Missing     int // cells with and without a value
	Min, Max, Mean, SD float64
	Percentiles        []float64 // in the order of the request
}

// Summary is a column's statistics, time by time; NaN where all cells are missing.
type Summary struct {
	Column Column
	Level  field.Level
	Member int
	Unit   string
	Cells  int     // of the layer's grid in the area
	Area   float64 // of these cells, in square metres
	Near   bool    // no cell's centre lies in the area: the one that holds its middle stands for it
	Of     []Statistic
	Gaps   []Gap
}

// maxPercentiles bounds the percentiles of a request.
const maxPercentiles = 100

// atOnce is how many values are held at a time for statistics.
const atOnce = 1 << 20

// Statistics sums up the values of all cells of each layer's grid whose centres lie in an area. Its cost is cells x times x columns.
// Errors are those of Probe; an area beside a grid is a *ParameterError.
func (e *Engine) Statistics(ctx context.Context, c *layers.Catalogue, now time.Time, r StatisticsRequest) ([]Summary, error) {
	if err := e.limits.counts(1, len(r.Columns)); err != nil {
		return nil, err
	}
	if r.Area == nil {
		return nil, wrong("area", "none is given")
	}
	if err := checkPercentiles(r.Percentiles); err != nil {
		return nil, err
	}
	plans, err := resolveAll(Request{Columns: r.Columns, Run: r.Run, Times: r.Times, Linear: r.Linear}, now)
	if err != nil {
		return nil, err
	}
	areas, err := e.areas(ctx, plans, r.Area)
	if err != nil {
		return nil, err
	}
	cost := costOf(1, plans)
	cost.Values = 0
	for i := range plans {
		cells := len(areas[i].At)
		cost.Places = max(cost.Places, cells)
		cost.Values += int64(cells) * int64(len(plans[i].readings))
	}
	if err := e.limits.values(cost); err != nil {
		return nil, err
	}
	leave, err := e.seat(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	all := make([]Summary, len(plans))
	for i := range plans {
		if all[i], err = e.summary(ctx, c, &plans[i], areas[i], r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// checkPercentiles says what is wrong with them.
func checkPercentiles(list []float64) error {
	if len(list) > maxPercentiles {
		return wrong("percentiles", "%d are given, no more than %d at once", len(list), maxPercentiles)
	}
	for _, p := range list {
		if !(p >= 0 && p <= 100) {
			return wrong("percentiles", "%v is not from 0 to 100", p)
		}
	}
	return nil
}

// area is an area's cells of one grid.
type area struct {
	Cells
	size []float64
	sum  float64
	near bool
}

// areas finds the cells of each plan's grid, of each grid once.
func (e *Engine) areas(ctx context.Context, plans []plan, r Region) ([]*area, error) {
	byGrid := map[string]*area{}
	list := make([]*area, len(plans))
	for i := range plans {
		g := plans[i].column.Layer.Grid
		if list[i] = byGrid[g.ID()]; list[i] != nil {
			continue
		}
		cells, err := CellsIn(ctx, g, r, e.limits.Places)
		if err != nil {
			return nil, err
		}
		a := &area{Cells: cells}
		if len(cells.Index) == 0 {
			box := r.Box()
			if a.Cells, a.near = CellNear(g, geo.LonLat{Lon: (box[0] + box[2]) / 2, Lat: (box[1] + box[3]) / 2}); !a.near {
				return nil, wrong("area", "no cell of layer %s lies in it", plans[i].column.Layer.Name)
			}
		}
		a.size = a.Areas()
		for _, v := range a.size {
			a.sum += v
		}
		byGrid[g.ID()], list[i] = a, a
	}
	return list, nil
}

// summary reads a column, some times at once, and sums it up.
func (e *Engine) summary(ctx context.Context, c *layers.Catalogue, p *plan, a *area, q StatisticsRequest) (Summary, error) {
	s := Summary{Column: p.column, Unit: p.unit, Cells: len(a.At), Area: a.sum, Near: a.near, Gaps: p.gaps}
	n := len(a.At)
	batch := max(atOnce/n, 1)
	values := make([]float32, n*min(batch, len(p.readings)))
	var sorter weighted
	for from := 0; from < len(p.readings); from += batch {
		some := p.readings[from:min(from+batch, len(p.readings))]
		w := work{at: onEarth(a.At)}
		for i := range some {
			some[i].spaced(Nearest, p.column.Layer)
			w.add(p, &some[i], values[i*n:(i+1)*n])
		}
		if err := w.do(ctx, e.sampler, c.Snapshot()); err != nil {
			return s, err
		}
		for i := range some {
			r := &some[i]
			s.Level, s.Member = r.Level, r.Member
			one := sumUp(values[i*n:(i+1)*n], a.size, p.circle())
			one.Time, one.Run, one.Span, one.Between = r.Valid, r.Run, r.Span, r.between
			one.Percentiles = sorter.percentiles(values[i*n:(i+1)*n], a.size, q.Percentiles)
			if p.direction {
				for k := range one.Percentiles {
					one.Percentiles[k] = math.NaN()
				}
			}
			if q.Told {
				one.tell(field.DigitsOf(p.quantum(r, c.Snapshot()) * math.Abs(p.conversion.Scale)))
			}
			s.Of = append(s.Of, one)
		}
	}
	return s, nil
}

// tell gives the numbers the digits that count.
func (s *Statistic) tell(d field.Digits) {
	for _, v := range []*float64{&s.Min, &s.Max, &s.Mean, &s.SD} {
		*v = d.Round(*v)
	}
	for i, v := range s.Percentiles {
		s.Percentiles[i] = d.Round(v)
	}
}

// circle is a whole turn in the column's unit; 0 for what is no direction.
func (p *plan) circle() float64 {
	if !p.direction {
		return 0
	}
	return 360 * p.conversion.Scale
}
