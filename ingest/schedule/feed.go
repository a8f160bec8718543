package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"isobar/field"
	"isobar/ingest/claim"
	"isobar/ingest/source"
	"isobar/models"
	"isobar/records"
)

// feed is one model's work. One goroutine looks for what is new and publishes it; others fetch for it.
type feed struct {
	*Scheduler
	models.Feed
	source source.Source
	folder string
	log    *slog.Logger
	grid   string // ID of the grid that its fields lie on; "": not known yet. Only who publishes touches it

	// Of work that is shared, touched by one goroutine at a time:
	working   context.Context
	elsewhere map[string]awaited        // what others have, by claim
	ahead     map[string]*records.Claim // claims that were taken while nothing was done
	entire    map[field.Time]claimed    // runs that are published as a whole, begun here

	mu      sync.Mutex    // guards what follows
	shared  *claim.Shared // nil: nobody shares the work
	status  Status
	tries   map[tried]*try
	ledgers map[string]*ledger // by folder

	writing sync.Mutex // held while the status is written
}

// tried is an item of a run.
type tried struct {
	run  field.Time
	item string
}

// try is how often an item failed, and when it may be asked for again.
type try struct {
	failed int
	next   time.Time
}

// newFeed opens a feed's folder.
func newFeed(s *Scheduler, f models.Feed, src source.Source) (*feed, error) {
	one := &feed{Scheduler: s, Feed: f, source: src, folder: filepath.Join(s.options.Folder, f.Model), log: s.options.Log.With("model", f.Model), tries: map[tried]*try{},
		elsewhere: map[string]awaited{}, ahead: map[string]*records.Claim{}, entire: map[field.Time]claimed{}}
	if err := os.MkdirAll(one.folder, 0o755); err != nil {
		return nil, fmt.Errorf("feed of %s: %w", f.Model, err)
	}
	one.reload()
	return one, nil
}

// reload reads what the folder says: another process may have worked there.
func (f *feed) reload() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ledgers = map[string]*ledger{}
	f.status = readStatus(f.folder)
	f.status.Model, f.status.State, f.status.Publish = f.Model, Waiting, f.Publish
	f.grid = f.readGrid()
}

// longestRest bounds the time between two looks, whatever a schedule says: providers come late, and clocks go wrong.
const longestRest = time.Hour

// loop looks for something new until ctx ends, while the model is ours.
func (f *feed) loop(ctx context.Context) {
	for ctx.Err() == nil {
		mine, release, err := f.options.Claim(ctx, f.Model)
		if err != nil {
			if ctx.Err() == nil {
				f.log.Error("the model can't be claimed", "error", err)
			}
			sleep(ctx, jitter(f.Schedule.Poll))
			continue
		}
		f.reload()
		f.ours(mine)
		f.releaseRuns(true)
		release()
	}
}

// ours looks for something new until the claim ends.
func (f *feed) ours(ctx context.Context) {
	f.working = ctx
	failures := 0
	for ctx.Err() == nil {
		err := f.watched(ctx, nil)
		rest := f.rest()
		var later *source.RetryAfter
		switch {
		case ctx.Err() != nil:
			return
		case errors.As(err, &later):
			failures++
			rest = max(rest, later.After)
		case err != nil && !errors.Is(err, source.ErrNotYet):
			failures++
			rest = max(rest, backoff(failures, f.Schedule.Poll))
		default:
			failures = 0
		}
		f.say(func(s *Status) { s.State, s.Next = Waiting, f.options.Now().Add(rest) })
		f.pause(ctx, jitter(rest))
	}
}

// once looks once. That the newest run is not there yet is no error, unless it was asked for by name.
func (f *feed) once(ctx context.Context, run *field.Time) error {
	mine, release, err := f.options.Claim(ctx, f.Model)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Model, err)
	}
	defer release()
	f.reload()
	f.working = mine
	err = f.await(mine, run)
	f.say(func(s *Status) { s.State = Waiting })
	if err == nil || run == nil && ctx.Err() == nil && errors.Is(err, source.ErrNotYet) {
		return nil
	}
	return fmt.Errorf("%s: %w", f.Model, err)
}

// watched looks for something new, tells what went wrong, and lets go what is old.
func (f *feed) watched(ctx context.Context, run *field.Time) error {
	err := f.look(ctx, run)
	if err != nil && ctx.Err() == nil && !errors.Is(err, source.ErrNotYet) {
		f.trouble(err)
	}
	if ctx.Err() == nil {
		f.retain(ctx)
	}
	return err
}

// look works through the runs that may have something new, the newest first, and then through the gaps of older ones. The
// error is the newest run's.
func (f *feed) look(ctx context.Context, only *field.Time) error {
	f.say(func(s *Status) { s.State = Looking })
	clear(f.elsewhere)
	if err := errors.Join(f.join(ctx), f.refresh(ctx)); err != nil {
		return err
	}
	if only != nil {
		return f.run(ctx, *only, false)
	}
	list, err := runs(ctx, f.source, f.Schedule, f.options.Now())
	if err != nil {
		return err
	}
	there, err := f.held(ctx)
	if err != nil {
		return err
	}
	var first error
	for i, run := range list {
		if f.past(run) || f.superseded(run, there) {
			continue
		}
		err := f.run(ctx, run, i == 0 || f.coming(run))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var later *source.RetryAfter
		if errors.As(err, &later) { // the provider wants to be left alone: older runs, too
			return err
		}
		if i == 0 {
			first = err
		} else if err != nil && !errors.Is(err, source.ErrNotYet) {
			f.trouble(err)
		}
	}
	return first
}

// grace is how late the last step of a run may be before what is missing is a gap.
const grace = 2 * time.Hour

// coming tells that a run's steps may still appear one after another.
func (f *feed) coming(run field.Time) bool {
	return f.options.Now().Before(run.UTC().Add(max(f.Schedule.Last, f.Schedule.Delay) + grace))
}

// rest is how long to wait for what is due next: a poll while a run is coming, longer while older ones have gaps, else until the next
// run's first step.
func (f *feed) rest() time.Duration {
	s := f.Schedule
	if s.Every <= 0 {
		return s.Poll
	}
	now := f.options.Now()
	newest := due(s, now)
	if !f.opened(newest).complete() {
		return s.Poll
	}
	next := max(newest.UTC().Add(s.Every+s.Delay).Sub(now), s.Poll)
	for i := 1; i < max(s.Look, 1); i++ {
		run := newest - field.Time(time.Duration(i)*s.Every/time.Second)
		if l := f.opened(run); l.complete() {
			continue
		}
		if next = min(next, mostPolls*s.Poll); f.opened(run).count() > 0 {
			next = min(next, max(f.soonest(run), s.Poll))
		}
	}
	return min(next, longestRest)
}

// soonest is when the next item of a run may be asked for that was put off; 0: none was.
func (f *feed) soonest(run field.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	var first time.Time
	for t, try := range f.tries {
		if t.run == run && (first.IsZero() || try.next.Before(first)) {
			first = try.next
		}
	}
	if first.IsZero() {
		return 0
	}
	return time.Until(first)
}

// mostPolls bounds how many polls something is put off.
const mostPolls = 16

// backoff doubles with every failure, from a quarter of a poll or two seconds on to sixteen polls.
func backoff(failures int, poll time.Duration) time.Duration {
	return min(min(2*time.Second, poll/4)<<min(failures, 16), mostPolls*poll)
}

// jitter spreads a time by a fifth, so that many servers do not ask at once.
func jitter(d time.Duration) time.Duration {
	return d - d/10 + time.Duration(rand.Int64N(int64(d/5)+1))
}

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
