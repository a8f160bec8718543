// Package schedule keeps forecasts coming: each feed's source is asked for runs and files when they are due, what comes is checked and
// published, gaps are filled, and old runs are let go.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"isobar/events"
	"isobar/field"
	"isobar/ingest"
	"isobar/ingest/claim"
	"isobar/ingest/source"
	"isobar/models"
	"isobar/store"
)

// Taker decodes fetched files and publishes their fields: an ingest.Intake.
type Taker interface {
	Take(ctx context.Context, files []ingest.Fetched, whole bool) ([]ingest.Taken, error)
}

// Options are what a Scheduler works with.
type Options struct {
	Feeds    []models.Feed
	Source   func(models.Feed) (source.Source, error)
	Intake   Taker
	Fields   store.Store
	Folder   string             // where files wait and what was done is written down
	Parallel int                // files fetched at once for one feed; 0: four
	Now      func() time.Time   // nil: time.Now
	Tell     func(events.Event) // nil: nobody
	// Claim waits until a model is ours to work on. The context that it gives ends when it is no longer; release gives it back. nil: a
	// lock on a file in the model's folder, which holds among processes of one machine.
	Claim func(ctx context.Context, model string) (mine context.Context, release func(), err error)
	// Shared gives what workers on several machines have in common: then each of them works for all models, the steps of runs are claimed
	// one by one, and Claim is not asked. nil: the folder's files are all there is.
	Shared  func(ctx context.Context) (*claim.Shared, error)
	Size    func(model string, run field.Time) (bytes int64, ok bool) // that a run takes in the store; nil: it is guessed
	Archive func(ctx context.Context, to, name, file string) error    // keeps an original below an address; nil: nobody does
	Log     *slog.Logger
}

// Scheduler works for several feeds at once. Make it with New.
type Scheduler struct {
	options Options
	feeds   []*feed
}

// New opens every feed's source; the error names the feed.
func New(o Options) (*Scheduler, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Parallel <= 0 {
		o.Parallel = 4
	}
	if o.Tell == nil {
		o.Tell = func(events.Event) {}
	}
	if o.Claim == nil {
		o.Claim = o.lock
	}
	if o.Shared != nil {
		o.Claim = func(ctx context.Context, _ string) (context.Context, func(), error) { return ctx, func() {}, ctx.Err() }
	}
	s := &Scheduler{options: o}
	for _, f := range o.Feeds {
		src, err := o.Source(f)
		if err != nil {
			return nil, err
		}
		one, err := newFeed(s, f, src)
		if err != nil {
			return nil, err
		}
		s.feeds = append(s.feeds, one)
	}
	return s, nil
}

// lock claims a model by a file.
func (o Options) lock(ctx context.Context, model string) (context.Context, func(), error) {
	held, err := claim.Wait(ctx, filepath.Join(o.Folder, model, "lock"))
	if err != nil {
		return nil, nil, err
	}
	return ctx, func() { held.Close() }, nil
}

// Run works until ctx ends; its error is ctx's. A feed that fails never stops another.
func (s *Scheduler) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, f := range s.feeds {
		all.Go(func() { f.loop(ctx) })
	}
	if s.options.Shared != nil {
		all.Go(func() { s.tellAll(ctx) })
	}
	all.Wait()
	return ctx.Err()
}

// Once works through the present runs of the feeds once, or through one run if it is named, and tells what went wrong.
func (s *Scheduler) Once(ctx context.Context, run *field.Time) error {
	var all sync.WaitGroup
	errs := make([]error, len(s.feeds))
	for i, f := range s.feeds {
		all.Go(func() { errs[i] = f.once(ctx, run) })
	}
	all.Wait()
	if s.options.Shared != nil {
		if shared, err := s.options.Shared(ctx); err == nil {
			err = s.writeStatuses(ctx, shared, map[string]string{})
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, ctx.Err())...)
}

// Status tells how each feed does.
func (s *Scheduler) Status() []Status {
	all := make([]Status, len(s.feeds))
	for i, f := range s.feeds {
		all[i] = f.told()
	}
	return all
}

// runs lists the runs that may have something new, the newest first: those of the source, or by the schedule those whose first
// step is due, as many as are looked back for.
func runs(ctx context.Context, src source.Source, s models.Schedule, now time.Time) ([]field.Time, error) {
	listed, err := src.Runs(ctx)
	if err == nil {
		if n := max(s.Look, 1); len(listed) > n {
			listed = listed[:n]
		}
		return listed, nil
	}
	if !errors.Is(err, source.ErrUnlisted) {
		return nil, err
	}
	if s.Every <= 0 {
		return nil, fmt.Errorf("neither the source nor the schedule tells runs")
	}
	newest := due(s, now)
	for i := range max(s.Look, 1) {
		listed = append(listed, newest-field.Time(time.Duration(i)*s.Every/time.Second))
	}
	return listed, nil
}

// due is the newest run whose first step should be there.
func due(s models.Schedule, now time.Time) field.Time {
	first, every := int64(s.First/time.Second), int64(s.Every/time.Second)
	at := now.Add(-s.Delay).Unix() - first
	return field.Time(at - (at%every+every)%every + first)
}
