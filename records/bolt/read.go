package bolt

import (
	"bytes"
	"context"
	"iter"
	"sync"
	"time"

	bbolt "go.etcd.io/bbolt"

	"isobar/records"
)

// Bounds of what a list reads in one transaction, so that a slow reader holds up no writer.
const (
	listDocuments = 256
	listBytes     = 4 << 20
)

// Get implements records.Store.
func (s *Store) Get(ctx context.Context, kind, id string) (d records.Document, err error) {
	if err := ctx.Err(); err != nil {
		return d, err
	}
	found := false
	err = s.db.View(func(tx *bbolt.Tx) error {
		rows := tx.Bucket([]byte(kindMark + kind))
		if rows == nil || id == "" {
			return nil
		}
		r, ok, err := readRow(rows.Get([]byte(id)))
		if found = err == nil && ok && !r.gone(s.now()); found {
			d = r.document(id)
		}
		return err
	})
	switch {
	case err != nil:
		return d, s.fault(err)
	case !found:
		return d, notFound(kind, id)
	}
	return d, nil
}

// List implements records.Store. It reads a part at a time: what changes meanwhile may be seen or not, each document is whole.
func (s *Store) List(ctx context.Context, kind string, r records.Range) iter.Seq2[records.Document, error] {
	return func(yield func(records.Document, error) bool) {
		for left := r.Limit; ; {
			part, more, err := s.part(ctx, kind, r, left)
			if err != nil {
				yield(records.Document{}, err)
				return
			}
			for _, d := range part {
				if !yield(d, nil) {
					return
				}
			}
			if left -= len(part); r.Limit > 0 && left <= 0 || !more {
				return
			}
			r = after(r, part[len(part)-1].ID)
		}
	}
}

// after is the rest of a range, when it was read up to an identity.
func after(r records.Range, id string) records.Range {
	if r.Reverse {
		r.To = id
	} else {
		r.From = id + "\x00"
	}
	return r
}

// part reads the first documents of a range, and tells whether there may be more.
func (s *Store) part(ctx context.Context, kind string, r records.Range, limit int) (part []records.Document, more bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if limit <= 0 || limit > listDocuments {
		limit = listDocuments
	}
	now, size := s.now(), 0
	err = s.db.View(func(tx *bbolt.Tx) error {
		rows := tx.Bucket([]byte(kindMark + kind))
		if rows == nil {
			return nil
		}
		for key, value := range walk(rows.Cursor(), r) {
			row, _, err := readRow(value)
			if err != nil {
				return err
			}
			if row.gone(now) {
				continue
			}
			if more = len(part) == limit || len(part) > 0 && size+len(value) > listBytes; more {
				return nil
			}
			part, size = append(part, row.document(string(key))), size+len(value)
		}
		return nil
	})
	if err != nil {
		return nil, false, s.fault(err)
	}
	return part, more, nil
}

// walk goes through a bucket's keys within a range.
func walk(c *bbolt.Cursor, r records.Range) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		step, from, to := c.Next, []byte(r.From), []byte(r.To)
		k, v := c.Seek(from)
		if r.Reverse {
			step = c.Prev
			k, v = last(c, to)
		}
		for ; k != nil; k, v = step() {
			if r.Reverse && bytes.Compare(k, from) < 0 || !r.Reverse && r.To != "" && bytes.Compare(k, to) >= 0 || !yield(k, v) {
				return
			}
		}
	}
}

// last finds the last key before one; none is the end.
func last(c *bbolt.Cursor, to []byte) (k, v []byte) {
	if len(to) == 0 {
		return c.Last()
	}
	if k, _ = c.Seek(to); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// Changes implements records.Store: no other process can change the file.
func (s *Store) Changes(ctx context.Context, kind string) <-chan struct{} {
	bell := make(chan struct{}, 1)
	s.bells.add(kind, bell)
	context.AfterFunc(ctx, func() { s.bells.remove(kind, bell) })
	return bell
}

// bells are those who wait for changes of a kind.
type bells struct {
	mu  sync.Mutex
	all map[string]map[chan struct{}]struct{}
}

func (b *bells) add(kind string, bell chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil {
		b.all = map[string]map[chan struct{}]struct{}{}
	}
	if b.all[kind] == nil {
		b.all[kind] = map[chan struct{}]struct{}{}
	}
	b.all[kind][bell] = struct{}{}
}

func (b *bells) remove(kind string, bell chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.all[kind], bell)
}

// ring tells all; who has not yet seen the last token needs no other.
func (b *bells) ring(kind string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for bell := range b.all[kind] {
		select {
		case bell <- struct{}{}:
		default:
		}
	}
}

// sweeps removes what has expired, now and then.
func (s *Store) sweeps(every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-s.ended.Done():
			return
		case <-t.C:
			if n, err := s.Sweep(s.ended); err != nil && s.ended.Err() == nil {
				s.log.Error("expired documents can't be swept", "file", s.path, "error", err)
			} else if n > 0 {
				s.log.Debug("expired documents swept", "documents", n)
			}
		}
	}
}
