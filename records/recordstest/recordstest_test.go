package recordstest

import (
	"context"
	"iter"
	"testing"
	"time"

	"isobar/records"
)

func TestMemoryKeepsThePromises(t *testing.T) {
	Run(t, func(*testing.T) records.Store { return New() })
}

// broken is a store with one thing wrong.
type broken struct {
	*Memory
	put    func(m *Memory, kind string, d records.Document) (int64, error)
	list   func(m *Memory, kind string, r records.Range) iter.Seq2[records.Document, error]
	putAll func(m *Memory, kind string, all []records.Document) error
	get    func(m *Memory, kind, id string) (records.Document, error)
	silent bool
}

func (b *broken) Put(ctx context.Context, kind string, d records.Document) (int64, error) {
	if b.put != nil && ctx.Err() == nil {
		return b.put(b.Memory, kind, d)
	}
	return b.Memory.Put(ctx, kind, d)
}

func (b *broken) PutAll(ctx context.Context, kind string, all []records.Document) error {
	if b.putAll != nil {
		return b.putAll(b.Memory, kind, all)
	}
	return b.Memory.PutAll(ctx, kind, all)
}

func (b *broken) Get(ctx context.Context, kind, id string) (records.Document, error) {
	if b.get != nil && ctx.Err() == nil {
		return b.get(b.Memory, kind, id)
	}
	return b.Memory.Get(ctx, kind, id)
}

func (b *broken) List(ctx context.Context, kind string, r records.Range) iter.Seq2[records.Document, error] {
	if b.list != nil && ctx.Err() == nil {
		return b.list(b.Memory, kind, r)
	}
	return b.Memory.List(ctx, kind, r)
}

func (b *broken) Changes(ctx context.Context, kind string) <-chan struct{} {
	if b.silent {
		return nil
	}
	return b.Memory.Changes(ctx, kind)
}

var bg = context.Background()

// faults are stores that each break one promise.
var faults = map[string]func() *broken{
	"versions are not compared": func() *broken {
		return &broken{put: func(m *Memory, kind string, d records.Document) (int64, error) {
			d.Version = records.Any
			return m.Put(bg, kind, d)
		}}
	},
	"versions are compared before, not while writing": func() *broken {
		return &broken{put: func(m *Memory, kind string, d records.Document) (int64, error) {
			if was, err := m.Get(bg, kind, d.ID); d.Version == records.New && err == nil || d.Version > 0 && was.Version != d.Version {
				return 0, records.ErrConflict
			}
			time.Sleep(100 * time.Microsecond)
			d.Version = records.Any
			return m.Put(bg, kind, d)
		}}
	},
	"versions begin anew after deletion": func() *broken {
		return &broken{put: func(m *Memory, kind string, d records.Document) (int64, error) {
			if _, err := m.Get(bg, kind, d.ID); err != nil {
				m.last = 0
			}
			return m.Put(bg, kind, d)
		}}
	},
	"nothing expires": func() *broken {
		return &broken{put: func(m *Memory, kind string, d records.Document) (int64, error) {
			d.Expires = time.Time{}
			return m.Put(bg, kind, d)
		}}
	},
	"lists show what has expired": func() *broken {
		return &broken{list: func(m *Memory, kind string, r records.Range) iter.Seq2[records.Document, error] {
			for id, d := range m.kinds[kind] {
				d.Expires = time.Time{}
				m.kinds[kind][id] = d
			}
			return m.List(bg, kind, r)
		}}
	},
	"a list's end is within": func() *broken {
		return &broken{list: func(m *Memory, kind string, r records.Range) iter.Seq2[records.Document, error] {
			if r.To != "" {
				r.To += "\x00"
			}
			return m.List(bg, kind, r)
		}}
	},
	"a list is never reversed": func() *broken {
		return &broken{list: func(m *Memory, kind string, r records.Range) iter.Seq2[records.Document, error] {
			r.Reverse = false
			return m.List(bg, kind, r)
		}}
	},
	"a list has no limit": func() *broken {
		return &broken{list: func(m *Memory, kind string, r records.Range) iter.Seq2[records.Document, error] {
			r.Limit = 0
			return m.List(bg, kind, r)
		}}
	},
	"a long list is cut": func() *broken {
		return &broken{list: func(m *Memory, kind string, r records.Range) iter.Seq2[records.Document, error] {
			if r.Limit == 0 {
				r.Limit = 1000
			}
			return m.List(bg, kind, r)
		}}
	},
	"of many documents the last is lost": func() *broken {
		return &broken{putAll: func(m *Memory, kind string, all []records.Document) error {
			return m.PutAll(bg, kind, all[:max(len(all)-1, 0)])
		}}
	},
	"many documents never expire": func() *broken {
		return &broken{putAll: func(m *Memory, kind string, all []records.Document) error {
			for _, d := range all {
				d.Expires, d.Version = time.Time{}, records.Any
				if _, err := m.Put(bg, kind, d); err != nil {
					return err
				}
			}
			return nil
		}}
	},
	"a reader's body is the store's": func() *broken {
		return &broken{get: func(m *Memory, kind, id string) (records.Document, error) {
			if d, ok := m.at(kind, id); ok {
				return d, nil
			}
			return m.Get(bg, kind, id)
		}}
	},
	"kinds are one": func() *broken {
		return &broken{get: func(m *Memory, _, id string) (records.Document, error) { return m.Get(bg, kind, id) }}
	},
	"changes are not told": func() *broken { return &broken{silent: true} },
}

// TestBrokenStoresAreFound tries each of them: one promise at least must fail.
func TestBrokenStoresAreFound(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, p := range promises {
				ctx, cancel := t.Context(), func() {}
				if name == "changes are not told" {
					ctx, cancel = context.WithTimeout(ctx, 2*time.Second)
				}
				b := fault()
				b.Memory = New()
				err := p.try(ctx, b)
				cancel()
				if err != nil {
					t.Logf("%s: %v", p.name, err)
					return
				}
			}
			t.Error("all promises seem kept")
		})
	}
}
