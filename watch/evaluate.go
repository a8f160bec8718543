package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"isobar/events"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/probe"
)

// work looks at all alerts. One that fails does not stop the others.
func (s *Alerts) work(ctx context.Context) error {
	all, err := s.all(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, a := range all {
		if err := s.look(ctx, a); err != nil {
			errs = append(errs, fmt.Errorf("alert %q: %w", a.ID, err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	s.forgetCells(all)
	return errors.Join(errs...)
}

// forgetCells drops the cells of alerts that are no more.
func (s *Alerts) forgetCells(all []*alert) {
	for of := range s.cells {
		if !slices.ContainsFunc(all, func(a *alert) bool { return a.version == of.version }) {
			delete(s.cells, of)
		}
	}
}

// look tells what is left to tell of an alert, looks at new data, and tells what that changes.
func (s *Alerts) look(ctx context.Context, a *alert) error {
	st, err := s.state(ctx, a)
	if err != nil {
		return err
	}
	if err := s.tell(ctx, a, &st); err != nil {
		return err
	}
	c, release := s.o.Catalogues.Hold()
	defer release()
	now := s.o.Now().UTC()
	seen, err := a.seen(c, now)
	if err == nil && seen == st.Seen {
		return nil
	}
	var found finding
	if err == nil {
		found, err = s.find(ctx, a, c, now)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case isTrouble(err): // it stays as it is, and says why
		if seen = a.mark() + err.Error(); seen == st.Seen {
			return nil
		}
		st.Seen, st.Trouble = seen, err.Error()
		return s.save(ctx, a, &st)
	case err != nil:
		return err
	}
	st.Seen, st.Trouble, st.Checked = seen, "", now
	a.turn(&st, found, now)
	if err := s.save(ctx, a, &st); err != nil {
		return err
	}
	return s.tell(ctx, a, &st)
}

// isTrouble tells that an alert can't be looked at in what is published, whenever that is tried.
func isTrouble(err error) bool {
	var none *layers.DimensionError
	return errors.As(err, &none) || errors.Is(err, layers.ErrUnknownLayer) || errors.Is(err, probe.ErrTooLarge)
}

// finding is what data say of a condition.
type finding struct {
	fires          bool
	clears         bool // what is active may end
	first, extreme *Sighting
}

// columns are those that a condition names.
func (a *alert) columns(of *probe.Condition, c *layers.Catalogue) ([]probe.Column, error) {
	given := map[string]probe.Column{}
	for name, level := range a.Levels {
		given[name] = probe.Column{Level: &level}
	}
	return of.Columns(c, a.Model, given)
}

// window is the times that are looked at.
func (a *alert) window(now time.Time) (from, to field.Time) {
	return field.At(now.Add(a.Start)), field.At(now.Add(a.End))
}

// mark begins what an alert has seen: it tells definitions apart, also those that had one identity.
func (a *alert) mark() string {
	return a.Created.Format(time.RFC3339Nano) + "/" + strconv.FormatInt(a.version, 10) + "/"
}

// seen names what an alert would look at: fields, by their runs and times.
func (a *alert) seen(c *layers.Catalogue, now time.Time) (string, error) {
	h := fnv.New128a()
	from, to := a.window(now)
	for _, condition := range []*probe.Condition{a.fires, a.clears} {
		if condition == nil {
			continue
		}
		columns, err := a.columns(condition, c)
		if err != nil {
			return "", err
		}
		for _, col := range columns {
			picks, err := col.Layer.Series(layers.Selection{Time: &layers.TimeChoice{Start: from, End: to}, Level: col.Level}, now, maxSteps)
			if err != nil {
				return "", err
			}
			for _, p := range picks {
				fmt.Fprintln(h, col.Layer.Name, p.Run, p.Valid, made(c, p.Input.Keys))
			}
		}
	}
	return a.mark() + fmt.Sprintf("%x", h.Sum(nil)), nil
}

// places are where an alert looks: its own, or the cells of a layer's grid in its area; in one smaller than a cell, its middle.
func (s *Alerts) places(ctx context.Context, a *alert, l *layers.Layer) ([]geo.LonLat, error) {
	if a.region == nil {
		return a.at, nil
	}
	of := cellsOf{a.version, l.Grid.ID()}
	cells, ok := s.cells[of]
	if !ok {
		var err error
		if cells, err = probe.CellsIn(ctx, l.Grid, a.region, MaxCells); err != nil {
			return nil, err
		}
		if len(cells.At) == 0 {
			cells.At = []geo.LonLat{a.middle}
		}
		s.cells[of] = cells
	}
	return cells.At, nil
}

// find looks at data.
func (s *Alerts) find(ctx context.Context, a *alert, c *layers.Catalogue, now time.Time) (f finding, err error) {
	values, at, err := s.probe(ctx, a, a.fires, c, now)
	if err != nil {
		return f, err
	}
	truths := a.fires.Over(values, false)
	place := -1
	var when field.Time
	holds := false // somewhere, for however short
	for i := range truths.Places {
		holds = holds || truths.Places[i].True > 0
		for _, w := range truths.Places[i].Intervals {
			if w.End-w.Start < field.Time(a.For/time.Second) {
				continue
			}
			if place < 0 || w.Start < when {
				place, when = i, w.Start
			}
			break
		}
	}
	f.fires, f.clears = place >= 0, !holds && len(truths.Times) > 0
	if a.For > 0 {
		f.clears = place < 0 && len(truths.Times) > 0
	}
	if f.fires {
		f.first = a.sighting(at, place, when)
		a.measure(&f, values, truths.Times, at)
	} else if a.clears != nil {
		if values, _, err = s.probe(ctx, a, a.clears, c, now); err != nil {
			return f, err
		}
		f.clears = everywhere(a.clears.Over(values, false))
	}
	return f, nil
}

// everywhere tells that a condition is true wherever and whenever it has a value.
func everywhere(t probe.Truths) bool {
	known := 0
	for _, p := range t.Places {
		if p.True < p.Known {
			return false
		}
		known += p.Known
	}
	return known > 0
}

// probe reads a condition's columns.
func (s *Alerts) probe(ctx context.Context, a *alert, of *probe.Condition, c *layers.Catalogue, now time.Time) (probe.Result, []geo.LonLat, error) {
	columns, err := a.columns(of, c)
	if err != nil {
		return probe.Result{}, nil, err
	}
	at, err := s.places(ctx, a, columns[0].Layer)
	if err != nil {
		return probe.Result{}, nil, err
	}
	from, to := a.window(now)
	got, err := s.o.Prober.Probe(ctx, c, now, probe.Request{Columns: columns, Times: probe.Times{Interval: true, Start: &from, End: &to}, At: at, Told: true})
	return got, at, err
}

// sighting names a place and a time.
func (a *alert) sighting(at []geo.LonLat, place int, when field.Time) *Sighting {
	s := &Sighting{At: [2]float64{at[place].Lon, at[place].Lat}, Time: when}
	if a.region == nil {
		s.Place = a.Features[place].ID
	}
	return s
}

// measure finds the extreme of what the condition bounds, and its value where it is first true.
func (a *alert) measure(f *finding, values probe.Result, times []field.Time, at []geo.LonLat) {
	if a.extreme.expr == nil {
		return
	}
	n := values.Places
	names, inputs := a.fires.Names(), a.extreme.expr.Inputs()
	dst, in := make([]float32, n), make([][]float32, len(inputs))
	worst := float32(0)
	quanta, here := make([]float64, len(inputs)), make([]float64, len(inputs))
	for _, t := range times {
		for i, name := range inputs {
			series := &values.Series[slices.Index(names, name)]
			k, _ := slices.BinarySearch(series.Times, t)
			in[i], quanta[i] = series.At(k, n), series.Quanta[k]
		}
		a.extreme.expr.Eval(dst, in)
		told := func(place int) *float64 {
			for i := range here {
				here[i] = float64(in[i][place])
			}
			v := field.DigitsOf(a.extreme.expr.Step(here, quanta)).Round(float64(dst[place]))
			return &v
		}
		for p, v := range dst {
			if v != v {
				continue
			}
			if f.extreme == nil || v > worst != a.extreme.least && v != worst {
				f.extreme, worst = a.sighting(at, p, t), v
				f.extreme.Value = told(p)
			}
			if t == f.first.Time && f.first.Value == nil && f.first.At == [2]float64{at[p].Lon, at[p].Lat} {
				f.first.Value = told(p)
			}
		}
	}
}

// turn changes how an alert stands to what was found. What it is to tell of it is pending.
func (a *alert) turn(st *stateAtRest, f finding, now time.Time) {
	switch {
	case f.fires:
		st.First, st.Extreme = f.first, f.extreme
		if st.Active {
			return
		}
		st.Fired++
	case !st.Active || !f.clears:
		return
	}
	st.Active, st.Since = f.fires, now
	change := Change{Active: f.fires, Time: now, First: f.first, Extreme: f.extreme}
	st.History = append(st.History, change)
	st.History = st.History[max(len(st.History)-MaxHistory, 0):]
	kind, name := events.AlertCleared, "cleared"
	if f.fires {
		kind, name = events.AlertFired, "fired"
	}
	data, err := json.Marshal(struct {
		Alert      string `json:"alert"`
		Title      string `json:"title,omitempty"`
		Expression string `json:"expression"`
		Change
	}{a.ID, a.Title, a.Expression, change})
	if err != nil { // numbers that JSON has not
		data = nil
	}
	st.Pending = append(st.Pending, events.Event{
		// One definition's events are numbered, so that the same one has the same identity whenever it is told.
		ID:   fmt.Sprintf("%s-%s-%d-%s", a.ID, strconv.FormatInt(a.Created.UnixNano(), 36), st.Fired, name),
		Type: kind, Source: "/collections/alerts/items/" + a.ID, Subject: a.ID, Time: now, Data: data,
	})
}

// tell gives what is pending to the webhooks, notes that they have it, and publishes it.
func (s *Alerts) tell(ctx context.Context, a *alert, st *stateAtRest) error {
	if len(st.Pending) == 0 {
		return nil
	}
	for _, e := range st.Pending {
		for _, w := range a.Webhooks {
			if s.o.Sender == nil || s.o.Sender.Check(w.URL) != nil {
				s.o.Log.Warn("an alert's webhook may not be called any more", "alert", a.ID, "url", w.URL)
				continue
			}
			if err := s.o.Sender.SendEvent(ctx, w.URL, w.Secret, e); err != nil {
				return err
			}
		}
	}
	told := st.Pending
	st.Pending = nil
	if err := s.save(ctx, a, st); err != nil {
		return err
	}
	for _, e := range told {
		s.o.Log.Info("alert changed", "alert", a.ID, "type", e.Type)
		s.o.Bus.Publish(e)
	}
	return nil
}
