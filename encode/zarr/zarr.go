// Package zarr writes coverages as Zarr version 3 in a zip file, laid out by the CF conventions.
package zarr

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"io"
	"math"
	"strconv"

	"isobar/coverage"
	"isobar/encode"
	"isobar/encode/cf"
)

// Format is Zarr. params knows the statistics of elements.
func Format(params cf.Parameters) encode.Coverage {
	return encode.Coverage{
		Name: "zarr", Type: "application/zip; application=zarr", Extension: ".zarr.zip",
		Check: func(*coverage.Source) error { return nil },
		Size:  func(s *coverage.Source) (int64, bool) { return 3*s.Cells() + 16384 + 512*int64(s.Bands()), false },
		Encode: func(ctx context.Context, w io.Writer, s *coverage.Source) error {
			z := &writer{zip: zip.NewWriter(w), s: s, layout: cf.New(s, params)}
			if err := z.write(ctx); err != nil {
				return err
			}
			return z.zip.Close()
		},
	}
}

// gzipLevel is that of chunks.
const gzipLevel = 4

// array is an array's metadata (Zarr 3.1, "Array metadata").
type array struct {
	Format     int            `json:"zarr_format"`
	Node       string         `json:"node_type"`
	Shape      []int          `json:"shape"`
	DataType   string         `json:"data_type"`
	ChunkGrid  named          `json:"chunk_grid"`
	ChunkKeys  named          `json:"chunk_key_encoding"`
	Fill       any            `json:"fill_value"`
	Codecs     []named        `json:"codecs"`
	Attributes map[string]any `json:"attributes,omitempty"`
	Dimensions []string       `json:"dimension_names"`
}

// named is an extension point: a name and its configuration.
type named struct {
	Name          string         `json:"name"`
	Configuration map[string]any `json:"configuration,omitempty"`
}

// group is the root's metadata, with that of all arrays in it, so that a reader needs one request.
type group struct {
	Format       int            `json:"zarr_format"`
	Node         string         `json:"node_type"`
	Attributes   map[string]any `json:"attributes"`
	Consolidated consolidated   `json:"consolidated_metadata"`
}

type consolidated struct {
	Kind     string           `json:"kind"`
	Must     bool             `json:"must_understand"`
	Metadata map[string]array `json:"metadata"`
}

// dataTypes are the names of types, and their bytes.
var dataTypes = map[cf.Type]struct {
	name  string
	bytes int
}{cf.Int: {"int32", 4}, cf.Float: {"float32", 4}, cf.Double: {"float64", 8}}

// describe is the metadata of one variable of a layout, in chunks of a shape.
func describe(l *cf.Layout, v *cf.Var, chunk []int) array {
	a := array{
		Format: 3, Node: "array", Shape: []int{}, DataType: dataTypes[v.Type].name, Attributes: attributes(v.Attrs), Dimensions: v.Dims,
		ChunkGrid: named{"regular", map[string]any{"chunk_shape": chunk}}, ChunkKeys: named{"default", map[string]any{"separator": "/"}},
		Codecs: []named{{"bytes", map[string]any{"endian": "little"}}, {"gzip", map[string]any{"level": gzipLevel}}},
	}
	if a.Dimensions == nil {
		a.Dimensions = []string{}
	}
	for _, d := range v.Dims {
		a.Shape = append(a.Shape, l.Len(d))
	}
	switch {
	case v.Type == cf.Int:
		a.Fill = 0
	case v.Values == nil && v.Rows == nil && v.Cells == nil:
		a.Fill = "NaN"
	default:
		a.Fill = 0.0
	}
	return a
}

// attributes are a variable's, as JSON. The fill value stands elsewhere.
func attributes(attrs []cf.Attr) map[string]any {
	all := map[string]any{}
	for _, a := range attrs {
		switch {
		case a.Name == "_FillValue":
		case a.Numbers == nil:
			all[a.Name] = a.Text
		case len(a.Numbers) == 1:
			all[a.Name] = a.Numbers[0]
		default:
			all[a.Name] = a.Numbers
		}
	}
	return all
}

// writer writes one file.
type writer struct {
	zip    *zip.Writer
	s      *coverage.Source
	layout *cf.Layout
}

// chunkOf is the shape of a variable's chunks: one field, in parts of some rows where it is large.
func (z *writer) chunkOf(v *cf.Var) []int {
	chunk := []int{}
	for i, d := range v.Dims {
		n := z.layout.Len(d)
		switch {
		case v.Values != nil:
		case i == len(v.Dims)-2:
			n = z.s.Rows()
		case i < len(v.Dims)-2:
			n = 1
		}
		chunk = append(chunk, n)
	}
	return chunk
}

// write gives metadata first, then the chunks.
func (z *writer) write(ctx context.Context) error {
	root := group{Format: 3, Node: "group", Attributes: attributes(z.layout.Attrs), Consolidated: consolidated{Kind: "inline", Metadata: map[string]array{}}}
	for i := range z.layout.Vars {
		v := &z.layout.Vars[i]
		a := describe(z.layout, v, z.chunkOf(v))
		root.Consolidated.Metadata[v.Name] = a
		if err := z.document(v.Name+"/zarr.json", a); err != nil {
			return err
		}
	}
	if err := z.document("zarr.json", root); err != nil {
		return err
	}
	for i := range z.layout.Vars {
		if err := z.variable(ctx, &z.layout.Vars[i]); err != nil {
			return err
		}
	}
	return nil
}

// document adds a file of JSON.
func (z *writer) document(name string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return z.file(name, text)
}

// file adds a file whose bytes are as they are: chunks are packed already.
func (z *writer) file(name string, body []byte) error {
	w, err := z.zip.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(body), CompressedSize64: uint64(len(body)), UncompressedSize64: uint64(len(body)),
	})
	if err == nil {
		_, err = w.Write(body)
	}
	return err
}

// chunk packs and adds a chunk.
func (z *writer) chunk(v *cf.Var, index []int, raw []byte) error {
	name := v.Name + "/c"
	for _, i := range index {
		name += "/" + strconv.Itoa(i)
	}
	var b bytes.Buffer
	packed, err := gzip.NewWriterLevel(&b, gzipLevel)
	if err != nil {
		return err
	}
	if _, err := packed.Write(raw); err != nil {
		return err
	}
	if err := packed.Close(); err != nil {
		return err
	}
	return z.file(name, b.Bytes())
}

// variable writes a variable's chunks.
func (z *writer) variable(ctx context.Context, v *cf.Var) error {
	if v.Values != nil {
		var raw []byte
		for _, x := range v.Values {
			raw = appendNumber(raw, x, v.Type)
		}
		return z.chunk(v, make([]int, len(v.Dims)), raw)
	}
	rows, w, h := z.s.Rows(), z.s.Width(), z.s.Height()
	planes := 1
	if v.Rows == nil {
		planes = z.s.Planes(v.Data)
	}
	values, wide := make([]float32, rows*w), []float64(nil)
	if v.Rows != nil {
		wide = make([]float64, rows*w)
	}
	raw := make([]byte, 0, dataTypes[v.Type].bytes*rows*w)
	for plane := range planes {
		for row := 0; row < h; row += rows {
			n := min(rows, h-row)
			raw = raw[:0]
			if v.Rows != nil {
				v.Rows(row, n, wide[:n*w])
				for _, x := range wide[:n*w] {
					raw = appendNumber(raw, x, v.Type)
				}
			} else {
				if err := z.s.Read(ctx, v.Data, plane, 1, row, n, values[:n*w]); err != nil {
					return err
				}
				for _, x := range values[:n*w] {
					raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
				}
			}
			for k := n * w; k < rows*w; k++ { // chunks at the end are whole ones
				raw = appendNumber(raw, math.NaN(), v.Type)
			}
			if err := z.chunk(v, z.index(v, plane, row/rows), raw); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// index is where a chunk stands: along the axes that the variable has, down, and 0 across.
func (z *writer) index(v *cf.Var, plane, part int) []int {
	index := []int{part, 0}
	for d := len(v.Dims) - 3; d >= 0; d-- {
		n := z.layout.Len(v.Dims[d])
		index = append([]int{plane % n}, index...)
		plane /= n
	}
	return index
}

func appendNumber(b []byte, x float64, t cf.Type) []byte {
	switch t {
	case cf.Int:
		return binary.LittleEndian.AppendUint32(b, uint32(int32(x)))
	case cf.Float:
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
	}
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
}
