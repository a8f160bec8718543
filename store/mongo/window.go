package mongo

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"isobar/field"
	"isobar/grid"
	"isobar/store/chunk"
)

// serialChunks is how many chunks are decoded by one goroutine rather than by several.
const serialChunks = 12

// reader is scratch memory for reading windows.
type reader struct {
	decoder chunk.Decoder
	absent  []absent
}

// absent is a chunk of a window that is not in the cache.
type absent struct {
	field  int // of the batch
	span   chunk.Span
	cx, cy int
}

// Windows implements store.Snapshot: what is cached is copied, what is not comes in one request for all fields.
func (s *snapshot) Windows(ctx context.Context, keys []field.Key, w grid.Window, dst [][]float32) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := chunk.CheckRoom(len(keys), w, dst); err != nil || len(keys) == 0 {
		return err
	}
	fields := make([]fieldAt, len(keys))
	for i, k := range keys {
		at, err := s.find(k)
		if err != nil {
			return err
		}
		fields[i] = at
		if first := fields[0].run; at.run != first && at.run.manifest.Grid != first.manifest.Grid {
			return fmt.Errorf("%s and %s lie on different grids", chunk.Describe(keys[0]), chunk.Describe(k))
		}
	}
	if most := fields[0].run.manifest.MaxLevel; w.Level < 0 || w.Level > most {
		return fmt.Errorf("%s: level %d of a pyramid up to %d", chunk.Describe(keys[0]), w.Level, most)
	}
	r, ok := s.store.readers.Get().(*reader)
	if !ok {
		r = &reader{}
	}
	defer s.store.readers.Put(r)
	parts := chunk.Cut(fields[0].run.layout, w)
	r.absent = r.absent[:0]
	for i, f := range fields {
		parts.Beyond(w, dst[i])
		r.cached(s.store.cache, f.record.ID, i, &parts, w, dst[i])
	}
	if len(r.absent) == 0 {
		return nil
	}
	return s.read(ctx, r, fields, &parts, w, dst)
}

// cached copies the chunks of a window that are cached, and notes the others.
func (r *reader) cached(cache *chunk.Cache, id uint64, i int, p *chunk.Parts, w grid.Window, dst []float32) {
	v := p.Level
	for _, span := range p.Spans {
		for cy := p.Y0 / v.Height; cy <= (p.Y1-1)/v.Height; cy++ {
			for cx := span.X0 / v.Width; cx <= (span.X1-1)/v.Width; cx++ {
				if d := cache.Get(chunk.Name(id, v.First+cy*v.Across+cx)); d != nil {
					p.Copy(d, span, cx, cy, w, dst)
				} else {
					r.absent = append(r.absent, absent{i, span, cx, cy})
				}
			}
		}
	}
}

// read fetches the blocks of chunks that are not cached, and decodes these.
func (s *snapshot) read(ctx context.Context, r *reader, fields []fieldAt, p *chunk.Parts, w grid.Window, dst [][]float32) error {
	v := p.Level
	names := make([]string, len(r.absent))
	asked := map[string]bool{}
	var ids []string
	for i, a := range r.absent {
		f := fields[a.field]
		names[i] = blockID(f.run.home, f.record, f.run.blocks.of[v.First+a.cy*v.Across+a.cx])
		if !asked[names[i]] {
			asked[names[i]] = true
			ids = append(ids, names[i])
		}
	}
	found, err := s.store.fetch(ctx, s.store.chunks, ids)
	if err != nil {
		return s.failed(fields[r.absent[0].field].record.Key, err)
	}
	one := func(d *chunk.Decoder, i int) error {
		a := r.absent[i]
		f := fields[a.field]
		number := v.First + a.cy*v.Across + a.cx
		raw, sum, err := f.run.blocks.find(found[names[i]], number)
		if err != nil {
			return damaged(f.record.Key, err)
		}
		rule := f.record.Scaling.Rule(p.Number)
		c, err := d.Decode(f.record.Scaling, &rule, v, a.cx, a.cy, raw, sum, s.store.cache != nil)
		if err != nil {
			return damaged(f.record.Key, fmt.Errorf("level %d, chunk %d, %d: %w", p.Number, a.cx, a.cy, err))
		}
		if s.store.cache != nil {
			kept := c
			s.store.cache.Put(chunk.Name(f.record.ID, number), &kept)
		}
		p.Copy(&c, a.span, a.cx, a.cy, w, dst[a.field])
		return nil
	}
	return s.decode(ctx, r, one)
}

// decode does something with each absent chunk, side by side where there are many.
func (s *snapshot) decode(ctx context.Context, r *reader, one func(d *chunk.Decoder, i int) error) error {
	jobs := len(r.absent)
	workers := min(runtime.GOMAXPROCS(0), max(jobs/serialChunks, 1))
	if workers == 1 {
		for i := range jobs {
			if err := one(&r.decoder, i); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	group, inner := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() error {
			var d chunk.Decoder
			for {
				i := int(next.Add(1)) - 1
				if i >= jobs {
					return nil
				}
				if err := inner.Err(); err != nil {
					return err
				}
				if err := one(&d, i); err != nil {
					return err
				}
			}
		})
	}
	err := group.Wait()
	if outer := ctx.Err(); outer != nil && errors.Is(err, context.Canceled) {
		return outer
	}
	return err
}
