package schedule

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"isobar/field"
	"isobar/ingest"
	"isobar/ingest/source"
)

// take offers files to the intake, and writes down those that are published; with whole it is all of them or none. A file that is not
// what was asked for is put aside, and is the first result; the second ends the work.
func (f *feed) take(ctx context.Context, run field.Time, l *ledger, s step, whole bool) (bad, err error) {
	items := s.items
	if len(items) == 0 {
		return nil, nil
	}
	f.say(func(s *Status) { s.State = Publishing })
	defer f.say(func(s *Status) { s.State = Fetching })
	files := make([]ingest.Fetched, len(items))
	for i, item := range items {
		files[i] = ingest.Fetched{Path: f.path(run, item), Expect: ingest.Expect{
			Model: f.Model, Run: run, Steps: item.Steps, Grid: f.grid, Says: item.Says, Holds: f.holds(item),
		}}
	}
	taken, err := f.options.Intake.Take(ctx, files, whole)
	if err != nil {
		return nil, err
	}
	for i, t := range taken {
		if t.Err != nil {
			if err := f.quarantine(run, items[i], t.Err); err != nil {
				return nil, err
			}
			bad = cmp.Or(bad, fmt.Errorf("%s: %w", items[i].From, t.Err))
		}
	}
	if whole && bad != nil {
		return bad, nil
	}
	return bad, f.done(ctx, run, l, s, taken)
}

// done writes down what is published of files, and lets them go.
func (f *feed) done(ctx context.Context, run field.Time, l *ledger, s step, taken []ingest.Taken) error {
	items := s.items
	var lines, once []line
	fields := 0
	for i, t := range taken {
		fields += t.Fields
		if t.Err != nil || t.Waiting > 0 {
			continue
		}
		if f.grid == "" {
			f.keepGrid(ctx, t.Grid)
		}
		f.archive(ctx, run, items[i])
		one := line{Item: items[i].ID, Fields: t.Fields, At: f.options.Now().Unix()}
		if items[i].Once {
			once = append(once, one)
		} else {
			lines = append(lines, one)
		}
	}
	if err := l.add(s.key(), lines...); err != nil {
		return err
	}
	if err := f.constants().add(s.key(), once...); err != nil {
		return err
	}
	for i, t := range taken {
		if t.Err == nil && t.Waiting == 0 {
			os.Remove(f.path(run, items[i])) // what is left is swept with the run
			f.forget(run, items[i])
		}
	}
	f.say(func(s *Status) {
		s.Done = l.count()
		if fields > 0 {
			s.Published = f.options.Now()
			s.PublishedRun = max(s.PublishedRun, run)
		}
		s.Fields += int64(fields)
	})
	return nil
}

// holds is what an item's file must hold, where the feed names its elements; nil: that is not known.
func (f *feed) holds(item source.Item) (all []ingest.Wanted) {
	if item.Says != nil || item.Once || len(item.Steps) != 1 || f.Kind == "http" && len(f.Elements) > 0 { // of several files each has some
		return nil
	}
	for _, w := range f.Elements {
		if w.Element == "" {
			return nil
		}
		if time.Duration(item.Steps[0])*time.Second < w.From {
			continue
		}
		for _, element := range strings.Split(w.Element, "|") {
			all = append(all, ingest.Wanted{Element: element, Levels: w.Levels})
		}
	}
	return all
}
