package zarr

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"isobar/encode/cf"
)

// Group is a layout as a store of Zarr arrays that are made when they are asked for: its documents, in versions 3 and 2 at one root, and
// where its chunks lie. Immutable.
type Group struct {
	Layout *cf.Layout

	documents map[string][]byte
	arrays    map[string]*Array
}

// Array is one variable of a group, cut into chunks.
type Array struct {
	*cf.Var
	Shape, Chunk []int // cells along each dimension, of the array and of a chunk
}

// Chunk is a piece of an array. The last of an axis is as large as the others and reaches beyond the array's end.
type Chunk struct {
	*Array
	Index []int
}

// chunkSide is how many cells a chunk has at most along an axis of places, and chunkRun along the only one of a grid without rows.
const (
	chunkSide = 512
	chunkRun  = 1 << 18
)

// NewGroup makes a group's documents. attrs are added to those of the group.
func NewGroup(l *cf.Layout, attrs map[string]any) (*Group, error) {
	g := &Group{Layout: l, documents: map[string][]byte{}, arrays: map[string]*Array{}}
	rootAttrs := attributes(l.Attrs)
	for name, v := range attrs {
		rootAttrs[name] = v
	}
	root := group{Format: 3, Node: "group", Attributes: rootAttrs, Consolidated: consolidated{Kind: "inline", Metadata: map[string]array{}}}
	all := map[string]any{groupFile: group2{2}, attrsFile: rootAttrs}
	documents := map[string]any{attrsFile: rootAttrs, groupFile: group2{2}}
	for i := range l.Vars {
		a := newArray(l, &l.Vars[i])
		g.arrays[a.Name] = a
		three := describe(l, a.Var, a.Chunk)
		root.Consolidated.Metadata[a.Name] = three
		two, attrs2 := describe2(a, three)
		documents[a.Name+"/zarr.json"] = three
		for name, v := range map[string]any{a.Name + "/" + arrayFile: two, a.Name + "/" + attrsFile: attrs2} {
			documents[name], all[name] = v, v
		}
	}
	documents["zarr.json"], documents[".zmetadata"] = root, consolidated2{1, all}
	for name, v := range documents {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		g.documents[name] = text
	}
	return g, nil
}

// newArray cuts a variable: coordinates are whole, fields and places of cells in even pieces.
func newArray(l *cf.Layout, v *cf.Var) *Array {
	a := &Array{Var: v, Shape: []int{}, Chunk: []int{}}
	for i, d := range v.Dims {
		n := l.Len(d)
		chunk := n
		switch last := v.Dims[len(v.Dims)-1]; {
		case v.Values != nil:
		case d == cf.DimCells:
			chunk = min(n, chunkRun)
		case last != cf.DimCells && i >= len(v.Dims)-2:
			chunk = pieceOf(n)
		default:
			chunk = 1
		}
		a.Shape, a.Chunk = append(a.Shape, n), append(a.Chunk, chunk)
	}
	return a
}

// pieceOf is the length of even pieces of an axis, in whole chunks of the store where there are several.
func pieceOf(n int) int {
	const whole = 64
	pieces := (n + chunkSide - 1) / chunkSide
	if pieces == 1 {
		return n
	}
	return ((n+pieces-1)/pieces + whole - 1) / whole * whole
}

// Document is one of the group's documents, by its name below the root.
func (g *Group) Document(name string) (text []byte, ok bool) {
	text, ok = g.documents[name]
	return text, ok
}

// Chunk finds a chunk by its name: "t2m/c/0/1/0" in version 3, "t2m/0.1.0" in version 2. ok is false for one that lies outside.
func (g *Group) Chunk(name string) (c Chunk, ok bool) {
	array, rest, found := strings.Cut(name, "/")
	c.Array, ok = g.arrays[array]
	if !found || !ok {
		return c, false
	}
	var words []string
	switch in3, is3 := strings.CutPrefix(rest, "c/"); {
	case is3:
		words = strings.Split(in3, "/")
	case rest == "c" || rest == "0" && len(c.Shape) == 0: // of a scalar
	default:
		words = strings.Split(rest, ".")
	}
	if len(words) != len(c.Shape) {
		return c, false
	}
	for i, word := range words {
		n, err := strconv.Atoi(word)
		if err != nil || n < 0 || n >= (c.Shape[i]+c.Array.Chunk[i]-1)/c.Array.Chunk[i] || strconv.Itoa(n) != word {
			return c, false
		}
		c.Index = append(c.Index, n)
	}
	return c, true
}

// Part is where a chunk begins along an axis, counted from the last one for negative numbers, and how many cells it has that are the
// array's.
func (c Chunk) Part(axis int) (first, n int) {
	if axis < 0 {
		axis += len(c.Shape)
	}
	first = c.Index[axis] * c.Array.Chunk[axis]
	return first, min(c.Array.Chunk[axis], c.Shape[axis]-first)
}

// Fields packs the values of a chunk's part of a field, row after row. What lies beyond the array's end is missing.
func (c Chunk) Fields(part []float32) ([]byte, error) {
	return pack(appendNumbers(nil, filled(c, part, float32(math.NaN())), c.Type))
}

// Coordinates packs a chunk of a coordinate.
func (c Chunk) Coordinates() ([]byte, error) {
	if c.Values != nil {
		return pack(appendNumbers(nil, c.Values, c.Type))
	}
	x, nx := c.Part(-1)
	part := make([]float64, nx)
	if c.Cells != nil {
		c.Cells(x, part)
	} else {
		y, ny := c.Part(-2)
		row := make([]float64, c.Shape[1])
		part = part[:0]
		for j := range ny {
			c.Rows(y+j, 1, row)
			part = append(part, row[x:x+nx]...)
		}
	}
	return pack(appendNumbers(nil, filled(c, part, math.NaN()), c.Type))
}

// filled lays out a part as a whole chunk.
func filled[T float32 | float64](c Chunk, part []T, fill T) []T {
	size := 1
	for _, n := range c.Array.Chunk {
		size *= n
	}
	if size == len(part) {
		return part
	}
	_, nx := c.Part(-1)
	width := c.Array.Chunk[len(c.Shape)-1]
	whole := make([]T, size)
	for i := range whole {
		whole[i] = fill
	}
	for j := 0; j*nx < len(part); j++ {
		copy(whole[j*width:], part[j*nx:(j+1)*nx])
	}
	return whole
}

func appendNumbers[T float32 | float64](b []byte, values []T, t cf.Type) []byte {
	b = slices.Grow(b, dataTypes[t].bytes*len(values))
	for _, v := range values {
		b = appendNumber(b, float64(v), t)
	}
	return b
}

// pack compresses a chunk.
func pack(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzipLevel)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
