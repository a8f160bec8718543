package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"isobar/events"
	"isobar/field"
	"isobar/ingest/source"
	"isobar/records"
)

// step is the items that are published together.
type step struct {
	number field.Seconds
	items  []source.Item
	claim  claimed // of what has been fetched
}

// The steps of what is the same in every run, and of what does not tell its step.
const (
	always  = field.Seconds(-1)
	unknown = field.Seconds(1 << 40)
	all     = field.Seconds(1<<40 + 1) // of a run that is published at once
)

// run fetches what is new of a run, step by step, and publishes each step while the next one is fetched, or the whole run when all
// of it has come. A run that is coming has its steps one after another; another may have gaps.
func (f *feed) run(ctx context.Context, run field.Time, coming bool) error {
	l := f.opened(run)
	if l.complete() {
		return nil
	}
	ctx, err := f.claimRun(ctx, run)
	if err != nil {
		return err
	}
	if l = f.opened(run); l.complete() { // by another
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
		fetched <- f.fetchAll(work, run, f.steps(run, items), coming, ready)
	}()
	bad, err := f.takeAll(work, run, l, ready)
	if err != nil {
		cancel()
		for s := range ready { // let the fetching end
			s.claim.release()
		}
	}
	bad = cmp.Or(<-fetched, bad)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil { // then the fetching was ended, and has nothing to tell
		return err
	}
	if f.Publish == "run" && f.whole(run, items, whole, func(i source.Item) bool { return f.has(run, i) || f.spooled(run, i) }) {
		if bad, err = f.take(ctx, run, l, step{number: all, items: f.left(run, items)}, true); err != nil {
			return err
		}
	}
	if err := f.refresh(ctx); err != nil { // others may have done the rest
		return err
	}
	l = f.opened(run)
	f.say(func(s *Status) { s.Done = l.count() })
	if f.whole(run, items, whole, func(i source.Item) bool { return f.has(run, i) }) && l.count() > 0 {
		return f.finish(run, l)
	}
	return bad
}

// stale tells that an item's steps are too old to be kept.
func (f *feed) stale(run field.Time, item source.Item) bool {
	n := len(item.Steps)
	return f.Keep.Past > 0 && n > 0 && run+field.Time(item.Steps[n-1]) < field.At(f.options.Now().Add(-f.Keep.Past))
}

// left are the items that are still to be published.
func (f *feed) left(run field.Time, items []source.Item) []source.Item {
	return slices.DeleteFunc(slices.Clone(items), func(i source.Item) bool { return f.has(run, i) || f.stale(run, i) })
}

// steps sorts what is left to do by step: what is the same in every run first, what does not tell its step last, one by one.
func (f *feed) steps(run field.Time, items []source.Item) (all []step) {
	items = f.left(run, items)
	number := func(i source.Item) field.Seconds {
		switch n := len(i.Steps); {
		case i.Once:
			return always
		case n > 0:
			return i.Steps[n-1]
		}
		return unknown
	}
	slices.SortStableFunc(items, func(a, b source.Item) int { return cmp.Compare(number(a), number(b)) })
	for _, item := range items {
		at := number(item)
		if n := len(all); n > 0 && all[n-1].number == at && at != unknown {
			all[n-1].items = append(all[n-1].items, item)
			continue
		}
		all = append(all, step{number: at, items: []source.Item{item}})
	}
	return all
}

// How many steps in a row must be missing before the rest is not asked for: steps of a run that is coming come in order, but a run that
// is not there at all should not be asked for step by step either.
const (
	missingOfComing = 2
	missingOfOld    = 8
)

// fetchAll fetches step after step.
func (f *feed) fetchAll(ctx context.Context, run field.Time, all []step, coming bool, ready chan<- step) error {
	missing, most := 0, missingOfOld
	if coming {
		most = missingOfComing
	}
	var first error
	for _, s := range all {
		came, err := f.fetchClaimed(ctx, run, s, coming, ready)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var later *source.RetryAfter
		switch {
		case errors.As(err, &later):
			return err
		case came > 0 || err == nil:
			missing = 0
		case errors.Is(err, errElsewhere):
		case errors.Is(err, source.ErrNotYet) && !errors.Is(err, errPutOff):
			missing++
		}
		if first == nil || errors.Is(first, source.ErrNotYet) { // what is missing is the least of all troubles
			first = cmp.Or(err, first)
		}
		if missing == most {
			break
		}
	}
	return first
}

// fetchClaimed fetches what is left of a step, and hands on what came, unless all of the run is published at once, or another worker has the step.
func (f *feed) fetchClaimed(ctx context.Context, run field.Time, s step, coming bool, ready chan<- step) (came int, err error) {
	c := claimed{Context: ctx}
	if f.Publish != "run" {
		if c, s.items, err = f.claimStep(ctx, run, s); err != nil {
			return 0, err
		}
	}
	items, err := f.fetchStep(c, run, s.items, coming)
	if len(items) == 0 || f.Publish == "run" || c.Err() != nil {
		c.release()
		return len(items), err
	}
	s.items, s.claim = items, c
	select {
	case ready <- s:
	case <-ctx.Done():
		c.release()
	}
	return len(items), err
}

// fetchStep fetches a step's items at once, and gives those that lie in the spool; the error is the first item's that does not.
func (f *feed) fetchStep(ctx context.Context, run field.Time, items []source.Item, coming bool) (came []source.Item, err error) {
	seats := make(chan struct{}, f.options.Parallel)
	errs := make([]error, len(items))
	var all sync.WaitGroup
	for i, item := range items {
		seats <- struct{}{}
		all.Go(func() {
			defer func() { <-seats }()
			errs[i] = f.fetch(ctx, run, item, coming)
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

// takeAll publishes steps as they come. bad is the first file that was not as expected; err ends the work.
func (f *feed) takeAll(ctx context.Context, run field.Time, l *ledger, ready <-chan step) (bad, err error) {
	for s := range ready {
		one, err := f.take(s.claim, run, l, s, false)
		s.claim.release()
		if err != nil {
			return bad, err
		}
		if bad = cmp.Or(bad, one); one == nil && s.number >= 0 && s.number != unknown {
			f.options.Tell(f.event(events.StepPublished, run, fmt.Sprintf(`{"run":%q,"step":%d}`, run, s.number)))
		}
	}
	return bad, nil
}

// whole tells that all of a run is such as is asked: every item that is listed and not past and, where the list may grow, every step
// of the schedule.
func (f *feed) whole(run field.Time, items []source.Item, listed bool, is func(source.Item) bool) bool {
	steps := map[field.Seconds]bool{}
	for _, item := range items {
		if !f.stale(run, item) && !is(item) {
			return false
		}
		for _, s := range item.Steps {
			steps[s] = true
		}
	}
	if listed {
		return len(items) > 0
	}
	expected := source.Steps(f.Schedule, run)
	return len(expected) > 0 && !slices.ContainsFunc(expected, func(s field.Seconds) bool { return !steps[s] })
}

// finish writes down that a run is complete.
func (f *feed) finish(run field.Time, l *ledger) error {
	switch err := l.add("complete", line{Complete: true, At: f.options.Now().Unix()}); {
	case errors.Is(err, records.ErrConflict): // another worker was faster, and has told it
		return nil
	case err != nil:
		return err
	}
	f.log.Info("run is complete", "run", run)
	f.say(func(s *Status) {
		if run >= s.Complete { // not when an old gap is filled
			s.Complete, s.Completed, s.Expected = run, f.options.Now(), f.expected(run)
		}
	})
	f.options.Tell(f.event(events.RunComplete, run, fmt.Sprintf(`{"run":%q}`, run)))
	return nil
}

// expected is when the run after a complete one should be complete; zero: the schedule does not tell.
func (f *feed) expected(run field.Time) time.Time {
	if f.Schedule.Every <= 0 {
		return time.Time{}
	}
	return run.UTC().Add(f.Schedule.Every + max(f.Schedule.Last, f.Schedule.Delay) + grace)
}

// event is what happened to a run.
func (f *feed) event(kind string, run field.Time, data string) events.Event {
	return events.Event{Type: kind, Source: "/collections/" + f.Model, Subject: run.String(), Time: time.Now().UTC(), Data: []byte(data)}
}
