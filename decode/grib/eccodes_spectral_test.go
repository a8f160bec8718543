package grib

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// peerNumbers asks grib_filter for the numbers of a file of one field, in the order of the file.
func peerNumbers(t *testing.T, file string) (numbers []float64) {
	t.Helper()
	rule := filepath.Join(t.TempDir(), "rule")
	if err := os.WriteFile(rule, []byte(`print "[values!1%.17g]";`), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("grib_filter", rule, file).Output()
	if err != nil {
		t.Fatal(err)
	}
	for word := range strings.FieldsSeq(string(out)) {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, v)
	}
	return numbers
}

func TestCoefficientsAreThoseThatEcCodesReads(t *testing.T) {
	needEcCodes(t)
	for _, source := range []string{"sh_sfc_grib1.tmpl", "sh_sfc_grib2.tmpl"} {
		source = filepath.Join(ecCodesSamples, source)
		for _, packing := range []string{"spectral_simple", "spectral_complex", "spectral_ieee"} {
			file, ok := repack(t, source, "packingType="+packing)
			if !ok {
				continue
			}
			peer, near := file, 1e-6
			if packing == "spectral_ieee" { // ecCodes misreads the message that it writes, with another quantisation than its source has
				peer, near = source, 1e-3
			}
			want := peerNumbers(t, peer)
			m, _, err := fieldOf(file)
			if err != nil {
				t.Errorf("%s, %s: %v", filepath.Base(source), packing, err)
				continue
			}
			data, _, err := m.values.read(m.values.data)
			got := make([]float32, m.values.spectrum.coefficients())
			if err == nil {
				err = m.values.decode(got, data, nil)
			}
			if packing == "spectral_simple" && len(want) == len(got)-1 {
				want = append(want, float64(got[len(got)-1])) // which ecCodes leaves out in edition 2
			}
			if err != nil || len(got) != len(want) {
				t.Errorf("%s, %s: %d coefficients, want %d; %v", filepath.Base(source), packing, len(got), len(want), err)
				continue
			}
			for i, v := range got {
				if d := math.Abs(float64(v) - want[i]); d > near*math.Abs(want[i])+1e-5 {
					t.Errorf("%s, %s: coefficient %d is %v, want %v", filepath.Base(source), packing, i, v, want[i])
					break
				}
			}
		}
	}
}
