package decode

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"isobar/decode/netcdf"
	"isobar/elements"
	"isobar/geo"
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
		{"air.nc", 124, []string{
			`1 t_none[K]  0 2014-10-01T00:00:00Z 2014-10-01T00:00:00Z 0 regular_ll 21x11 258.2 278.6`,
			`2 t_none[K]  0 2014-10-01T00:00:00Z 2014-10-01T06:00:00Z 0 regular_ll 21x11 257.6 278.9`,
			`124 t_none[K]  0 2014-10-01T00:00:00Z 2014-10-31T18:00:00Z 0 regular_ll 21x11 255.5 277.89`,
		}},
		{"arome-metcoop_20160114_subset.nc", 6, []string{
			`1 u10[m/s] height 10 2016-01-14T00:00:00Z 2016-01-14T00:00:00Z 0 lambert 141x151 -5.469116 2.2730713`,
			`2 u10[m/s] height 10 2016-01-14T00:00:00Z 2016-01-14T01:00:00Z 0 lambert 141x151 -6.7783356 1.9384613`,
			`6 v10[m/s] height 10 2016-01-14T00:00:00Z 2016-01-14T02:00:00Z 0 lambert 141x151 3.444931 0.74375916`,
		}},
		{"ha43_dini_20240711T02_t_pl.nc", 240, []string{
			`1 t[degC] pressure 50000 2024-07-11T02:00:00Z 2024-07-11T03:00:00Z 0 rotated_ll 10x8 -16.867157 -4.882782`,
			`2 t[degC] pressure 70000 2024-07-11T02:00:00Z 2024-07-11T03:00:00Z 0 rotated_ll 10x8 -3.2745056 8.592682`,
			`240 t[degC] pressure 92500 2024-07-11T02:00:00Z 2024-07-13T14:00:00Z 0 rotated_ll 10x8 9.112213 22.85147`,
		}},
		{"ha43_dini_20240711T03_t_pl.nc", 240, []string{
			`1 t[degC] pressure 50000 2024-07-11T03:00:00Z 2024-07-11T04:00:00Z 0 rotated_ll 10x8 -16.638336 -4.96109`,
			`2 t[degC] pressure 70000 2024-07-11T03:00:00Z 2024-07-11T04:00:00Z 0 rotated_ll 10x8 -3.2583923 8.529205`,
			`240 t[degC] pressure 92500 2024-07-11T03:00:00Z 2024-07-13T15:00:00Z 0 rotated_ll 10x8 10.660065 23.062408`,
		}},
		{"ha43_dini_multivar_5x6.nc", 450, []string{
			`1 pres[hPa] model 1 2025-09-02T10:00:00Z 2025-09-02T10:00:00Z 0 rotated_ll 6x5 13.6 13.6`,
			`2 pres[hPa] model 2 2025-09-02T10:00:00Z 2025-09-02T10:00:00Z 0 rotated_ll 6x5 13.6 13.6`,
			`450 ws_model[kt] model 90 2025-09-02T10:00:00Z 2025-09-02T10:00:00Z 0 rotated_ll 6x5 8 7.3`,
		}},
		{"ha43ens_20240605T03_windspeed_5x5.nc", 300, []string{
			`1 ws10[kt] height 10 m1 2024-06-05T03:00:00Z 2024-06-05T04:00:00Z 0 mercator 5x5 17.065636 5.836337`,
			`2 ws10[kt] height 10 m2 2024-06-05T03:00:00Z 2024-06-05T04:00:00Z 0 mercator 5x5 18.578323 4.88146`,
			`300 ws10[kt] height 10 m5 2024-06-05T03:00:00Z 2024-06-07T15:00:00Z 0 mercator 5x5 16.05016 3.1760297`,
		}},
		{"harmonie_n25_20171215_16x16_49steps.nc", 49, []string{
			`1 t2m[degC] height 2 2017-12-15T09:00:00Z 2017-12-15T09:00:00Z 0 unstructured_grid 0x0 NaN 2.1812987`,
			`2 t2m[degC] height 2 2017-12-15T09:00:00Z 2017-12-15T10:00:00Z 0 unstructured_grid 0x0 NaN 2.626123`,
			`49 t2m[degC] height 2 2017-12-15T09:00:00Z 2017-12-17T09:00:00Z 0 unstructured_grid 0x0 NaN -0.50693357`,
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

// A file that has both a mapping and places says the same twice.
func TestProjectedPlacesAreThoseOfTheFile(t *testing.T) {
	file, size := openCorpus(t, "netcdf/arome-metcoop_20160114_subset.nc")
	f, err := netcdf.Open(file, size)
	if err != nil {
		t.Fatal(err)
	}
	lats, err := f.Var("latitude").Coordinates()
	if err != nil {
		t.Fatal(err)
	}
	lons, err := f.Var("longitude").Coordinates()
	if err != nil {
		t.Fatal(err)
	}
	for m, err := range NetCDF().Messages(file, size) {
		if err != nil {
			t.Fatal(err)
		}
		if !m.GridRelative || m.Scan == nil {
			t.Errorf("components relative to the grid: %v; scanned otherwise: %v", m.GridRelative, m.Scan != nil)
		}
		places := make([]geo.LonLat, m.Grid.Len())
		m.Grid.Places(places, 0)
		for i, lat := range lats {
			p := places[m.Scan(i)]
			if math.Abs(p.Lat-lat) > 1e-4 || math.Abs(p.Lon-lons[i]) > 1e-4 { // axes are float32
				t.Fatalf("point %d is at %v, want %v, %v", i, p, lons[i], lat)
			}
		}
		break
	}
}

// Bytes that are no forecast make errors, not panics.
func FuzzNetCDF(f *testing.F) {
	for _, name := range []string{"cf/testdata/forecast.nc", "cf/testdata/bounds.nc", "netcdf/testdata/sample4.nc"} {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		n := 0
		for m := range NetCDF().Messages(bytes.NewReader(content), int64(len(content))) {
			if n++; n > 100 {
				break
			}
			if m != nil && m.Headers.Points < 1<<16 {
				_ = m.Unpack(make([]float32, m.Headers.Points))
			}
		}
	})
}

// TestFilesOfOtherShapesAreRead: groups4 has t2m in a group, and u10 in one within that has a latitude of its own; wrf2 has its places again at
// each time, of which there is no coordinate.
func TestFilesOfOtherShapesAreRead(t *testing.T) {
	for name, want := range map[string][]string{
		"groups4.nc": {
			"1 air_temperature 2024-01-02T03:00:00Z centre 99, from 5 51: [283 284 285 280 281 282]",
			"2 eastward_wind 2024-01-02T03:00:00Z centre 99, from 5 60: [1 2 3]",
		},
		"wrf2.nc": {
			"1 air_temperature 2024-01-01T00:00:00Z centre 255, from 10 50: [280 281 282 283 284 285]",
			"2 air_temperature 2024-01-01T03:00:00Z centre 255, from 10 50: [286 287 288 289 290 291]",
		},
	} {
		file, err := os.Open("netcdf/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for m, err := range NetCDF().Messages(file, info.Size()) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			values := make([]float32, m.Headers.Points)
			if err := m.Unpack(values); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var at [1]geo.LonLat
			m.Grid.Places(at[:], 0)
			got = append(got, fmt.Sprintf("%d %s %v centre %d, from %v %v: %v", m.Number, m.Parameter.Name, m.Valid, m.Parameter.Centre, at[0].Lon, at[0].Lat, values))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q\nwant %q", name, got, want)
		}
	}
}
