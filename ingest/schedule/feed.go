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
	"isobar/ingest/source"
	"isobar/models"
)

// feed is one model's work.
type feed struct {
	*Scheduler
	models.Feed
	source source.Source
	folder string
	log    *slog.Logger
	grid   string // ID of the grid that its fields lie on; "": not known yet
	tries  map[string]*try
	ledger map[field.Time]*ledger

	mu     sync.Mutex
	status Status
}

// try is how often an item failed, and when it may be asked for again.
type try struct {
	failed int
	next   time.Time
}

// newFeed opens a feed's folder.
func newFeed(s *Scheduler, f models.Feed, src source.Source) (*feed, error) {
	one := &feed{Scheduler: s, Feed: f, source: src, folder: filepath.Join(s.options.Folder, f.Model), log: s.options.Log.With("model", f.Model),
		tries: map[string]*try{}, ledger: map[field.Time]*ledger{}}
	if err := os.MkdirAll(one.folder, 0o755); err != nil {
		return nil, fmt.Errorf("feed of %s: %w", f.Model, err)
	}
	one.status = readStatus(one.folder)
	one.status.Model, one.status.State, one.status.Publish = f.Model, Waiting, f.Publish
	one.grid = one.readGrid()
	return one, nil
}

// longestRest bounds the time between two looks, whatever a schedule says: providers come late, and clocks go wrong.
const longestRest = time.Hour

// loop looks for something new until ctx ends.
func (f *feed) loop(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		err := f.claimed(ctx, nil)
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
		if !sleep(ctx, jitter(rest)) {
			return
		}
	}
}

// once looks once.
func (f *feed) once(ctx context.Context, run *field.Time) error {
	err := f.claimed(ctx, run)
	f.say(func(s *Status) { s.State = Waiting })
	if err != nil {
		return fmt.Errorf("%s: %w", f.Model, err)
	}
	return nil
}

// claimed looks for something new while the model is ours.
func (f *feed) claimed(ctx context.Context, run *field.Time) error {
	mine, release, err := f.options.Claim(ctx, f.Model)
	if err != nil {
		return err
	}
	defer release()
	err = f.look(mine, run)
	if err != nil && ctx.Err() == nil && !errors.Is(err, source.ErrNotYet) {
		f.trouble(err)
	}
	f.retain(mine)
	return err
}

// look works through the runs that may have something new, the newest first, and then through the gaps of older ones. The
// error is the newest run's.
func (f *feed) look(ctx context.Context, only *field.Time) error {
	f.say(func(s *Status) { s.State = Looking })
	list := []field.Time{}
	if only != nil {
		list = append(list, *only)
	} else {
		var err error
		if list, err = runs(ctx, f.source, f.Schedule, f.options.Now()); err != nil {
			return err
		}
	}
	var first error
	for i, run := range list {
		if only == nil && f.past(run) {
			continue
		}
		err := f.run(ctx, run, i == 0)
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

// rest is how long to wait for what is due next: a poll while a run is coming, else until the next run's first step.
func (f *feed) rest() time.Duration {
	s := f.Schedule
	if s.Every <= 0 {
		return s.Poll
	}
	now := f.options.Now()
	newest := due(s, now)
	l := f.opened(newest)
	if !l.complete() {
		return s.Poll
	}
	next := newest.UTC().Add(s.Every + s.Delay)
	return min(max(next.Sub(now), s.Poll), longestRest)
}

// backoff doubles with every failure, from a quarter of a poll or two seconds on to sixteen polls.
func backoff(failures int, poll time.Duration) time.Duration {
	return min(min(2*time.Second, poll/4)<<min(failures, 16), 16*poll)
}

// jitter spreads a time by a fifth, so that many servers do not ask at once.
func jitter(d time.Duration) time.Duration {
	return d - d/10 + time.Duration(rand.Int64N(int64(d/5)+1))
}

// sleep waits, and tells that ctx has not ended meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
