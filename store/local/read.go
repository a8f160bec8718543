package local

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"isobar/grid"
	"isobar/store"
)

// reader is scratch memory for reading windows.
type reader struct {
	cache   *cache
	bytes   []byte
	numbers scratch
	values  [chunkCells]float32
	rule    rule
	chunks  []*decoded // of one row: from the cache, nil where there is none
}

// reader gives one from the pool.
func (s *Store) reader() *reader {
	if r, ok := s.readers.Get().(*reader); ok {
		return r
	}
	return &reader{cache: s.cache}
}

// window reads a whole window of one field.
func (r *reader) window(ctx context.Context, f fieldAt, p *parts, w grid.Window, dst []float32) error {
	for row := range max(p.rows(), 1) {
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
func (r *reader) row(f fieldAt, p *parts, row int, w grid.Window, dst []float32) error {
	if row == 0 {
		beyond(p, w, dst)
	}
	if len(p.spans) == 0 {
		return nil
	}
	cy := p.y0/p.level.height + row
	for _, s := range p.spans {
		if err := r.span(f, p, s, cy, w, dst); err != nil {
			return err
		}
	}
	return nil
}

// beyond makes cells missing that lie beyond the grid.
func beyond(p *parts, w grid.Window, dst []float32) {
	x0, x1 := w.NX, w.NX // columns of the window that are on the grid
	if len(p.spans) > 0 {
		last := p.spans[len(p.spans)-1]
		x0, x1 = p.spans[0].to, last.to+last.x1-last.x0
	}
	for j := range w.NY {
		line := dst[j*w.NX : (j+1)*w.NX]
		if y := w.Y0 + j; y < p.y0 || y >= p.y1 || x0 >= x1 {
			fillWith(line, missing)
			continue
		}
		fillWith(line[:x0], missing)
		fillWith(line[x1:], missing)
	}
}

func fillWith(line []float32, v float32) {
	for i := range line {
		line[i] = v
	}
}

// span reads some columns of a row of chunks: those in the cache, then the others in one go, from the first to the last of them.
func (r *reader) span(f fieldAt, p *parts, s span, cy int, w grid.Window, dst []float32) error {
	v := p.level
	from, to := s.x0/v.width, (s.x1-1)/v.width
	r.chunks = r.chunks[:0]
	first, last := -1, -1
	for cx := from; cx <= to; cx++ {
		d := r.cache.get(chunkName(f.record.id, v.first+cy*v.across+cx))
		r.chunks = append(r.chunks, d)
		if d != nil {
			r.copy(d, p, s, cx, cy, w, dst)
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
	number := v.first + cy*v.across
	begin, end := chunkRange(directory, number+first, number+last)
	size := int64(len(directory))
	if begin > end || end > int64(f.record.span.bytes)-size {
		return damaged(f, errors.New("its directory is wrong"))
	}
	raw, err := r.read(f, f.record.span.offset+size+begin, int(end-begin))
	if err != nil {
		return err
	}
	r.rule = f.record.scaling.rule(p.number)
	for cx := first; cx <= last; cx++ {
		if r.chunks[cx-from] != nil {
			continue
		}
		at, until := chunkRange(directory, number+cx, number+cx)
		if at < begin || until < at || until > end {
			return damaged(f, errors.New("its directory is wrong"))
		}
		entry := directory[(number+cx)*entryBytes:]
		d, err := r.decode(f, v, cx, cy, raw[at-begin:until-begin], binary.LittleEndian.Uint32(entry[4:]))
		if err != nil {
			return damaged(f, fmt.Errorf("level %d, chunk %d, %d: %w", p.number, cx, cy, err))
		}
		r.copy(&d, p, s, cx, cy, w, dst)
	}
	return nil
}

// chunkRange is where chunks lie from the end of the directory on.
func chunkRange(directory []byte, first, last int) (begin, end int64) {
	if first > 0 {
		begin = int64(binary.LittleEndian.Uint32(directory[(first-1)*entryBytes:]))
	}
	return begin, int64(binary.LittleEndian.Uint32(directory[last*entryBytes:]))
}

// directory reads where the field's chunks lie.
func (r *reader) directory(f fieldAt) ([]byte, error) {
	name := chunkName(f.record.id, directoryChunk)
	if d := r.cache.get(name); d != nil {
		return d.directory, nil
	}
	size := f.run.layout.chunks * entryBytes
	if int64(size) > int64(f.record.span.bytes) {
		return nil, damaged(f, errors.New("it is too short"))
	}
	directory := make([]byte, size)
	if err := readAt(f, directory, f.record.span.offset); err != nil {
		return nil, err
	}
	if checksum(directory) != f.record.sum {
		return nil, damaged(f, errors.New("the checksum of its directory does not hold"))
	}
	r.cache.put(name, &decoded{directory: directory})
	return directory, nil
}

// read reads some bytes into scratch memory, with spareBytes behind them.
func (r *reader) read(f fieldAt, offset int64, size int) ([]byte, error) {
	if cap(r.bytes) < size+spareBytes {
		r.bytes = make([]byte, size+size/4+spareBytes)
	}
	raw := r.bytes[:size]
	return raw, readAt(f, raw, offset)
}

// readAt reads all of b. A file that ends before is damaged.
func readAt(f fieldAt, b []byte, offset int64) error {
	_, err := f.record.file.ReadAt(b, offset)
	if errors.Is(err, io.EOF) {
		return damaged(f, errors.New("the file ends before it"))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", describe(f.record.key), err)
	}
	return nil
}

// damaged is the error of a field whose bytes are not those that were written.
func damaged(f fieldAt, err error) error {
	return fmt.Errorf("%w: %s: %s: %w", store.ErrDamaged, f.record.file.Name(), describe(f.record.key), err)
}

// decode decodes a chunk, into memory of its own for the cache, or into scratch memory if there is none.
func (r *reader) decode(f fieldAt, v *level, cx, cy int, raw []byte, sum uint32) (decoded, error) {
	if checksum(raw) != sum {
		return decoded{}, errors.New("the checksum does not hold")
	}
	w, h := v.size(cx, cy)
	d := decoded{values: r.values[:w*h], width: w}
	if r.cache != nil && !isConstant(raw) {
		d.values = make([]float32, w*h)
	}
	var rule *rule
	if f.record.scaling.quantised {
		rule = &r.rule
	}
	constant, value, err := decodeChunk(d.values, raw, w, rule, &r.numbers)
	if err != nil {
		return decoded{}, err
	}
	if constant {
		d.values, d.constant = nil, value
	}
	if r.cache != nil {
		kept := d
		r.cache.put(chunkName(f.record.id, v.first+cy*v.across+cx), &kept)
	}
	return d, nil
}

// copy writes the part of a chunk that lies in the window.
func (r *reader) copy(d *decoded, p *parts, s span, cx, cy int, w grid.Window, dst []float32) {
	left, top := cx*p.level.width, cy*p.level.height
	x0, x1 := max(s.x0, left), min(s.x1, left+d.width)
	y0, y1 := max(p.y0, top), min(p.y1, top+p.level.height)
	n := x1 - x0
	to := (y0-w.Y0)*w.NX + s.to + x0 - s.x0
	if d.values == nil {
		for range y1 - y0 {
			fillWith(dst[to:to+n], d.constant)
			to += w.NX
		}
		return
	}
	at := (y0-top)*d.width + x0 - left
	for range y1 - y0 {
		copy(dst[to:to+n], d.values[at:at+n])
		at += d.width
		to += w.NX
	}
}
