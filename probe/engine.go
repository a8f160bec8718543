package probe

import (
	"context"
	"fmt"
	"time"

	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/sample"
)

// Engine reads layers at places. Safe for concurrent use.
type Engine struct {
	sampler *sample.Sampler
	limits  Limits
	seats   chan struct{}
}

// New makes an engine; limits that are zero are the usual ones.
func New(s *sample.Sampler, limits Limits) *Engine {
	limits = limits.orUsual()
	return &Engine{sampler: s, limits: limits, seats: make(chan struct{}, limits.Seats)}
}

// Limits are the engine's bounds.
func (e *Engine) Limits() Limits { return e.limits }

// Probe gives the values of columns, whose layers are the catalogue's, at places and times. Places are sorted by where they lie, so
// that each part of a field is read once for all places in it. A place that is none on Earth, or that a grid does not cover, has
// NaN. Series come in the order of the columns, each with the times that its layer has of those asked for; it is an error
// (*layers.DimensionError) if no column has any. Other errors are *ParameterError and *CostError, those of the store, and ctx's.
func (e *Engine) Probe(ctx context.Context, c *layers.Catalogue, now time.Time, r Request) (Result, error) {
	if err := e.limits.counts(len(r.At), len(r.Columns)); err != nil {
		return Result{}, err
	}
	plans, err := resolveAll(r, now)
	if err != nil {
		return Result{}, err
	}
	if err := e.limits.values(costOf(len(r.At), plans)); err != nil {
		return Result{}, err
	}
	leave, err := e.seat(ctx)
	if err != nil {
		return Result{}, err
	}
	defer leave()
	result := Result{Series: make([]Series, len(plans)), Places: len(r.At), Pinned: true}
	w := work{at: onEarth(r.At), bearings: r.Bearings, told: r.Told}
	for i := range plans {
		p, s := &plans[i], &result.Series[i]
		if p.describe(s); r.Told {
			p.quanta(s, c.Snapshot())
		}
		result.Pinned = result.Pinned && !r.Times.Interval && len(p.gaps) == 0
		s.Values = make([]float32, len(p.readings)*len(r.At))
		for j := range p.readings {
			result.Pinned = result.Pinned && p.readings[j].Pinned
			w.add(p, &p.readings[j], s.At(j, len(r.At)))
		}
	}
	if err := w.do(ctx, e.sampler, c.Snapshot()); err != nil {
		return Result{}, err
	}
	return result, nil
}

// describe tells what a series is of.
func (p *plan) describe(s *Series) {
	n := len(p.readings)
	*s = Series{
		Column: p.column, Unit: p.unit, Gaps: p.gaps,
		Times: make([]field.Time, n), Runs: make([]field.Time, n), Spans: make([]field.Seconds, n), Between: make([]bool, n),
	}
	for i := range p.readings {
		r := &p.readings[i]
		s.Level, s.Member = r.Level, r.Member
		s.Times[i], s.Runs[i], s.Spans[i], s.Between[i] = r.Valid, r.Run, r.Span, r.between
	}
}

// seat waits until fewer than the limit read.
func (e *Engine) seat(ctx context.Context) (leave func(), err error) {
	select {
	case e.seats <- struct{}{}:
		return func() { <-e.seats }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("probe: %w", ctx.Err())
	}
}

// isPlace tells that a place is one.
func isPlace(at geo.LonLat) bool {
	return at.Lat >= -90 && at.Lat <= 90 && at.Lon-at.Lon == 0
}
