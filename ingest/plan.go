package ingest

import (
	"errors"
	"io/fs"
	"log/slog"

	"isobar/ingest/folder"
)

// plan finds which files are to be read again although the journal has them: with restore, those whose runs are no longer in
// the store; and those that hold the other wind components of a file that is read again. The latter are added to the files.
func (b *batch) plan(files []folder.File, restore bool) (all []folder.File, stale map[string]bool, err error) {
	var there map[runName]bool
	if restore {
		if there, err = b.published(); err != nil {
			return nil, nil, err
		}
	}
	stale, listed := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		listed[f.Path] = true
	}
	for k := 0; k < len(files); k++ { // files grows
		f := files[k]
		e, ok := b.journal.entries[f.Path]
		if !ok {
			continue
		}
		if restore && !e.served(there) {
			stale[f.Path] = true
		}
		if e.of(f) && !stale[f.Path] {
			continue
		}
		for _, path := range e.With {
			if other, ok := folder.Look(path); ok && !stale[path] {
				stale[path] = true
				if !listed[path] {
					listed[path] = true
					files = append(files, other)
				}
			}
		}
	}
	return files, stale, nil
}

// published lists the runs in the store.
func (b *batch) published() (map[runName]bool, error) {
	snapshot, err := b.fields.Hold(b.ctx)
	if err != nil {
		return nil, err
	}
	defer snapshot.Close()
	runs := map[runName]bool{}
	for k := range snapshot.Keys() {
		runs[runName{k.Model, k.Run}] = true
	}
	return runs, nil
}

// served tells whether all runs that the file went to are still in the store.
func (e entry) served(there map[runName]bool) bool {
	for _, run := range e.Runs {
		if !there[run] {
			return false
		}
	}
	return true
}

// known finds a file in the journal, if it is as it was then.
func (b *batch) known(f folder.File) (entry, bool) {
	e, ok := b.journal.entries[f.Path]
	if !ok || !e.of(f) {
		return entry{}, false
	}
	_, ends, err := newReading(f).head()
	return e, err == nil && ends == e.Ends
}

// skip counts a file that was read before. What was wrong with it is still wrong, and told once in a program's life.
func (b *batch) skip(f folder.File, e entry) {
	b.settled.Store(f.Path, f)
	b.summary.Skipped++
	b.advance(func(p *Progress) { p.BytesDone += f.Size })
	if e.Failed == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.summary.Failed += e.Failed
	if was, _ := b.told.Swap(f.Path, e.Reason); was != e.Reason {
		b.log.Error("file was read before; it has messages that can't be read", "file", f.Path, "messages", e.Failed, "first", e.Reason)
	}
}

// unreadable counts a file that the system does not let us read. It will be tried again.
func (b *batch) unreadable(r *reading, err error) {
	b.advance(func(p *Progress) { p.BytesDone += r.Size })
	if errors.Is(err, errChanged) || !r.Named && errors.Is(err, fs.ErrNotExist) {
		b.log.Debug("file changed or went before it was read", "file", r.Path)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.summary.Failed++
	b.trouble(r.Path, err)
}

// notForecast counts a file that is of no known format: a failure if it was named, or is named like a forecast.
func (b *batch) notForecast(r *reading, err error) {
	b.settled.Store(r.Path, r.File)
	b.advance(func(p *Progress) { p.BytesDone += r.Size })
	b.mu.Lock()
	defer b.mu.Unlock()
	level := slog.LevelDebug
	switch {
	case r.Named:
		level = slog.LevelError
	case namedLikeGRIB(r.Path):
		level = slog.LevelWarn
	}
	if level == slog.LevelDebug {
		b.summary.Ignored++
	} else {
		b.summary.Failed++
	}
	b.log.Log(b.ctx, level, "file is left out", "file", r.Path, "error", err)
}

// fail counts a message that can't be served, and says why. number and offset are 0 where they are not known.
func (b *batch) fail(r *reading, number int, offset int64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx.Err() != nil {
		return
	}
	b.summary.Failed++
	r.failed++
	if r.failed == 1 {
		r.reason = err.Error()
	}
	switch {
	case r.failed <= maxTold:
		b.log.Error("message is left out", "file", r.Path, "message", number, "offset", offset, "error", err)
	case r.failed == maxTold+1:
		b.log.Error("more messages are left out; they are not told one by one", "file", r.Path)
	}
}

// refuse says that a run of a file can't be written; the file will be tried again.
func (b *batch) refuse(r *reading, run runName, err error) {
	r.refused = true
	if b.ctx.Err() == nil {
		b.log.Error("run can't be written", "model", run.Model, "run", run.Run, "file", r.Path, "error", err)
	}
}

// tellLonely says which files hold fields that are left out because others are missing, once. While folders are watched those may
// well come; else someone should know.
func (b *batch) tellLonely(last bool) {
	level := slog.LevelInfo
	if last {
		level = slog.LevelWarn
	}
	b.places.tell(func(level slog.Level, message string, args ...any) { b.log.Log(b.ctx, level, message, args...) }, level)
	files := map[*reading][]*part{}
	for _, p := range b.lonely {
		if !p.told {
			p.told = true
			files[p.from] = append(files[p.from], p)
		}
	}
	for r, parts := range files {
		b.log.Log(b.ctx, level, "wind components relative to the grid wait for their partners and are not served", "file", r.Path,
			"components", len(parts), "one", parts[0].key.Model+"."+parts[0].key.Element, "partner", parts[0].partner, "valid", parts[0].key.Valid)
	}
}
