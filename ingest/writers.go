package ingest

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"isobar/field"
	"isobar/store"
)

// maxWriters bounds how many runs are held for writing at once.
const maxWriters = 8

// patience is how long another process's lock is waited for while locks of our own are held.
const patience = 2 * time.Second

// writer is a run held for writing.
type writer struct {
	store.Writer
	run runName
	put int // fields that are not published yet
}

// writers holds runs across files, because files of a run come together and a publication costs.
type writers struct {
	take func(ctx context.Context, model string, run field.Time) (store.Writer, error)
	log  *slog.Logger
	open map[runName]*writer
}

// taker is how runs are taken for writing: together with other processes that do the same work, where that is so.
func (i *Intake) taker() func(ctx context.Context, model string, run field.Time) (store.Writer, error) {
	if sharing, ok := i.fields.(store.Sharing); ok && i.options.Shared != nil {
		return sharing.Join
	}
	return i.fields.Begin
}

// get gives the writer of a run. Two processes that each hold a run and wait for the other's would wait for ever; so, where a
// run is busy, settle is called to publish all that was put, everything is let go, and only then is it waited for.
func (w *writers) get(ctx context.Context, run runName, settle func()) (*writer, error) {
	if held := w.open[run]; held != nil {
		return held, nil
	}
	if len(w.open) >= maxWriters {
		settle()
		w.close()
	}
	short, cancel := context.WithTimeout(ctx, patience)
	taken, err := w.take(short, run.Model, run.Run)
	cancel()
	if ctx.Err() == nil && (errors.Is(err, store.ErrBusy) || errors.Is(err, context.DeadlineExceeded)) {
		w.log.Info("waiting for another program that writes the run", "model", run.Model, "run", run.Run)
		settle()
		w.close()
		taken, err = w.take(ctx, run.Model, run.Run)
	}
	if err != nil {
		return nil, err
	}
	held := &writer{Writer: taken, run: run}
	w.open[run] = held
	return held, nil
}

// publish makes everything visible that was put. It returns the runs that failed; they are let go.
func (w *writers) publish(ctx context.Context) (failed map[runName]error) {
	failed = map[runName]error{}
	for _, run := range slices.SortedFunc(maps.Keys(w.open), compareRuns) {
		held := w.open[run]
		if held.put == 0 {
			continue
		}
		if err := held.Publish(ctx); err != nil {
			failed[run] = errors.Join(err, held.Close())
			delete(w.open, run)
			continue
		}
		w.log.Info("run published", "model", run.Model, "run", run.Run, "fields", held.put)
		held.put = 0
	}
	return failed
}

// close lets all runs go; what is not published is given up.
func (w *writers) close() {
	for run, held := range w.open {
		if err := held.Close(); err != nil {
			w.log.Error("run can't be let go", "model", run.Model, "run", run.Run, "error", err)
		}
		delete(w.open, run)
	}
}
