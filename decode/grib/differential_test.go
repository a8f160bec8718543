package grib

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/nilsmagnus/grib/griblib"
)

// TestNilsmagnusGribReadsTheSameNumbers compares with another decoder where that one is right: edition 2, templates 5.0, 5.2 and
// 5.3, no bitmap, no missing values, scale factors that are not negative, one field a message (docs/decisions/0001).
func TestNilsmagnusGribReadsTheSameNumbers(t *testing.T) {
	samples := "../../cmd/tileserver/samples"
	compared := 0
	for _, file := range []string{
		filepath.Join(samples, "gfs_20170322_00z_2p5_f000_levels.grib2"),
		filepath.Join(samples, "gfs_20231219_06z_0p25_f001_t_u.grib2"),
		"testdata/ngm_20041208_12z_f048_ps.grib2", "testdata/gfs_20170720_00z_0p25_f001_sub_wind_simple.grib2", "testdata/aqm_20240516_12z_o3_hi_mercator.grib2",
	} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		last := int64(-1)
		for m, err := range Messages(bytes.NewReader(data), int64(len(data))) {
			if err != nil {
				t.Fatal(err)
			}
			if end := m.values.data.offset + m.values.data.length; m.Offset != last && string(data[end:end+4]) == "7777" && theirs(m) {
				compareWith(t, filepath.Base(file), m, data[m.Offset:end+4])
				compared++
			}
			last = m.Offset
		}
	}
	if compared < 30 {
		t.Errorf("only %d fields compared", compared)
	}
}

// theirs tells that the other decoder reads a field right.
func theirs(m *Message) bool {
	q := m.Packing
	return m.Edition == 2 && (m.DataTemplate == 0 || m.DataTemplate == 2 || m.DataTemplate == 3) && m.values.bits.length == 0 &&
		q != nil && q.Binary >= 0 && q.Decimal >= 0 && m.values.header[8] > 0
}

func compareWith(t *testing.T, name string, m *Message, message []byte) {
	t.Helper()
	other, err := griblib.ReadMessage(bytes.NewReader(message))
	if err != nil {
		t.Errorf("%s message %d: %v", name, m.Number, err)
		return
	}
	ours, want := unpacked(t, m), other.Data()
	if len(want) < len(ours) {
		t.Errorf("%s message %d: %d values, want %d", name, m.Number, len(want), len(ours))
		return
	}
	for i := range ours {
		got := float64(ours[m.Canonical(i)])
		if tolerance := 2e-7*math.Abs(want[i]) + 1e-30; !(math.Abs(got-want[i]) <= tolerance) {
			t.Errorf("%s message %d: value %v at %d, want %v", name, m.Number, got, i, want[i])
			return
		}
	}
}
