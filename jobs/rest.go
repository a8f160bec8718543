package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"isobar/records"
)

// Kinds of documents. A job that is not dealt with wholly has a mark beside it, written first and removed last: so whoever looks for
// work reads few documents, and nothing is lost between two writes.
const (
	jobKind    = "job"
	openKind   = "job-open"
	resultKind = "job-result" // <job>/<run>/<part>
)

// Bounds of what is kept.
const (
	MaxInput  = 6 << 20   // bytes
	MaxResult = 256 << 20 // bytes
	partBytes = 4 << 20
	// resultGrace is how much longer than its job a result is kept, so that a job that is seen has its result.
	resultGrace = time.Minute
)

// record is a job at rest.
type record struct {
	Job
	Runs  int    `json:"runs,omitempty"`  // how often it was begun
	Parts int    `json:"parts,omitempty"` // of its result
	Type  string `json:"type,omitempty"`

	version int64
}

// load reads a job; the error wraps ErrNotFound.
func load(ctx context.Context, s records.Store, id string) (record, error) {
	d, err := s.Get(ctx, jobKind, id)
	if errors.Is(err, records.ErrNotFound) {
		return record{}, fmt.Errorf("%w %q", ErrNotFound, id)
	}
	if err != nil {
		return record{}, fmt.Errorf("job %q: %w", id, err)
	}
	return read(d)
}

func read(d records.Document) (r record, err error) {
	if err := json.Unmarshal(d.Body, &r); err != nil {
		return r, fmt.Errorf("job %q: %w", d.ID, err)
	}
	r.version = d.Version
	return r, nil
}

// save writes a job over the version that was read; the error may wrap records.ErrConflict. A job that is done expires.
func (r *Runner) save(ctx context.Context, rec *record) error {
	now := r.o.Clock().UTC()
	rec.Updated = now
	d := records.Document{ID: rec.ID, Version: rec.version}
	if rec.Status.Done() {
		if rec.Finished.IsZero() {
			rec.Finished = now
		}
		d.Expires = now.Add(r.o.Keep)
	}
	var err error
	if d.Body, err = json.Marshal(rec); err != nil {
		return fmt.Errorf("job %q: %w", rec.ID, err)
	}
	if rec.version, err = r.store.Put(ctx, jobKind, d); err != nil {
		return fmt.Errorf("job %q: %w", rec.ID, err)
	}
	if r.o.Changed != nil {
		r.o.Changed(rec.Job)
	}
	return nil
}

func partID(rec *record, part int) string { return fmt.Sprintf("%s/%d/%04d", rec.ID, rec.Runs, part) }

// keep writes a result in parts, before the job says that it is there.
func (r *Runner) keep(ctx context.Context, rec *record, result Result) error {
	if len(result.Body) > r.o.MaxResult {
		return fmt.Errorf("the result has %d bytes, at most %d are kept", len(result.Body), r.o.MaxResult)
	}
	rec.Type, rec.Parts = result.Type, 0
	expires := r.o.Clock().Add(r.o.Keep + resultGrace)
	for body := result.Body; len(body) > 0; rec.Parts++ {
		n := min(len(body), partBytes)
		d := records.Document{ID: partID(rec, rec.Parts), Version: records.Any, Body: body[:n], Expires: expires}
		if _, err := r.store.Put(ctx, resultKind, d); err != nil {
			return fmt.Errorf("the result can't be kept: %w", err)
		}
		body = body[n:]
	}
	return nil
}

// resultOf puts a result together.
func (r *Runner) resultOf(ctx context.Context, rec *record) (Result, error) {
	result := Result{Type: rec.Type}
	for part := range rec.Parts {
		d, err := r.store.Get(ctx, resultKind, partID(rec, part))
		if errors.Is(err, records.ErrNotFound) {
			return Result{}, fmt.Errorf("%w: the result of %q", ErrNotFound, rec.ID)
		}
		if err != nil {
			return Result{}, fmt.Errorf("job %q: %w", rec.ID, err)
		}
		result.Body = append(result.Body, d.Body...)
	}
	return result, nil
}

// forget removes a job and its result.
func (r *Runner) forget(ctx context.Context, rec *record) error {
	if err := r.store.Delete(ctx, jobKind, rec.ID, rec.version); err != nil {
		return fmt.Errorf("job %q: %w", rec.ID, err)
	}
	for part := range rec.Parts {
		_ = r.store.Delete(ctx, resultKind, partID(rec, part), records.Any) // else it expires
	}
	return nil
}

// close removes a job's mark: all is done that is to be done.
func (r *Runner) close(ctx context.Context, id string) {
	err := r.store.Delete(ctx, openKind, id, records.Any)
	if err != nil && !errors.Is(err, records.ErrNotFound) && ctx.Err() == nil {
		r.o.Log.Error("a job's mark can't be removed; it will be looked at again", "job", id, "error", err)
	}
}
