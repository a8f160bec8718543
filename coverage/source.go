package coverage

import (
	"context"
	"fmt"
	"math"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/sample"
)

// Source is a coverage resolved: it knows all but the values, and reads those on demand. Safe for concurrent use.
type Source struct {
	Cube
	Geometry

	fields  sample.Fields
	sampler Sampler
	name    string // of the system, in plans
	whole   bool   // the fields as they are
	mask    *mask  // nil: no cell is left out
}

// New resolves a cube and a cut. Values are read from f, which must be held as long as the source is. Errors are the package's own.
func New(f sample.Fields, s Sampler, cube Cube, cut Cut) (*Source, error) {
	if err := cube.check(); err != nil {
		return nil, err
	}
	g, err := resolve(cube.Variables[0].Layer.Grid, cut)
	if err != nil {
		return nil, err
	}
	source := &Source{Cube: cube, Geometry: g, fields: f, sampler: s, name: g.Ref.Code}
	nx, ny := cube.Variables[0].Layer.Grid.Shape()
	source.whole = wholeOf(&source.Geometry, &cut, nx, ny)
	if g.Ref.Code == cube.Variables[0].Layer.Grid.ID() {
		source.Ref.Code = ""
	}
	if cut.Area != nil {
		source.mask, source.whole = &mask{area: cut.Area}, false
	}
	return source, nil
}

// Cells is how many values the answer has, over all fields.
func (s *Source) Cells() int64 { return int64(s.Width()) * int64(s.Height()) * int64(s.Bands()) }

// blockCells is how many values are read at a time.
const blockCells = 1 << 20

// Rows is how many rows of one field may be read at a time: some, in whole chunks of the store where that fits.
func (s *Source) Rows() int {
	rows := max(blockCells/s.Width(), 1)
	if rows > 64 {
		rows -= rows % 64
	}
	return min(rows, s.Height())
}

// Block is how many fields of full height may be read at a time, one at least.
func (s *Source) Block() int { return max(blockCells/(s.Width()*s.Height()), 1) }

// Read writes rows of n fields of a variable, from one field and one row on: len(dst) == n*rows*Width. Values are in the element's
// unit, NaN where there is none. Fields that are cut alone are read in one batch.
func (s *Source) Read(ctx context.Context, v, plane, n, row, rows int, dst []float32) error {
	size := rows * s.Width()
	if n < 1 || plane < 0 || plane+n > s.Planes(v) || row < 0 || rows < 1 || row+rows > s.Height() || len(dst) != n*size {
		return fmt.Errorf("coverage: %d fields from %d, %d rows from %d into %d values", n, plane, rows, row, len(dst))
	}
	if err := s.read(ctx, v, plane, n, row, rows, dst); err != nil {
		return err
	}
	s.hide(n, row, rows, dst)
	return nil
}

// read is Read without what an area leaves out.
func (s *Source) read(ctx context.Context, v, plane, n, row, rows int, dst []float32) error {
	if s.Exact {
		return s.cells(ctx, v, plane, n, row, rows, dst)
	}
	size := rows * s.Width()
	for i := range n {
		if err := s.sampled(ctx, v, plane+i, row, rows, dst[i*size:(i+1)*size]); err != nil {
			return err
		}
	}
	return nil
}

// Stored reads a window of one field's own cells, whatever part of them the answer has: len(dst) == w.NX*w.NY.
func (s *Source) Stored(ctx context.Context, v, plane int, w grid.Window, dst []float32) error {
	if plane < 0 || plane >= s.Planes(v) || w.NX < 1 || w.NY < 1 || len(dst) != w.NX*w.NY {
		return fmt.Errorf("coverage: window %+v of field %d into %d values", w, plane, len(dst))
	}
	return s.stored(ctx, v, plane, 1, w, dst)
}

// cells reads rows of an exact answer.
func (s *Source) cells(ctx context.Context, v, plane, n, row, rows int, dst []float32) error {
	w := s.window
	w.Y0, w.NY = w.Y0+row, rows
	return s.stored(ctx, v, plane, n, w, dst)
}

// stored reads stored values of several fields.
func (s *Source) stored(ctx context.Context, v, plane, n int, w grid.Window, dst []float32) error {
	size := w.NX * w.NY
	var keys []field.Key
	var into [][]float32
	type formula struct {
		in  sample.Input
		at  int
		dst []float32
	}
	var derived []formula
	for i := range n {
		out := dst[i*size : (i+1)*size]
		p, ok := s.Pick(v, plane+i)
		switch {
		case !ok:
			missing(out)
			continue
		case p.Input.Expr != nil:
			derived = append(derived, formula{p.Input, len(keys), out})
		}
		for j, k := range p.Input.Keys {
			to := out
			if j > 0 {
				to = make([]float32, size)
			}
			keys, into = append(keys, k), append(into, to)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	if err := s.fields.Windows(ctx, keys, w, into); err != nil {
		return err
	}
	for _, d := range derived {
		d.in.Expr.Eval(d.dst, into[d.at:d.at+len(d.in.Keys)])
	}
	return nil
}

// missing marks values as such.
func missing(dst []float32) {
	for i := range dst {
		dst[i] = float32(math.NaN())
	}
}

// sampled interpolates rows of one field, in parts that do not take much memory.
func (s *Source) sampled(ctx context.Context, v, plane, row, rows int, dst []float32) error {
	p, ok := s.Pick(v, plane)
	if !ok {
		missing(dst)
		return nil
	}
	in, fine := p.Input, s.fine
	if s.near || in.Nearest || in.Circular && fine > 1 { // the means of parts are of plain numbers
		in.Nearest, fine = true, 1
	}
	if fine < maxFine { // else what is finer than the subdivisions is in the pyramid's means
		in.MaxLevel, in.MinLevel = 0, 0
	}
	w := s.Width()
	part := min(max(4*blockCells/(w*fine*fine), 1), rows, max(maxSide/fine, 1))
	var buffer []float32
	if fine > 1 {
		buffer = make([]float32, w*fine*part*fine)
	}
	for first := 0; first < rows; first += part {
		n := min(part, rows-first)
		out := dst[first*w : (first+n)*w]
		into := out
		if fine > 1 {
			into = buffer[:len(out)*fine*fine]
		}
		if err := s.sampler.View(ctx, s.fields, in, s.view(row+first, n, fine), into); err != nil {
			return err
		}
		if fine > 1 {
			means(out, into, w, fine)
		}
	}
	return nil
}

// view frames some rows of the answer, each cell cut into fine x fine.
func (s *Source) view(row, rows, fine int) geo.View {
	ref := s.Ref
	ref.Code = s.name
	top := s.Box.MaxY() - float64(row)*s.DY
	box := geo.Box{s.Box.MinX(), top - float64(rows)*s.DY, s.Box.MaxX(), top}
	return geo.View{Ref: ref, Box: box, Width: s.Width() * fine, Height: rows * fine}
}

// means takes the mean of each square of fine x fine values, those that are missing left out; missing where most are.
func means(dst, src []float32, width, fine int) {
	for k := range dst {
		i, j := k%width, k/width
		sum, n := 0.0, 0
		for b := range fine {
			line := src[(j*fine+b)*width*fine+i*fine:][:fine]
			for _, v := range line {
				if v == v {
					sum += float64(v)
					n++
				}
			}
		}
		if 2*n < fine*fine {
			dst[k] = float32(math.NaN())
			continue
		}
		dst[k] = float32(sum / float64(n))
	}
}
