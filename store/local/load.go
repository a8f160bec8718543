package local

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"isobar/field"
	"isobar/store"
	"isobar/store/chunk"
)

// loadTries is how often a run is read again that changes while it is read.
const loadTries = 100

// maxManifestBytes bounds a manifest: one of ten thousand files has a megabyte.
const maxManifestBytes = 64 << 20

// load reads what is published of a run; nil if nothing is. Of what before already has, nothing is read or opened again. The result
// is retained for the caller.
func (s *Store) load(n runName, before *runState) (*runState, error) {
	dir, err := s.folder(n)
	if err != nil {
		return nil, err
	}
	for range loadTries {
		text, err := readFile(filepath.Join(dir, manifestName), maxManifestBytes)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if before != nil && before.text == string(text) {
			before.retain()
			return before, nil
		}
		m, err := parseManifest(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, manifestName), err)
		}
		if m.name() != n {
			return nil, fmt.Errorf("%w: %s is of %s", store.ErrDamaged, filepath.Join(dir, manifestName), m.name())
		}
		next := &runState{name: n, text: string(text), manifest: m, layout: m.layout()}
		if next.grid, err = s.gridOf(m); err != nil {
			return nil, err
		}
		err = s.fillRun(dir, next, before)
		if errors.Is(err, fs.ErrNotExist) { // a newer manifest does without a file of this one
			continue
		}
		if err != nil {
			return nil, err
		}
		return next, nil
	}
	return nil, fmt.Errorf("%w: %s names files that are not there", store.ErrDamaged, filepath.Join(dir, manifestName))
}

// fillRun opens a run's files and reads its index.
func (s *Store) fillRun(dir string, r, before *runState) (err error) {
	r.refs.Store(1)
	r.files = make(map[uint32]*segment, len(r.manifest.Files))
	defer func() {
		if err != nil {
			r.release()
		}
	}()
	for _, span := range r.manifest.Files {
		if err := r.open(dir, span, before); err != nil {
			return err
		}
	}
	return s.readIndex(filepath.Join(dir, r.manifest.Index), r, before)
}

// open opens a file, or takes it from before.
func (r *runState) open(dir string, span fileSpan, before *runState) error {
	if before != nil {
		if f := before.files[span.ID]; f != nil && f.span.Name == span.Name {
			f.retain()
			r.files[span.ID] = f
			return nil
		}
	}
	f, err := os.Open(filepath.Join(dir, span.Name))
	if err != nil {
		return err
	}
	opened := &segment{File: f, span: span}
	opened.retain()
	r.files[span.ID] = opened
	return nil
}

// readIndex reads the records that before has not.
func (s *Store) readIndex(path string, r, before *runState) error {
	m, known := r.manifest, int64(0)
	var sum chunk.Digest
	if before != nil && before.manifest.Index == m.Index && before.manifest.IndexBytes <= m.IndexBytes {
		known, sum = before.manifest.IndexBytes, before.manifest.Digest
		r.records, r.sorted = maps.Clone(before.records), before.sorted
	} else {
		before = nil
		r.records = make(map[field.Key]*chunk.Record, m.Fields)
	}
	blocks, err := readRange(path, known, m.IndexBytes)
	if err != nil {
		return err
	}
	added := map[field.Key]*chunk.Record{}
	if before == nil {
		added = r.records
	}
	var bad *chunk.Record
	names := map[string]string{m.Model: m.Model}
	err = chunk.ParseBlocks(blocks, names, func(f *chunk.Record) {
		f.ID = s.lastRecord.Add(1)
		if was := r.records[f.Key]; was != nil {
			sum = sum.Minus(was.Digest)
		}
		sum = sum.Plus(f.Digest)
		r.records[f.Key], added[f.Key] = f, f
		if f.Key.Model != m.Model || f.Key.Run != m.Run {
			bad = f
		}
	})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	newer := slices.SortedFunc(maps.Values(added), chunk.CompareKeys)
	for _, f := range newer {
		if r.files[f.Span.File] == nil {
			bad = f
		}
	}
	if bad != nil || sum != m.Digest || len(r.records) != m.Fields {
		return fmt.Errorf("%w: %s does not hold what %s says", store.ErrDamaged, path, manifestName)
	}
	r.sorted = chunk.Merge(r.sorted, newer)
	return nil
}

// readFile reads a file of some bytes at most.
func readFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%w: %s has more than %d bytes", store.ErrDamaged, path, most)
	}
	return text, err
}

// readRange reads a part of a file. It is store.ErrDamaged if the file is shorter.
func readRange(path string, from, to int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < to {
		return nil, fmt.Errorf("%w: %s has %d bytes of %d", store.ErrDamaged, path, info.Size(), to)
	}
	b := make([]byte, to-from)
	if _, err := f.ReadAt(b, from); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", store.ErrDamaged, path, err)
	}
	return b, nil
}
