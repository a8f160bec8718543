// Package bolt keeps documents in one file of this process (go.etcd.io/bbolt).
package bolt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	bbolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"isobar/records"
)

// Options of a store; the zero value will do.
type Options struct {
	// Timeout is how long to wait for the file while another process holds it; 0: a second.
	Timeout time.Duration
	// Sweep is how often expired documents are looked for; 0: a minute.
	Sweep time.Duration
	// Now is the clock that documents expire by; nil: the system's.
	Now func() time.Time
	Log *slog.Logger // nil: none
}

// ErrHeld says that another process holds the file.
var ErrHeld = errors.New("held by another process")

// maxWaiting bounds writes that wait for their turn.
const maxWaiting = 1024

// Store is one file. Writes that come while the disk is busy with others are committed together, so that many writers share
// the cost of one sync.
type Store struct {
	db     *bbolt.DB
	path   string
	now    func() time.Time
	log    *slog.Logger
	writes chan write
	bells  bells

	ending context.CancelFunc
	ended  context.Context
	wrote  chan struct{} // closed when the writer has stopped
	work   sync.WaitGroup
	close  sync.Once
}

var _ records.Store = (*Store)(nil)

// Open opens a file, making it and its folder if they are not there. If another process holds it for longer than the timeout, the
// error names the file and wraps ErrHeld.
func Open(path string, o Options) (*Store, error) {
	if o.Timeout == 0 {
		o.Timeout = time.Second
	}
	if o.Sweep == 0 {
		o.Sweep = time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	db, err := open(path, o.Timeout)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, path: path, now: o.Now, log: o.Log, writes: make(chan write, maxWaiting), wrote: make(chan struct{})}
	s.ended, s.ending = context.WithCancel(context.Background())
	s.work.Go(s.write)
	s.work.Go(func() { s.sweeps(o.Sweep) })
	return s, nil
}

// open opens the file and makes the folder's entry of it durable.
func open(path string, timeout time.Duration) (db *bbolt.DB, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	defer func() { // bbolt panics at pages that make no sense
		if r := recover(); r != nil {
			db, err = nil, fmt.Errorf("records: %s is damaged: %v", path, r)
		}
	}()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: timeout, FreelistType: bbolt.FreelistMapType, NoFreelistSync: true})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("records: %s: %w", path, ErrHeld)
	case err != nil:
		return nil, fmt.Errorf("records: %s: %w", path, err)
	}
	if folder, err := os.Open(filepath.Dir(path)); err == nil {
		_ = folder.Sync() // some file systems refuse it
		folder.Close()
	}
	return db, nil
}

// Close ends writing, waits for what is under way, and lets the file go.
func (s *Store) Close() error {
	var err error
	s.close.Do(func() {
		s.ending()
		s.work.Wait()
		err = s.db.Close()
	})
	return err
}

// fault names the store in an error of its file.
func (s *Store) fault(err error) error {
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return fmt.Errorf("records: %s: %w", s.path, records.ErrClosed)
	}
	return fmt.Errorf("records: %s: %w", s.path, err)
}
