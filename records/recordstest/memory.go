package recordstest

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"isobar/records"
)

// Memory is a store that forgets: for tests of what needs one. It can be told to fail.
type Memory struct {
	// Now is the clock that documents expire by, to be set before use; nil: the system's.
	Now func() time.Time

	mu    sync.Mutex
	kinds map[string]map[string]records.Document
	last  int64 // version
	bells map[string][]chan struct{}
	fault func(op, kind, id string) error
}

var _ records.Store = (*Memory)(nil)

// New makes an empty store.
func New() *Memory {
	return &Memory{kinds: map[string]map[string]records.Document{}, bells: map[string][]chan struct{}{}}
}

// Fail lets every operation ("get", "put", "delete", "list") ask fault first, and fail with its error; nil ends that. What is
// refused so has changed nothing: a process that is killed before a write looks like this to the next.
func (m *Memory) Fail(fault func(op, kind, id string) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = fault
}

// refuse asks whether an operation fails. A fault may take time.
func (m *Memory) refuse(ctx context.Context, op, kind, id string) error {
	m.mu.Lock()
	fault := m.fault
	m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if fault == nil {
		return nil
	}
	return fault(op, kind, id)
}

// at finds a document that has not expired.
func (m *Memory) at(kind, id string) (records.Document, bool) {
	d, ok := m.kinds[kind][id]
	now := time.Now
	if m.Now != nil {
		now = m.Now
	}
	return d, ok && (d.Expires.IsZero() || now().Before(d.Expires))
}

// Get implements records.Store.
func (m *Memory) Get(ctx context.Context, kind, id string) (records.Document, error) {
	if err := m.refuse(ctx, "get", kind, id); err != nil {
		return records.Document{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	d, ok := m.at(kind, id)
	if !ok {
		return records.Document{}, fmt.Errorf("%w: %s %q", records.ErrNotFound, kind, id)
	}
	d.Body = bytes.Clone(d.Body)
	return d, nil
}

// Put implements records.Store.
func (m *Memory) Put(ctx context.Context, kind string, d records.Document) (int64, error) {
	if err := records.Check(kind, d); err != nil {
		return 0, err
	}
	if err := m.refuse(ctx, "put", kind, d.ID); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	was, ok := m.at(kind, d.ID)
	if d.Version == records.New && ok || d.Version > 0 && (!ok || was.Version != d.Version) {
		return 0, fmt.Errorf("%w: %s %q", records.ErrConflict, kind, d.ID)
	}
	return m.put(kind, d), nil
}

func (m *Memory) put(kind string, d records.Document) int64 {
	if m.kinds[kind] == nil {
		m.kinds[kind] = map[string]records.Document{}
	}
	m.last++
	d.Version, d.Body = m.last, bytes.Clone(d.Body)
	m.kinds[kind][d.ID] = d
	m.ring(kind)
	return m.last
}

// PutAll implements records.Store.
func (m *Memory) PutAll(ctx context.Context, kind string, all []records.Document) error {
	for _, d := range all {
		if err := records.Check(kind, d); err != nil {
			return err
		}
		if err := m.refuse(ctx, "put", kind, d.ID); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range all {
		m.put(kind, d)
	}
	return nil
}

// Delete implements records.Store.
func (m *Memory) Delete(ctx context.Context, kind, id string, version int64) error {
	if err := m.refuse(ctx, "delete", kind, id); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	d, ok := m.at(kind, id)
	switch {
	case !ok:
		return fmt.Errorf("%w: %s %q", records.ErrNotFound, kind, id)
	case version != records.Any && version != d.Version:
		return fmt.Errorf("%w: %s %q", records.ErrConflict, kind, id)
	}
	delete(m.kinds[kind], id)
	m.ring(kind)
	return nil
}

// List implements records.Store.
func (m *Memory) List(ctx context.Context, kind string, r records.Range) iter.Seq2[records.Document, error] {
	return func(yield func(records.Document, error) bool) {
		if err := m.refuse(ctx, "list", kind, r.From); err != nil {
			yield(records.Document{}, err)
			return
		}
		for _, d := range m.within(kind, r) {
			if err := ctx.Err(); err != nil {
				yield(records.Document{}, err)
				return
			}
			if !yield(d, nil) {
				return
			}
		}
	}
}

// within copies the documents of a range.
func (m *Memory) within(kind string, r records.Range) (all []records.Document) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.kinds[kind] {
		d, ok := m.at(kind, id)
		if ok && id >= r.From && (r.To == "" || id < r.To) {
			d.Body = bytes.Clone(d.Body)
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b records.Document) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	if r.Reverse {
		slices.Reverse(all)
	}
	if r.Limit > 0 && len(all) > r.Limit {
		all = all[:r.Limit]
	}
	return all
}

// Changes implements records.Store.
func (m *Memory) Changes(ctx context.Context, kind string) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	bell := make(chan struct{}, 1)
	m.bells[kind] = append(m.bells[kind], bell)
	return bell
}

func (m *Memory) ring(kind string) {
	for _, bell := range m.bells[kind] {
		select {
		case bell <- struct{}{}:
		default:
		}
	}
}

// Close implements records.Store.
func (m *Memory) Close() error { return nil }
