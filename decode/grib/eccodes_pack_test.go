package grib

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// repack has grib_set write a file anew, with keys set. A message that ecCodes can't write so is no test: ok is false.
func repack(t *testing.T, file string, keys ...string) (out string, ok bool) {
	t.Helper()
	out = filepath.Join(t.TempDir(), "field.grib")
	text, err := exec.Command("grib_set", "-r", "-w", "count=1", "-s", strings.Join(keys, ","), file, out).CombinedOutput()
	if err != nil {
		t.Logf("%s %v: %s", filepath.Base(file), keys, text)
	}
	return out, err == nil
}

// packingsOfEcCodes are those that ecCodes writes; which it can depends on edition and field.
var packingsOfEcCodes = []string{
	"grid_simple", "grid_complex", "grid_complex_spatial_differencing", "grid_ccsds", "grid_jpeg", "grid_png", "grid_ieee",
	"grid_second_order", "grid_second_order_no_SPD", "grid_second_order_SPD1", "grid_second_order_SPD2", "grid_second_order_SPD3",
	"grid_second_order_row_by_row", "grid_second_order_constant_width", "grid_second_order_general_grib1",
	"grid_second_order_no_boustrophedonic", "grid_simple_log_preprocessing", "grid_run_length",
}

// comparePeer compares a file of one field with what ecCodes reads from it. A file that ecCodes can't read is no test.
func comparePeer(t *testing.T, name, file string, near float64) (compared bool) {
	t.Helper()
	points, err := peerPoints(file)
	if err != nil {
		return false
	}
	m, values, err := fieldOf(file)
	if err == nil {
		err = differ(m, values, points, near)
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return true
}

func TestWhatEcCodesPacksIsUnpackedToItsValues(t *testing.T) {
	needEcCodes(t)
	compared := 0
	for turn, source := range []string{
		"testdata/ngm_20041208_12z_f048_ps.grib2", filepath.Join(ecCodesSamples, "gg_sfc_grib1.tmpl"),
		filepath.Join(shared, "ecmwf/fields_with_missing_values.grib1"),
	} {
		if _, err := os.Stat(source); err != nil {
			t.Logf("%s is not here", source)
			continue
		}
		for edition := 1; edition <= 2; edition++ {
			for k, bits := range []int{1, 13, 24} {
				plain, ok := repack(t, source, fmt.Sprintf("edition=%d,packingType=grid_simple,bitsPerValue=%d", edition, bits))
				if !ok {
					t.Errorf("%s is not repacked", source)
					continue
				}
				for i, packing := range packingsOfEcCodes {
					if (i+turn+edition)%3 != k { // each packing meets all numbers of bits in turn
						continue
					}
					file, ok := repack(t, plain, "packingType="+packing)
					name := fmt.Sprintf("%s, edition %d, %s, %d bits", filepath.Base(source), edition, packing, bits)
					if ok && comparePeer(t, name, file, 1e-2) {
						compared++
					}
				}
			}
		}
	}
	if compared < 50 {
		t.Errorf("only %d fields compared", compared)
	}
}

// TestScanningModesAreReadAsEcCodesReadsThem changes in which order the points of a regular grid are said to be.
func TestScanningModesAreReadAsEcCodesReadsThem(t *testing.T) {
	needEcCodes(t)
	for _, edition := range []string{"1", "2"} {
		source := filepath.Join(ecCodesSamples, "regular_ll_sfc_grib"+edition+".tmpl")
		compared := 0
		for mode := 0; mode < 1<<4; mode++ {
			keys, near := fmt.Sprintf("iScansNegatively=%d,jScansPositively=%d,jPointsAreConsecutive=%d", mode>>3, mode>>2&1, mode>>1&1), 1e-3
			if mode&1 != 0 { // of edition 2 alone; ecCodes 2.28 leaves it out of account for places of lat-lon grids
				if edition == "1" {
					continue
				}
				keys, near = keys+",alternativeRowScanning=1", anywhere
			}
			lon, lat := []string{"0", "30"}, []string{"60", "0"}
			if mode&8 != 0 {
				slices.Reverse(lon)
			}
			if mode&4 != 0 {
				slices.Reverse(lat)
			}
			keys += fmt.Sprintf(",latitudeOfFirstGridPointInDegrees=%s,latitudeOfLastGridPointInDegrees=%s", lat[0], lat[1])
			keys += fmt.Sprintf(",longitudeOfFirstGridPointInDegrees=%s,longitudeOfLastGridPointInDegrees=%s", lon[0], lon[1])
			for _, packing := range []string{"grid_simple", "grid_second_order", "grid_jpeg"} {
				file, ok := repack(t, source, keys)
				if ok {
					file, ok = repackWith(t, file, packing)
				}
				if ok && comparePeer(t, fmt.Sprintf("edition %s, scanning mode %#02x, %s", edition, mode<<4, packing), file, near) {
					compared++
				}
			}
		}
		if compared < 16 {
			t.Errorf("edition %s: only %d fields compared", edition, compared)
		}
	}
}

// repackWith gives a field values that differ, and a packing.
func repackWith(t *testing.T, file, packing string) (string, bool) {
	t.Helper()
	rule, out := filepath.Join(t.TempDir(), "rule"), filepath.Join(t.TempDir(), "field.grib")
	var values []string
	for i := range 16 * 31 {
		values = append(values, strconv.Itoa(i*i%1009))
	}
	text := "set bitsPerValue=16;\nset values={" + strings.Join(values, ",") + "};\nset packingType=\"" + packing + "\";\nwrite;\n"
	if err := os.WriteFile(rule, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command("grib_filter", "-o", out, rule, file).CombinedOutput(); err != nil {
		t.Logf("%s: %s", packing, text)
		return "", false
	}
	return out, true
}
