package jobs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"isobar/events/webhook"
	"isobar/records"
)

// Options of a Runner; zeros stand for what is usual.
type Options struct {
	Workers   int           // jobs at the same time; 0: 2
	Queue     int           // jobs that may wait; 0: 1000
	Keep      time.Duration // how long jobs that are done are kept, and their results; 0: a day
	MaxResult int           // bytes; 0: MaxResult
	Lease     time.Duration // after how long another process takes over what a dead one did; 0: 6 seconds
	Clock     func() time.Time
	Log       *slog.Logger
	// Holder names this process among those that share the store; "": a name of its own. One that comes back with the name that it had
	// goes on with what it left at once, not after Lease.
	Holder        string
	CallbackHosts webhook.Hosts // who may be called back; none: nobody
	Changed       func(Job)     // is told of each state that this process has written; it must not wait
}

// progressRest is how often at most progress is written; callbackRest how often it is told.
const (
	progressRest = time.Second
	callbackRest = 10 * time.Second
)

// Runner keeps jobs in a store, and does them. Safe for concurrent use. Of all runners of a store one at a time does a job; one that died
// leaves it to the next, which begins it anew once, and fails it the second time.
type Runner struct {
	store  records.Store
	works  map[string]Work
	o      Options
	sender *webhook.Sender

	mu      sync.Mutex
	read    map[string]bool // those of running whose record was seen: if it is gone, the job was removed; else it is still to be written
	running map[string]context.CancelCauseFunc
	freed   chan struct{} // has a token when a job has ended
}

// New makes a runner of the processes that works are by name; Run lets it work.
func New(store records.Store, works map[string]Work, o Options) *Runner {
	o.Workers, o.Queue, o.MaxResult = orUsual(o.Workers, 2), orUsual(o.Queue, 1000), orUsual(o.MaxResult, MaxResult)
	o.Keep, o.Lease = orUsual(o.Keep, 24*time.Hour), orUsual(o.Lease, 6*time.Second)
	if o.Holder == "" {
		o.Holder = rand.Text()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Runner{store: store, works: works, o: o, running: map[string]context.CancelCauseFunc{}, read: map[string]bool{}, freed: make(chan struct{}, 1)}
	r.sender = webhook.New(webhook.Options{
		Store: store, Hosts: o.CallbackHosts, Kind: "job-callback", Holder: o.Holder, Log: o.Log, Lease: o.Lease,
		Load: func(ctx context.Context, id string) (string, []byte, error) {
			result, err := r.Result(ctx, id)
			return result.Type, result.Body, err
		},
	})
	return r
}

func orUsual[T int | time.Duration](v, usual T) T {
	if v <= 0 {
		return usual
	}
	return v
}

// Submit takes a job over: when it returns, the job is kept. Errors wrap ErrProcess, ErrFull, records.ErrTooLarge or
// webhook.ErrForbidden.
func (r *Runner) Submit(ctx context.Context, process string, input json.RawMessage, callback Callback) (Job, error) {
	if err := r.accepts(ctx, process, input, callback); err != nil {
		return Job{}, err
	}
	now := r.o.Clock().UTC()
	rec := record{Job: Job{ID: newID(now), Process: process, Input: input, Status: Accepted, Created: now, Callback: callback}}
	mark := records.Document{ID: rec.ID, Version: records.New, Body: []byte(now.Format(time.RFC3339Nano))}
	if _, err := r.store.Put(ctx, openKind, mark); err != nil {
		return Job{}, fmt.Errorf("jobs: %w", err)
	}
	if err := r.save(ctx, &rec); err != nil {
		return Job{}, err
	}
	r.ring() // the mark may have been looked at before the job was there
	return rec.Job, nil
}

// accepts checks what is submitted.
func (r *Runner) accepts(ctx context.Context, process string, input json.RawMessage, callback Callback) error {
	if _, ok := r.works[process]; !ok {
		return fmt.Errorf("%w %q", ErrProcess, process)
	}
	if len(input) > MaxInput {
		return fmt.Errorf("%w: an input of %d bytes, at most %d are kept", records.ErrTooLarge, len(input), MaxInput)
	}
	for _, c := range []struct{ name, url string }{
		{"successUri", callback.Success}, {"inProgressUri", callback.InProgress}, {"failedUri", callback.Failed},
	} {
		if c.url == "" {
			continue
		}
		if err := r.sender.Check(c.url); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	open, most := 0, r.o.Queue+r.o.Workers
	for _, err := range r.store.List(ctx, openKind, records.Range{Limit: most}) {
		if err != nil {
			return fmt.Errorf("jobs: %w", err)
		}
		open++
	}
	if open >= most {
		return fmt.Errorf("%w: %d", ErrFull, open)
	}
	return nil
}

// newID is a UUID of version 7 (RFC 9562): identities are in the order of their times.
func newID(now time.Time) string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	ms := uint64(now.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6], b[8] = b[6]&0x0f|0x70, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// ring wakes the runner.
func (r *Runner) ring() {
	select {
	case r.freed <- struct{}{}:
	default:
	}
}

// Run does jobs until ctx ends. Those under way then are put back, to be begun anew.
func (r *Runner) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { _ = r.sender.Run(ctx) })
	marks, states := r.store.Changes(ctx, openKind), r.store.Changes(ctx, jobKind)
	look := time.NewTicker(r.o.Lease / 4) // for what a dead process left
	defer look.Stop()
	for {
		if err := r.begin(ctx, &all); err != nil && ctx.Err() == nil {
			r.o.Log.Error("jobs can't be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-states:
			r.stopDismissed(ctx)
		case <-marks:
		case <-r.freed:
		case <-look.C:
		}
	}
}

// begin takes jobs that no one does, the oldest first, while there are workers.
func (r *Runner) begin(ctx context.Context, all *sync.WaitGroup) error {
	if r.busy() {
		return nil
	}
	for mark, err := range r.store.List(ctx, openKind, records.Range{}) {
		if err != nil {
			return err
		}
		if r.runs(mark.ID) {
			continue
		}
		if r.busy() {
			return nil
		}
		lease, err := records.Acquire(ctx, r.store, "job/"+mark.ID, r.o.Holder, r.o.Lease)
		if errors.Is(err, records.ErrHeld) {
			continue
		}
		if err != nil {
			return err
		}
		work, cancel := context.WithCancelCause(lease.Context())
		r.mu.Lock()
		r.running[mark.ID] = cancel
		r.mu.Unlock()
		all.Go(func() {
			r.do(ctx, work, mark)
			lease.Release()
			cancel(nil)
			r.mu.Lock()
			delete(r.running, mark.ID)
			delete(r.read, mark.ID)
			r.mu.Unlock()
			r.ring()
		})
	}
	return nil
}

func (r *Runner) busy() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.running) >= r.o.Workers
}

func (r *Runner) runs(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.running[id]
	return ok
}

// errDismissed is why a job's context has ended when it was dismissed.
var errDismissed = errors.New("the job was dismissed")

// stopDismissed stops jobs that this process does and another dismissed.
func (r *Runner) stopDismissed(ctx context.Context) {
	r.mu.Lock()
	running := slices.Collect(maps.Keys(r.running))
	r.mu.Unlock()
	for _, id := range running {
		rec, err := load(ctx, r.store, id)
		if errors.Is(err, ErrNotFound) && r.seen(id) || err == nil && rec.Status == Dismissed {
			r.stop(id)
		}
	}
}

// seen tells that the record of a job that this process does was there.
func (r *Runner) seen(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.read[id]
}

// see notes that the record of a job was there.
func (r *Runner) see(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read[id] = true
}

// stop ends a job's context if this process does it.
func (r *Runner) stop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel, ok := r.running[id]; ok {
		cancel(errDismissed)
	}
}
