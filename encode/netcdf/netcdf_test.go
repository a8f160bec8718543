package netcdf_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/decode"
	"isobar/elements"
	"isobar/encode"
	"isobar/encode/encodetest"
	"isobar/encode/netcdf"
	"isobar/field"
	"isobar/geo"
)

var all = coverage.Cut{X: coverage.All, Y: coverage.All}

func written(t testing.TB, s *coverage.Source) []byte {
	t.Helper()
	f := netcdf.Format(coveragetest.Rows(t))
	if err := f.Check(s); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Encode(context.Background(), &b, s); err != nil {
		t.Fatal(err)
	}
	if size, exact := f.Size(s); size != int64(b.Len()) || !exact {
		t.Errorf("%d bytes, foreseen were %d", b.Len(), size)
	}
	return b.Bytes()
}

// compare reads a file back, and finds each of its fields in the coverage.
func compare(t *testing.T, name string, file []byte, s *coverage.Source, catalogue *elements.Catalogue) {
	t.Helper()
	seen := 0
	for m, err := range decode.NetCDF().Messages(bytes.NewReader(file), int64(len(file))) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := s.Variables[0].Layer.Grid.ID(); m.Grid.ID() != want && s.Exact && len(s.X) == len(s.Native.X) {
			t.Errorf("%s: the grid is %s, want %s", name, m.Grid.ID(), want)
		}
		v, plane := find(s, m, catalogue.Identify(m.Parameter).ID)
		if v < 0 {
			t.Errorf("%s: no field is %s at %v, level %v, member %d, span %d", name, catalogue.Identify(m.Parameter).ID, m.Valid, m.Level, m.Member, m.Span)
			continue
		}
		got, want := make([]float32, m.Grid.Len()), make([]float32, s.Width()*s.Height())
		if err := m.Unpack(got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := s.Read(context.Background(), v, plane, 1, 0, s.Height(), want); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[i] != want[i] && (got[i] == got[i] || want[i] == want[i]) {
				t.Fatalf("%s: field %d, value %d is %v, want %v", name, plane, i, got[i], want[i])
			}
		}
		seen++
	}
	if seen != s.Bands() {
		t.Errorf("%s: %d fields, want %d", name, seen, s.Bands())
	}
}

// find is the field that a message is.
func find(s *coverage.Source, m *decode.Message, element string) (v, plane int) {
	for v := range s.Variables {
		for plane := range s.Planes(v) {
			p, ok := s.Pick(v, plane)
			if ok && s.Variables[v].Layer.Element.ID == element && p.Valid == m.Valid && p.Run == m.Run && p.Level.Value == m.Level.Value && p.Member == m.Member && p.Span == m.Span {
				return v, plane
			}
		}
	}
	return -1, 0
}

func TestWhatIsReadBackIsWhatWasWritten(t *testing.T) {
	catalogue := coveragetest.Rows(t)
	for _, id := range []string{
		"latlon:144x73:-180,-90,177.5,90", "latlon:21x11:-10,40,10,50", "gaussian:16:64x32+0:-180,174.375", "rotated:41x31:-10,-8,10,7:10,-40,0",
		"lambert:161x121:-1600000,1200000,20000,20000:10,48,48:6371229", "lambert:31x21:-400000,300000,20000,20000:10,60,30:6371229",
		"polar:91x91:-5850000,5850000,130000,130000:0,10,60:6371229", "polar:31x31:-1950000,1950000,130000,130000:1,10,60:6371229",
		"mercator:61x41:-500000,7000000,50000,50000:20:6371200", "azimuthal:61x45:-500000,700000,50000,50000:10,52:wgs84",
		"albers:61x45:-500000,700000,50000,50000:10,52,40:6371229", "transverse:61x45:-500000,700000,50000,50000:10,52,0.9996:wgs84",
	} {
		s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid(id), Times: 2}, all, coveragetest.Temperature())
		compare(t, id, written(t, s), s, catalogue)
	}
}

func TestAllAxesComeBack(t *testing.T) {
	catalogue := coveragetest.Rows(t)
	element := func(id string) elements.Element { return catalogue.Get(id) }
	temperature := coveragetest.Temperature()
	aloft := temperature
	aloft.Element = element("t")
	aloft.Levels = []field.Level{{Kind: elements.Pressure, Value: 50000, To: 50000}, {Kind: elements.Pressure, Value: 85000, To: 85000}}
	temperature.Element = element("t2m")
	wind := temperature
	wind.Element = element("u10")
	wind.Levels = []field.Level{{Kind: elements.Height, Value: 10, To: 10}}
	rain := temperature
	rain.Element, rain.Span = element("tp"), 3*3600
	rain.Levels = []field.Level{{Kind: elements.Surface}}
	g := coveragetest.Grid("latlon:21x11:-10,40,10,50")
	for _, shape := range []coveragetest.Shape{{Grid: g}, {Grid: g, Times: 3}, {Grid: g, Members: 2}, {Grid: g, Times: 3, Members: 2}} {
		s := coveragetest.Source(t, shape, all, temperature, aloft, wind, rain)
		compare(t, "axes", written(t, s), s, catalogue)
	}
	s := coveragetest.Source(t, coveragetest.Shape{Grid: g}, coverage.Cut{X: coverage.Interval{Low: 0, High: 5}, Y: coverage.All}, temperature)
	compare(t, "a part", written(t, s), s, catalogue)
	ref, err := geo.Lookup("EPSG:3035")
	if err != nil {
		t.Fatal(err)
	}
	s = coveragetest.Source(t, coveragetest.Shape{Grid: g}, coverage.Cut{X: coverage.All, Y: coverage.All, Out: &ref}, temperature)
	compare(t, "reprojected", written(t, s), s, catalogue)
}

func BenchmarkGlobe(b *testing.B) {
	g := coveragetest.Grid("latlon:1440x721:-180,-90,179.75,90")
	s := coveragetest.Source(b, coveragetest.Shape{Grid: g}, all, coveragetest.Temperature())
	f := netcdf.Format(coveragetest.Rows(b))
	b.ReportAllocs()
	b.SetBytes(4 * s.Cells())
	for b.Loop() {
		if err := f.Encode(context.Background(), io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}

func TestValuesAreAFileOfTheLengthThatTheHeaderTells(t *testing.T) {
	for _, v := range []encode.Values{encodetest.Values(3, 4, 0), encodetest.Values(1, 1, 1), encodetest.Values(5, 2, 3)} {
		text, err := netcdf.Values([]encode.Values{v}, coveragetest.Rows(t))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(text, []byte("CDF\x02")) || len(text)%4 != 0 || !bytes.Contains(text, []byte("featureType")) {
			t.Errorf("%d bytes begin %q", len(text), text[:4])
		}
		// The last variable is the values, and at the end.
		n := 4 * v.Len()
		if last := binary.BigEndian.Uint32(text[len(text)-4:]); math.Float32frombits(last) != float32(v.Len()-1) || len(text) < n {
			t.Errorf("the last value is %v, want %d", math.Float32frombits(last), v.Len()-1)
		}
	}
	if _, err := netcdf.Values(nil, coveragetest.Rows(t)); !errors.Is(err, encode.ErrUnfit) {
		t.Errorf("nothing: %v", err)
	}
}
