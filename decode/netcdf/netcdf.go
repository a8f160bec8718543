// Package netcdf reads the variables of NetCDF files: the classic formats (CDF-1, CDF-2 and CDF-5) and NetCDF-4, which is HDF5.
package netcdf

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"

	"isobar/decode/netcdf/hdf5"
)

// ErrInvalid is a file that breaks the rules of its format. Errors wrap it and say what is at fault.
var ErrInvalid = errors.New("invalid NetCDF")

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

// File is the root group of a file, or one below. The slices are not to be changed.
type File struct {
	Name   string // of a group below the root
	Format string // "classic", "64-bit offset", "64-bit data" or "NetCDF-4"
	Dims   []Dim
	Vars   []*Var
	Attrs  Attrs
	Broken []error // variables that can't be read, by name
	Groups []*File // in it
	Above  []*Var  // variables of the groups around it, the nearest first
}

// All is the variables of a group, and those of the groups around it.
func (f *File) All() []*Var {
	if len(f.Above) == 0 {
		return f.Vars
	}
	return append(slices.Clone(f.Vars), f.Above...)
}

// Each gives the group and all below it.
func (f *File) Each() iter.Seq[*File] {
	return func(yield func(*File) bool) { f.each(yield) }
}

func (f *File) each(yield func(*File) bool) bool {
	if !yield(f) {
		return false
	}
	for _, g := range f.Groups {
		if !g.each(yield) {
			return false
		}
	}
	return true
}

// Dim is a dimension.
type Dim struct {
	Name string
	Len  int
}

// Var is a variable. Its numbers are read on demand, safe for concurrent use.
type Var struct {
	Name  string
	Dims  []string // names of its dimensions, the slowest first
	Shape []int
	Type  Type
	Attrs Attrs

	read   func(start, count []int, put func(i int, x float64)) error
	stored func() int64 // bounds the bytes of values that the file can hold; nil: as many as its size
}

// Type is what a variable's values are.
type Type int

// The types, named as in CDL.
const (
	Byte Type = iota + 1
	Char
	Short
	Int
	Float
	Double
	UByte
	UShort
	UInt
	Int64
	UInt64
	String
)

// Attrs are attributes, in the file's order.
type Attrs []Attr

// Attr is an attribute: text, or numbers.
type Attr struct {
	Name    string
	Text    string
	Numbers []float64
	Type    Type
}

// Text is an attribute's text, "" where it is not there or numbers.
func (a Attrs) Text(name string) string {
	for i := range a {
		if a[i].Name == name {
			return a[i].Text
		}
	}
	return ""
}

// Numbers is an attribute's numbers, none where it is not there or text.
func (a Attrs) Numbers(name string) []float64 {
	for i := range a {
		if a[i].Name == name {
			return a[i].Numbers
		}
	}
	return nil
}

// Number is an attribute's only or first number, or another where there is none.
func (a Attrs) Number(name string, other float64) float64 {
	if n := a.Numbers(name); len(n) > 0 {
		return n[0]
	}
	return other
}

// Detect tells from the first bytes of a file whether it is NetCDF, or HDF5, which NetCDF-4 files are.
func Detect(head []byte) bool {
	return len(head) >= 4 && string(head[:3]) == "CDF" && (head[3] == 1 || head[3] == 2 || head[3] == 5) || hdf5.Detect(head)
}

// Open reads a file's head.
func Open(r io.ReaderAt, size int64) (*File, error) {
	var head [8]byte
	if n, err := r.ReadAt(head[:], 0); n < 4 {
		if err != nil && err != io.EOF {
			return nil, err
		}
		return nil, invalid("%d bytes", n)
	}
	if string(head[:3]) == "CDF" {
		return openClassic(r, size)
	}
	return openHDF5(r, size)
}

// Var finds a variable of the group or of those around it; nil if there is none of that name.
func (f *File) Var(name string) *Var {
	for _, list := range [][]*Var{f.Vars, f.Above} {
		for _, v := range list {
			if v.Name == name {
				return v
			}
		}
	}
	return nil
}

// Len is how many values there are; -1 for more than can be counted.
func (v *Var) Len() int { return product(v.Shape) }

// maxValues bounds the values of a variable.
const maxValues = 1 << 48

func product(shape []int) int {
	n := 1
	for _, k := range shape {
		if k < 0 || k > 0 && n > maxValues/k {
			return -1
		}
		n *= k
	}
	return n
}

// Numeric tells that the values are numbers.
func (v *Var) Numeric() bool { return v.Type != Char && v.Type != String }

// Read gives count values from start on along each dimension to put, with their index in that part, in any order; each once.
// Numbers are as stored: neither scaled nor compared with _FillValue.
func (v *Var) Read(start, count []int, put func(i int, x float64)) error {
	if !v.Numeric() {
		return fmt.Errorf("netcdf: %s holds no numbers", v.Name)
	}
	if len(start) != len(v.Shape) || len(count) != len(v.Shape) {
		return fmt.Errorf("netcdf: %s has %d dimensions, not %d", v.Name, len(v.Shape), len(start))
	}
	for d, n := range v.Shape {
		if start[d] < 0 || count[d] < 0 || start[d] > n || count[d] > n-start[d] {
			return fmt.Errorf("netcdf: %s: %d from %d on of %d", v.Name, count[d], start[d], n)
		}
	}
	if product(count) == 0 {
		return nil
	}
	return v.read(start, count, put)
}

// maxAll bounds what Coordinates reads: coordinates of the largest grids.
const maxAll = 1 << 26

// Coordinates reads all numbers of a coordinate variable: scaled, and NaN where they are missing. They are valid as they are (CF 1.11,
// 2.5.1), whatever range a file tells.
func (v *Var) Coordinates() ([]float64, error) {
	m := v.Mask()
	m.low, m.high = math.Inf(-1), math.Inf(1)
	return v.all(m)
}

// First is Coordinates of the first along the first dimension.
func (v *Var) First() ([]float64, error) {
	if len(v.Shape) == 0 || v.Shape[0] == 0 {
		return nil, fmt.Errorf("netcdf: %s has no first values", v.Name)
	}
	m, count := v.Mask(), slices.Clone(v.Shape)
	m.low, m.high = math.Inf(-1), math.Inf(1)
	count[0] = 1
	n := product(count)
	if n < 0 || n > maxAll {
		return nil, fmt.Errorf("netcdf: %s: %d values; at most %d are read", v.Name, n, maxAll)
	}
	if err := v.reach(); err != nil {
		return nil, err
	}
	values := make([]float64, n)
	err := v.Read(make([]int, len(count)), count, func(i int, x float64) { values[i] = m.Value(x) })
	return values, err
}

func (v *Var) all(m Mask) ([]float64, error) {
	n := v.Len()
	if n < 0 || n > maxAll {
		return nil, fmt.Errorf("netcdf: %s: %d values; at most %d are read", v.Name, n, maxAll)
	}
	if err := v.reach(); err != nil {
		return nil, err
	}
	values := make([]float64, n)
	err := v.Read(make([]int, len(v.Shape)), v.Shape, func(i int, x float64) { values[i] = m.Value(x) })
	return values, err
}

// smallest is a number of values that is no matter even if none of them is stored.
const smallest = 1 << 16

// reach reads the last value, so that memory is taken only for what is there.
func (v *Var) reach() error {
	if v.Len() == 0 {
		return nil
	}
	if v.stored != nil {
		if n := v.stored(); int64(v.Len()) > n+smallest {
			return invalid("%s: %d values where %d bytes are stored", v.Name, v.Len(), n)
		}
	}
	start, count := make([]int, len(v.Shape)), make([]int, len(v.Shape))
	for d, n := range v.Shape {
		start[d], count[d] = n-1, 1
	}
	return v.Read(start, count, func(int, float64) {})
}

// Mask turns stored numbers into values (CF 1.11, 2.5.1 and 8.1).
type Mask struct {
	scale, offset float64
	missing       []float64
	low, high     float64 // of what is valid
	signed        bool    // numbers of wrap values are to be taken as signed, or else as unsigned
	wrap          float64 // 0: as they are
}

// fills are the values that the library puts where nothing is written, for types where they can't be meant.
var fills = map[Type]float64{
	Short: -32767, Int: -2147483647, Float: float64(float32(9.9692099683868690e+36)), Double: 9.9692099683868690e+36,
	UShort: 65535, UInt: 4294967295, Int64: -9223372036854775806, UInt64: 18446744073709551614,
}

// Mask reads the attributes that say what numbers mean. What is valid is said of stored numbers.
func (v *Var) Mask() Mask {
	m := Mask{scale: v.Attrs.Number("scale_factor", 1), offset: v.Attrs.Number("add_offset", 0), low: math.Inf(-1), high: math.Inf(1)}
	m.missing = append(append([]float64(nil), v.Attrs.Numbers("_FillValue")...), v.Attrs.Numbers("missing_value")...)
	if fill, ok := fills[v.Type]; ok && len(v.Attrs.Numbers("_FillValue")) == 0 {
		m.missing = append(m.missing, fill)
	}
	if r := v.Attrs.Numbers("valid_range"); len(r) == 2 {
		m.low, m.high = r[0], r[1]
	}
	m.low, m.high = v.Attrs.Number("valid_min", m.low), v.Attrs.Number("valid_max", m.high)
	m.reread(v)
	if v.Type == Float { // an attribute may have more digits than what is stored
		for i, x := range m.missing {
			m.missing[i] = float64(float32(x))
		}
	}
	return m
}

// widths are how many values whole numbers of a type have.
var widths = map[Type]float64{Byte: 1 << 8, UByte: 1 << 8, Short: 1 << 16, UShort: 1 << 16, Int: 1 << 32, UInt: 1 << 32, Int64: 1 << 64, UInt64: 1 << 64}

// reread takes numbers as signed or not where the attribute _Unsigned says so: the classic format has no unsigned ones (NetCDF Users' Guide,
// appendix A).
func (m *Mask) reread(v *Var) {
	switch text := strings.ToLower(v.Attrs.Text("_Unsigned")); {
	case text == "true" && (v.Type == Byte || v.Type == Short || v.Type == Int || v.Type == Int64):
	case text == "false" && (v.Type == UByte || v.Type == UShort || v.Type == UInt || v.Type == UInt64):
		m.signed = true
	default:
		return
	}
	m.wrap = widths[v.Type]
	for i, x := range m.missing {
		m.missing[i] = m.unwrap(x)
	}
	m.low, m.high = m.unwrap(m.low), m.unwrap(m.high)
}

// unwrap is a number taken as signed, or as unsigned.
func (m *Mask) unwrap(x float64) float64 {
	switch {
	case m.wrap == 0 || math.IsInf(x, 0):
	case m.signed && x >= m.wrap/2:
		return x - m.wrap
	case !m.signed && x < 0:
		return x + m.wrap
	}
	return x
}

// Value is a stored number's, NaN where it is missing.
func (m *Mask) Value(x float64) float64 {
	if m.wrap != 0 {
		x = m.unwrap(x)
	}
	for _, missing := range m.missing {
		if x == missing {
			return math.NaN()
		}
	}
	if x < m.low || x > m.high {
		return math.NaN()
	}
	return x*m.scale + m.offset
}
