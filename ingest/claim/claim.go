// Package claim takes a file for one process, so that two do not do the same work. The system lets a claim go when its process ends.
package claim

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// maxPause is how long at most a claim of another is left before it is tried again.
const maxPause = 2 * time.Second

// Try takes the file, making it, or finds that another process, or another claim of this one, has it: then held is nil. Closing the
// file lets it go. Where the system has no locks every claim succeeds.
func Try(path string) (held *os.File, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	ok, err := tryLock(f)
	if errors.Is(err, errors.ErrUnsupported) {
		return f, nil
	}
	if err != nil || !ok {
		f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}

// Wait takes the file when no other has it. The error is ctx's, or the system's.
func Wait(ctx context.Context, path string) (*os.File, error) {
	for pause := time.Millisecond; ; pause = min(2*pause, maxPause) {
		f, err := Try(path)
		if f != nil || err != nil {
			return f, err
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			t.Stop()
			return nil, ctx.Err()
		case <-t.C:
		}
	}
}
