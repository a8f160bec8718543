package decode

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"isobar/elements"
)

// corpus is the folder of shared files.
const corpus = "../../shared/data"

// openCorpus opens a file of it, or skips the test.
func openCorpus(t *testing.T, name string) (*os.File, int64) {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus, name))
	if err != nil {
		t.Skipf("no corpus: the folder shared/data is missing beside the checkout: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return f, info.Size()
}

// named is a reader with a name.
type named struct {
	io.ReaderAt
	name string
}

func (n named) Name() string { return n.name }

// told is a message on a line, its first and last value among it.
func told(t *testing.T, c *elements.Catalogue, m *Message, err error) string {
	t.Helper()
	var b strings.Builder
	if m == nil {
		return fmt.Sprintf("error: %v", err)
	}
	e, r := c.Identify(m.Parameter), c.Reading(m.Parameter)
	fmt.Fprintf(&b, "%d %s[%s] %s %v", m.Number, e.ID, r.Unit, m.Level.Kind, m.Level.Value)
	if m.Member != 0 {
		fmt.Fprintf(&b, " m%d", m.Member)
	}
	fmt.Fprintf(&b, " %v %v %d %s %dx%d", m.Run, m.Valid, m.Span, m.Headers.GridType, m.Headers.NI, m.Headers.NJ)
	values := make([]float32, m.Headers.Points)
	if err := m.Unpack(values); err != nil {
		fmt.Fprintf(&b, " %v", err)
	}
	fmt.Fprintf(&b, " %v %v", values[0], values[len(values)-1])
	if m.Grid != nil && m.Grid.Len() != m.Headers.Points {
		fmt.Fprintf(&b, " of a grid of %d", m.Grid.Len())
	}
	if err != nil {
		fmt.Fprintf(&b, " error: %v", err)
	}
	return b.String()
}

func TestBandsAreToldByMetadataAndNames(t *testing.T) {
	c, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		file, as string
		want     []string
	}{
		{"gfs_tz850_2bands_grib_metadata.tif", "", []string{
			`1 gh[gpm] pressure 85000 2016-07-26T00:00:00Z 2016-08-02T06:00:00Z 0 regular_ll 90x62 1504.0686 1521.9565`,
			`2 t[degC] pressure 85000 2016-07-26T00:00:00Z 2016-08-02T06:00:00Z 0 regular_ll 90x62 22.450006 18.650019`,
		}},
		{"gpm_imerg_1d_20240617.tif", "", []string{
			`1 var_gpm-imerg-1d_none[]  0 2024-06-17T00:00:00Z 2024-06-17T00:00:00Z 0 regular_ll 1500x400 0 0`,
		}},
		{"ncep_u_wind_2p5.tif", "", []string{
			`1 var_ncep-u-wind-2p5_none[]  0 1970-01-01T00:00:00Z 1970-01-01T00:00:00Z 0 regular_ll 144x73 0.92500156 4.175001 error: message 1 at byte 0: neither the file nor its name tells a time`,
		}},
		{"ncep_u_wind_2p5.tif", "U_COMPONENT_OF_WIND__SPECIFIC_HEIGHT_LEVEL_ABOVE_GROUND___2026-11-24T06.00.00Z_10m_2026-11-24T09.00.00Z.tiff", []string{
			`1 u10[m/s] height 10 2026-11-24T06:00:00Z 2026-11-24T09:00:00Z 0 regular_ll 144x73 0.92500156 4.175001`,
		}},
		{"nsidc_sea_ice_20201024_ps.tif", "", []string{
			`1 var_nsidc-sea-ice-ps_none[]  0 2020-10-24T00:00:00Z 2020-10-24T00:00:00Z 0 polar_stereographic 316x332 0 0`,
		}},
		{"wind_direction_nsw.tif", "x/wind_20170612T1800.tif", []string{
			`1 var_Wind-Dir-SFC_none[]  0 2017-06-12T18:00:00Z 2017-06-12T18:00:00Z 0 regular_ll 232x193 -32767 -32767`,
		}},
	} {
		file, size := openCorpus(t, "geotiff/"+f.file)
		r := named{file, f.as}
		if f.as == "" {
			r.name = f.file
		}
		var got []string
		for m, err := range GeoTIFF().Messages(r, size) {
			got = append(got, told(t, c, m, err))
		}
		if !slices.Equal(got, f.want) {
			t.Errorf("%s:\n%s\nwant\n%s", r.name, strings.Join(got, "\n"), strings.Join(f.want, "\n"))
		}
	}
}

func TestTimesInNames(t *testing.T) {
	for name, want := range map[string]string{
		"gpm_imerg_1d_20240617.tif": "gpm_imerg_1d [2024-06-17 00:00]",
		"a20130214T060000Z.tif":     "a [2013-02-14 06:00]",
		"TEMPERATURE__SPECIFIC_HEIGHT_LEVEL_ABOVE_GROUND___2026-11-24T06.00.00Z.tiff": "TEMPERATURE__SPECIFIC_HEIGHT_LEVEL_ABOVE_GROUND [2026-11-24 06:00]",
		"t_2024-06-17_23:30.tif": "t [2024-06-17 23:30]",
		"3B-HHR-L.MS.MRG.3IMERG.20240617-S233000-E235959.1410.V07B.1day.tif": "3B-HHR-L.MS.MRG.3IMERG-E235959.1410.V07B.1day [2024-06-17 23:30]",
		"2013021406_p72.tif":            "p72 [2013-02-14 06:00]",
		"icec_20201024_ps.tif":          "icec_ps [2020-10-24 00:00]",
		"wind_20201024_10m.tif":         "wind_10m [2020-10-24 00:00]",
		"2026112400_2026112406_t2m.tif": "t2m [2026-11-24 00:00 2026-11-24 06:00]",
		"12345678901.tif":               "12345678901 []",
		"plain.tif":                     "plain []",
		"20241399.tif":                  "20241399 []",
		"":                              " []",
	} {
		var times []string
		for _, at := range timesInName(name) {
			times = append(times, at.Format("2006-01-02 15:04"))
		}
		if got := fmt.Sprint(plainName(name), " ", times); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("gpm_imerg_1d_20240617-S233000.tif")
	f.Add("2026112400_2026112406_t2m_850hPa.tif")
	f.Fuzz(func(t *testing.T, name string) {
		timesInName(name)
		plainName(name)
		levelIn(name)
		quantityIn(name)
	})
}

// Bytes that are no raster make errors, not panics.
func FuzzGeoTIFF(f *testing.F) {
	names, _ := filepath.Glob("geotiff/testdata/crs/*.tif")
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for m := range GeoTIFF().Messages(bytes.NewReader(content), int64(len(content))) {
			if m != nil && m.Headers.Points < 1<<16 {
				_ = m.Unpack(make([]float32, m.Headers.Points))
			}
		}
	})
}

// A file that GDAL made of NetCDF tells no coordinate system, and time and level as it does there.
func TestBandsAreToldByWhatWasNetCDF(t *testing.T) {
	c, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile("geotiff/testdata/netcdf.tif")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 t[K] pressure 100000 2018-08-01T12:00:00Z 2018-08-01T12:00:00Z 0 regular_ll 12x7 272.56485 240.56416",
		"2 t[K] pressure 85000 2018-08-01T12:00:00Z 2018-08-01T12:00:00Z 0 regular_ll 12x7 272.5388 232.53879",
	}
	for m, err := range GeoTIFF().Messages(bytes.NewReader(content), int64(len(content))) {
		if got := told(t, c, m, err); m.Number <= len(want) && got != want[m.Number-1] {
			t.Errorf("%s, want %s", got, want[m.Number-1])
		}
	}
}

// TestWholeNumbersTellTheirSteps: those of NetCDF and GeoTIFF are a scale apart.
func TestWholeNumbersTellTheirSteps(t *testing.T) {
	for _, c := range []struct {
		file   string
		format Format
		least  float64 // of the steps of the first field
		most   float64
	}{
		{"netcdf/air.nc", NetCDF(), 0.00999, 0.01001},
		{"netcdf/era5_tuv_pl.nc", NetCDF(), 1e-4, 1e-2},
		{"netcdf/harmonie_n25_20171215_16x16_49steps.nc", NetCDF(), 0, 0},
		{"geotiff/gfs_tz850_2bands_grib_metadata.tif", GeoTIFF(), 0, 0},
		{"geotiff/gpm_imerg_1d_20240617.tif", GeoTIFF(), 0, 1},
	} {
		f, size := openCorpus(t, c.file)
		for m, err := range c.format.Messages(named{f, c.file}, size) {
			if m == nil {
				t.Fatal(err)
			}
			if m.Quantum < c.least || m.Quantum > c.most {
				t.Errorf("%s: steps of %v, want %v to %v", c.file, m.Quantum, c.least, c.most)
			}
			break
		}
	}
}
