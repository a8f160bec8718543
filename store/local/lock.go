package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"isobar/store"
)

// maxPause is how long at most a lock is left before it is tried again.
const maxPause = 50 * time.Millisecond

// lock takes a run for writing, making its folder, and waits for who has it until ctx ends.
func (s *Store) lock(ctx context.Context, n runName) (dir string, held *os.File, err error) {
	dir, err = s.folder(n)
	if err != nil {
		return "", nil, err
	}
	if err := ctx.Err(); err != nil {
		return "", nil, err
	}
	for pause := time.Millisecond; ; pause = min(2*pause, maxPause) {
		held, err = s.lockOnce(dir, true)
		if held != nil || err != nil {
			return dir, held, err
		}
		select {
		case <-ctx.Done():
			return "", nil, fmt.Errorf("%w: %s: %w", store.ErrBusy, n, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// lockOnce tries to take a run's folder; held is nil if another has it, or if it was just removed.
func (s *Store) lockOnce(dir string, create bool) (held *os.File, err error) {
	if create {
		if err := s.makeFolder(dir); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	path := filepath.Join(dir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if errors.Is(err, fs.ErrNotExist) { // the folder was dropped or swept
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ok, err := tryLock(f)
	if err != nil || !ok || !isStill(f, path) {
		f.Close()
		return nil, err
	}
	return f, nil
}

// isStill tells that a file has not been removed since it was opened: the lock of a removed file protects nothing.
func isStill(f *os.File, path string) bool {
	held, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(held, there)
}

// makeFolder makes a run's folder and its parents, durably.
func (s *Store) makeFolder(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := s.disk.try("create", dir); err != nil {
		return err
	}
	model := filepath.Dir(dir)
	runs := filepath.Dir(model)
	for _, path := range []string{runs, model, dir} {
		if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return errors.Join(s.disk.syncFolder(s.dir), s.disk.syncFolder(runs), s.disk.syncFolder(model))
}
