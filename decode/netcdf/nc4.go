package netcdf

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"isobar/decode/netcdf/hdf5"
)

// onlyDim begins the attribute NAME of a dataset that stands for a dimension without coordinates.
const onlyDim = "This is a netCDF dimension but not a netCDF variable"

// openHDF5 finds dimensions and variables in the groups of a file that the NetCDF-4 library wrote, or one like it.
func openHDF5(r io.ReaderAt, size int64) (*File, error) {
	h, err := hdf5.Open(r, size)
	if err != nil {
		return nil, err
	}
	var s scales
	f := s.group(h, nil)
	slices.SortStableFunc(s.dims, func(a, b numbered) int { return int(min(max(a.id-b.id, -1), 1)) })
	s.fill(f, h)
	return f, nil
}

// scales are the dimensions of a file: their names by the addresses of their datasets, and they themselves by their numbers.
type scales struct {
	names map[int64]string
	dims  []numbered
}

// numbered is a dimension with the library's number for it.
type numbered struct {
	id  float64
	dim Dim
}

// group makes a group with its dimensions, and those in it. Attributes of the groups around it hold for it too.
func (s *scales) group(h *hdf5.File, above Attrs) *File {
	f := &File{Format: "NetCDF-4", Name: h.Name, Attrs: append(attrsOf(h.Attrs), above...), Broken: h.Broken}
	for _, d := range byCreation(h) {
		if find(d.Attrs, "CLASS").Text != "DIMENSION_SCALE" || len(d.Shape) == 0 {
			continue
		}
		id := float64(len(s.dims)) + 1e6
		if n := find(d.Attrs, "_Netcdf4Dimid").Numbers; len(n) == 1 {
			id = n[0]
		}
		if s.names == nil {
			s.names = map[int64]string{}
		}
		s.names[d.Address] = d.Name
		s.dims = append(s.dims, numbered{id, Dim{Name: d.Name, Len: d.Shape[0]}})
	}
	for _, g := range h.Groups {
		f.Groups = append(f.Groups, s.group(g, f.Attrs))
	}
	return f
}

// byCreation are a group's datasets in the order in which they were made.
func byCreation(h *hdf5.File) []*hdf5.Dataset {
	sets := slices.Clone(h.Datasets)
	slices.SortStableFunc(sets, func(a, b *hdf5.Dataset) int { return int(min(max(a.Order-b.Order, -1), 1)) })
	return sets
}

// fill adds the variables of a group and of those in it. What is in a group is known to those in it, unless they have something of that name.
func (s *scales) fill(f *File, h *hdf5.File) {
	for _, d := range s.dims {
		f.Dims = append(f.Dims, d.dim)
	}
	for _, d := range byCreation(h) {
		if !strings.HasPrefix(find(d.Attrs, "NAME").Text, onlyDim) {
			f.Vars = append(f.Vars, f.variable(d, s.names))
		}
	}
	for k, g := range f.Groups {
		g.Above = append(slices.Clone(f.Vars), f.Above...)
		s.fill(g, h.Groups[k])
	}
}

// find is an attribute; one without anything where it is not there.
func find(all []hdf5.Attr, name string) (a hdf5.Attr) {
	for _, a := range all {
		if a.Name == name {
			return a
		}
	}
	return a
}

// variable is a dataset as a variable.
func (f *File) variable(d *hdf5.Dataset, scales map[int64]string) *Var {
	v := &Var{Name: strings.TrimPrefix(d.Name, "_nc4_non_coord_"), Shape: d.Shape, Type: typeOf(d.Type), Attrs: attrsOf(d.Attrs)}
	lists := find(d.Attrs, "DIMENSION_LIST").References
	for k, n := range d.Shape {
		name := ""
		if k < len(lists) && len(lists[k]) > 0 {
			name = scales[lists[k][0]]
		}
		if name == "" && k == 0 && scales[d.Address] != "" {
			name = d.Name
		}
		if own := find(d.Attrs, "_Netcdf4Coordinates").Numbers; name == "" && len(own) == len(d.Shape) {
			name = f.dimension(int(own[k]), n)
		}
		if name == "" {
			name = f.phony(n)
		}
		v.Dims = append(v.Dims, name)
	}
	v.read = d.Read
	v.stored = d.Stored
	return v
}

// dimension is the name of one by its number, if its length is right.
func (f *File) dimension(id, n int) string {
	if id >= 0 && id < len(f.Dims) && f.Dims[id].Len == n {
		return f.Dims[id].Name
	}
	return ""
}

// phony is a dimension for files that have none: the first of that length.
func (f *File) phony(n int) string {
	for _, d := range f.Dims {
		if d.Len == n {
			return d.Name
		}
	}
	d := Dim{Name: fmt.Sprintf("phony_dim_%d", len(f.Dims)), Len: n}
	f.Dims = append(f.Dims, d)
	return d.Name
}

// typeOf is our name of a type; String stands for all that are no numbers.
func typeOf(t hdf5.Type) Type {
	switch {
	case t.Class == hdf5.Real && t.Size == 4:
		return Float
	case t.Class == hdf5.Real:
		return Double
	case t.Class == hdf5.Text && t.Size == 1:
		return Char
	case t.Class != hdf5.Integer:
		return String
	}
	signed, unsigned := Byte, UByte
	switch size := t.Size; {
	case size == 2:
		signed, unsigned = Short, UShort
	case size == 3, size == 4:
		signed, unsigned = Int, UInt
	case size > 4:
		signed, unsigned = Int64, UInt64
	}
	if t.Signed {
		return signed
	}
	return unsigned
}

// hidden are attributes that belong to the format.
var hidden = map[string]bool{
	"CLASS": true, "NAME": true, "DIMENSION_LIST": true, "REFERENCE_LIST": true, "DIMENSION_LABELS": true,
	"_Netcdf4Dimid": true, "_Netcdf4Coordinates": true, "_NCProperties": true, "_nc3_strict": true,
}

func attrsOf(all []hdf5.Attr) (attrs Attrs) {
	for _, a := range all {
		if hidden[a.Name] {
			continue
		}
		out := Attr{Name: a.Name, Text: a.Text, Numbers: a.Numbers, Type: typeOf(a.Type)}
		if out.Type == String {
			out.Type = Char
		}
		attrs = append(attrs, out)
	}
	return attrs
}
