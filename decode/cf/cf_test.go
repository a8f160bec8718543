package cf

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"isobar/decode/crs"
	"isobar/decode/netcdf"
	"isobar/elements"
	"isobar/field"
	"isobar/geo"
)

func openFile(t testing.TB, name string) *netcdf.File {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := netcdf.Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// told is a field on a line.
func told(f *Field, err error) string {
	if f == nil {
		return "error: " + err.Error()
	}
	text := fmt.Sprintf("%s %s %q %s %v m%d %v %v %d %s", f.Var.Name, f.Name, f.Process, f.Level.Kind, f.Level.Value, f.Member, f.Run, f.Valid, f.Span, f.GridType)
	if f.Grid != nil {
		text += fmt.Sprint(" ", f.Grid.Extent())
	}
	values := make([]float32, f.Len())
	if err := f.Values(values); err != nil {
		text += " " + err.Error()
	}
	text += fmt.Sprint(" ", values[:min(len(values), 6)])
	if err != nil {
		text += " error: " + err.Error()
	}
	return text
}

func TestFieldsAreFound(t *testing.T) {
	for _, c := range []struct {
		file string
		want map[int]string // some of the fields; -1: how many there are
	}{
		{"forecast.nc", map[int]string{
			-1: `21`,
			0:  `t air_temperature "" pressure 50000 m0 2026-11-24T00:00:00Z 2026-11-24T03:00:00Z 0 regular_ll [-2 10 1 30] [NaN NaN NaN NaN NaN NaN]`,
			1:  `t air_temperature "" pressure 85000 m0 2026-11-24T00:00:00Z 2026-11-24T03:00:00Z 0 regular_ll [-2 10 1 30] [NaN NaN NaN NaN NaN NaN]`,
			6:  `t air_temperature "" pressure 50000 m5 2026-11-24T00:00:00Z 2026-11-24T06:00:00Z 0 regular_ll [-2 10 1 30] [NaN NaN NaN NaN NaN NaN]`,
			15: `t air_temperature "" pressure 85000 m5 2026-11-24T06:00:00Z 2026-11-24T12:00:00Z 0 regular_ll [-2 10 1 30] [NaN NaN NaN NaN NaN NaN]`,
			16: `across relative_humidity "" height 2 m0 1970-01-01T00:00:00Z 1970-01-01T00:00:00Z 0 regular_ll [-2 10 1 30] [3 9 15 21 2 8] error: across: the file does not tell the time`,
			19: `ps surface_air_pressure ""  0 m0 1970-01-01T00:00:00Z 1970-01-01T00:00:00Z 0 unstructured_grid [5.729577951308233 28.64788975654116 17.188733853924695 40.10704565915762] [4 5 6] error: ps: the file does not tell the time`,
			20: `error: odd: dimension station of 2 is of no known kind`,
		}},
		{"bounds.nc", map[int]string{
			-1: `8`,
			0:  `tp precipitation_amount "sum"  0 m0 2026-01-01T06:00:00Z 2026-01-01T06:00:00Z 21600 unstructured_grid [1 10 3 22] [1 2 3 4 5 6]`,
			1:  `tp precipitation_amount "sum"  0 m0 2026-01-01T06:00:00Z 2026-01-01T12:00:00Z 21600 unstructured_grid [1 10 3 22] [7 8 9 10 11 12]`,
			2:  `soil soil_temperature "" depth 0.1 m0 2026-01-01T06:00:00Z 2026-01-01T06:00:00Z 0 unstructured_grid [1 10 3 22] [1 2 3 4 5 6]`,
		}},
	} {
		n := 0
		for f, err := range Fields(openFile(t, c.file)) {
			got := told(f, err)
			if want, ok := c.want[n]; ok && got != want {
				t.Errorf("%s: field %d is\n%s\nwant\n%s", c.file, n, got, want)
			}
			n++
		}
		if got := fmt.Sprint(n); got != c.want[-1] {
			t.Errorf("%s: %s fields, want %s", c.file, got, c.want[-1])
		}
	}
}

func TestDaysOfCalendarsHaveTheirDates(t *testing.T) {
	for name, c := range calendars {
		for day := int64(-800000); day < 800000; day += 37 {
			if c == mixed && day < -141427 { // before the Gregorian reform dates are not asked for
				continue
			}
			y, m, d := c.date(day)
			if back := c.day(y, m, d); back != day || m < 1 || m > 12 || d < 1 || d > 31 {
				t.Fatalf("%q: day %d is %d-%d-%d, which is day %d", name, day, y, m, d, back)
			}
		}
	}
}

func TestTimesByUnitAndCalendar(t *testing.T) {
	for _, c := range []struct {
		units, calendar string
		x               float64
		want            string
	}{
		{"hours since 1900-01-01 00:00:00.0", "gregorian", 1039476, "2018-08-01T12:00:00Z"},
		{"seconds since 1970-01-01T00:00:00+00:00", "proleptic_gregorian", 1720666800, "2024-07-11T03:00:00Z"},
		{"seconds since 1970-01-01 00:00:00 +00:00", "", 1513328400, "2017-12-15T09:00:00Z"},
		{"hours since 1-1-1 00:00:0.0", "standard", 17067072, "1948-01-01T00:00:00Z"},
		{"hours since 1-1-1 00:00:0.0", "proleptic_gregorian", 17067072, "1948-01-03T00:00:00Z"},
		{"days since 1582-10-15", "standard", 0, "1582-10-15T00:00:00Z"},
		{"days since 1582-10-04", "standard", 1, "1582-10-15T00:00:00Z"},
		{"days since 2024-02-28", "noleap", 1, "2024-03-01T00:00:00Z"},
		{"days since 2001-01-01", "365_day", 365 * 24, "2025-01-01T00:00:00Z"},
		{"days since 1850-01-01 12:00", "noleap", 0.25, "1850-01-01T18:00:00Z"},
		{"minutes since 2026-11-24T06:00:00Z", "", 90, "2026-11-24T07:30:00Z"},
		{"hours since 2026-11-24 06:00 -02:00", "", 0, "2026-11-24T08:00:00Z"},
		{"days since 2026-11-24", "", 1.0 / 3, "2026-11-24T08:00:00Z"},
		{"seconds since 1970-01-01 00:00:00 0:00", "", 1704164400, "2024-01-02T03:00:00Z"},
		{"microseconds since 2024-01-01", "", 3.6e9, "2024-01-01T01:00:00Z"},
		{"months since 2000-01-01", "", 13, "2001-02-01T00:00:00Z"}, {"months since 2000-01-16 12:00", "", 2, "2000-03-16T12:00:00Z"},
		{"months since 2000-01-01", "", 1.5, "2000-02-15T12:00:00Z"}, {"months since 2000-01-31", "", 1, "2000-02-29T00:00:00Z"},
		{"months since 2000-03-01", "", -3, "1999-12-01T00:00:00Z"}, {"years since 2000-01-01", "", 3, "2003-01-01T00:00:00Z"},
		{"months since 2000-01-01", "360_day", 13, "2001-02-01T00:00:00Z"},
		{"days since 2000-01-01", "360_day", 8670, "2024-02-01T00:00:00Z"}, {"days since 2000-01-01", "360_day", 59, "2000-02-29T00:00:00Z"},
		{"days since 2000-01-01", "all_leap", 8761, "2023-12-09T00:00:00Z"}, {"days since 2000-01-01", "366_day", 59, "2000-02-29T00:00:00Z"},
		{"days since 2000-01-01", "julian", 8761, "2023-12-27T00:00:00Z"},
		{"day as %Y%m%d.%f", "", 20240102.125, "2024-01-02T03:00:00Z"}, {"month as %Y%m.%f", "", 202402, "2024-02-01T00:00:00Z"},
		{"day as %Y%m%d.%f", "", 20241302, "error"}, {"day as %H", "", 1, "error"}, {"days since 2026-01-01", "lunar", 1, "error"},
		{"month", "", 1, "error"}, {"months since 2026-01-01", "", 1e9, "error"}, {"hours since 2026-13-01", "", 1, "error"},
		{"days since 2026-01-01", "", math.Inf(1), "error"}, {"", "", 1, "error"},
		{"days since 2026-01-01", "", 1e300, "error"}, {"days since 2026-01-01", "", math.NaN(), "error"},
	} {
		got := "error"
		u, err := readUnits(c.units, c.calendar)
		if err == nil {
			var at field.Time
			if at, err = u.time(c.x); err == nil {
				got = at.String()
			}
		}
		if err != nil && !errors.Is(err, ErrTime) {
			t.Errorf("%v %q %q: error %v", c.x, c.units, c.calendar, err)
		}
		if got != c.want {
			t.Errorf("%v %q %q is %s, want %s", c.x, c.units, c.calendar, got, c.want)
		}
	}
}

// numbers and texts make a variable that is but attributes.
func attrs(numbers map[string][]float64, texts map[string]string) *netcdf.Var {
	v := &netcdf.Var{Name: "v", Type: netcdf.Int}
	for name, n := range numbers {
		v.Attrs = append(v.Attrs, netcdf.Attr{Name: name, Numbers: n})
	}
	for name, s := range texts {
		v.Attrs = append(v.Attrs, netcdf.Attr{Name: name, Text: s})
	}
	return v
}

// A mapping of CF is the same grid as PROJ's definition of it.
func TestMappingsAreThoseOfPROJ(t *testing.T) {
	one := func(x float64) []float64 { return []float64{x} }
	for _, c := range []struct {
		name    string
		numbers map[string][]float64
		proj    string
	}{
		{"lambert_conformal_conic", map[string][]float64{"standard_parallel": {33, 45}, "longitude_of_central_meridian": one(-97), "latitude_of_projection_origin": one(40), "earth_radius": one(6371229), "false_easting": one(100)},
			"+proj=lcc +lat_1=33 +lat_2=45 +lat_0=40 +lon_0=-97 +R=6371229 +x_0=100"},
		{"polar_stereographic", map[string][]float64{"standard_parallel": one(60), "straight_vertical_longitude_from_pole": one(-40), "latitude_of_projection_origin": one(90), "semi_major_axis": one(6378137), "inverse_flattening": one(298.257223563)},
			"+proj=stere +lat_0=90 +lat_ts=60 +lon_0=-40 +ellps=WGS84"},
		{"polar_stereographic", map[string][]float64{"scale_factor_at_projection_origin": one(0.994), "straight_vertical_longitude_from_pole": one(0), "latitude_of_projection_origin": one(-90)},
			"+proj=stere +lat_0=-90 +k=0.994 +lon_0=0 +ellps=WGS84"},
		{"lambert_azimuthal_equal_area", map[string][]float64{"longitude_of_projection_origin": one(10), "latitude_of_projection_origin": one(52), "false_easting": one(4321000), "false_northing": one(3210000)},
			"+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=WGS84"},
		{"albers_conical_equal_area", map[string][]float64{"standard_parallel": {-18, -36}, "longitude_of_central_meridian": one(132)}, "+proj=aea +lat_1=-18 +lat_2=-36 +lon_0=132 +ellps=WGS84"},
		{"transverse_mercator", map[string][]float64{"scale_factor_at_central_meridian": one(0.9996), "longitude_of_central_meridian": one(9), "false_easting": one(500000)}, "+proj=utm +zone=32 +ellps=WGS84"},
		{"mercator", map[string][]float64{"standard_parallel": one(20), "longitude_of_projection_origin": one(-20), "earth_radius": one(6371200)}, "+proj=merc +lat_ts=20 +lon_0=-20 +R=6371200"},
		{"rotated_latitude_longitude", map[string][]float64{"grid_north_pole_latitude": one(35), "grid_north_pole_longitude": one(172)}, "+proj=ob_tran +o_proj=longlat +lon_0=-8 +o_lat_p=35 +o_lon_p=0"},
		{"latitude_longitude", nil, "+proj=longlat"},
		{"geostationary", map[string][]float64{"perspective_point_height": one(35785831), "longitude_of_projection_origin": one(9.5), "semi_major_axis": one(6378169), "semi_minor_axis": one(6356583.8)},
			"+proj=geos +h=35785831 +lon_0=9.5 +a=6378169 +b=6356583.8"},
		{"", nil, "+proj=lcc +lat_1=63 +lat_0=63 +lon_0=15 +R=6371000"},
		{"", nil, "+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=0 +k_0=0.9999 +x_0=600000 +R=6371000"},
		{"stereographic", map[string][]float64{"longitude_of_projection_origin": one(10), "latitude_of_projection_origin": one(56), "scale_factor_at_projection_origin": one(1)},
			"+proj=stere +lat_0=56 +lon_0=10 +ellps=WGS84"},
		{"sinusoidal", map[string][]float64{"longitude_of_projection_origin": one(0), "earth_radius": one(6371007)}, "+proj=sinu +R=6371007"},
		{"azimuthal_equidistant", map[string][]float64{"longitude_of_projection_origin": one(10), "latitude_of_projection_origin": one(50)}, "+proj=aeqd +lat_0=50 +lon_0=10 +ellps=WGS84"},
		{"lambert_cylindrical_equal_area", map[string][]float64{"longitude_of_central_meridian": one(10), "standard_parallel": one(30)}, "+proj=cea +lat_ts=30 +lon_0=10 +ellps=WGS84"},
		{"orthographic", map[string][]float64{"longitude_of_projection_origin": one(10), "latitude_of_projection_origin": one(50), "earth_radius": one(6371007)}, "+proj=ortho +lat_0=50 +lon_0=10 +R=6371007"},
	} {
		texts := map[string]string{"grid_mapping_name": c.name}
		if c.name == "" {
			texts["proj4"] = c.proj
		}
		got, err := system(attrs(c.numbers, texts))
		want, err2 := crs.PROJ(c.proj)
		if err != nil || err2 != nil {
			t.Errorf("%s: errors %v, %v", c.name, err, err2)
			continue
		}
		raster := crs.Raster{NX: 2, NY: 2, X: 12000, Y: 20000, DX: 1000, DY: -1000}
		if want.Angles() {
			raster = crs.Raster{NX: 2, NY: 2, X: 12, Y: 20, DX: 1, DY: -1}
		}
		a, err := got.Grid(raster)
		b, err2 := want.Grid(raster)
		if err != nil || err2 != nil || a.ID() != b.ID() {
			t.Errorf("%s: %v (%v), want %v (%v)", c.name, a, err, b, err2)
		}
	}
	for _, name := range []string{"vertical_perspective", "", "oblique_mercator"} {
		if _, err := system(attrs(nil, map[string]string{"grid_mapping_name": name})); !errors.Is(err, crs.ErrUnknown) {
			t.Errorf("%q: error %v", name, err)
		}
	}
}

func TestAxesAreTold(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts map[string]string
		kind  kind
		level elements.LevelKind
		scale float64
	}{
		{"lon", nil, longitude, "", 1}, {"a", map[string]string{"units": "degrees_E"}, longitude, "", 1}, {"y", nil, planeY, "", 1},
		{"a", map[string]string{"standard_name": "grid_latitude"}, planeY, "", 1}, {"a", map[string]string{"units": "hours since 2000-01-01"}, timeAxis, "", 1},
		{"a", map[string]string{"units": "hPa"}, vertical, elements.Pressure, 100}, {"level", map[string]string{"units": "millibars"}, vertical, elements.Pressure, 100},
		{"plev", nil, vertical, elements.Pressure, 1}, {"isobaricInhPa", nil, vertical, elements.Pressure, 100},
		{"a", map[string]string{"standard_name": "pressure_level_in_hpa"}, vertical, elements.Pressure, 100},
		{"a", map[string]string{"standard_name": "height", "units": "km"}, vertical, elements.Height, 1000},
		{"height_above_ground", map[string]string{"units": "m"}, vertical, elements.Height, 1}, {"z", map[string]string{"units": "m", "positive": "up"}, vertical, elements.Height, 1},
		{"soil_depth", map[string]string{"units": "cm"}, vertical, elements.Depth, 0.01}, {"hybrid", nil, vertical, elements.ModelLevel, 1},
		{"a", map[string]string{"standard_name": "altitude", "units": "m"}, vertical, elements.Altitude, 1},
		{"a", map[string]string{"standard_name": "atmosphere_sigma_coordinate"}, vertical, elements.Sigma, 1},
		{"number", nil, member, "", 1}, {"step", nil, lead, "", 1}, {"station", nil, other, "", 1},
	} {
		v := attrs(nil, c.texts)
		v.Name, v.Dims, v.Shape = c.name, []string{c.name}, []int{3}
		r := &reading{file: &netcdf.File{}, axes: map[string]*axis{}}
		if a := r.axis(v); a.kind != c.kind || a.level != c.level || a.scale != c.scale {
			t.Errorf("%s %v: kind %d, level %q by %v; want %d, %q, %v", c.name, c.texts, a.kind, a.level, a.scale, c.kind, c.level, c.scale)
		}
	}
}

func TestCellMethods(t *testing.T) {
	for text, want := range map[string]elements.Process{
		"": "", "time: point": "", "time: mean": elements.Mean, "area: mean": "", "area: mean time: maximum (interval: 1 hour)": elements.Maximum,
		"time: lat: lon: standard_deviation": elements.Deviation, "time:": "", "time: sum": elements.Sum,
	} {
		if got := processOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestUnevenAxesArePlacesOneByOne(t *testing.T) {
	p := &places{dims: []int{0, 1}, nx: 2, ny: 3}
	if err := p.latLon([]float64{0, 1}, []float64{10, 20, 50}); err != nil {
		t.Fatal(err)
	}
	var at [6]geo.LonLat
	p.grid.Places(at[:], 0)
	if p.gridType != "unstructured_grid" || !p.upward || at[0] != (geo.LonLat{Lon: 0, Lat: 50}) || at[5] != (geo.LonLat{Lon: 1, Lat: 10}) {
		t.Errorf("%s with places %v, upward %v", p.gridType, at, p.upward)
	}
}

func TestWhatHasNoKnownDimensionsIsNamed(t *testing.T) {
	for f, err := range Fields(openFile(t, "forecast.nc")) {
		if f == nil && (!strings.Contains(err.Error(), "odd") || !strings.Contains(err.Error(), "station")) {
			t.Errorf("error %v, want one that names the variable and its dimension", err)
		}
	}
}

func FuzzUnits(f *testing.F) {
	f.Add("hours since 1900-01-01 00:00:00.0", "standard", 1039476.0)
	f.Add("days since 1-1-1", "noleap", -5.5)
	f.Fuzz(func(t *testing.T, text, calendar string, x float64) {
		if u, err := readUnits(text, calendar); err == nil {
			_, _ = u.time(x)
		}
	})
}

// Bytes that are no forecast make errors, not panics.
func FuzzFields(f *testing.F) {
	for _, name := range []string{"forecast.nc", "bounds.nc"} {
		content, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := netcdf.Open(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		n := 0
		for f := range Fields(file) {
			if n++; n > 100 {
				break
			}
			if f != nil && f.Len() < 1<<16 {
				_ = f.Values(make([]float32, f.Len()))
			}
		}
	})
}
