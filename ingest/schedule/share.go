package schedule

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"isobar/field"
	"isobar/ingest/claim"
	"isobar/ingest/source"
	"isobar/records"
)

// The kinds of documents that workers on several machines share: what was done for runs, by model/run/step; models' grids; how each worker
// does, by model/worker.
const (
	ledgerKind = "feedLedger"
	gridKind   = "feedGrid"
	statusKind = "feedStatus"
)

// How long ledgers are kept that nobody sweeps, and statuses that nobody writes anew.
const (
	ledgerLife = 30 * 24 * time.Hour
	statusLife = time.Hour
)

// constantsFolder is the ledger of what is the same in every run.
const constantsFolder = "constants"

// key names a step in claims and ledgers.
func (s step) key() string {
	if s.number == unknown {
		sum := sha256.Sum256([]byte(s.items[0].ID))
		return hex.EncodeToString(sum[:8])
	}
	return strconv.FormatInt(int64(s.number), 10)
}

// folder is the ledger that a step of a run is written in.
func (s step) folder(run field.Time) string {
	if s.number == always {
		return constantsFolder
	}
	return run.UTC().Format(stamp)
}

// awaited is a piece of work that another worker has.
type awaited struct {
	run   field.Time
	step  step // without items: the whole run
	claim string
}

// join begins to work together with others, where that is so. Each worker looks for what is new, and the steps are claimed one by one.
func (f *feed) join(ctx context.Context) error {
	if f.options.Shared == nil {
		return nil
	}
	s, err := f.options.Shared(ctx)
	if err != nil {
		return err
	}
	f.mu.Lock()
	f.shared = s
	f.mu.Unlock()
	return nil
}

// refresh reads what all workers have done by now.
func (f *feed) refresh(ctx context.Context) error {
	if f.shared == nil {
		return nil
	}
	fresh := map[string]*ledger{}
	for d, err := range f.shared.Records.List(ctx, ledgerKind, records.Prefix(f.Model+"/")) {
		if err != nil {
			return fmt.Errorf("what was done can't be read: %w", err)
		}
		folder, key, _ := strings.Cut(strings.TrimPrefix(d.ID, f.Model+"/"), "/")
		l := fresh[folder]
		if l == nil {
			l = f.sharedLedger(folder)
			fresh[folder] = l
		}
		l.load(key, d)
	}
	grid := ""
	switch d, err := f.shared.Records.Get(ctx, gridKind, f.Model); {
	case err == nil:
		grid = f.gridOf(d.Body)
	case !errors.Is(err, records.ErrNotFound):
		return fmt.Errorf("the grid can't be read: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ledgers, f.grid = fresh, grid
	for folder, l := range fresh {
		at, err := time.Parse(stamp, folder)
		if run := field.At(at); err == nil && l.complete() && run > f.status.Complete {
			f.status.Complete, f.status.Completed, f.status.Expected = run, f.options.Now(), f.expected(run)
		}
	}
	return nil
}

// sharedLedger is one that is kept where all workers see it.
func (f *feed) sharedLedger(folder string) *ledger {
	return &ledger{done: map[string]bool{}, shared: f.shared, path: f.Model + "/" + folder, docs: map[string]records.Document{}}
}

// load takes a document's lines.
func (l *ledger) load(key string, d records.Document) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.docs[key] = d
	for row := range bytes.Lines(d.Body) {
		var one line
		if json.Unmarshal(row, &one) == nil {
			l.take(one)
		}
	}
}

// look reads anew what was done of a step.
func (l *ledger) look(ctx context.Context, key string) error {
	if l.shared == nil {
		return nil
	}
	d, err := l.shared.Records.Get(ctx, ledgerKind, l.path+"/"+key)
	if errors.Is(err, records.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("what was done can't be read: %w", err)
	}
	l.load(key, d)
	return nil
}

// write adds lines to the document of a step. It fails if another has written there since: then the claim was lost.
func (l *ledger) write(key string, text []byte) error {
	l.mu.Lock()
	d, ok := l.docs[key]
	l.mu.Unlock()
	d.ID, d.Body, d.Expires = l.path+"/"+key, append(slices.Clone(d.Body), text...), time.Now().Add(ledgerLife)
	if !ok {
		d.Version = records.New
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeTime) // it is published: it should be written down
	defer cancel()
	version, err := l.shared.Records.Put(ctx, ledgerKind, d)
	if err != nil {
		return err
	}
	d.Version = version
	l.mu.Lock()
	defer l.mu.Unlock()
	l.docs[key] = d
	return nil
}

// writeTime bounds how long it is tried to write down what was done.
const writeTime = 30 * time.Second

// drop removes a ledger's documents; its file lies in a folder.
func (l *ledger) drop(ctx context.Context) error {
	if l.shared == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for key := range l.docs {
		if err := l.shared.Records.Delete(ctx, ledgerKind, l.path+"/"+key, records.Any); err != nil && !errors.Is(err, records.ErrNotFound) {
			return err
		}
	}
	return nil
}

// errElsewhere is a piece of work that another worker has.
var errElsewhere = fmt.Errorf("another worker is at it: %w", source.ErrNotYet)

// claimed is a piece of work that is ours. The zero value is that of a feed whose work nobody shares.
type claimed struct {
	context.Context
	claim *records.Claim
	end   context.CancelFunc
}

// release lets it go.
func (c claimed) release() {
	if c.claim != nil {
		c.end()
		c.claim.Release()
	}
}

// claim claims a piece of work; if another has it the error is errElsewhere, and it is looked at again soon.
func (f *feed) claim(ctx context.Context, a awaited) (claimed, error) {
	if f.shared == nil {
		return claimed{Context: ctx}, nil
	}
	c := f.ahead[a.claim]
	delete(f.ahead, a.claim)
	if c == nil || c.Context().Err() != nil {
		var err error
		c, err = f.shared.Claims.Take(ctx, a.claim)
		if errors.Is(err, records.ErrHeld) {
			f.elsewhere[a.claim] = a
			return claimed{}, errElsewhere
		}
		if err != nil {
			return claimed{}, err
		}
	}
	inner, end := context.WithCancel(ctx)
	stop := context.AfterFunc(c.Context(), end)
	return claimed{inner, c, func() { stop(); end() }}, nil
}

// claimStep claims a step, and finds what is left to do of it.
func (f *feed) claimStep(ctx context.Context, run field.Time, s step) (claimed, []source.Item, error) {
	c, err := f.claim(ctx, awaited{run, s, "feed/" + f.Model + "/" + s.folder(run) + "/" + s.key()})
	if err != nil || f.shared == nil {
		return c, s.items, err
	}
	if err := f.open(s.folder(run)).look(ctx, s.key()); err != nil {
		c.release()
		return claimed{}, nil, err
	}
	return c, f.left(run, s.items), nil
}

// claimRun claims a run that is published as a whole: whoever begins it keeps it until all of it is there.
func (f *feed) claimRun(ctx context.Context, run field.Time) (context.Context, error) {
	if f.shared == nil || f.Publish != "run" {
		return ctx, nil
	}
	if c, ok := f.entire[run]; ok && c.Err() == nil {
		return c, nil
	}
	c, err := f.claim(f.working, awaited{run: run, claim: "feed/" + f.Model + "/" + run.UTC().Format(stamp)})
	if err != nil {
		return nil, err
	}
	f.entire[run] = c
	return c, f.refresh(ctx)
}

// releaseRuns lets runs go that are complete, or all.
func (f *feed) releaseRuns(all bool) {
	for run, c := range f.entire {
		if all || c.Err() != nil || f.opened(run).complete() {
			c.release()
			delete(f.entire, run)
		}
	}
	for name, c := range f.ahead {
		c.Release()
		delete(f.ahead, name)
	}
}

// lookElsewhere is how often it is looked whether work that others have is free.
const lookElsewhere = time.Second

// pause rests until it is time to look again: sooner, if another worker lets go of something that it has not done, as one that dies does.
func (f *feed) pause(ctx context.Context, rest time.Duration) {
	f.releaseRuns(false)
	until := time.Now().Add(rest)
	for ctx.Err() == nil && len(f.elsewhere) > 0 && time.Now().Before(until) {
		sleep(ctx, min(time.Until(until), lookElsewhere))
		if f.freed(ctx) {
			return
		}
	}
	sleep(ctx, time.Until(until))
}

// freed claims something that another worker has let go without doing it, if there is any, and forgets what has been done.
func (f *feed) freed(ctx context.Context) bool {
	for name, a := range f.elsewhere {
		c, err := f.shared.Claims.Take(ctx, name)
		if err != nil { // it is still held, or nobody can tell
			continue
		}
		delete(f.elsewhere, name)
		if !f.isDone(ctx, a) {
			f.ahead[name] = c
			return true
		}
		c.Release()
	}
	return false
}

// await waits for what other workers are at, and tries once what they leave.
func (f *feed) await(ctx context.Context, run *field.Time) error {
	for tried := map[string]bool{}; ; {
		err := f.watched(ctx, run)
		f.releaseRuns(true) // others may wait for it
		maps.DeleteFunc(f.elsewhere, func(name string, _ awaited) bool { return tried[name] })
		if len(f.elsewhere) == 0 {
			return err
		}
		for len(f.elsewhere) > 0 && ctx.Err() == nil && !f.freed(ctx) {
			sleep(ctx, lookElsewhere)
		}
		for name := range f.ahead {
			tried[name] = true
		}
	}
}

// isDone tells that another worker has done a piece of work.
func (f *feed) isDone(ctx context.Context, a awaited) bool {
	if len(a.step.items) == 0 {
		return f.refresh(ctx) == nil && f.opened(a.run).complete()
	}
	return f.open(a.step.folder(a.run)).look(ctx, a.step.key()) == nil && len(f.left(a.run, a.step.items)) == 0
}

// tellAll writes the statuses where all see them, when they have changed or would expire, until ctx ends.
func (s *Scheduler) tellAll(ctx context.Context) {
	written, at := map[string]string{}, time.Time{}
	for ; ctx.Err() == nil; sleep(ctx, time.Second) {
		shared, err := s.options.Shared(ctx)
		if err != nil {
			continue
		}
		if time.Since(at) > statusLife/4 {
			clear(written)
			at = time.Now()
		}
		_ = s.writeStatuses(ctx, shared, written) // it is tried again
	}
}

// writeStatuses writes those that differ from what was written.
func (s *Scheduler) writeStatuses(ctx context.Context, shared *claim.Shared, written map[string]string) error {
	var all []records.Document
	for _, one := range s.Status() {
		text, err := json.Marshal(one)
		if err != nil {
			return err
		}
		if written[one.Model] != string(text) {
			all = append(all, records.Document{ID: one.Model + "/" + shared.Worker, Body: text, Expires: time.Now().Add(statusLife)})
			written[one.Model] = string(text)
		}
	}
	if len(all) == 0 {
		return nil
	}
	err := shared.Records.PutAll(ctx, statusKind, all)
	if err != nil {
		clear(written)
	}
	return err
}

// ReadShared lists the statuses that workers have written, one for each model.
func ReadShared(ctx context.Context, kept records.Store) (all []Status, err error) {
	var found []records.Document
	for d, err := range kept.List(ctx, statusKind, records.Range{}) {
		if err != nil {
			return nil, err
		}
		found = append(found, d)
	}
	slices.SortStableFunc(found, func(a, b records.Document) int { return int(min(max(a.Version-b.Version, -1), 1)) })
	byModel := map[string]int{}
	for _, d := range found {
		var s Status
		if json.Unmarshal(d.Body, &s) != nil || s.Model == "" {
			continue
		}
		if i, ok := byModel[s.Model]; ok {
			all[i] = all[i].and(s)
			continue
		}
		byModel[s.Model] = len(all)
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Status) int { return strings.Compare(a.Model, b.Model) })
	return all, nil
}

// and is the status of a feed that two workers work for, the second of which was heard of last.
func (s Status) and(last Status) Status {
	sum := last
	if last.State == Waiting && (s.State != Waiting || s.Run > last.Run) {
		sum.State, sum.Run, sum.Items, sum.Done = s.State, s.Run, s.Items, s.Done
	}
	if s.Run == sum.Run {
		sum.Done, sum.Items = max(s.Done, last.Done), max(s.Items, last.Items)
	}
	if s.Complete > last.Complete {
		sum.Complete, sum.Completed, sum.Expected = s.Complete, s.Completed, s.Expected
	}
	if s.Published.After(last.Published) {
		sum.Published = s.Published
	}
	if s.ErrorAt.After(last.ErrorAt) {
		sum.Error, sum.ErrorAt = s.Error, s.ErrorAt
	}
	sum.PublishedRun, sum.Failed = max(s.PublishedRun, last.PublishedRun), max(s.Failed, last.Failed)
	sum.Fields, sum.Bytes, sum.Failures = s.Fields+last.Fields, s.Bytes+last.Bytes, s.Failures+last.Failures
	return sum
}
