package ingest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"isobar/field"
	"isobar/ingest/folder"
)

// batch is one pass over some files: headers in one goroutine, values in workers, publications when no file is half put.
type batch struct {
	*Intake
	ctx     context.Context
	began   time.Time
	writers writers
	seats   chan struct{} // one for each worker: bounds the fields in flight
	workers sync.WaitGroup
	busy    map[field.Key]bool // put by workers since they were last waited for
	last    time.Time          // when the last publication ended

	open  map[*reading]bool // files with something that is not published or not in the journal
	held  map[string]held   // files that are claimed, by path
	later []folder.File     // that others have

	mu       sync.Mutex // guards what workers change: the summary, readings, and
	summary  Summary
	models   map[string]bool
	returned []*part // wind components whose partner could not be read
	progress Progress
	tell     func(Progress)
}

// read reads the files that need it. With restore, a file whose runs are no longer in the store needs it; without, a file
// does not that was dealt with while the program runs.
func (i *Intake) read(ctx context.Context, files []folder.File, restore bool, tell func(Progress)) (Summary, error) {
	i.reading.Lock()
	defer i.reading.Unlock()
	b := i.batch(ctx, tell)
	defer func() { b.writers.close(); b.letGo(true) }()
	if !restore { // a file may have been offered again while it was read
		files = slices.DeleteFunc(slices.Clone(files), i.dealtWith)
	}
	if err := i.journal.refresh(); err != nil {
		return Summary{}, err
	}
	files, stale, err := b.plan(files, restore)
	if err != nil {
		return Summary{}, err
	}
	b.summary.Files, b.progress.Files = len(files), len(files)
	for _, f := range files {
		b.progress.Bytes += f.Size
	}
	b.summary.Bytes = b.progress.Bytes
	for _, f := range files {
		if err := b.take(f, stale[f.Path], restore); err != nil {
			b.workers.Wait()
			return b.sum(), err
		}
	}
	for again := b.again(restore); len(again) > 0; again = b.again(restore) {
		for _, f := range again {
			if err := b.take(f, stale[f.Path], restore); err != nil {
				b.workers.Wait()
				return b.sum(), err
			}
		}
	}
	for again := b.places.again(); len(again) > 0; again = b.places.again() {
		b.advance(func(p *Progress) { p.Files += len(again) })
		for _, f := range again {
			b.advance(func(p *Progress) { p.Bytes += f.Size })
			if err := b.take(f, true, true); err != nil {
				b.workers.Wait()
				return b.sum(), err
			}
		}
	}
	b.flush()
	b.tellLonely(restore)
	return b.sum(), ctx.Err()
}

// batch begins one; Intake.reading must be held.
func (i *Intake) batch(ctx context.Context, tell func(Progress)) *batch {
	if i.lonely == nil {
		i.lonely = waitingRoom{}
	}
	if tell == nil {
		tell = func(Progress) {}
	}
	return &batch{
		Intake: i, ctx: ctx, began: time.Now(), last: time.Now(), tell: tell, seats: make(chan struct{}, i.options.Workers),
		writers: writers{take: i.taker(), log: i.log, open: map[runName]*writer{}},
		busy:    map[field.Key]bool{}, open: map[*reading]bool{}, held: map[string]held{}, models: map[string]bool{},
	}
}

// take brings one file as far as it can, and publishes if it is time. Errors are ctx's.
func (b *batch) take(f folder.File, stale, restore bool) error {
	later := len(b.later)
	if e, ok := b.known(f); ok && !stale {
		b.skip(f, e)
	} else if b.claimed(f, stale, restore) {
		b.file(f)
	}
	if len(b.later) == later {
		b.advance(func(p *Progress) { p.FilesDone++ })
	}
	if time.Since(b.last) >= b.options.Publish {
		b.flush()
	}
	return b.ctx.Err()
}

// file hands the fields of a file to workers, run by run.
func (b *batch) file(f folder.File) {
	b.lonely.forget(f.Path)
	b.places.forget(f.Path)
	r := newReading(f)
	r.use()
	defer r.release()
	head, ends, err := r.head()
	if err != nil {
		b.unreadable(r, err)
		return
	}
	format, err := b.format(head)
	if err != nil {
		b.notForecast(r, err)
		return
	}
	r.ends = ends
	b.open[r] = true
	groups := b.groups(r, format, func(number int, offset int64, err error) { b.fail(r, number, offset, err) })
	if len(groups) == 0 && r.failed+r.lonely == 0 && !r.places {
		b.fail(r, 0, 0, errors.New("no message in it"))
	}
	parts := 0
	for _, g := range groups {
		parts += len(g.parts)
	}
	share := f.Size / int64(max(parts, 1))
	b.advance(func(p *Progress) { p.BytesDone += f.Size - share*int64(parts) })
	for _, g := range groups {
		if b.ctx.Err() != nil {
			return
		}
		if err := b.group(r, g, share); err != nil {
			b.refuse(r, g.run, err)
		}
	}
	r.whole = true
}

// group hands the parts of a file that belong to one run to workers. Each stands for a share of the file's bytes.
func (b *batch) group(r *reading, g *group, share int64) error {
	w, err := b.writers.get(b.ctx, g.run, b.flush)
	if err != nil {
		return err
	}
	for _, p := range g.parts {
		b.advance(func(p *Progress) { p.BytesDone += share })
		if p.partner == "" {
			b.hand(w, p)
			continue
		}
		other := b.lonely.partnerOf(p)
		if other == nil {
			b.lonely.add(p)
			continue
		}
		if other.from != r {
			other.from.with[r.Path], r.with[other.from.Path] = true, true
			b.open[other.from] = true
		}
		b.hand(w, other, p)
	}
	return nil
}

// hand gives a field, or the two components of a wind, to a worker when one is free. Fields of one key are put in the order
// of their files.
func (b *batch) hand(w *writer, parts ...*part) {
	for _, p := range parts {
		if b.busy[p.key] {
			b.wait()
		}
		b.busy[p.key] = true
		p.from.use()
	}
	b.seats <- struct{}{}
	b.workers.Go(func() {
		defer func() { <-b.seats }()
		b.work(w, parts)
		for _, p := range parts {
			p.from.release()
		}
	})
}

// wait lets all workers end.
func (b *batch) wait() {
	b.workers.Wait()
	clear(b.busy)
}

// flush publishes what was put, and writes down which files are done. It must not be called while a run of a file is half
// handed out.
func (b *batch) flush() {
	b.wait()
	defer func() { b.last = time.Now() }()
	for _, p := range b.returned {
		b.lonely.add(p)
	}
	b.returned = nil
	for run, err := range b.writers.publish(b.ctx) {
		if b.ctx.Err() != nil {
			return
		}
		b.log.Error("run can't be published", "model", run.Model, "run", run.Run, "error", err)
		for r := range b.open {
			r.refused = r.refused || r.runs[run]
		}
	}
	var done []entry
	for r := range b.open {
		switch {
		case !r.whole:
			continue
		case r.refused:
			b.summary.Failed++
		case r.trouble() != nil:
			b.log.Info("file changed while it was read; it will be read again", "file", r.Path, "error", r.trouble())
		default:
			if r.expect != nil { // it is gone when it is done with
				break
			}
			b.settled.Store(r.Path, r.File)
			if r.lonely == 0 && !r.unstored {
				done = append(done, r.entry())
			}
		}
		delete(b.open, r)
	}
	b.remember(done)
	if err := b.journal.add(done); err != nil {
		b.log.Error("what was read can't be remembered; it will be read again after a restart", "error", err)
	}
	b.letGo(false)
}

// advance changes the progress and tells it.
func (b *batch) advance(by func(*Progress)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	by(&b.progress)
	b.tell(b.progress)
}

// sum is the summary so far.
func (b *batch) sum() Summary {
	b.summary.Elapsed = time.Since(b.began)
	b.summary.Waiting, b.summary.Unplaced = len(b.lonely), b.places.waiting()
	b.summary.Models = slices.Sorted(maps.Keys(b.models))
	return b.summary
}
