// Package local keeps fields in a folder of files.
package local

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/fsnotify/fsnotify"

	"isobar/field"
	"isobar/grid"
	"isobar/store"
	"isobar/store/chunk"
)

// Options are the settings of a store; the zero value is good.
type Options struct {
	Categories      func(element string) bool // elements whose pyramid takes the most frequent value; nil: none
	ChunkCacheBytes int64                     // decoded chunks kept in memory; 0: none
	Log             *slog.Logger              // nil: silent
}

// Store is a folder of fields. Safe for concurrent use, and several processes may share one folder.
//
// The folder holds a marker with the number of its format; a folder for each run, runs/<model>/<run>; the places of grids that are
// lists of places, grids/<hash>; and a file that is replaced after each publication, so that other processes see it. A run's folder
// holds files of fields, an index, and the manifest, which says how far these count. A writer appends to them what it puts, makes it
// durable, then replaces the manifest: that is the publication. What lies in no manifest is invisible, and swept by the next to
// hold the run's lock.
//
// Readers never lock. A state holds every file of its runs open, so nothing that is removed is lost to a snapshot; a reader that
// finds a file of a manifest gone reads the manifest again. A process thus has as many files open as its runs have: one for each
// 256 MiB, one at least.
type Store struct {
	dir     string
	options Options
	log     *slog.Logger
	parse   func(id string, load grid.Loader) (grid.Grid, error)
	disk    disk
	// segmentBytes is how long a file of fields gets before another is begun.
	segmentBytes int64
	coders       chunk.Coders
	readers      sync.Pool // *reader
	cache        *chunk.Cache
	lastRecord   atomic.Uint64

	now      atomic.Pointer[state]
	updating sync.Mutex        // held while now is replaced
	troubles map[string]string // guarded by updating: run's folder -> error last logged

	grids  grids
	claims claims

	changed store.Bell // rings when the published state has changed

	stop    context.CancelFunc
	work    sync.WaitGroup
	notices *fsnotify.Watcher // nil: changes are looked for from time to time only
}

var _ store.Store = (*Store)(nil)

// Open opens or makes a data folder. The error wraps store.ErrFormat if it is of a newer version or something else. A run that is
// damaged is logged and not served; all others are.
func Open(dir string, o Options) (*Store, error) { return open(dir, o, grid.ParseWith, disk{}) }

// open is Open with what tests replace.
func open(dir string, o Options, parse func(string, grid.Loader) (grid.Grid, error), d disk) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Categories == nil {
		o.Categories = func(string) bool { return false }
	}
	if err := prepare(dir, d); err != nil {
		return nil, err
	}
	s := &Store{
		dir: dir, options: o, log: o.Log, parse: parse, disk: d, cache: chunk.NewCache(o.ChunkCacheBytes), segmentBytes: segmentBytes,
		troubles: map[string]string{},
	}
	s.grids.dir = dir
	s.now.Store(newState(nil))
	bell := s.bell() // before the runs are read: what is published meanwhile is not missed
	s.notices = s.watchFolder()
	if err := s.update(nil, true); err != nil {
		s.now.Load().release()
		s.closeNotices()
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	s.work.Go(func() { s.sweep(ctx) })
	s.work.Go(func() { s.follow(ctx, bell) })
	return s, nil
}

// Hold implements store.Store.
func (s *Store) Hold(ctx context.Context) (store.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &snapshot{store: s, state: s.hold()}, nil
}

// hold is the newest state, which must be released.
func (s *Store) hold() *state {
	for {
		if now := s.now.Load(); now.retain() {
			return now
		}
	}
}

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context) <-chan struct{} {
	return s.changed.Listen(ctx)
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.stop()
	s.closeNotices()
	s.work.Wait()
	s.updating.Lock()
	defer s.updating.Unlock()
	old := s.now.Swap(newState(nil))
	old.release()
	return nil
}

// runName names a run of a model.
type runName struct {
	model string
	run   field.Time
}

// String is how the run is told in logs and errors.
func (n runName) String() string { return fmt.Sprintf("%s of %s", n.model, n.run) }
