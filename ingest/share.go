package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"isobar/ingest/claim"
	"isobar/ingest/folder"
	"isobar/records"
)

// readKind is the kind of the documents that say what was read of files, for all workers.
const readKind = "fileRead"

// readLife is how long that is kept. A file that is still there then is read once more.
const readLife = 90 * 24 * time.Hour

// afterHeld is how long a file is left alone that another worker has.
const afterHeld = time.Second

// held is a file that this worker has claimed.
type held struct {
	claim *records.Claim
	of    *claim.Shared
	id    string
}

// postponed are files that other workers had when they were offered.
type postponed struct {
	mu    sync.Mutex
	files []folder.File
}

func (p *postponed) add(files ...folder.File) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files = append(p.files, files...)
}

// take gives them, and forgets them.
func (p *postponed) take() []folder.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	files := p.files
	p.files = nil
	return files
}

// sharedID names a file among those of all workers, wherever it is mounted: by its name, size, time and both ends.
func sharedID(f folder.File, ends string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%d\n%s", filepath.Base(f.Path), f.Size, f.Modified.UnixNano(), ends))
	return hex.EncodeToString(sum[:16])
}

// claimed takes a file for this worker, where others may come by the same one, and tells whether it is to be read. It is not if another worker
// has it now, or has read it and its runs are served, unless it is read for the sake of another file.
func (b *batch) claimed(f folder.File, stale, restore bool) bool {
	if b.options.Shared == nil {
		return true
	}
	_, ends, err := newReading(f).head()
	if err != nil { // file tells what is wrong
		return true
	}
	id := sharedID(f, ends)
	shared, err := b.options.Shared(b.ctx)
	var c *records.Claim
	if err == nil {
		c, err = shared.Claims.Take(b.ctx, "file/"+id)
	}
	if errors.Is(err, records.ErrHeld) {
		b.later = append(b.later, f)
		return false
	}
	if err != nil {
		b.unclaimed(f, err)
		return false
	}
	e, done, err := readBefore(b.ctx, shared, id)
	if err == nil && done && restore {
		var there map[runName]bool
		if there, err = b.published(); err == nil {
			done = e.served(there)
		}
	}
	switch {
	case err != nil:
		c.Release()
		b.unclaimed(f, err)
		return false
	case done && !stale:
		c.Release()
		b.skip(f, e)
		return false
	}
	b.held[f.Path] = held{c, shared, id}
	return true
}

// unclaimed counts a file of which nobody can tell whose it is. It is offered again when folders are looked through.
func (b *batch) unclaimed(f folder.File, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx.Err() == nil {
		b.summary.Failed++
		b.trouble(f.Path, err)
	}
}

// readBefore finds what a worker has read of a file.
func readBefore(ctx context.Context, shared *claim.Shared, id string) (e entry, done bool, err error) {
	d, err := shared.Records.Get(ctx, readKind, id)
	if errors.Is(err, records.ErrNotFound) {
		return e, false, nil
	}
	if err != nil {
		return e, false, err
	}
	return e, json.Unmarshal(d.Body, &e) == nil && e.Reader == readerVersion, nil
}

// remember tells other workers what was read.
func (b *batch) remember(entries []entry) {
	for _, e := range entries {
		h, ok := b.held[e.Path]
		if !ok {
			continue
		}
		text, err := json.Marshal(e)
		if err == nil {
			_, err = h.of.Records.Put(b.ctx, readKind, records.Document{ID: h.id, Version: records.Any, Body: text, Expires: time.Now().Add(readLife)})
		}
		if err != nil && b.ctx.Err() == nil {
			b.log.Error("what was read can't be told to other workers; they will read it again", "file", e.Path, "error", err)
		}
	}
}

// letGo lets files go that are done with, or all.
func (b *batch) letGo(all bool) {
	open := map[string]bool{}
	for r := range b.open {
		open[r.Path] = true
	}
	for path, h := range b.held {
		if all || !open[path] {
			h.claim.Release()
			delete(b.held, path)
		}
	}
}

// again is what others had: with wait, when there is something of it that they may be done with; else it is offered later.
func (b *batch) again(wait bool) []folder.File {
	later := b.later
	b.later = nil
	if !wait {
		b.postponed.add(later...)
		return nil
	}
	if len(later) > 0 {
		b.flush() // others may wait for ours
		b.writers.close()
		b.letGo(true)
		select {
		case <-b.ctx.Done():
			return nil
		case <-time.After(afterHeld):
		}
	}
	return later
}
