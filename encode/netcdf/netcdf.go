// Package netcdf writes coverages as classic NetCDF with 64-bit offsets (CDF-2) by the CF conventions, in one pass.
package netcdf

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"isobar/coverage"
	"isobar/encode"
	"isobar/encode/cf"
)

// maxVariable is the bytes of one variable that CDF-2 has room for (NetCDF classic format, "64-bit offset format limitations").
const maxVariable = 1<<32 - 4

// Format is NetCDF. params knows the statistics of elements.
func Format(params cf.Parameters) encode.Coverage {
	return encode.Coverage{
		Name: "netcdf", Type: Type, Extension: ".nc",
		Check: check,
		Size: func(s *coverage.Source) (int64, bool) {
			f := layOut(cf.New(s, params))
			return f.size, true
		},
		Encode: func(ctx context.Context, w io.Writer, s *coverage.Source) error {
			if err := check(s); err != nil {
				return err
			}
			return write(ctx, w, s, cf.New(s, params))
		},
	}
}

// check refuses what is too large for the format.
func check(s *coverage.Source) error {
	for v := range s.Variables {
		if bytes := 4 * int64(s.Planes(v)) * int64(s.Width()) * int64(s.Height()); bytes > maxVariable {
			return fmt.Errorf("NetCDF %w %s in %d bytes: at most %d", encode.ErrUnfit, s.Variables[v].Name, bytes, int64(maxVariable))
		}
	}
	if bytes := 8 * int64(s.Width()) * int64(s.Height()); bytes > maxVariable {
		return fmt.Errorf("NetCDF %w %d by %d cells", encode.ErrUnfit, s.Width(), s.Height())
	}
	return nil
}

// file is a layout whose positions are known.
type file struct {
	*cf.Layout
	begins []int64
	head   []byte
	size   int64
}

// The numbers of the format's grammar.
const (
	tagDimension = 0x0A
	tagVariable  = 0x0B
	tagAttribute = 0x0C
	typeChar     = 2
	typeInt      = 4
	typeFloat    = 5
	typeDouble   = 6
)

// typeOf is a type and its bytes.
func typeOf(t cf.Type) (number uint32, bytes int64) {
	switch t {
	case cf.Int:
		return typeInt, 4
	case cf.Float:
		return typeFloat, 4
	}
	return typeDouble, 8
}

// layOut places variables one behind the other. The header's length does not depend on where they lie.
func layOut(l *cf.Layout) *file {
	f := &file{Layout: l, begins: make([]int64, len(l.Vars))}
	at := int64(len(f.header()))
	for i := range l.Vars {
		f.begins[i] = at
		at += f.bytes(i)
	}
	f.head, f.size = f.header(), at
	return f
}

// bytes is the length of a variable, filled up to four.
func (f *file) bytes(i int) int64 {
	_, size := typeOf(f.Vars[i].Type)
	return (int64(f.Size(&f.Vars[i]))*size + 3) &^ 3
}

// header is everything before the numbers.
func (f *file) header() []byte {
	h := header{append(make([]byte, 0, 4096), 'C', 'D', 'F', 2)}
	h.number(0) // records
	h.number(tagDimension)
	h.number(uint32(len(f.Dims)))
	index := map[string]uint32{}
	for i, d := range f.Dims {
		index[d.Name] = uint32(i)
		h.name(d.Name)
		h.number(uint32(d.Len))
	}
	h.attributes(f.Attrs)
	h.number(tagVariable)
	h.number(uint32(len(f.Vars)))
	for i := range f.Vars {
		v := &f.Vars[i]
		h.name(v.Name)
		h.number(uint32(len(v.Dims)))
		for _, d := range v.Dims {
			h.number(index[d])
		}
		h.attributes(v.Attrs)
		kind, _ := typeOf(v.Type)
		h.number(kind)
		h.number(uint32(f.bytes(i)))
		h.b = binary.BigEndian.AppendUint64(h.b, uint64(f.begins[i]))
	}
	return h.b
}

// header is bytes in the making.
type header struct{ b []byte }

func (h *header) number(v uint32) { h.b = binary.BigEndian.AppendUint32(h.b, v) }

func (h *header) name(text string) {
	h.number(uint32(len(text)))
	h.b = append(h.b, text...)
	h.pad()
}

func (h *header) pad() {
	for len(h.b)%4 != 0 {
		h.b = append(h.b, 0)
	}
}

func (h *header) attributes(attrs []cf.Attr) {
	if len(attrs) == 0 {
		h.number(0)
		h.number(0)
		return
	}
	h.number(tagAttribute)
	h.number(uint32(len(attrs)))
	for _, a := range attrs {
		h.name(a.Name)
		if a.Numbers == nil {
			h.number(typeChar)
			h.name(a.Text)
			continue
		}
		kind, _ := typeOf(a.Type)
		h.number(kind)
		h.number(uint32(len(a.Numbers)))
		for _, v := range a.Numbers {
			h.b = appendNumber(h.b, v, a.Type)
		}
		h.pad()
	}
}

func appendNumber(b []byte, v float64, t cf.Type) []byte {
	switch t {
	case cf.Int:
		return binary.BigEndian.AppendUint32(b, uint32(int32(v)))
	case cf.Float:
		return binary.BigEndian.AppendUint32(b, math.Float32bits(float32(v)))
	}
	return binary.BigEndian.AppendUint64(b, math.Float64bits(v))
}

// write gives the header, then the variables in order.
func write(ctx context.Context, out io.Writer, s *coverage.Source, l *cf.Layout) error {
	f := layOut(l)
	w := bufio.NewWriterSize(out, 1<<18)
	if _, err := w.Write(f.head); err != nil {
		return err
	}
	for i := range f.Vars {
		var err error
		switch v := &f.Vars[i]; {
		case v.Values != nil:
			b := make([]byte, 0, f.bytes(i))
			for _, x := range v.Values {
				b = appendNumber(b, x, v.Type)
			}
			_, err = w.Write(b)
		case v.Rows != nil:
			err = rows(ctx, w, s, v)
		default:
			err = data(ctx, w, s, v.Data)
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

// rows writes a coordinate over the whole grid.
func rows(ctx context.Context, w *bufio.Writer, s *coverage.Source, v *cf.Var) error {
	step := s.Rows()
	values := make([]float64, step*s.Width())
	b := make([]byte, 0, 8*len(values))
	for row := 0; row < s.Height(); row += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(step, s.Height()-row)
		v.Rows(row, n, values[:n*s.Width()])
		b = b[:0]
		for _, x := range values[:n*s.Width()] {
			b = appendNumber(b, x, v.Type)
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// data writes a variable of the coverage: small fields many at a time, so that they are read in one batch, large ones in parts.
func data(ctx context.Context, w *bufio.Writer, s *coverage.Source, v int) error {
	together, step := s.Block(), s.Rows()
	if together > 1 {
		step = s.Height()
	}
	values := make([]float32, together*step*s.Width())
	b := make([]byte, 4*len(values))
	for plane := 0; plane < s.Planes(v); plane += together {
		n := min(together, s.Planes(v)-plane)
		for row := 0; row < s.Height(); row += step {
			rows := min(step, s.Height()-row)
			part := values[:n*rows*s.Width()]
			if err := s.Read(ctx, v, plane, n, row, rows, part); err != nil {
				return err
			}
			bigEndian(b, part)
			if _, err := w.Write(b[:4*len(part)]); err != nil {
				return err
			}
		}
	}
	return nil
}

// bigEndian writes numbers, the fill value for those that are missing.
func bigEndian(b []byte, values []float32) {
	b = b[:4*len(values)]
	for i, v := range values {
		if v != v {
			v = cf.Fill
		}
		binary.BigEndian.PutUint32(b[4*i:4*i+4], math.Float32bits(v))
	}
}
