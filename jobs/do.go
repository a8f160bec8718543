package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"isobar/records"
)

// Bounds of doing.
const (
	maxRuns   = 2           // a job that two processes died of is failed
	lateMark  = time.Minute // after which a mark without a job is of a submission that failed
	afterward = 10 * time.Second
)

// do does one job, whose lease this process has: work ends with it, and with run.
func (r *Runner) do(run, work context.Context, mark records.Document) {
	rec, err := load(work, r.store, mark.ID)
	switch {
	case errors.Is(err, ErrNotFound):
		if since, err := time.Parse(time.RFC3339Nano, string(mark.Body)); err != nil || r.o.Clock().Sub(since) > lateMark {
			r.close(work, mark.ID)
		}
		return
	case err != nil:
		r.o.Log.Error("a job can't be read", "job", mark.ID, "error", err)
		return
	case rec.Status.Done(): // its process died before all was told
		r.told(work, &rec)
		return
	}
	r.see(mark.ID)
	if rec.Runs >= maxRuns {
		r.finish(work, &rec, Result{}, errors.New("the program ended while it did this job, twice"))
		return
	}
	rec.Status, rec.Started, rec.Progress, rec.Message = Running, r.o.Clock().UTC(), 0, ""
	rec.Runs++
	if err := r.save(work, &rec); err != nil {
		r.lost(work, &rec, err)
		return
	}
	result, err := r.perform(work, &rec)
	switch {
	case run.Err() != nil:
		r.putBack(&rec)
	case work.Err() != nil: // dismissed, or another process has the job by now
		r.o.Log.Info("job stopped", "job", rec.ID, "why", context.Cause(work))
	default:
		r.finish(work, &rec, result, err)
	}
}

// perform calls the job's work. A panic is an error.
func (r *Runner) perform(ctx context.Context, rec *record) (result Result, err error) {
	do, ok := r.works[rec.Process]
	if !ok {
		return Result{}, fmt.Errorf("%w %q any more", ErrProcess, rec.Process)
	}
	defer func() {
		if p := recover(); p != nil {
			r.o.Log.Error("a job's work panicked", "job", rec.ID, "process", rec.Process, "panic", p, "stack", string(debug.Stack()))
			err = errors.New("internal error")
		}
	}()
	written, told := r.o.Clock(), time.Time{}
	if rec.Callback.InProgress != "" {
		r.callback(ctx, rec, rec.Callback.InProgress, "0")
		told = written
	}
	return do(ctx, rec.Input, func(percent int, message string) {
		now := r.o.Clock()
		if now.Sub(written) < progressRest || ctx.Err() != nil {
			return
		}
		written = now
		rec.Progress, rec.Message = min(max(percent, rec.Progress), 100), message
		if err := r.save(ctx, rec); err != nil {
			r.lost(ctx, rec, err)
			return
		}
		if rec.Callback.InProgress != "" && now.Sub(told) >= callbackRest {
			told = now
			r.callback(ctx, rec, rec.Callback.InProgress, now.Format(time.RFC3339Nano))
		}
	})
}

// lost deals with a job that could not be written. If it has changed, it was dismissed.
func (r *Runner) lost(ctx context.Context, rec *record, err error) {
	if errors.Is(err, records.ErrConflict) {
		r.stop(rec.ID)
	} else if ctx.Err() == nil {
		r.o.Log.Error("a job's state can't be written", "job", rec.ID, "error", err)
	}
}

// putBack lets a job wait that this process can't end.
func (r *Runner) putBack(rec *record) {
	ctx, cancel := context.WithTimeout(context.Background(), afterward)
	defer cancel()
	rec.Status, rec.Started, rec.Progress, rec.Message = Accepted, time.Time{}, 0, ""
	rec.Runs--
	if err := r.save(ctx, rec); err != nil && !errors.Is(err, records.ErrConflict) {
		r.o.Log.Error("a job can't be put back", "job", rec.ID, "error", err)
	}
}

// finish writes how a job ended: first its result, then that it has one, then who is to be told.
func (r *Runner) finish(ctx context.Context, rec *record, result Result, err error) {
	if err == nil {
		err = r.keep(ctx, rec, result)
	}
	if ctx.Err() != nil {
		return
	}
	rec.Status, rec.Progress, rec.Message = Successful, 100, ""
	if err != nil {
		rec.Status, rec.Message, rec.Parts, rec.Type = Failed, err.Error(), 0, ""
	}
	if err := r.save(ctx, rec); err != nil {
		r.lost(ctx, rec, err)
		return
	}
	r.o.Log.Info("job done", "job", rec.ID, "process", rec.Process, "status", rec.Status, "message", rec.Message)
	r.told(ctx, rec)
}

// told sees to the callbacks of a job that is done, and closes it.
func (r *Runner) told(ctx context.Context, rec *record) {
	ok := true
	switch {
	case rec.Status == Successful && rec.Callback.Success != "":
		ok = r.callback(ctx, rec, rec.Callback.Success, "done")
	case rec.Status == Failed && rec.Callback.Failed != "":
		ok = r.callback(ctx, rec, rec.Callback.Failed, "done")
	}
	if ok {
		r.close(ctx, rec.ID)
	}
}
