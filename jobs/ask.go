package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"isobar/records"
)

// Filter says which jobs are wanted. The zero value means all.
type Filter struct {
	Processes []string
	Statuses  []Status
	From, To  time.Time     // created within, ends included; zero: open
	MinTaken  time.Duration // how long they took, or have taken so far
	MaxTaken  time.Duration // 0: any
	Offset    int
	Limit     int // 0: all
}

// wants tells whether a job is wanted.
func (f *Filter) wants(j *Job, now time.Time) bool {
	if len(f.Processes) > 0 && !slices.Contains(f.Processes, j.Process) || len(f.Statuses) > 0 && !slices.Contains(f.Statuses, j.Status) {
		return false
	}
	if !f.From.IsZero() && j.Created.Before(f.From) || !f.To.IsZero() && j.Created.After(f.To) {
		return false
	}
	if f.MinTaken <= 0 && f.MaxTaken <= 0 {
		return true
	}
	if j.Started.IsZero() {
		return false
	}
	end := j.Finished
	if end.IsZero() {
		end = now
	}
	taken := end.Sub(j.Started)
	return taken >= f.MinTaken && (f.MaxTaken <= 0 || taken <= f.MaxTaken)
}

// List gives jobs, the newest first and without their inputs, and tells how many match in all.
func (r *Runner) List(ctx context.Context, f Filter) (list []Job, matched int, err error) {
	now := r.o.Clock()
	for d, err := range r.store.List(ctx, jobKind, records.Range{Reverse: true}) {
		if err != nil {
			return nil, 0, fmt.Errorf("jobs: %w", err)
		}
		rec, err := read(d)
		if err != nil {
			return nil, 0, err
		}
		if !f.wants(&rec.Job, now) {
			continue
		}
		if matched++; matched > f.Offset && (f.Limit <= 0 || len(list) < f.Limit) {
			rec.Input = nil
			list = append(list, rec.Job)
		}
	}
	return list, matched, nil
}

// Get gives a job; the error wraps ErrNotFound.
func (r *Runner) Get(ctx context.Context, id string) (Job, error) {
	rec, err := load(ctx, r.store, id)
	return rec.Job, err
}

// Result gives what a job made; the error wraps ErrNotFound, ErrNotDone or, with the job's message, ErrFailed.
func (r *Runner) Result(ctx context.Context, id string) (Result, error) {
	rec, err := load(ctx, r.store, id)
	switch {
	case err != nil:
		return Result{}, err
	case rec.Status == Successful:
		return r.resultOf(ctx, &rec)
	case rec.Status == Dismissed:
		return Result{}, fmt.Errorf("%w: %q was dismissed", ErrNotFound, id)
	case rec.Status == Failed:
		return Result{}, fmt.Errorf("%w: %s", ErrFailed, rec.Message)
	}
	return Result{}, fmt.Errorf("%w: %q is %s", ErrNotDone, id, rec.Status)
}

// Dismiss stops a job; one that is done is removed with its result. It gives the job as it is then, or would be: dismissed. The error
// wraps ErrNotFound.
func (r *Runner) Dismiss(ctx context.Context, id string) (Job, error) {
	for {
		rec, err := load(ctx, r.store, id)
		if err != nil {
			return Job{}, err
		}
		done := rec.Status.Done()
		rec.Status = Dismissed
		if done {
			err = r.forget(ctx, &rec)
		} else {
			err = r.save(ctx, &rec)
		}
		if errors.Is(err, records.ErrConflict) {
			continue // it made progress
		}
		if err != nil {
			return Job{}, err
		}
		r.stop(id)
		if !done {
			r.close(ctx, id)
		}
		return rec.Job, nil
	}
}

// waitLook is how often a job that is waited for is looked at whether or not the store tells of changes.
const waitLook = 2 * time.Second

// Wait gives a job when it is done; if ctx ends before, as it is then, with ctx's error.
func (r *Runner) Wait(ctx context.Context, id string) (Job, error) {
	watch, cancel := context.WithCancel(ctx)
	defer cancel()
	changes := r.store.Changes(watch, jobKind)
	look := time.NewTicker(waitLook)
	defer look.Stop()
	var last Job
	for {
		rec, err := load(ctx, r.store, id)
		if err == nil {
			last = rec.Job
		}
		if ctx.Err() != nil {
			return last, ctx.Err()
		}
		if err != nil || rec.Status.Done() {
			return last, err
		}
		select {
		case <-changes:
		case <-look.C:
		case <-ctx.Done():
			return last, ctx.Err()
		}
	}
}
