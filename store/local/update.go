package local

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sync/errgroup"

	"isobar/store"
)

// How often it is looked whether another process has published, by the file that is replaced each time, and by all manifests:
// a process that is killed between the two publishes without a word. Notices of the file system come sooner.
const (
	bellEvery   = time.Second
	rescanEvery = 30 * time.Second
)

// bell is what the file says that is replaced after each publication.
func (s *Store) bell() string {
	text, _ := readFile(filepath.Join(s.dir, bellName), 1<<10)
	return string(text)
}

// ring tells other processes that something was published. They find it later if that fails.
func (s *Store) ring() {
	if err := s.disk.replace(filepath.Join(s.dir, bellName), []byte(rand.Text()), false); err != nil {
		s.log.Warn("other programs can't be told of a publication at once", "error", err)
	}
}

// watchFolder asks the file system for notices; nil if there are none to be had.
func (s *Store) watchFolder() *fsnotify.Watcher {
	notices, err := fsnotify.NewWatcher()
	if err != nil {
		s.log.Debug("no notices of the file system; the data folder is looked at from time to time", "error", err)
		return nil
	}
	if err := notices.Add(s.dir); err != nil {
		notices.Close()
		return nil
	}
	return notices
}

func (s *Store) closeNotices() {
	if s.notices != nil {
		s.notices.Close()
	}
}

// follow keeps the state up to date with what other processes publish, until ctx ends.
func (s *Store) follow(ctx context.Context, seen string) {
	var events chan fsnotify.Event
	if s.notices != nil {
		events = s.notices.Events
		s.work.Go(func() {
			for range s.notices.Errors { // an overflow loses notices, no publications
			}
		})
	}
	look, rescan := time.NewTicker(bellEvery), time.NewTicker(rescanEvery)
	defer look.Stop()
	defer rescan.Stop()
	for {
		all := false
		select {
		case <-ctx.Done():
			return
		case event, ok := <-events:
			if !ok {
				events = nil
			}
			if filepath.Base(event.Name) != bellName {
				continue
			}
		case <-look.C:
		case <-rescan.C:
			all = true
		}
		if now := s.bell(); now != seen || all {
			seen = now
			err := s.update(nil, false)
			s.updating.Lock()
			s.trouble(s.dir, err)
			s.updating.Unlock()
		}
	}
}

// trouble logs an error once, as long as it stays the same; nil ends it. The caller holds updating.
func (s *Store) trouble(folder string, err error) {
	if err == nil {
		delete(s.troubles, folder)
		return
	}
	if s.troubles[folder] != err.Error() {
		s.troubles[folder] = err.Error()
		s.log.Error("what is published can't be read", "folder", folder, "error", err)
	}
}

// update brings the state up to date: all runs, or one. A run that can't be read stays as it was. With strict, one of an unknown
// format is an error.
func (s *Store) update(only *runName, strict bool) error {
	s.updating.Lock()
	defer s.updating.Unlock()
	old := s.now.Load()
	names := []runName{}
	if only != nil {
		names = append(names, *only)
	} else {
		listed, err := s.list()
		if err != nil {
			return err
		}
		names = listed
	}
	runs, errs := s.loadAll(names, old)
	var fatal error
	for i, n := range names {
		folder, _ := s.folder(n)
		s.trouble(folder, errs[i])
		if errs[i] != nil {
			if was := old.run(n); was != nil {
				was.retain()
				runs[i] = was
			}
			if strict && errors.Is(errs[i], store.ErrFormat) {
				fatal = errs[i]
			}
		}
	}
	if only != nil {
		for _, was := range old.runs {
			if was.name != *only {
				was.retain()
				runs = append(runs, was)
			}
		}
	}
	s.swap(old, slices.DeleteFunc(runs, func(r *runState) bool { return r == nil }))
	return fatal
}

// loadAll loads runs in parallel.
func (s *Store) loadAll(names []runName, old *state) ([]*runState, []error) {
	runs, errs := make([]*runState, len(names)), make([]error, len(names))
	var group errgroup.Group
	group.SetLimit(2 * runtime.GOMAXPROCS(0))
	for i, n := range names {
		group.Go(func() error {
			runs[i], errs[i] = s.load(n, old.run(n))
			return nil
		})
	}
	group.Wait()
	return runs, errs
}

// swap makes runs the newest state, unless they are what is there.
func (s *Store) swap(old *state, runs []*runState) {
	next := newState(runs)
	if slices.Equal(next.runs, old.runs) {
		next.release()
		return
	}
	s.now.Store(next)
	old.release()
	if next.version != old.version {
		s.changed.Ring()
	}
}
