package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const gribTests = "../../decode/grib/testdata/"

// inspectAs runs the command and gives what it prints.
func inspectAs(t *testing.T, args ...string) (out string, status int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(context.Background(), append([]string{"inspect"}, args...), &stdout, &stderr)
	if status > 1 {
		t.Fatalf("inspect %v: status %d: %s", args, status, stderr.String())
	}
	return stdout.String(), status
}

func TestInspectTellsOfEachFieldAsJSON(t *testing.T) {
	file := gribTests + "gfs_20130214_06z_0p5_natl_f012_8params.grib1"
	out, status := inspectAs(t, "--json", "--at", "0,84,3994,5000", file)
	if status != 0 {
		t.Errorf("status %d", status)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 8 {
		t.Fatalf("%d lines, want 8", len(lines))
	}
	for n, line := range lines {
		var f inspection
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		if f.File != file || f.Message != n+1 || f.Edition != 1 || f.Run != "2013-02-14T06:00:00Z" || f.Valid != "2013-02-14T18:00:00Z" ||
			f.GridType != "regular_ll" || f.NI != 85 || f.NJ != 47 || f.N != 3995 || f.Element == "" || f.Discipline != nil {
			t.Errorf("line %d: %s", n+1, line)
		}
		if len(f.Points) != 3 || f.Min == nil || f.Max == nil || *f.Min > *f.Mean || *f.Mean > *f.Max {
			t.Fatalf("line %d: points and statistics %s", n+1, line)
		}
		for i, want := range []struct{ lat, lon float64 }{{48, -30}, {48, 12}, {25, 12}} { // 84 is the end of the first row
			if p := f.Points[i]; *p.Lat != want.lat || *p.Lon != want.lon || p.Value == nil {
				t.Errorf("line %d: point %d at %v %v, want %v", n+1, p.I, *p.Lat, *p.Lon, want)
			}
		}
	}
}

func TestInspectNamesWhatItCannotRead(t *testing.T) {
	good, err := os.ReadFile(gribTests + "hrrr_20230722_06z_f001_cfrzr_constant.grib2")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name, file, want string
		lines            int
	}{
		{"a web page", write("page.grib2", []byte("<html>404</html>")), "no forecast file", 1},
		{"nothing", write("empty.grib2", nil), "no forecast file", 1},
		{"a message cut off after a good one", write("cut.grib2", append(append([]byte{}, good...), good[:100]...)), "truncated message", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, status := inspectAs(t, "--json", c.file)
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if status != 1 || len(lines) != c.lines {
				t.Fatalf("status %d, %d lines", status, len(lines))
			}
			var f inspection
			if err := json.Unmarshal([]byte(lines[c.lines-1]), &f); err != nil || !strings.Contains(f.Error, c.want) {
				t.Errorf("%s, want an error with %q", lines[c.lines-1], c.want)
			}
		})
	}
}

func TestInspectPrintsATableForPeople(t *testing.T) {
	out, status := inspectAs(t, gribTests+"gfs_20170720_00z_0p25_f001_sub_wind_simple.grib2", gribTests+"ngm_20041208_12z_f048_ps.grib2")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if status != 0 || len(lines) != 2+2+2+5 {
		t.Fatalf("status %d, %d lines:\n%s", status, len(lines), out)
	}
	for _, want := range []string{"height 10", "2017-07-20T01:00:00Z", "regular_ll 117x98", "polar_stereographic 53x45"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if column := strings.Index(lines[1], "run"); column < 0 || strings.Index(lines[2], "2017-07-20T00") != column {
		t.Errorf("the columns are not aligned:\n%s", out)
	}
}

// TestInspectReadsABitmapOfAnEarlierFile: a message that carries a bitmap under a number is the list of those that only name it.
func TestInspectReadsABitmapOfAnEarlierFile(t *testing.T) {
	whole, err := os.ReadFile(gribTests + "gfs_20130214_06z_0p5_natl_f012_8params.grib1")
	if err != nil {
		t.Fatal(err)
	}
	const (
		points    = 85 * 47
		bitmapAt  = 8 + 28 + 32 // behind sections 0 to 2
		flagsAt   = 8 + 7
		hasBitmap = 0x40
	)
	length := int(whole[4])<<16 | int(whole[5])<<8 | int(whole[6])
	message := func(bits []byte) []byte {
		three := func(n int) []byte { return []byte{byte(n >> 16), byte(n >> 8), byte(n)} }
		section := append(append(three(6+len(bits)), 5, 0, 9), bits...)
		m := slices.Concat(whole[:bitmapAt], section, whole[bitmapAt:length])
		copy(m[4:], three(len(m)))
		m[flagsAt] |= hasBitmap
		return m
	}
	bits := bytes.Repeat([]byte{0xf0}, (points+8)/8) // four of eight have a value
	dir := t.TempDir()
	carries, names := filepath.Join(dir, "carries"), filepath.Join(dir, "names")
	for path, text := range map[string][]byte{carries: message(bits), names: message(nil)} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, status := inspectAs(t, "--json", names); status != 1 || !strings.Contains(out, "bitmap 9 predefined by centre 7") {
		t.Errorf("alone: status %d, %s", status, out)
	}
	out, status := inspectAs(t, "--json", carries, names)
	if want := fmt.Sprintf(`"missing":%d,`, points-(points/8*4+3)); status != 0 || strings.Count(out, want) != 2 {
		t.Errorf("together: status %d, want twice %s in %s", status, want, out)
	}
}
