package decode

import (
	"slices"
	"strings"
	"testing"

	"isobar/elements"
)

func TestVariablesAreToldByCF(t *testing.T) {
	c, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		file string
		n    int
		want []string // the first two fields and the last
	}{
		{"era5_tuv_pl.nc", 18, []string{
			`1 t[K] pressure 100000 2018-08-01T12:00:00Z 2018-08-01T12:00:00Z 0 regular_ll 12x7 272.56485 240.56416`,
			`2 t[K] pressure 85000 2018-08-01T12:00:00Z 2018-08-01T12:00:00Z 0 regular_ll 12x7 272.5388 232.53879`,
			`18 v[m/s] pressure 30000 2018-08-01T12:00:00Z 2018-08-01T12:00:00Z 0 regular_ll 12x7 -3.0793717 -11.080158`,
		}},
		{"uv300.nc", 4, []string{
			`1 u_none[m/s]  0 1970-01-01T00:00:00Z 1970-01-01T00:00:00Z 0 regular_gg 128x64 -0.6642849 1.8409913 error: message 1 at byte 0: U: the file does not tell the time: units "month" are none of time since a date`,
			`2 u_none[m/s]  0 1970-01-01T00:00:00Z 1970-01-01T00:00:00Z 0 regular_gg 128x64 1.4184757 -1.9978284 error: message 2 at byte 0: U: the file does not tell the time: units "month" are none of time since a date`,
			`4 v_none[m/s]  0 1970-01-01T00:00:00Z 1970-01-01T00:00:00Z 0 regular_gg 128x64 -0.300477 -4.0291357 error: message 4 at byte 0: V: the file does not tell the time: units "month" are none of time since a date`,
		}},
	} {
		file, size := openCorpus(t, "netcdf/"+f.file)
		var got []string
		for m, err := range NetCDF().Messages(file, size) {
			got = append(got, told(t, c, m, err))
		}
		if len(got) != f.n {
			t.Errorf("%s: %d fields, want %d", f.file, len(got), f.n)
		}
		if len(got) > 3 {
			got = append(got[:2], got[len(got)-1])
		}
		if !slices.Equal(got, f.want) {
			t.Errorf("%s:\n%s\nwant\n%s", f.file, strings.Join(got, "\n"), strings.Join(f.want, "\n"))
		}
	}
}
