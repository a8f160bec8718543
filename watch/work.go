package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"isobar/events"
	"isobar/field"
	"isobar/layers"
	"isobar/probe"
	"isobar/records"
)

// Bounds of one piece of work.
const (
	maxSteps   = 5000      // of a column
	maxValues  = 4_000_000 // of one question
	writeAhead = 16        // documents written at the same time: they are committed together
)

// relativeSuffix ends the name of a direction relative to bearings.
const relativeSuffix = "_relative"

// knowledge is which steps of a stream are kept, of which runs: the documents themselves are the cursor, this is a copy of their heads.
// A step that was worked out and not written is not known; one that was written is not worked out again.
type knowledge struct {
	generation int64
	steps      map[field.Time]known
}

// known is a step's head.
type known struct {
	version int64
	of      map[string]origin // by column
	stale   bool              // of another definition
}

// origin is what a column's values are of.
type origin struct {
	run  field.Time
	made string // of which fields: see made
}

// fresher tells that values of o should take the place of those of was.
func (o origin) fresher(was origin) bool {
	return o.run > was.run || o.run == was.run && o.made != was.made
}

// made tells fields' contents apart, also of those that took the place of others of the same name.
func made(c *layers.Catalogue, keys []field.Key) string {
	h := fnv.New64a()
	for _, k := range keys {
		info, _ := c.Snapshot().Info(k)
		_, _ = io.WriteString(h, info.ETag+" ")
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// work brings all streams up to date with what is published. One that fails does not stop the others.
func (s *Streams) work(ctx context.Context) error {
	all, err := s.all(ctx)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	var errs []error
	for _, p := range all {
		there[p.ID] = true
		if err := s.update(ctx, p); err != nil {
			delete(s.known, p.ID) // what is kept is read anew
			errs = append(errs, fmt.Errorf("stream %q: %w", p.ID, err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	for id := range s.known {
		if !there[id] {
			delete(s.known, id)
		}
	}
	return errors.Join(errs...)
}

// update works out what is new for a stream.
func (s *Streams) update(ctx context.Context, p *stream) error {
	k, err := s.knowledgeOf(ctx, p)
	if err != nil {
		return err
	}
	c, release := s.o.Catalogues.Hold()
	defer release()
	columns, due := s.due(p, k, c)
	for _, part := range parts(due, len(p.at)) {
		if err := s.answer(ctx, p, k, c, columns, part); err != nil {
			return err
		}
	}
	return s.dropStale(ctx, p, k)
}

// knowledgeOf reads which steps are kept, once.
func (s *Streams) knowledgeOf(ctx context.Context, p *stream) (*knowledge, error) {
	if k := s.known[p.ID]; k != nil && k.generation == p.generation {
		return k, nil
	}
	k := &knowledge{generation: p.generation, steps: map[field.Time]known{}}
	for d, err := range s.o.Store.List(ctx, stepKind, steps(p.ID, firstTime, lastTime)) {
		if err != nil {
			return nil, err
		}
		st, err := readStep(d)
		if err != nil {
			return nil, err
		}
		k.steps[st.Valid] = st.head(p.generation)
	}
	s.known[p.ID] = k
	return k, nil
}

// head is what is known of a step.
func (s *step) head(generation int64) known {
	if s.Generation != generation {
		return known{version: s.version, stale: true}
	}
	of := make(map[string]origin, len(s.Columns))
	for _, c := range s.Columns {
		of[c.Name] = origin{c.Run, c.Made}
	}
	return known{version: s.version, of: of}
}

// asked is a column of a stream as a catalogue has it.
type asked struct {
	probe.Column
	name    string
	origins map[field.Time]origin
}

// due finds which columns of which times are to be worked out: the times of each set of columns.
func (s *Streams) due(p *stream, k *knowledge, c *layers.Catalogue) (columns []asked, due map[string][]field.Time) {
	now := s.o.Now()
	oldest := field.At(now.Add(-p.Keep))
	maps.DeleteFunc(k.steps, func(valid field.Time, _ known) bool { return valid <= oldest }) // they have expired
	at := map[field.Time][]byte{}                                                             // indices of columns
	for _, col := range p.columns {
		l, err := c.Layer(col.layer)
		if err != nil {
			continue // not yet, or not any more
		}
		picks, err := l.Series(layers.Selection{Level: col.level}, now, maxSteps)
		if err != nil {
			var none *layers.DimensionError
			if !errors.As(err, &none) {
				s.o.Log.Warn("a stream's layer has too many times", "stream", p.ID, "layer", col.layer, "error", err)
			}
			continue
		}
		a := asked{Column: probe.Column{Layer: l, Level: col.level, Unit: col.unit}, name: col.name, origins: map[field.Time]origin{}}
		for _, pick := range picks {
			if pick.Valid > oldest {
				a.origins[pick.Valid] = origin{pick.Run, made(c, pick.Input.Keys)}
			}
		}
		columns = append(columns, a)
		if p.bearings != nil && l.Element.Unit == "deg" {
			a.name, a.Relative, a.Unit = a.name+relativeSuffix, true, ""
			columns = append(columns, a)
		}
	}
	for i, a := range columns {
		for valid, o := range a.origins {
			was, ok := k.steps[valid].of[a.name]
			if !ok || o.fresher(was) {
				at[valid] = append(at[valid], byte(i)) // 2 x MaxColumns at most
			}
		}
	}
	due = map[string][]field.Time{}
	for valid, set := range at {
		due[string(set)] = append(due[string(set)], valid)
	}
	return columns, due
}

// part is columns and times that are asked for together.
type part struct {
	columns []int
	times   []field.Time
}

// parts cuts what is due into questions that are not too large: as a rule one for all.
func parts(due map[string][]field.Time, places int) (all []part) {
	for _, set := range slices.Sorted(maps.Keys(due)) {
		times := due[set]
		slices.Sort(times)
		var columns []int
		for _, i := range []byte(set) {
			columns = append(columns, int(i))
		}
		for some := range slices.Chunk(times, max(maxValues/(places*len(columns)), 1)) {
			all = append(all, part{columns, some})
		}
	}
	return all
}

// answer works out a part and writes its steps, each whole.
func (s *Streams) answer(ctx context.Context, p *stream, k *knowledge, c *layers.Catalogue, columns []asked, q part) error {
	r := probe.Request{Times: probe.Times{List: q.times}, At: p.at, Bearings: p.bearings, Space: p.Space, Told: true}
	for _, i := range q.columns {
		r.Columns = append(r.Columns, columns[i].Column)
	}
	got, err := s.o.Prober.Probe(ctx, c, s.o.Now(), r)
	if err != nil {
		return err
	}
	var writing errgroup.Group
	writing.SetLimit(writeAhead)
	fresh := make([]known, len(q.times))
	for n, valid := range q.times {
		st := &step{Generation: p.generation, Valid: valid, Computed: s.o.Now().UTC()}
		for j, i := range q.columns {
			series := &got.Series[j]
			if at, ok := slices.BinarySearch(series.Times, valid); ok {
				st.set(stepColumn{columns[i].name, series.Unit, series.Runs[at], columns[i].origins[valid].made, series.Spans[at], series.At(at, got.Places)})
			}
		}
		was := k.steps[valid]
		writing.Go(func() (err error) {
			fresh[n], err = s.write(ctx, p, st, was)
			return err
		})
	}
	if err := writing.Wait(); err != nil {
		return err
	}
	for n, valid := range q.times {
		k.steps[valid] = fresh[n]
		s.tell(p, valid, fresh[n])
	}
	return nil
}

// write keeps a step, with those columns of what was there that are not new.
func (s *Streams) write(ctx context.Context, p *stream, st *step, was known) (known, error) {
	id := stepID(p.ID, st.Valid)
	if len(was.of) > 0 {
		d, err := s.o.Store.Get(ctx, stepKind, id)
		if err != nil && !errors.Is(err, records.ErrNotFound) {
			return known{}, err
		}
		if err == nil {
			old, err := readStep(d)
			if err != nil {
				return known{}, err
			}
			for _, c := range old.Columns {
				if st.column(c.Name) == nil {
					st.Columns = append(st.Columns, c)
				}
			}
		}
	}
	p.order(st)
	body, err := json.Marshal(st)
	if err != nil {
		return known{}, err
	}
	d := records.Document{ID: id, Version: was.version, Body: body, Expires: st.Valid.UTC().Add(p.Keep)}
	if st.version, err = s.o.Store.Put(ctx, stepKind, d); err != nil {
		return known{}, err
	}
	return st.head(p.generation), nil
}

// order brings a step's columns into the definition's order.
func (p *stream) order(st *step) {
	index := make(map[string]int, 2*len(p.columns))
	for i, c := range p.columns {
		index[c.name], index[c.name+relativeSuffix] = 2*i, 2*i+1
	}
	slices.SortFunc(st.Columns, func(a, b stepColumn) int { return index[a.Name] - index[b.Name] })
}

// tell says that a step was kept.
func (s *Streams) tell(p *stream, valid field.Time, k known) {
	var run field.Time
	for _, o := range k.of {
		run = max(run, o.run)
	}
	data, err := json.Marshal(map[string]any{"stream": p.ID, "forecastTime": valid.String(), "runTime": run.String(), "places": len(p.at)})
	if err != nil {
		s.o.Log.Error("a stream's step can't be told", "stream", p.ID, "error", err)
		return
	}
	s.o.Bus.Publish(events.Event{Type: events.StreamUpdated, Source: "/collections/" + p.ID, Subject: valid.String(), Data: data})
}

// dropStale removes steps of an earlier definition that the new one has none of.
func (s *Streams) dropStale(ctx context.Context, p *stream, k *knowledge) error {
	for valid, was := range k.steps {
		if !was.stale {
			continue
		}
		err := s.o.Store.Delete(ctx, stepKind, stepID(p.ID, valid), was.version)
		if err != nil && !errors.Is(err, records.ErrNotFound) {
			return err
		}
		delete(k.steps, valid)
	}
	return nil
}
