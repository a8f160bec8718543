package local

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"isobar/grid"
	"isobar/store"
	"isobar/store/chunk"
)

// reader is scratch memory for reading windows.
type reader struct {
	cache   *chunk.Cache
	bytes   []byte
	decoder chunk.Decoder
	rule    chunk.Rule
	chunks  []*chunk.Decoded // of one row: from the cache, nil where there is none
}

// reader gives one from the pool.
func (s *Store) reader() *reader {
	if r, ok := s.readers.Get().(*reader); ok {
		return r
	}
	return &reader{cache: s.cache}
}

// window reads a whole window of one field.
func (r *reader) window(ctx context.Context, f fieldAt, p *chunk.Parts, w grid.Window, dst []float32) error {
	for row := range max(p.Rows(), 1) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.row(f, p, row, w, dst); err != nil {
			return err
		}
	}
	return nil
}

// row reads what lies in one row of chunks. The first also sets what lies beyond the grid.
func (r *reader) row(f fieldAt, p *chunk.Parts, row int, w grid.Window, dst []float32) error {
	if row == 0 {
		p.Beyond(w, dst)
	}
	if len(p.Spans) == 0 {
		return nil
	}
	cy := p.Y0/p.Level.Height + row
	for _, s := range p.Spans {
		if err := r.span(f, p, s, cy, w, dst); err != nil {
			return err
		}
	}
	return nil
}

// span reads some columns of a row of chunks: those in the cache, then the others in one go, from the first to the last of them.
func (r *reader) span(f fieldAt, p *chunk.Parts, s chunk.Span, cy int, w grid.Window, dst []float32) error {
	v := p.Level
	from, to := s.X0/v.Width, (s.X1-1)/v.Width
	r.chunks = r.chunks[:0]
	first, last := -1, -1
	for cx := from; cx <= to; cx++ {
		d := r.cache.Get(chunk.Name(f.record.ID, v.First+cy*v.Across+cx))
		r.chunks = append(r.chunks, d)
		if d != nil {
			p.Copy(d, s, cx, cy, w, dst)
			continue
		}
		if first < 0 {
			first = cx
		}
		last = cx
	}
	defer clear(r.chunks)
	if first < 0 {
		return nil
	}
	directory, err := r.directory(f)
	if err != nil {
		return err
	}
	number := v.First + cy*v.Across
	begin, end := chunkRange(directory, number+first, number+last)
	size := int64(len(directory))
	if begin > end || end > int64(f.record.Span.Bytes)-size {
		return damaged(f, errors.New("its directory is wrong"))
	}
	raw, err := r.read(f, f.record.Span.Offset+size+begin, int(end-begin))
	if err != nil {
		return err
	}
	r.rule = f.record.Scaling.Rule(p.Number)
	for cx := first; cx <= last; cx++ {
		if r.chunks[cx-from] != nil {
			continue
		}
		at, until := chunkRange(directory, number+cx, number+cx)
		if at < begin || until < at || until > end {
			return damaged(f, errors.New("its directory is wrong"))
		}
		entry := directory[(number+cx)*chunk.EntryBytes:]
		sum := binary.LittleEndian.Uint32(entry[4:])
		d, err := r.decoder.Decode(f.record.Scaling, &r.rule, v, cx, cy, raw[at-begin:until-begin], sum, r.cache != nil)
		if err != nil {
			return damaged(f, fmt.Errorf("level %d, chunk %d, %d: %w", p.Number, cx, cy, err))
		}
		if r.cache != nil {
			kept := d
			r.cache.Put(chunk.Name(f.record.ID, number+cx), &kept)
		}
		p.Copy(&d, s, cx, cy, w, dst)
	}
	return nil
}

// chunkRange is where chunks lie from the end of the directory on.
func chunkRange(directory []byte, first, last int) (begin, end int64) {
	if first > 0 {
		begin = int64(binary.LittleEndian.Uint32(directory[(first-1)*chunk.EntryBytes:]))
	}
	return begin, int64(binary.LittleEndian.Uint32(directory[last*chunk.EntryBytes:]))
}

// directory reads where the field's chunks lie.
func (r *reader) directory(f fieldAt) ([]byte, error) {
	name := chunk.Name(f.record.ID, chunk.DirectoryChunk)
	if d := r.cache.Get(name); d != nil {
		return d.Directory, nil
	}
	size := f.run.layout.Chunks * chunk.EntryBytes
	if int64(size) > int64(f.record.Span.Bytes) {
		return nil, damaged(f, errors.New("it is too short"))
	}
	directory := make([]byte, size)
	if err := readAt(f, directory, f.record.Span.Offset); err != nil {
		return nil, err
	}
	if chunk.Checksum(directory) != f.record.Sum {
		return nil, damaged(f, errors.New("the checksum of its directory does not hold"))
	}
	r.cache.Put(name, &chunk.Decoded{Directory: directory})
	return directory, nil
}

// read reads some bytes into scratch memory, with spareBytes behind them.
func (r *reader) read(f fieldAt, offset int64, size int) ([]byte, error) {
	if cap(r.bytes) < size+chunk.SpareBytes {
		r.bytes = make([]byte, size+size/4+chunk.SpareBytes)
	}
	raw := r.bytes[:size]
	return raw, readAt(f, raw, offset)
}

// readAt reads all of b. A file that ends before is damaged.
func readAt(f fieldAt, b []byte, offset int64) error {
	_, err := f.file().ReadAt(b, offset)
	if errors.Is(err, io.EOF) {
		return damaged(f, errors.New("the file ends before it"))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", chunk.Describe(f.record.Key), err)
	}
	return nil
}

// damaged is the error of a field whose bytes are not those that were written.
func damaged(f fieldAt, err error) error {
	return fmt.Errorf("%w: %s: %s: %w", store.ErrDamaged, f.file().Name(), chunk.Describe(f.record.Key), err)
}
