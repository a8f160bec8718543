package bolt

import (
	"context"
	"fmt"

	bbolt "go.etcd.io/bbolt"

	"isobar/records"
)

// Bounds of one commit: it should not take long, as reads of it wait.
const (
	maxTogether = 256      // writes
	maxCommit   = 32 << 20 // bytes
)

// write is a change that waits for its turn. try does it whole, or gives an error and has changed nothing; what it could not do
// because of the file is spoilt, and undoes the whole commit.
type write struct {
	ctx   context.Context
	kind  string
	bytes int
	try   func(tx *bbolt.Tx) (refused, spoilt error)
	done  chan error // has room for one
}

// Put implements records.Store.
func (s *Store) Put(ctx context.Context, kind string, d records.Document) (version int64, err error) {
	if err := records.Check(kind, d); err != nil {
		return 0, err
	}
	err = s.commit(ctx, kind, len(d.Body), func(tx *bbolt.Tx) (refused, spoilt error) {
		t, err := tableOf(tx, kind)
		if err != nil {
			return nil, err
		}
		was, ok, err := t.get(d.ID)
		if err != nil {
			return nil, err
		}
		if refused := s.check(kind, d.ID, d.Version, was, ok); refused != nil {
			return refused, nil
		}
		version, err = t.put(d, was)
		return nil, err
	})
	return version, err
}

// check compares the version that a writer wants with what there is.
func (s *Store) check(kind, id string, want int64, was row, ok bool) error {
	ok = ok && !was.gone(s.now())
	switch {
	case want == records.Any, want == records.New && !ok, want > 0 && ok && was.version == want:
		return nil
	case !ok:
		return fmt.Errorf("%w: %s %q is not there any more", records.ErrConflict, kind, id)
	case want == records.New:
		return fmt.Errorf("%w: %s %q is there", records.ErrConflict, kind, id)
	}
	return fmt.Errorf("%w: %s %q is of version %d, not %d", records.ErrConflict, kind, id, was.version, want)
}

// PutAll implements records.Store: all documents are one commit.
func (s *Store) PutAll(ctx context.Context, kind string, all []records.Document) error {
	bytes := 0
	for _, d := range all {
		if err := records.Check(kind, d); err != nil {
			return err
		}
		bytes += len(d.Body)
	}
	return s.commit(ctx, kind, bytes, func(tx *bbolt.Tx) (refused, spoilt error) {
		t, err := tableOf(tx, kind)
		for i := 0; i < len(all) && err == nil; i++ {
			var was row
			if was, _, err = t.get(all[i].ID); err == nil {
				_, err = t.put(all[i], was)
			}
		}
		return nil, err
	})
}

// Delete implements records.Store.
func (s *Store) Delete(ctx context.Context, kind, id string, version int64) error {
	return s.commit(ctx, kind, 0, func(tx *bbolt.Tx) (refused, spoilt error) {
		rows := tx.Bucket([]byte(kindMark + kind))
		if rows == nil {
			return notFound(kind, id), nil
		}
		t, err := tableOf(tx, kind)
		if err != nil {
			return nil, err
		}
		was, ok, err := t.get(id)
		switch {
		case err != nil:
			return nil, err
		case !ok || was.gone(s.now()):
			return notFound(kind, id), nil
		}
		if refused := s.check(kind, id, version, was, ok); refused != nil {
			return refused, nil
		}
		return nil, t.remove(id, was)
	})
}

func notFound(kind, id string) error {
	return fmt.Errorf("%w: %s %.80q", records.ErrNotFound, kind, id)
}

// commit hands a change to the writer and waits for it. If ctx ends meanwhile it may be done nevertheless.
func (s *Store) commit(ctx context.Context, kind string, bytes int, try func(*bbolt.Tx) (refused, spoilt error)) error {
	w := write{ctx, kind, bytes, try, make(chan error, 1)}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ended.Done():
		return s.closed()
	case s.writes <- w:
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ended.Done():
		<-s.wrote // it may have had this one
		select {
		case err := <-w.done:
			return err
		default:
			return s.closed()
		}
	}
}

func (s *Store) closed() error { return fmt.Errorf("records: %s: %w", s.path, records.ErrClosed) }

// write commits what waits, all that has come while the last commit was under way together, until the store is closed.
func (s *Store) write() {
	defer close(s.wrote)
	for {
		select {
		case <-s.ended.Done():
			return
		case w := <-s.writes:
			s.commitAll(s.gather(w))
		}
	}
}

// gather takes what else waits.
func (s *Store) gather(first write) []write {
	all, bytes := []write{first}, first.bytes
	for len(all) < maxTogether && bytes < maxCommit {
		select {
		case w := <-s.writes:
			all, bytes = append(all, w), bytes+w.bytes
		default:
			return all
		}
	}
	return all
}

// commitAll does changes in one transaction, and tells who waits for them.
func (s *Store) commitAll(all []write) {
	answers := make([]error, len(all))
	err := s.db.Update(func(tx *bbolt.Tx) error {
		for i, w := range all {
			if answers[i] = w.ctx.Err(); answers[i] != nil {
				continue
			}
			var spoilt error
			if answers[i], spoilt = w.try(tx); spoilt != nil {
				return spoilt
			}
		}
		return nil
	})
	if err != nil {
		err = s.fault(err)
	}
	changed := map[string]bool{}
	for i, w := range all {
		switch {
		case err != nil:
			answers[i] = err
		case answers[i] == nil:
			changed[w.kind] = true
		}
	}
	for kind := range changed {
		s.bells.ring(kind)
	}
	for i, w := range all {
		w.done <- answers[i]
	}
}
