package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"isobar/field"
)

// sweep removes what writers left that were killed, as far as no one holds it.
func (s *Store) sweep(ctx context.Context) {
	names, err := s.list()
	if err != nil {
		return
	}
	for _, n := range names {
		if ctx.Err() != nil {
			return
		}
		dir, err := s.folder(n)
		if err != nil {
			continue
		}
		held, err := s.lockOnce(dir, false)
		if err != nil || held == nil { // a folder that may not be written, or that is being written
			continue
		}
		if !sweepFiles(dir) {
			removeRun(dir)
		}
		held.Close()
	}
	for _, dir := range []string{s.dir, filepath.Join(s.dir, gridsName)} {
		sweepAside(dir)
	}
}

// sweepFiles removes what no manifest names, and tells whether there is a manifest. The caller holds the lock. Readers need no such
// file: those that have it open keep it.
func sweepFiles(dir string) (published bool) {
	text, err := readFile(filepath.Join(dir, manifestName), maxManifestBytes)
	named := map[string]bool{lockName: true}
	if err == nil {
		m, err := parseManifest(text)
		if err != nil { // someone may want to look into it
			return true
		}
		named[manifestName], named[m.Index] = true, true
		for _, f := range m.Files {
			named[f.Name] = true
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return true
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return true
	}
	for _, d := range there {
		if !named[d.Name()] {
			os.Remove(filepath.Join(dir, d.Name())) // if it fails, the next sweep tries again
		}
	}
	return named[manifestName]
}

// removeRun removes the folder of a run that is not published, with the lock, which the caller holds.
func removeRun(dir string) {
	os.Remove(filepath.Join(dir, lockName))
	if os.Remove(dir) == nil {
		os.Remove(filepath.Dir(dir)) // the model's, if it was the last
	}
}

// asideAge is how old a file must be that is not whole, to be no other process's work.
const asideAge = time.Hour

// sweepAside removes old files that never became whole.
func sweepAside(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, "*"+asideEnd))
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > asideAge {
			os.Remove(path)
		}
	}
}

// Drop implements store.Store.
func (s *Store) Drop(ctx context.Context, model string, run field.Time) error {
	n := runName{model, run}
	if dir, err := s.folder(n); err != nil {
		return err
	} else if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	dir, held, err := s.lock(ctx, n)
	if err != nil {
		return err
	}
	defer held.Close()
	if err := os.Remove(filepath.Join(dir, manifestName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	err = s.disk.syncFolder(dir)
	sweepFiles(dir)
	removeRun(dir)
	s.ring()
	return errors.Join(err, s.update(&n, false))
}
