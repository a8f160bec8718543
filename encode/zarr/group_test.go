package zarr_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"slices"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/encode/cf"
	"isobar/encode/zarr"
)

// groupOf is a group of one element on a grid, and its source.
func groupOf(t *testing.T, grid string, cells bool) (*zarr.Group, *coverage.Source) {
	t.Helper()
	s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid(grid), Times: 3}, coveragetest.All)
	g, err := zarr.NewGroup(cf.Join([]*coverage.Source{s}, coveragetest.Rows(t), cells), map[string]any{"model": "test"})
	if err != nil {
		t.Fatal(err)
	}
	return g, s
}

// unpacked is a chunk's numbers of some bytes each.
func unpacked(t *testing.T, packed []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestChunksAreFoundByTheirNamesInBothVersions(t *testing.T) {
	g, _ := groupOf(t, "latlon:1440x721:-180,-90,179.75,90", false)
	for name, want := range map[string][]int{
		"t2m/c/2/1/0": {2, 1, 0}, "t2m/2.1.0": {2, 1, 0}, "t2m/c/0/0/2": {0, 0, 2}, "lat/c/0": {0}, "lat/0": {0}, "crs/c": {}, "crs/0": {}, "height/0": {},
		"t2m/c/3/0/0": nil, "t2m/0.2.0": nil, "t2m/c/0/0/3": nil, "t2m/c/0/0": nil, "t2m/c/0/0/0/0": nil, "t2m/c/00/0/0": nil, "t2m/c/-1/0/0": nil,
		"t2m/c/0/0/x": nil, "t2m/c": nil, "t2m": nil, "t2m/": nil, "": nil, "nope/c/0": nil, "t2m/c/0.0.0": nil, "t2m/c/0/0/99999999999999999999": nil,
	} {
		c, ok := g.Chunk(name)
		if ok != (want != nil) || ok && !slices.Equal(c.Index, want) {
			t.Errorf("%q is chunk %v, %v; want %v", name, c.Index, ok, want)
		}
	}
	c, _ := g.Chunk("t2m/c/0/1/2")
	y, ny := c.Part(-2)
	x, nx := c.Part(-1)
	if got, want := [4]int{y, ny, x, nx}, [4]int{384, 337, 1024, 416}; got != want {
		t.Errorf("the last chunk is %v, want %v", got, want)
	}
}

func TestAChunkAtTheEndIsFilledUp(t *testing.T) {
	g, s := groupOf(t, "latlon:601x4:-10,40,50,40.3", false)
	c, ok := g.Chunk("t2m/c/1/0/1")
	if !ok {
		t.Fatal("there is no chunk")
	}
	x, nx := c.Part(-1)
	row := make([]float32, 4*s.Width())
	if err := s.Read(context.Background(), 0, 1, 1, 0, 4, row); err != nil {
		t.Fatal(err)
	}
	var part []float32
	for j := range 4 {
		part = append(part, row[j*s.Width()+x:j*s.Width()+x+nx]...)
	}
	packed, err := c.Fields(part)
	raw := unpacked(t, packed, err)
	width := c.Array.Chunk[2]
	if len(raw) != 4*4*width {
		t.Fatalf("%d bytes, want %d", len(raw), 16*width)
	}
	for i := range 4 * width {
		got := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		want := float32(math.NaN())
		if i%width < nx {
			want = part[i/width*nx+i%width]
		}
		if got != want && (got == got || want == want) {
			t.Fatalf("cell %d is %v, want %v", i, got, want)
		}
	}
}

func TestDocumentsAgreeInBothVersions(t *testing.T) {
	for grid, cells := range map[string]bool{"latlon:144x73:-180,-90,177.5,90": false, "lambert:61x41:-400000,300000,20000,20000:10,60,30:6371229": false, "healpix:4:ring:45": true} {
		g, _ := groupOf(t, grid, cells)
		var root struct {
			Attributes            map[string]any
			Consolidated_metadata struct{ Metadata map[string]array }
		}
		var two struct{ Metadata map[string]map[string]any }
		for name, into := range map[string]any{"zarr.json": &root, ".zmetadata": &two} {
			text, ok := g.Document(name)
			if err := json.Unmarshal(text, into); err != nil || !ok {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if root.Attributes["model"] != "test" || root.Attributes["Conventions"] != cf.Conventions {
			t.Errorf("%s: attributes %v", grid, root.Attributes)
		}
		for name, a := range root.Consolidated_metadata.Metadata {
			meta, attrs := two.Metadata[name+"/.zarray"], two.Metadata[name+"/.zattrs"]
			text, err := json.Marshal([]any{a.Shape, a.ChunkGrid.Configuration.Chunk_shape, a.Dimensions})
			other, err2 := json.Marshal([]any{meta["shape"], meta["chunks"], attrs["_ARRAY_DIMENSIONS"]})
			if err != nil || err2 != nil || string(text) != string(other) {
				t.Errorf("%s: %s is %s, and in version 2 %s", grid, name, text, other)
			}
			for _, document := range []string{"/zarr.json", "/.zarray", "/.zattrs"} {
				if _, ok := g.Document(name + document); !ok {
					t.Errorf("%s: there is no %s%s", grid, name, document)
				}
			}
			if name != "t2m" && meta["fill_value"] != nil {
				t.Errorf("%s: %v of %s would be taken for missing", grid, meta["fill_value"], name)
			}
		}
	}
}

func TestCoordinatesAreThoseOfTheCells(t *testing.T) {
	for grid, cells := range map[string]bool{"lambert:61x41:-400000,300000,20000,20000:10,60,30:6371229": false, "healpix:4:ring:45": true} {
		g, s := groupOf(t, grid, cells)
		name := "lat/c/0/0"
		if cells {
			name = "lat/c/0"
		}
		c, ok := g.Chunk(name)
		if !ok {
			t.Fatalf("%s: no %s", grid, name)
		}
		packed, err := c.Coordinates()
		raw := unpacked(t, packed, err)
		places := coveragetest.Places(s.Variables[0].Layer.Grid)
		if len(raw) != 8*len(places) {
			t.Fatalf("%s: %d bytes for %d cells", grid, len(raw), len(places))
		}
		for i, p := range places {
			if got := math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:])); math.Abs(got-p.Lat) > 1e-9 {
				t.Fatalf("%s: cell %d lies at %v, want %v", grid, i, got, p.Lat)
			}
		}
	}
}
