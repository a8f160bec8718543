package encode_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/elements"
	"isobar/encode"
	"isobar/encode/encodetest"
	"isobar/encode/geotiff"
	"isobar/encode/grib"
	"isobar/encode/netcdf"
	"isobar/encode/png16"
	"isobar/encode/zarr"
	"isobar/field"
	"isobar/geo"
	"isobar/sample"
)

// These tests read what is written with other people's programs: GDAL, the NetCDF library and ecCodes. They start hundreds of them, so
// that `make test-coverages` runs them and `make test` does not.

// outside is set where the programs may be started.
const outside = "OUTSIDE"

// tool skips a test whose program is not there.
func tool(t *testing.T, name string) {
	t.Helper()
	if os.Getenv(outside) == "" {
		t.Skipf("run by make test-coverages: %s is not set", outside)
	}
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
}

// run gives a program's output.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	var out, bad bytes.Buffer
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = &out, &bad
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, bad.String(), out.String())
	}
	return out.String()
}

func catalogue(t *testing.T) *elements.Catalogue {
	t.Helper()
	c, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// of makes a coverage of temperatures at two times, whose values tell the place.
func of(t *testing.T, id string, times int, cut coverage.Cut, levels ...field.Level) *coverage.Source {
	t.Helper()
	e := coveragetest.Temperature()
	e.Element = catalogue(t).Get("t2m")
	if levels != nil {
		e.Element, e.Levels = catalogue(t).Get("t"), levels
	}
	cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid(id), Times: times}, e)
	s, err := coverage.New(fields, sample.New(1<<20), cube, cut)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var all = coverage.Cut{X: coverage.All, Y: coverage.All}

// written is a file.
func written(t *testing.T, f encode.Coverage, s *coverage.Source) string {
	t.Helper()
	if err := f.Check(s); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "coverage"+f.Extension)
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := f.Encode(context.Background(), out, s); err != nil {
		t.Fatal(err)
	}
	return path
}

// plane is a field's values.
func plane(t *testing.T, s *coverage.Source, n int) []float32 {
	t.Helper()
	values := make([]float32, s.Width()*s.Height())
	if err := s.Read(context.Background(), 0, n, 1, 0, s.Height(), values); err != nil {
		t.Fatal(err)
	}
	return values
}

// gdal reads all bands of a file with GDAL, as 32 bit numbers one band after the other.
func gdal(t *testing.T, dataset string) []float32 {
	t.Helper()
	out := filepath.Join(t.TempDir(), "raw")
	run(t, "gdal_translate", "-q", "-of", "ENVI", "-ot", "Float32", "-co", "INTERLEAVE=BSQ", dataset, out)
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, len(raw)/4)
	if err := binary.Read(bytes.NewReader(raw), binary.LittleEndian, values); err != nil {
		t.Fatal(err)
	}
	return values
}

// same compares values; fill is how a reader says that one is missing.
func same(t *testing.T, name string, got, want []float32, fill float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if g == fill {
			g = float32(math.NaN())
		}
		if g != w && (g == g || w == w) {
			t.Fatalf("%s: value %d is %v, want %v", name, i, got[i], w)
		}
	}
}

// info is what GDAL says of a file.
type info struct {
	GeoTransform     []float64
	CoordinateSystem struct{ WKT string }
	Metadata         map[string]map[string]string
	Bands            []struct {
		NoDataValue any
		Overviews   []any
		Metadata    map[string]map[string]string
	}
}

func gdalinfo(t *testing.T, dataset string) (i info) {
	t.Helper()
	text := strings.ReplaceAll(run(t, "gdalinfo", "-json", dataset), ":NaN", `:"NaN"`)
	text = strings.ReplaceAll(text, ": NaN", `: "NaN"`)
	if err := json.Unmarshal([]byte(text), &i); err != nil {
		t.Fatalf("%s: %v\n%s", dataset, err, text)
	}
	return i
}

// placed compares where GDAL puts some pixels with where they are.
func placed(t *testing.T, name, dataset string, s *coverage.Source) {
	t.Helper()
	var in strings.Builder
	var want []geo.LonLat
	for _, at := range [][2]int{{0, 0}, {s.Width() - 1, 0}, {0, s.Height() - 1}, {s.Width() - 1, s.Height() - 1}, {s.Width() / 2, s.Height() / 3}} {
		fmt.Fprintf(&in, "%v %v\n", float64(at[0])+0.5, float64(at[1])+0.5)
		p := make([]geo.LonLat, 1)
		s.Ref.Inverse(p, []geo.XY{{X: s.X[at[0]], Y: s.Y[at[1]]}})
		want = append(want, p[0])
	}
	c := exec.Command("gdaltransform", "-t_srs", "OGC:CRS84", "-output_xy", dataset)
	c.Stdin = strings.NewReader(in.String())
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: gdaltransform: %v\n%s", name, err, out)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		words := strings.Fields(line)
		lon, errX := strconv.ParseFloat(words[0], 64)
		lat, errY := strconv.ParseFloat(words[1], 64)
		if errX != nil || errY != nil || math.Abs(math.Remainder(lon-want[i].Lon, 360)) > 1e-6 && math.Abs(lat) < 89.9999 || math.Abs(lat-want[i].Lat) > 1e-6 {
			t.Errorf("%s: GDAL puts pixel %d at %s, want %v", name, i, line, want[i])
		}
	}
}

// grids are those that GeoTIFF and NetCDF can both name for GDAL.
var grids = []string{
	"latlon:144x73:-180,-90,177.5,90", "latlon:1201x901:-10,40,20,62.5", "lambert:161x121:-1600000,1200000,20000,20000:10,48,48:6371229",
	"lambert:61x41:-400000,300000,20000,20000:10,60,30:6371229", "polar:91x91:-5850000,5850000,130000,130000:0,10,60:6371229",
	"polar:31x31:-1950000,1950000,130000,130000:1,10,60:6371229", "mercator:61x41:-500000,7000000,50000,50000:20:6371200",
	"azimuthal:61x45:-500000,700000,50000,50000:10,52:wgs84", "albers:61x45:-500000,700000,50000,50000:10,52,40:6371229",
	"transverse:61x45:-500000,700000,10000,10000:10,52,0.9996:wgs84",
}

func TestOutsideGDALReadsGeoTIFF(t *testing.T) {
	tool(t, "gdalinfo")
	for _, id := range grids {
		t.Run(id, func(t *testing.T) {
			s := of(t, id, 2, all)
			path := written(t, geotiff.Format(), s)
			same(t, id, gdal(t, path), append(plane(t, s, 0), plane(t, s, 1)...), float32(math.NaN()))
			placed(t, id, path, s)
			i := gdalinfo(t, path)
			if i.Metadata["IMAGE_STRUCTURE"]["LAYOUT"] != "COG" || len(i.Bands) != 2 || i.Bands[1].NoDataValue == nil {
				t.Errorf("got %+v", i.Metadata)
			}
			if m := i.Bands[1].Metadata[""]; m["valid_time"] != s.Times[1].String() || m["standard_name"] != "air_temperature" {
				t.Errorf("the second band is %v", m)
			}
		})
	}
}

func TestOutsideTheGeoTIFFIsCloudOptimized(t *testing.T) {
	tool(t, "gdalinfo")
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil || exec.Command(python, "-c", "import osgeo_utils.samples.validate_cloud_optimized_geotiff").Run() != nil {
		t.Skip("GDAL's validator is not installed")
	}
	for _, times := range []int{1, 3} {
		path := written(t, geotiff.Format(), of(t, "latlon:1440x721:-180,-90,179.75,90", times, all))
		if out := run(t, python, "-m", "osgeo_utils.samples.validate_cloud_optimized_geotiff", path); !strings.Contains(out, "is a valid cloud optimized GeoTIFF") {
			t.Errorf("%d bands: %s", times, out)
		}
	}
}

func TestOutsideGDALReadsNetCDF(t *testing.T) {
	tool(t, "gdalinfo")
	for _, id := range append([]string{"rotated:41x31:-10,-8,10,7:10,-40,0"}, grids...) {
		t.Run(id, func(t *testing.T) {
			s := of(t, id, 2, all)
			path := written(t, netcdf.Format(catalogue(t)), s)
			dataset := "NETCDF:" + path + ":t2m"
			const fill = 9.969209968386869e36
			same(t, id, gdal(t, dataset), append(plane(t, s, 0), plane(t, s, 1)...), fill)
			if !strings.HasPrefix(id, "rotated") { // GDAL 3.6 has no system for rotated coordinates
				placed(t, id, dataset, s)
			}
		})
	}
}

func TestOutsideNcdumpReadsNetCDF(t *testing.T) {
	tool(t, "ncdump")
	s := of(t, "lambert:61x41:-400000,300000,20000,20000:10,60,30:6371229", 2, all, field.Level{Kind: elements.Pressure, Value: 50000, To: 50000}, field.Level{Kind: elements.Pressure, Value: 85000, To: 85000})
	out := run(t, "ncdump", "-v", "time,pressure,forecast_reference_time", written(t, netcdf.Format(catalogue(t)), s))
	for _, want := range []string{
		"float t(time, pressure, y, x)", `t:standard_name = "air_temperature"`, `t:units = "K"`, `crs:grid_mapping_name = "lambert_conformal_conic"`,
		`:Conventions = "CF-1.11"`, "pressure = 50000, 85000", "time = 1795478400, 1795489200", "forecast_reference_time = 1795478400", "double lat(y, x)",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestOutsideNcdumpReadsEnsemblesAndIntervals(t *testing.T) {
	tool(t, "ncdump")
	e := coveragetest.Temperature()
	e.Element, e.Span = catalogue(t).Get("tp"), 3*3600
	s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid("latlon:21x11:-10,40,10,50"), Times: 2, Members: 3}, all, e)
	out := run(t, "ncdump", "-v", "realization,time_bnds,forecast_reference_time,lat_bnds", written(t, netcdf.Format(catalogue(t)), s))
	for _, want := range []string{
		"float tp(realization, time, lat, lon)", `tp:cell_methods = "time: sum"`, `realization:standard_name = "realization"`, "realization = 0, 1, 2",
		`time:bounds = "time_bnds"`, "1795467600, 1795478400,", "1795478400, 1795489200", `forecast_reference_time:standard_name = "forecast_reference_time"`,
		`lat:bounds = "lat_bnds"`, "50.5, 49.5,", `tp:coordinates = "forecast_reference_time`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// placesScript opens values at places and prints what it sees of them.
const placesScript = `
import sys, xarray
d = xarray.open_dataset(sys.argv[1])
print(d.attrs["featureType"], d.t.dims, d.t.shape, float(d.t.values.max()), str(d.time.values.max())[:19])
`

func TestOutsideXarrayOpensValuesAtPlaces(t *testing.T) {
	tool(t, "python3")
	if exec.Command("python3", "-c", "import xarray, netCDF4").Run() != nil {
		t.Skip("xarray and netCDF4 are not installed for python3")
	}
	way := encodetest.Values(5, 1, 3)
	way.Path = true
	for want, v := range map[string]encode.Values{
		"timeSeriesProfile ('place', 'time', 'pressure') (3, 2, 2) 11.0 2026-11-24T03:00:00\n":     encodetest.Values(3, 2, 2),
		"timeSeries ('place', 'time') (1, 4) 3.0 2026-11-24T09:00:00\n":                            encodetest.Values(1, 4, 0),
		"trajectoryProfile ('trajectory', 'obs', 'pressure') (1, 5, 3) 14.0 2026-11-24T00:00:00\n": way,
	} {
		text, err := netcdf.Values([]encode.Values{v}, catalogue(t))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "values.nc")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if out := run(t, "python3", "-c", placesScript, path); out != want {
			t.Errorf("got %q, want %q", out, want)
		}
	}
}

func TestOutsideEcCodesReadsGRIB(t *testing.T) {
	tool(t, "grib_get_data")
	for _, id := range append([]string{"rotated:41x31:-10,-8,10,7:10,-40,0", "gaussian:16:64x32+0:-180,174.375"}, grids...) {
		if strings.HasPrefix(id, "transverse") || strings.HasPrefix(id, "albers") { // ecCodes has no places for them
			continue
		}
		t.Run(id, func(t *testing.T) {
			s := of(t, id, 1, all)
			path := written(t, grib.Format(catalogue(t)), s)
			if got := strings.TrimSpace(run(t, "grib_get", "-p", "shortName,level,dataDate,stepRange", path)); got != "2t 2 20261124 0" {
				t.Errorf("ecCodes says %q", got)
			}
			out := run(t, "grib_get_data", "-m", "NaN", "-L", "%.7f %.7f", "-F", "%.9g", path)
			checkPoints(t, s, strings.Split(strings.TrimSpace(out), "\n")[1:])
		})
	}
}

// checkPoints finds the cell of each line of latitude, longitude and value.
func checkPoints(t *testing.T, s *coverage.Source, lines []string) {
	t.Helper()
	want, w := plane(t, s, 0), s.Width()
	if len(lines) != len(want) {
		t.Fatalf("%d points, want %d", len(lines), len(want))
	}
	upwards := s.Ref.Code == "" && s.Native.Kind != "rotated"
	at := make([]geo.LonLat, 1)
	for k, line := range lines {
		i, j := k%w, k/w
		if upwards {
			j = s.Height() - 1 - j
		}
		words := strings.Fields(strings.ReplaceAll(line, ",", " "))
		var v [3]float64
		for n := range v {
			var err error
			if v[n], err = strconv.ParseFloat(words[n], 64); err != nil {
				t.Fatalf("line %q: %v", line, err)
			}
		}
		s.Ref.Inverse(at, []geo.XY{{X: s.X[i], Y: s.Y[j]}})
		if math.Abs(v[0]-at[0].Lat) > 1e-5 || math.Abs(math.Remainder(v[1]-at[0].Lon, 360))*math.Cos(v[0]*math.Pi/180) > 1e-5 {
			t.Fatalf("point %d lies at %v %v, want %v", k, v[1], v[0], at[0])
		}
		x := want[j*w+i]
		if float32(v[2]) != x && (x == x || v[2] == v[2]) {
			t.Fatalf("point %d is %v, want %v", k, v[2], x)
		}
	}
}

func TestOutsideGDALReadsPNG16(t *testing.T) {
	tool(t, "gdalinfo")
	s := of(t, "latlon:144x73:-180,-90,177.5,90", 1, all)
	s.Variables[0].Layer.Min, s.Variables[0].Layer.Max = 200, 330
	scale, offset := png16.Scale(s)
	for i, p := range gdal(t, written(t, png16.Format(), s)) {
		if w := plane(t, s, 0)[i]; w == w && math.Abs(offset+scale*float64(p)-float64(w)) > scale {
			t.Fatalf("pixel %d is %v, for %v", i, p, w)
		} else if i > 500 {
			break
		}
	}
}

// xarrayScript opens both files and prints what it sees of the variable.
const xarrayScript = `
import sys, xarray, zarr
a = xarray.open_dataset(sys.argv[1])
b = xarray.open_zarr(zarr.storage.ZipStore(sys.argv[2], mode="r"), consolidated=True)
assert (a.t.fillna(-1).values == b.t.fillna(-1).values).all(), "values differ"
for d in (a, b):
    print(d.t.dims, d.t.shape, d.t.attrs["standard_name"], d.t.attrs["grid_mapping"], str(d.time.values[-1])[:19], float(d.pressure[0]))
`

func TestOutsideXarrayOpensZarrAndNetCDF(t *testing.T) {
	tool(t, "python3")
	if exec.Command("python3", "-c", "import xarray, zarr, netCDF4").Run() != nil {
		t.Skip("xarray, zarr and netCDF4 are not installed for python3")
	}
	s := of(t, "lambert:61x41:-400000,300000,20000,20000:10,60,30:6371229", 2, all, field.Level{Kind: elements.Pressure, Value: 50000, To: 50000}, field.Level{Kind: elements.Pressure, Value: 85000, To: 85000})
	out := run(t, "python3", "-c", xarrayScript, written(t, netcdf.Format(catalogue(t)), s), written(t, zarr.Format(catalogue(t)), s))
	want := "('time', 'pressure', 'y', 'x') (2, 2, 41, 61) air_temperature crs 2026-11-24T03:00:00 50000.0\n"
	if out != want+want {
		t.Errorf("got\n%swant twice\n%s", out, want)
	}
}
