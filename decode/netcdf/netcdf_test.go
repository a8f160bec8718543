package netcdf

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isobar/decode/decodetest"
)

func openFile(t testing.TB, name string) *File {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

// Files by ncgen of testdata/sample.cdl, in every format.
func TestAllFormatsHoldTheSame(t *testing.T) {
	for _, name := range samples {
		f := openFile(t, name)
		if got, want := fmt.Sprint(f.Dims), "[{time 2} {y 3} {x 4} {n 5}]"; got != want {
			t.Errorf("%s: dimensions %s, want %s", name, got, want)
		}
		if got, want := f.Attrs.Text("title"), "a sample"; got != want {
			t.Errorf("%s: title %q, want %q", name, got, want)
		}
		for _, c := range []struct{ of, got, want string }{
			{"levels", fmt.Sprint(f.Attrs.Numbers("levels")), "[1 2 3]"},
			{"flags", fmt.Sprint(f.Var("b").Attrs.Numbers("flags")), "[1 -2]"},
			{"text", f.Var("i").Attrs.Text("text"), "abc"},
			{"no attribute", f.Var("i").Attrs.Text("none") + fmt.Sprint(f.Var("i").Attrs.Numbers("none")), "[]"},
			{"name", fmt.Sprint(f.Var("name").Type, f.Var("name").Shape, f.Var("name").Numeric()), "2 [5] false"},
			{"t's dimensions", fmt.Sprint(f.Var("t").Dims, f.Var("t").Shape), "[time y x] [2 3 4]"},
			{"time", all(t, f, "time"), "[0 6]"},
			{"t", all(t, f, "t"), "[10.5 11 11.5 12 12.5 13 13.5 14 14.5 15 NaN NaN 16.5 17 17.5 18 18.5 19 19.5 20 20.5 21 21.5 -40]"},
			{"b", all(t, f, "b"), "[-1 2 3 4 5 6 7 8 9 -10]"},
			{"f", all(t, f, "f"), "[1.5 2.5 NaN 4.5 5.5 6.5 7.5 8.5 9.5 10.5 11.5 NaN]"},
			{"i", all(t, f, "i"), "[1 2 3 -4 5]"},
		} {
			if c.got != c.want {
				t.Errorf("%s: %s is %s, want %s", name, c.of, c.got, c.want)
			}
		}
	}
}

func all(t *testing.T, f *File, name string) string {
	t.Helper()
	values, err := allOf(f.Var(name))
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(values)
}

// A single variable with records is not filled up to four bytes.
func TestSingleRecordsFollowEachOther(t *testing.T) {
	for _, name := range ones {
		f := openFile(t, name)
		if got, want := all(t, f, "s")+all(t, f, "i"), "[1 2 3 4 5 6][7 8 9]"; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestWideTypesAreRead(t *testing.T) {
	for _, name := range wides {
		f := openFile(t, name)
		got := all(t, f, "a") + all(t, f, "b") + all(t, f, "c") + all(t, f, "d") + all(t, f, "e") + fmt.Sprint(f.Var("e").Attrs.Numbers("u"))
		want := "[1 128 255][1 32768 65534][1 2.147483648e+09 4.294967294e+09][-1 2.147483647e+09 -2.147483648e+09][1 2 9.007199254740992e+15][7]"
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Files by ncgen with chunks, filters and unlimited dimensions, and the same rewritten by h5repack in the newest format: with a
// single chunk, fixed and extensible arrays, and a tree of version 2.
func TestChunksAreFoundByEveryIndex(t *testing.T) {
	for _, name := range []string{"bigz.nc", "newp.nc", "newz.nc"} {
		f := openFile(t, name)
		if len(f.Broken) > 0 {
			t.Errorf("%s: %v", name, f.Broken)
			continue
		}
		for of, factor := range map[string]float64{"f": 1, "e": 7, "s": 3, "c": 5, "b": 1} {
			values, err := allOf(f.Var(of))
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for i, x := range values {
				if x != float64(i)*factor {
					t.Errorf("%s: %s[%d] is %v, want %v", name, of, i, x, float64(i)*factor)
					break
				}
			}
		}
		if got, want := fmt.Sprint(f.Var("e").Shape, f.Var("b").Shape, f.Var("w").Type == String), "[50 9 11] [50 3 11] true"; got != want {
			t.Errorf("%s: shapes %s, want %s", name, got, want)
		}
	}
}

// A group of many variables, and variables of many attributes, keep them in heaps.
func TestManyNamesStandInHeaps(t *testing.T) {
	f := openFile(t, "many4.nc")
	if len(f.Vars) != 60 || len(f.Attrs) != 20 || len(f.Broken) > 0 {
		t.Fatalf("%d variables, %d attributes, broken %v; want 60 and 20", len(f.Vars), len(f.Attrs), f.Broken)
	}
	for i, v := range f.Vars {
		attrs := 2
		if i%7 == 0 {
			attrs = 12
		}
		if want := fmt.Sprintf("v%02d", i); v.Name != want || len(v.Attrs) != attrs || v.Attrs.Text("attr1") != fmt.Sprintf("text %d 1", i) {
			t.Errorf("variable %d is %s with %v, want %s with %d attributes", i, v.Name, v.Attrs, want, attrs)
		}
		if got, want := all(t, f, v.Name), fmt.Sprint([]int{i * 10, i*10 + 1, i*10 + 2, i*10 + 3, i*10 + 4, i*10 + 5, i*10 + 6}); got != want {
			t.Errorf("%s is %s, want %s", v.Name, got, want)
		}
	}
	for i, a := range f.Attrs {
		if a.Numbers[0] != float64(i) {
			t.Errorf("attribute %d is %v", i, a)
		}
	}
}

// Every part of a variable is what All has there.
func TestPartsArePartsOfTheWhole(t *testing.T) {
	for _, name := range samples {
		v := openFile(t, name).Var("t")
		for n := range 2 * 3 * 4 {
			start := []int{n / 12, n / 4 % 3, n % 4}
			for k := range (2 - start[0]) * (3 - start[1]) * (4 - start[2]) {
				count := []int{1 + k/((3-start[1])*(4-start[2])), 1 + k/(4-start[2])%(3-start[1]), 1 + k%(4-start[2])}
				seen := map[int]bool{}
				err := v.Read(start, count, func(i int, x float64) {
					a, b, c := start[0]+i/(count[1]*count[2]), start[1]+i/count[2]%count[1], start[2]+i%count[2]
					want := float64(1 + 12*a + 4*b + c - 0)
					switch 12*a + 4*b + c {
					case 10:
						want = -999
					case 11:
						want = 101
					case 23:
						want = -100
					}
					if x != want || seen[i] {
						t.Errorf("%s from %v on %v: value %d is %v, want %v, once", name, start, count, i, x, want)
					}
					seen[i] = true
				})
				if err != nil || len(seen) != count[0]*count[1]*count[2] {
					t.Fatalf("%s from %v on %v: %d values, %v", name, start, count, len(seen), err)
				}
			}
		}
		for _, bad := range [][]int{{0, 0}, {2, 0, 0}, {0, -1, 0}} {
			if err := v.Read(bad, []int{1, 1, 1}, func(int, float64) {}); err == nil {
				t.Errorf("%s: read from %v on", name, bad)
			}
		}
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	content, err := os.ReadFile("testdata/sample1.nc")
	if err != nil {
		t.Fatal(err)
	}
	change := func(at int, b ...byte) []byte {
		file := bytes.Clone(content)
		copy(file[at:], b)
		return file
	}
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"an unknown version", "version 3", change(3, 3)},
		{"too many dimensions", "count of 16777220", change(12, 1)},
		{"a torn head", "are left", content[:100]},
		{"an empty file", "0 bytes", nil},
		{"a list of another kind", "kind 77", change(11, 77)},
	} {
		if _, err := Open(bytes.NewReader(c.file), int64(len(c.file))); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
	short := content[:len(content)-10]
	f, err := Open(bytes.NewReader(short), int64(len(short)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := allOf(f.Var("b")); !errors.Is(err, ErrInvalid) {
		t.Errorf("a torn file: error %v", err)
	}
}

func TestMasks(t *testing.T) {
	v := &Var{Type: Float, Attrs: Attrs{{Name: "missing_value", Numbers: []float64{0.1}}, {Name: "valid_min", Numbers: []float64{-5}}}}
	m := v.Mask()
	for x, missing := range map[float64]bool{float64(float32(0.1)): true, -6: true, -5: false, 1e30: false, math.NaN(): true} {
		if got := m.Value(x); (got != got) != missing {
			t.Errorf("%v is %v, want missing: %v", x, got, missing)
		}
	}
}

// The classic format has no unsigned numbers: an attribute says where signed ones stand for them.
func TestNumbersMayBeMeantOtherwise(t *testing.T) {
	for _, c := range []struct {
		kind     Type
		unsigned string
		fill     float64
		want     map[float64]float64
	}{
		{Byte, "true", -1, map[float64]float64{0: 0, 127: 127, -128: 128, -2: 254, -1: nan}},
		{Short, "true", -1, map[float64]float64{5: 5, -2: 65534, -1: nan}},
		{Short, "false", -1, map[float64]float64{-2: -2, -1: nan}},
		{UByte, "false", 255, map[float64]float64{254: -2, 3: 3, 255: nan}},
		{UByte, "true", 255, map[float64]float64{254: 254, 255: nan}},
		{Float, "true", -1, map[float64]float64{-2: -2, -1: nan}},
	} {
		v := &Var{Type: c.kind, Attrs: Attrs{{Name: "_Unsigned", Text: c.unsigned}, {Name: "_FillValue", Numbers: []float64{c.fill}}}}
		m := v.Mask()
		for x, want := range c.want {
			if got := m.Value(x); got != want && (got == got || want == want) {
				t.Errorf("type %d, _Unsigned %s: %v is %v, want %v", c.kind, c.unsigned, x, got, want)
			}
		}
	}
	v := &Var{Type: Short, Attrs: Attrs{{Name: "_Unsigned", Text: "true"}, {Name: "valid_range", Numbers: []float64{0, -25536}}}}
	m := v.Mask()
	if a, b := m.Value(-25536), m.Value(-25535); a != 40000 || b == b {
		t.Errorf("the range's end is %v, what follows %v", a, b)
	}
}

var nan = math.NaN()

// A group knows what is in those around it.
func TestGroupsAreRead(t *testing.T) {
	content, err := os.ReadFile("testdata/groups4.nc")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for g := range f.Each() {
		for _, v := range g.Vars {
			names = append(names, g.Name+"/"+v.Name)
		}
		if g.Attrs.Text("institution") != "KNMI" {
			t.Errorf("%q has not the attributes of the file", g.Name)
		}
	}
	if got, want := strings.Join(names, " "), "/time /lat forecast/lon forecast/t2m members/lat members/u10"; got != want {
		t.Errorf("variables %s, want %s", got, want)
	}
	inner := f.Groups[0].Groups[0]
	if lat, lon := inner.Var("lat"), inner.Var("lon"); lat.Len() != 1 || lon == nil || inner.Var("time") == nil || inner.Var("none") != nil || len(inner.All()) != 6 {
		t.Errorf("lat %v, lon %v, %d variables", lat, lon, len(inner.All()))
	}
}

// allOf is all numbers of a variable: scaled, and NaN where they are missing or out of the range that is valid.
func allOf(v *Var) ([]float64, error) { return v.all(v.Mask()) }

// tryAll reads all of a file, as a server would; what it returns is of no interest.
func tryAll(file []byte) {
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return
	}
	for _, v := range f.Vars[:min(len(f.Vars), 40)] {
		if n := v.Len(); v.Numeric() && n >= 0 && n < 1<<20 {
			_, _ = allOf(v)
		}
	}
}

func seeds(t testing.TB) (files [][]byte) {
	names, _ := filepath.Glob("testdata/*.nc")
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, content)
	}
	return files
}

// Files that are flipped, cut and spliced do no harm.
func TestMutationsDoNoHarm(t *testing.T) {
	all := seeds(t)
	for n := range 1500 {
		tryAll(decodetest.Broken(n, all, 1000))
	}
}

func FuzzOpen(f *testing.F) {
	for _, file := range seeds(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) { tryAll(file) })
}

// The files by ncgen.
var (
	samples = []string{"sample1.nc", "sample2.nc", "sample5.nc", "sample4.nc", "sample4c.nc"}
	ones    = []string{"one1.nc", "one2.nc", "one5.nc", "one4.nc"}
	wides   = []string{"wide5.nc", "wide4.nc"}
)
