package sample

import (
	"bufio"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"isobar/decode"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// corpus is where the forecast files with reference values are, beside the project.
const corpus = "../../shared/data"

// between is a line of reference-bilinear.jsonl: values between the points of one field, by numpy from ecCodes' values.
type between struct {
	File    string `json:"file"`
	Message int    `json:"message"`
	Points  []struct {
		Lat      float64  `json:"lat"`
		Lon      float64  `json:"lon"`
		Bilinear *float64 `json:"bilinear"`
		Nearest  *float64 `json:"nearest"`
	} `json:"points"`
}

// whole is one field in memory.
type whole struct {
	grid   grid.Raster
	values []float32
}

// Windows implements Fields at level 0.
func (f *whole) Windows(_ context.Context, _ []field.Key, w grid.Window, dst [][]float32) error {
	nx, ny := f.grid.Shape()
	for j := range w.NY {
		for i := range w.NX {
			x, y := w.X0+i, w.Y0+j
			if f.grid.Wraps() {
				x = (x%nx + nx) % nx
			}
			v := missing
			if x >= 0 && x < nx && y >= 0 && y < ny {
				v = f.values[y*nx+x]
			}
			dst[0][j*w.NX+i] = v
		}
	}
	return nil
}

// TestRealFieldsBetweenTheirPoints compares values between the points of real fields with a reference reckoned elsewhere, so that
// decoding, the order of cells and interpolation are right together: half a cell's shift would show.
func TestRealFieldsBetweenTheirPoints(t *testing.T) {
	list, err := os.Open(filepath.Join(corpus, "reference-bilinear.jsonl"))
	if os.IsNotExist(err) {
		t.Skipf("no %s here: real fields were not tried", corpus)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	points := 0
	lines := bufio.NewScanner(list)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var want between
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		points += compareBetween(t, want, load(t, want.File, want.Message))
	}
	if points < 300 {
		t.Errorf("only %d points were compared", points)
	}
}

// compareBetween samples a field at the reference's places and returns how many values it compared.
func compareBetween(t *testing.T, want between, f *whole) (n int) {
	t.Helper()
	at := make([]geo.LonLat, len(want.Points))
	for i, p := range want.Points {
		at[i] = geo.LonLat{Lon: p.Lon, Lat: p.Lat}
	}
	s := New(0)
	for _, nearest := range []bool{false, true} {
		got := make([]float32, len(at))
		in := Input{Grid: f.grid, Keys: []field.Key{{Element: "t"}}, Nearest: nearest}
		if err := s.Places(context.Background(), f, []Input{in}, at, [][]float32{got}); err != nil {
			t.Fatal(err)
		}
		for i, p := range want.Points {
			reference := p.Bilinear
			if nearest {
				reference = p.Nearest
			}
			if reference == nil {
				continue
			}
			if n++; !(math.Abs(float64(got[i])-*reference) <= 1e-5*max(math.Abs(*reference), 1)) {
				t.Errorf("%s message %d at %v, nearest %v: %v, want %v", want.File, want.Message, at[i], nearest, got[i], *reference)
			}
		}
	}
	return n
}

// load decodes one field of a file.
func load(t *testing.T, name string, message int) *whole {
	t.Helper()
	file, err := os.Open(filepath.Join(corpus, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for m, err := range decode.GRIB().Messages(file, info.Size()) {
		if err != nil || m.Number != message {
			continue
		}
		raster, ok := m.Grid.(grid.Raster)
		if !ok {
			t.Fatalf("%s message %d lies on no raster", name, message)
		}
		f := &whole{raster, make([]float32, m.Grid.Len())}
		if err := m.Unpack(f.values); err != nil {
			t.Fatal(err)
		}
		return f
	}
	t.Fatalf("%s has no message %d", name, message)
	return nil
}
