package grib_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/decode"
	"isobar/elements"
	"isobar/encode"
	"isobar/encode/grib"
	"isobar/field"
	"isobar/geo"
	"isobar/sample"
)

var all = coverage.Cut{X: coverage.All, Y: coverage.All}

// compare writes and reads back: each message must be the next field, on the grid that is wanted.
func compare(t *testing.T, name string, s *coverage.Source, catalogue *elements.Catalogue, gridID string) {
	t.Helper()
	var b bytes.Buffer
	f := grib.Format(catalogue)
	if err := f.Check(s); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := f.Encode(context.Background(), &b, s); err != nil {
		t.Fatal(err)
	}
	v, plane, n := 0, 0, 0
	for m, err := range decode.GRIB().Messages(bytes.NewReader(b.Bytes()), int64(b.Len())) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if plane == s.Planes(v) {
			v, plane = v+1, 0
		}
		p, _ := s.Pick(v, plane)
		want := p.Input.Keys[0]
		if id := catalogue.Identify(m.Parameter).ID; id != want.Element || m.Run != want.Run || m.Valid != want.Valid || m.Span != want.Span || m.Level != want.Level || m.Member != want.Member {
			t.Errorf("%s: message %d is %s run %v valid %v span %d level %v member %d, want %+v", name, m.Number, id, m.Run, m.Valid, m.Span, m.Level, m.Member, want)
		}
		if m.Grid.ID() != gridID {
			t.Errorf("%s: the grid is %s, want %s", name, m.Grid.ID(), gridID)
		}
		got, stored := make([]float32, m.Grid.Len()), make([]float32, s.Width()*s.Height())
		if err := m.Unpack(got); err != nil {
			t.Fatal(err)
		}
		if err := s.Read(context.Background(), v, plane, 1, 0, s.Height(), stored); err != nil {
			t.Fatal(err)
		}
		for i, w := range stored {
			if got[i] != w && (got[i] == got[i] || w == w) {
				t.Fatalf("%s: message %d, value %d is %v, want %v", name, m.Number, i, got[i], w)
			}
		}
		plane++
		n++
	}
	if n != s.Bands() {
		t.Errorf("%s: %d messages, want %d", name, n, s.Bands())
	}
}

func TestGridsComeBack(t *testing.T) {
	catalogue := coveragetest.Rows(t)
	e := coveragetest.Temperature()
	e.Element = catalogue.Get("t2m")
	for _, id := range []string{
		"latlon:144x73:-180,-90,177.5,90", "latlon:21x11:-10,40,10,50", "gaussian:16:64x32+0:-180,174.375", "rotated:41x31:-10,-8,10,7:10,-40,0",
	} {
		compare(t, id, coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid(id)}, all, e), catalogue, id)
	}
	s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid("latlon:144x73:-180,-90,177.5,90")}, coverage.Cut{X: coverage.Interval{Low: 350, High: 370}, Y: coverage.Interval{Low: 30, High: 60}}, e)
	compare(t, "a part", s, catalogue, "latlon:9x13:-10,30,10,60")
}

func TestPlanesComeBackToTheirResolution(t *testing.T) {
	catalogue := coveragetest.Rows(t)
	e := coveragetest.Temperature()
	e.Element = catalogue.Get("t2m")
	for _, id := range []string{
		"lambert:161x121:-1600000,1200000,20000,20000:10,48,48:6371229", "lambert:31x21:-400000,300000,20000,20000:10,60,30:6371200",
		"lambert:31x21:-400000,300000,20000,20000:10,-30,-60:6370000", "polar:91x91:-5850000,5850000,130000,130000:0,10,60:6371229",
		"polar:31x31:-1950000,1950000,130000,130000:1,10,60:6371229", "mercator:61x41:-500000,7000000,50000,50000:20:6371200",
		"azimuthal:61x45:-500000,700000,50000,50000:10,52:wgs84", "albers:61x45:-500000,700000,50000,50000:10,52,40:6371229",
		"transverse:61x45:-500000,700000,50000,50000:10,52,0.9996:6377563.396,6356256.909",
	} {
		s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid(id)}, all, e)
		var b bytes.Buffer
		if err := grib.Format(catalogue).Encode(context.Background(), &b, s); err != nil {
			t.Fatal(err)
		}
		for m, err := range decode.GRIB().Messages(bytes.NewReader(b.Bytes()), int64(b.Len())) {
			if err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			want, got := make([]geo.LonLat, s.Width()*s.Height()), make([]geo.LonLat, m.Grid.Len())
			s.Variables[0].Layer.Grid.Places(want, 0)
			m.Grid.Places(got, 0)
			const micro = 3e-6 // degrees, as the headers are
			for i, w := range want {
				if math.Abs(math.Remainder(got[i].Lon-w.Lon, 360))*math.Cos(w.Lat*math.Pi/180) > micro || math.Abs(got[i].Lat-w.Lat) > micro {
					t.Fatalf("%s: cell %d lies at %v, want %v (%s)", id, i, got[i], w, m.Grid.ID())
				}
			}
			values, stored := make([]float32, len(got)), make([]float32, len(got))
			if err := m.Unpack(values); err != nil {
				t.Fatal(err)
			}
			if err := s.Read(context.Background(), 0, 0, 1, 0, s.Height(), stored); err != nil {
				t.Fatal(err)
			}
			for i, w := range stored {
				if values[i] != w && (values[i] == values[i] || w == w) {
					t.Fatalf("%s: value %d is %v, want %v", id, i, values[i], w)
				}
			}
		}
	}
}

func TestProductsComeBack(t *testing.T) {
	catalogue := coveragetest.Rows(t)
	with := func(id string, span field.Seconds, levels ...field.Level) coveragetest.Element {
		e := coveragetest.Temperature()
		e.Element, e.Span, e.Levels = catalogue.Get(id), span, levels
		return e
	}
	level := func(k elements.LevelKind, v, to float64) field.Level { return field.Level{Kind: k, Value: v, To: to} }
	g := coveragetest.Grid("latlon:21x11:-10,40,10,50")
	for _, shape := range []coveragetest.Shape{{Grid: g}, {Grid: g, Times: 3, Members: 3}} {
		s := coveragetest.Source(t, shape, all,
			with("t2m", 0, level(elements.Height, 2, 2)), with("t", 0, level(elements.Pressure, 50000, 50000), level(elements.Pressure, 85000, 85000)),
			with("tp", 3*3600, level(elements.Surface, 0, 0)), with("tp", 1800, level(elements.Surface, 0, 0)), with("msl", 0, level(elements.MeanSea, 0, 0)),
			with("tmax2m", 6*3600, level(elements.Height, 2, 2)),
		)
		compare(t, "products", s, catalogue, g.ID())
	}
}

func TestValuesOfAnyKindComeBack(t *testing.T) {
	catalogue := coveragetest.Rows(t)
	for name, value := range map[string]func(at geo.LonLat) float64{
		"constant":         func(geo.LonLat) float64 { return 273.15 },
		"nothing":          func(geo.LonLat) float64 { return math.NaN() },
		"two decimals":     func(at geo.LonLat) float64 { return math.Round(100*(280+at.Lon)) / 100 },
		"a binary step":    func(at geo.LonLat) float64 { return 250.125 + math.Round(at.Lat*7)/64 },
		"of many sizes":    func(at geo.LonLat) float64 { return math.Exp(at.Lon) },
		"all digits":       func(at geo.LonLat) float64 { return math.Sin(at.Lon*12.34) * 1e-4 },
		"large and small":  func(at geo.LonLat) float64 { return math.Copysign(1e30, at.Lon) },
		"negative numbers": func(at geo.LonLat) float64 { return -math.Round(1000*math.Abs(at.Lat)) / 10 },
	} {
		e := coveragetest.Temperature()
		e.Element = catalogue.Get("t2m")
		e.Value = func(at geo.LonLat, _, _, _ int) float64 { return value(at) }
		g := coveragetest.Grid("latlon:21x11:-10,40,10,50")
		compare(t, name, coveragetest.Source(t, coveragetest.Shape{Grid: g}, all, e), catalogue, g.ID())
	}
}

// TestForecastsPackAsTheyWere reads fields of models' own files, and looks that they take about as many bits.
func TestForecastsPackAsTheyWere(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/data/gfs/*.grib2")
	if len(files) == 0 {
		t.Skip("no ../shared/data/gfs")
	}
	catalogue := coveragetest.Rows(t)
	tried := 0
	for _, path := range files {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			t.Fatal(err)
		}
		for m, err := range decode.GRIB().Messages(file, info.Size()) {
			if err != nil || m.Packing == nil || tried > 40 {
				continue
			}
			tried++
			values := make([]float32, m.Grid.Len())
			if err := m.Unpack(values); err != nil {
				t.Fatal(err)
			}
			e := coveragetest.Temperature()
			e.Element, e.Levels = catalogue.Get("t2m"), []field.Level{{Kind: elements.Height, Value: 2, To: 2}}
			e.Value = func(geo.LonLat, int, int, int) float64 { return 0 }
			cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: m.Grid}, e)
			fields.Values[cube.Variables[0].Picks[0].Input.Keys[0]] = values
			s, err := coverage.New(fields, sample.New(1<<20), cube, all)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, path, s, catalogue, m.Grid.ID())
			var b bytes.Buffer
			if err := grib.Format(catalogue).Encode(context.Background(), &b, s); err != nil {
				t.Fatal(err)
			}
			if bits := 8 * b.Len() / len(values); bits > m.Packing.Bits+8 {
				t.Logf("%s message %d: %d bits a value, %d in the file (E %d, D %d)", filepath.Base(path), m.Number, bits, m.Packing.Bits, m.Packing.Binary, m.Packing.Decimal)
			}
		}
	}
}

func TestWhatGRIBCantHoldIsNamed(t *testing.T) {
	catalogue := coveragetest.Rows(t)
	g := coveragetest.Grid("latlon:21x11:-10,40,10,50")
	e := coveragetest.Temperature()
	e.Element = catalogue.Get("nonsense")
	if err := grib.Format(catalogue).Check(coveragetest.Source(t, coveragetest.Shape{Grid: g}, all, e)); !errors.Is(err, encode.ErrUnfit) {
		t.Errorf("an element without numbers: %v", err)
	}
	ref, err := geo.Lookup("EPSG:3857")
	if err != nil {
		t.Fatal(err)
	}
	e.Element = catalogue.Get("t2m")
	if err := grib.Format(catalogue).Check(coveragetest.Source(t, coveragetest.Shape{Grid: g}, coverage.Cut{X: coverage.All, Y: coverage.All, Out: &ref}, e)); !errors.Is(err, encode.ErrUnfit) {
		t.Errorf("a web map: %v", err)
	}
}

func BenchmarkGlobe(b *testing.B) {
	catalogue := coveragetest.Rows(b)
	e := coveragetest.Temperature()
	e.Element = catalogue.Get("t2m")
	s := coveragetest.Source(b, coveragetest.Shape{Grid: coveragetest.Grid("latlon:1440x721:-180,-90,179.75,90")}, all, e)
	f := grib.Format(catalogue)
	b.SetBytes(4 * s.Cells())
	for b.Loop() {
		if err := f.Encode(context.Background(), io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}
