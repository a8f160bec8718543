package zarr_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/elements"
	"isobar/encode/zarr"
	"isobar/field"
	"isobar/sample"
)

var all = coverage.Cut{X: coverage.All, Y: coverage.All}

// array is an array's metadata as a reader has it.
type array struct {
	Shape      []int
	DataType   string                                              `json:"data_type"`
	ChunkGrid  struct{ Configuration struct{ Chunk_shape []int } } `json:"chunk_grid"`
	Dimensions []string                                            `json:"dimension_names"`
	Attributes map[string]any
	Codecs     []struct{ Name string }
}

// file is what a reader has of a zip.
type file map[string][]byte

func read(t *testing.T, s *coverage.Source) file {
	t.Helper()
	rows, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := zarr.Format(rows).Encode(context.Background(), &b, s); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	all := file{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func (f file) array(t *testing.T, name string) (a array) {
	t.Helper()
	if err := json.Unmarshal(f[name+"/zarr.json"], &a); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return a
}

// chunk unpacks a chunk of 32 bit numbers.
func (f file) chunk(t *testing.T, key string) []float32 {
	t.Helper()
	packed, ok := f[key]
	if !ok {
		t.Fatalf("no %s", key)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, len(raw)/4)
	if err := binary.Read(bytes.NewReader(raw), binary.LittleEndian, values); err != nil {
		t.Fatal(err)
	}
	return values
}

func TestChunksHoldTheFields(t *testing.T) {
	aloft := coveragetest.Temperature()
	aloft.Levels = []field.Level{{Kind: elements.Pressure, Value: 50000, To: 50000}, {Kind: elements.Pressure, Value: 85000, To: 85000}}
	for _, id := range []string{"latlon:21x11:-10,40,10,50", "latlon:8000x300:-10,40,69.99,69.9", "lambert:31x21:-400000,300000,20000,20000:10,60,30:6371229"} {
		cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid(id), Times: 3}, aloft)
		s, err := coverage.New(fields, sample.New(1<<20), cube, all)
		if err != nil {
			t.Fatal(err)
		}
		f := read(t, s)
		a := f.array(t, "t2m")
		want := []int{3, 2, s.Height(), s.Width()}
		if !slices.Equal(a.Shape, want) || a.DataType != "float32" || a.Dimensions[0] != "time" || a.Dimensions[1] != "pressure" || a.Attributes["units"] != "K" {
			t.Errorf("%s: got %+v", id, a)
		}
		rows := a.ChunkGrid.Configuration.Chunk_shape[2]
		stored := make([]float32, rows*s.Width())
		for plane := range 6 {
			for part := 0; part*rows < s.Height(); part++ {
				n := min(rows, s.Height()-part*rows) * s.Width()
				if err := s.Read(context.Background(), 0, plane, 1, part*rows, n/s.Width(), stored[:n]); err != nil {
					t.Fatal(err)
				}
				got := f.chunk(t, fmt.Sprintf("t2m/c/%d/%d/%d/0", plane/2, plane%2, part))
				if len(got) != rows*s.Width() {
					t.Fatalf("%s: a chunk of %d values, want %d", id, len(got), rows*s.Width())
				}
				for i, w := range stored[:n] {
					if got[i] != w && (got[i] == got[i] || w == w) {
						t.Fatalf("%s: plane %d, value %d is %v, want %v", id, plane, i, got[i], w)
					}
				}
				for _, v := range got[n:] {
					if !math.IsNaN(float64(v)) {
						t.Fatalf("%s: beyond the end is %v", id, v)
					}
				}
			}
		}
		var root struct {
			Consolidated struct{ Metadata map[string]array } `json:"consolidated_metadata"`
			Attributes   map[string]any
		}
		if err := json.Unmarshal(f["zarr.json"], &root); err != nil {
			t.Fatal(err)
		}
		if len(root.Consolidated.Metadata) < 8 || root.Attributes["Conventions"] != "CF-1.11" {
			t.Errorf("%s: the root has %v and %d arrays", id, root.Attributes, len(root.Consolidated.Metadata))
		}
		for name, a := range root.Consolidated.Metadata {
			if len(a.Shape) != len(a.Dimensions) || len(a.Codecs) != 2 {
				t.Errorf("%s: %s is %+v", id, name, a)
			}
		}
	}
}
