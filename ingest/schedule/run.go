package schedule

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"isobar/events"
	"isobar/field"
	"isobar/ingest"
	"isobar/ingest/source"
)

// step is the items that are published together.
type step struct {
	number field.Seconds
	items  []source.Item
	late   bool // some of it is not there yet
}

// run fetches what is new of a run, step by step, and publishes each step while the next one is fetched, or the whole run when all
// of it has come.
func (f *feed) run(ctx context.Context, run field.Time, newest bool) error {
	l := f.opened(run)
	if l.complete() {
		return nil
	}
	items, whole, err := f.source.Items(ctx, run)
	if err != nil {
		return err
	}
	f.say(func(s *Status) { s.State, s.Run, s.Items, s.Done = Fetching, run, len(items), l.count() })
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	ready, fetched := make(chan step, 1), make(chan error, 1)
	go func() {
		defer close(ready)
		fetched <- f.fetchAll(work, run, f.steps(run, items, l), newest, ready)
	}()
	taken := f.takeAll(work, run, l, ready)
	if taken != nil {
		cancel()
		for range ready { // let the fetching end
		}
	}
	err = errors.Join(taken, <-fetched)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if f.Publish == "run" && err == nil && whole {
		err = f.takeRun(ctx, run, l, items)
	}
	if f.ended(run, items, whole, l) {
		return errors.Join(err, f.finish(run, l))
	}
	return err
}

// steps sorts what is left to do by step. Items whose step is not known come last, one by one.
func (f *feed) steps(run field.Time, items []source.Item, l *ledger) (all []step) {
	past := field.At(f.options.Now().Add(-f.Keep.Past))
	for _, item := range items {
		if l.has(item.ID) {
			continue
		}
		number := field.Seconds(1 << 40)
		if n := len(item.Steps); n > 0 {
			number = item.Steps[n-1]
			if f.Keep.Past > 0 && run+field.Time(number) < past {
				continue
			}
		}
		if n := len(all); n > 0 && all[n-1].number == number && len(item.Steps) > 0 {
			all[n-1].items = append(all[n-1].items, item)
			continue
		}
		all = append(all, step{number: number, items: []source.Item{item}})
	}
	slices.SortStableFunc(all, func(a, b step) int { return int(min(max(a.number-b.number, -1), 1)) })
	return all
}

// fetchAll fetches step after step. Of the newest run it ends with the second step in a row that is not there: steps come in order.
func (f *feed) fetchAll(ctx context.Context, run field.Time, all []step, newest bool, ready chan<- step) error {
	missing := 0
	var last error
	for _, s := range all {
		came, err := f.fetchStep(ctx, run, s.items)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if len(came) > 0 && f.Publish != "run" {
			select {
			case ready <- step{number: s.number, items: came, late: len(came) < len(s.items)}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		var later *source.RetryAfter
		switch {
		case err == nil:
			missing = 0
			continue
		case errors.As(err, &later):
			return err
		case errors.Is(err, source.ErrNotYet) && len(came) == 0:
			missing++
		}
		last = err
		if newest && missing == 2 {
			break
		}
	}
	return last
}

// fetchStep fetches a step's items at once, and gives those that lie in the spool; the error is the first item's that does not.
func (f *feed) fetchStep(ctx context.Context, run field.Time, items []source.Item) (came []source.Item, err error) {
	seats := make(chan struct{}, f.options.Parallel)
	errs := make([]error, len(items))
	var all sync.WaitGroup
	for i, item := range items {
		seats <- struct{}{}
		all.Go(func() {
			defer func() { <-seats }()
			errs[i] = f.fetch(ctx, run, item)
		})
	}
	all.Wait()
	for i, item := range items {
		if errs[i] == nil {
			came = append(came, item)
			continue
		}
		var later *source.RetryAfter
		if err == nil || errors.As(errs[i], &later) {
			err = errs[i]
		}
	}
	return came, err
}

// takeAll publishes steps as they come.
func (f *feed) takeAll(ctx context.Context, run field.Time, l *ledger, ready <-chan step) error {
	for s := range ready {
		if err := f.take(ctx, run, l, s.items); err != nil {
			return err
		}
		f.options.Tell(f.event(events.StepPublished, run, fmt.Sprintf(`{"run":%q,"step":%d}`, run, s.number)))
	}
	return nil
}

// takeRun publishes a run whose items have all come.
func (f *feed) takeRun(ctx context.Context, run field.Time, l *ledger, items []source.Item) error {
	var left []source.Item
	for _, item := range items {
		if l.has(item.ID) {
			continue
		}
		if !f.spooled(run, item) {
			return nil
		}
		left = append(left, item)
	}
	if len(left) == 0 {
		return nil
	}
	return f.take(ctx, run, l, left)
}

// take offers files to the intake, and writes down those that are published. A file that is not what was asked for is put aside.
func (f *feed) take(ctx context.Context, run field.Time, l *ledger, items []source.Item) error {
	f.say(func(s *Status) { s.State = Publishing })
	defer f.say(func(s *Status) { s.State = Fetching })
	files := make([]ingest.Fetched, len(items))
	for i, item := range items {
		files[i] = ingest.Fetched{Path: f.path(run, item), Expect: ingest.Expect{Model: f.Model, Run: run, Steps: item.Steps, Grid: f.grid, Says: item.Says}}
	}
	taken, err := f.options.Intake.Take(ctx, files)
	if err != nil {
		return err
	}
	var done []line
	var first error
	for i, t := range taken {
		item := items[i]
		if t.Err != nil {
			f.failed(run, item)
			if err := f.quarantine(run, item, t.Err); err != nil {
				return err
			}
			if first == nil {
				first = fmt.Errorf("%s: %w", item.From, t.Err)
			}
			continue
		}
		if f.grid == "" {
			f.keepGrid(t.Grid)
		}
		if t.Waiting == 0 {
			done = append(done, line{Item: item.ID, Fields: t.Fields, At: f.options.Now().Unix()})
		}
	}
	if err := l.add(done...); err != nil {
		return err
	}
	for i, t := range taken {
		if t.Err == nil && t.Waiting == 0 {
			f.archive(run, items[i])
			os.Remove(f.path(run, items[i])) // what is left is swept with the run
		}
	}
	f.say(func(s *Status) {
		s.Done = l.count()
		if len(done) > 0 {
			s.Published, s.PublishedRun = f.options.Now(), run
		}
		for _, t := range taken {
			s.Fields += int64(t.Fields)
		}
	})
	return first
}

// ended tells that nothing more will come of a run: all of it is there.
func (f *feed) ended(run field.Time, items []source.Item, whole bool, l *ledger) bool {
	past := field.At(f.options.Now().Add(-f.Keep.Past))
	steps := map[field.Seconds]bool{}
	for _, item := range items {
		n := len(item.Steps)
		if f.Keep.Past > 0 && n > 0 && run+field.Time(item.Steps[n-1]) < past {
			continue
		}
		if !l.has(item.ID) {
			return false
		}
		for _, s := range item.Steps {
			steps[s] = true
		}
	}
	if whole || len(items) == 0 {
		return len(items) > 0
	}
	expected := source.Steps(f.Schedule, run)
	for _, s := range expected {
		if !steps[s] {
			return false
		}
	}
	return len(expected) > 0
}

// finish writes down that a run is complete.
func (f *feed) finish(run field.Time, l *ledger) error {
	if err := l.add(line{Complete: true, At: f.options.Now().Unix()}); err != nil {
		return err
	}
	f.log.Info("run is complete", "run", run)
	f.say(func(s *Status) { s.Complete, s.Completed = run, f.options.Now() })
	f.options.Tell(f.event(events.RunComplete, run, fmt.Sprintf(`{"run":%q}`, run)))
	return nil
}

// event is what happened to a run.
func (f *feed) event(kind string, run field.Time, data string) events.Event {
	return events.Event{Type: kind, Source: "/collections/" + f.Model, Subject: run.String(), Time: time.Now().UTC(), Data: []byte(data)}
}
