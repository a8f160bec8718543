package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"isobar/field"
	"isobar/store/chunk"
)

// Publish implements store.Writer.
func (w *writer) Publish(ctx context.Context) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return errors.New("the writer is closed")
	case w.broken != nil:
		return w.broken
	case ctx.Err() != nil:
		return ctx.Err()
	case len(w.pending) == 0:
		return nil
	}
	was := w.manifest
	err := w.publish()
	if w.manifest != was {
		w.store.ring()
		if err := w.store.update(&w.name, false); err != nil { // it is published all the same
			w.store.log.Error("what was just published can't be read", "run", w.name.String(), "error", err)
		}
	}
	if err != nil {
		return fmt.Errorf("publishing %s: %w", w.name, err)
	}
	return nil
}

// publish makes what is pending durable, then replaces the manifest. After it failed to make something durable nothing more can
// be published: the system may have forgotten what it could not write.
func (w *writer) publish() error {
	d := w.store.disk
	for _, f := range w.appended() {
		if err := d.sync(f); err != nil {
			w.broken = err
			return err
		}
	}
	next := *w.manifest
	next.Version++
	live, gone := w.tally(&next)
	if err := w.writeIndex(&next); err != nil {
		return err
	}
	if w.created {
		if err := d.syncFolder(w.dir); err != nil {
			w.broken = err
			return err
		}
		w.created = false
	}
	if err := d.replace(filepath.Join(w.dir, manifestName), next.text(), true); err != nil {
		return err
	}
	if w.manifest.Index != next.Index && w.manifest.Index != "" {
		gone = append(gone, w.manifest.Index)
	}
	w.took(&next, live)
	if err := d.syncFolder(w.dir); err != nil { // it is seen, and may not be durable
		w.broken = err
		return err
	}
	for _, name := range gone {
		os.Remove(filepath.Join(w.dir, name)) // if it fails, a sweep tries again
	}
	return nil
}

// appended are the files that hold something new.
func (w *writer) appended() []*os.File {
	if w.file == nil {
		return w.dirty
	}
	return append(slices.Clip(w.dirty), w.file)
}

// took makes the manifest that was just published the one that is added to.
func (w *writer) took(next *manifest, live map[uint32]int) {
	w.manifest, w.was, w.live = next, true, live
	maps.Copy(w.since, w.pending)
	clear(w.pending)
	for _, f := range w.dirty {
		f.Close()
	}
	w.dirty = nil
	w.spans = slices.Clone(next.Files)
	if w.file != nil {
		w.spans = w.spans[:len(w.spans)-1]
		w.align()
	}
}

// tally finds what the next manifest says: how many fields lie in each file, and the files in which none does any more.
func (w *writer) tally(next *manifest) (live map[uint32]int, gone []string) {
	live = maps.Clone(w.live)
	for k, r := range w.pending {
		live[r.Span.File]++
		if was := w.published(k); was != nil {
			live[was.Span.File]--
			next.Digest = next.Digest.Minus(was.Digest)
		} else {
			next.Fields++
		}
		next.Digest = next.Digest.Plus(r.Digest)
	}
	next.Files = nil
	for _, s := range w.spans {
		if live[s.ID] > 0 {
			next.Files = append(next.Files, s)
		} else {
			gone = append(gone, s.Name)
		}
	}
	if w.file != nil {
		next.Files = append(next.Files, w.span)
	}
	return live, gone
}

// spareRecords is how many records an index may have beyond twice the fields, before it is written anew.
const spareRecords = 1024

// writeIndex adds the pending records to the index, or writes it anew.
func (w *writer) writeIndex(next *manifest) error {
	records := slices.SortedFunc(maps.Values(w.pending), chunk.CompareKeys)
	d, anew := w.store.disk, next.Index == "" || next.Records > 2*next.Fields+spareRecords
	if anew {
		all := maps.Clone(w.before)
		if all == nil {
			all = map[field.Key]*chunk.Record{}
		}
		maps.Copy(all, w.since)
		maps.Copy(all, w.pending)
		records = slices.SortedFunc(maps.Values(all), chunk.CompareKeys)
		next.Index, next.IndexBytes, next.Records = rand.Text()[:16]+".index", 0, 0
		w.created = true
	}
	if err := d.try("create", next.Index); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(w.dir, next.Index), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	block := chunk.AppendBlock(nil, records)
	if err := d.writeAt(f, block, next.IndexBytes); err != nil {
		return err
	}
	if err := d.sync(f); err != nil {
		w.broken = err
		return err
	}
	next.IndexBytes += int64(len(block))
	next.Records += len(records)
	return nil
}

// Close implements store.Writer.
func (w *writer) Close() error {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	var errs []error
	for _, f := range w.appended() {
		errs = append(errs, f.Close())
	}
	if w.claimed {
		w.store.claims.release(w.name.model)
	}
	w.giveUp()
	sweepFiles(w.dir)
	if !w.was {
		removeRun(w.dir)
	}
	return errors.Join(append(errs, w.held.Close())...)
}

// giveUp frees what was put behind what is published.
func (w *writer) giveUp() {
	text, err := readFile(filepath.Join(w.dir, manifestName), maxManifestBytes)
	if err != nil {
		return
	}
	published, err := parseManifest(text)
	if err != nil {
		return
	}
	for _, s := range published.Files {
		if s.ID == w.span.ID {
			os.Truncate(filepath.Join(w.dir, s.Name), s.Bytes) // if it fails, the next writer does
		}
	}
}
