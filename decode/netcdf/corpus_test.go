package netcdf

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isobar/decode/decodetest"
)

// judged is a file as the NetCDF library reads it.
type judged struct {
	File  string         `json:"file"`
	Model string         `json:"model"`
	Dims  map[string]int `json:"dims"`
	Vars  []struct {
		Name     string   `json:"name"`
		Dims     []string `json:"dims"`
		Dtype    string   `json:"dtype"`
		Units    *string  `json:"units"`
		Standard *string  `json:"standard_name"`
		Mapping  *string  `json:"grid_mapping"`
		N        int      `json:"n"`
		Missing  int      `json:"missing"`
		Min      *float64 `json:"min"`
		Max      *float64 `json:"max"`
		Mean     *float64 `json:"mean"`
		Points   []struct {
			I     int
			Value *float64
		} `json:"points"`
	} `json:"variables"`
}

// models are our names of formats.
var models = map[string]string{
	"NETCDF3_CLASSIC": "classic", "NETCDF3_64BIT_OFFSET": "64-bit offset", "NETCDF4": "NetCDF-4", "NETCDF4_CLASSIC": "NetCDF-4",
}

func TestVariablesAreThoseOfTheLibrary(t *testing.T) {
	for _, want := range decodetest.Reference[judged](t, "netcdf", 9) {
		file, err := os.Open(filepath.Join(decodetest.Corpus, want.File))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(file, info.Size())
		if err != nil {
			t.Errorf("%s: %v", want.File, err)
			continue
		}
		if len(f.Broken) > 0 {
			t.Errorf("%s: %v", want.File, f.Broken)
		}
		dims := map[string]int{}
		for _, d := range f.Dims {
			dims[d.Name] = d.Len
		}
		if f.Format != models[want.Model] || len(dims) != len(want.Dims) {
			t.Errorf("%s: %s with dimensions %v; want %s, %v", want.File, f.Format, dims, want.Model, want.Dims)
		}
		for name, n := range want.Dims {
			if dims[name] != n {
				t.Errorf("%s: dimension %s is %d, want %d", want.File, name, dims[name], n)
			}
		}
		compareVars(t, f, want)
	}
}

// same tells that two numbers differ by no more than rounding.
func same(a float64, b *float64) bool {
	return b == nil && a != a || b != nil && math.Abs(a-*b) <= 1e-12*math.Abs(*b)
}

func compareVars(t *testing.T, f *File, want judged) {
	t.Helper()
	for _, w := range want.Vars {
		v := f.Var(w.Name)
		if v == nil {
			t.Errorf("%s: %s is not there", want.File, w.Name)
			continue
		}
		if strings.Join(v.Dims, " ") != strings.Join(w.Dims, " ") {
			t.Errorf("%s: %s has dimensions %v, want %v", want.File, w.Name, v.Dims, w.Dims)
		}
		for name, text := range map[string]*string{"units": w.Units, "standard_name": w.Standard, "grid_mapping": w.Mapping} {
			if text != nil && v.Attrs.Text(name) != *text {
				t.Errorf("%s: %s:%s is %q, want %q", want.File, w.Name, name, v.Attrs.Text(name), *text)
			}
		}
		if !v.Numeric() {
			continue
		}
		values, err := allOf(v)
		if err != nil {
			t.Errorf("%s: %s: %v", want.File, w.Name, err)
			continue
		}
		n, low, high, sum := 0, math.Inf(1), math.Inf(-1), 0.0
		for _, x := range values {
			if x == x {
				n, low, high, sum = n+1, min(low, x), max(high, x), sum+x
			}
		}
		if len(values) != w.N || len(values)-n != w.Missing || w.Min != nil && (!same(low, w.Min) || !same(high, w.Max) || math.Abs(sum/float64(n)-*w.Mean) > 1e-6*math.Abs(*w.Mean)+1e-9) {
			t.Errorf("%s: %s: %d values, %d missing, %v to %v; want %+v", want.File, w.Name, len(values), len(values)-n, low, high, w)
		}
		for _, p := range w.Points {
			if !same(values[p.I], p.Value) {
				t.Errorf("%s: %s[%d] is %v, want %v", want.File, w.Name, p.I, values[p.I], p.Value)
			}
		}
	}
}
