package geotiff_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/decode"
	"isobar/encode"
	"isobar/encode/geotiff"
	"isobar/geo"
)

var all = coverage.Cut{X: coverage.All, Y: coverage.All}

// grids are of every kind that a GeoTIFF can name.
var grids = []string{
	"latlon:144x73:-180,-90,177.5,90", "latlon:21x11:-10,40,10,50", "latlon:1201x901:-10,40,20,62.5",
	"lambert:161x121:-1600000,1200000,20000,20000:10,48,48:6371229", "lambert:161x121:-1600000,1200000,20000,20000:10,60,30:6371229",
	"polar:91x91:-5850000,5850000,130000,130000:0,10,60:6371229", "polar:91x91:-5850000,5850000,130000,130000:1,10,60:6371229",
	"mercator:61x41:-500000,7000000,50000,50000:20:6371200", "azimuthal:61x45:-500000,700000,50000,50000:10,52:wgs84",
	"albers:61x45:-500000,700000,50000,50000:10,52,40:6371229", "transverse:61x45:-500000,700000,50000,50000:10,52,0.9996:wgs84",
}

func written(t testing.TB, f encode.Coverage, s *coverage.Source) []byte {
	t.Helper()
	if err := f.Check(s); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Encode(context.Background(), &b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// compare reads a file back: as many fields, on the same grid, with the same values.
func compare(t *testing.T, name string, file []byte, s *coverage.Source) {
	t.Helper()
	plane := 0
	for m, err := range decode.GeoTIFF().Messages(bytes.NewReader(file), int64(len(file))) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if plane >= s.Planes(0) {
			t.Fatalf("%s: more than %d fields", name, plane)
		}
		if want := s.Variables[0].Layer.Grid.ID(); m.Grid.ID() != want && s.Exact {
			t.Errorf("%s: the grid is %s, want %s", name, m.Grid.ID(), want)
		}
		p, _ := s.Pick(0, plane)
		if m.Valid != p.Valid || m.Run != p.Run {
			t.Errorf("%s: field %d is of %v, run %v, want %v, %v", name, plane, m.Valid, m.Run, p.Valid, p.Run)
		}
		got, want := make([]float32, m.Grid.Len()), make([]float32, s.Width()*s.Height())
		if err := m.Unpack(got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := s.Read(context.Background(), 0, plane, 1, 0, s.Height(), want); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[i] != want[i] && (got[i] == got[i] || want[i] == want[i]) {
				t.Fatalf("%s: field %d, value %d is %v, want %v", name, plane, i, got[i], want[i])
			}
		}
		plane++
	}
	if plane != s.Planes(0) {
		t.Errorf("%s: %d fields, want %d", name, plane, s.Planes(0))
	}
}

func TestWhatIsReadBackIsWhatWasWritten(t *testing.T) {
	for _, id := range grids {
		s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid(id), Times: 2}, all)
		compare(t, id, written(t, geotiff.Format(), s), s)
	}
}

func TestEveryLayoutHoldsTheSame(t *testing.T) {
	s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid("latlon:301x201:-10,40,20,60")}, all)
	for _, options := range []map[string]string{
		{}, {"compression": "None"}, {"compression": "Deflate", "predictor": "Horizontal"}, {"predictor": "None", "tiling": "true"},
		{"tilewidth": "64", "tileheight": "32"}, {"tiling": "false"},
	} {
		f, err := geotiff.Format().With(options)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, strings.TrimSpace(strings.Join([]string{options["compression"], options["predictor"], options["tiling"]}, " ")), written(t, f, s), s)
	}
	for _, options := range []map[string]string{{"compression": "LZW"}, {"tilewidth": "15"}, {"tileheight": "0"}, {"tilewidth": "1000000"}, {"colour": "red"}, {"interleave": "pixel"}} {
		if _, err := geotiff.Format().With(options); !errors.Is(err, encode.ErrOption) {
			t.Errorf("%v: got %v, want an unknown option", options, err)
		}
	}
}

func TestDirectoriesComeFirstAndOverviewsAreMeans(t *testing.T) {
	e := coveragetest.Temperature()
	e.Value = func(at geo.LonLat, _, _, _ int) float64 {
		if at.Lon < 0.6 && at.Lat > 0 {
			return math.NaN()
		}
		return at.Lon
	}
	s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid("latlon:1025x700:0,-30,10.24,39.9")}, all, e)
	file := written(t, geotiff.Format(), s)
	if !bytes.HasPrefix(file[8:], []byte("GDAL_STRUCTURAL_METADATA_SIZE=")) {
		t.Error("no structural metadata behind the header")
	}
	at := int(uint32(file[4]) | uint32(file[5])<<8)
	if at > 300 {
		t.Errorf("the first directory is at byte %d", at)
	}
	compare(t, "with overviews", file, s)
}

func TestWhatAGeoTIFFCantHoldIsNamed(t *testing.T) {
	for _, id := range []string{"rotated:41x31:-10,-8,10,7:10,-40,0", "geostationary:41x31:-1000000,1000000,50000,50000:0,35785831:wgs84"} {
		s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid(id)}, all)
		if err := geotiff.Format().Check(s); !errors.Is(err, encode.ErrUnfit) {
			t.Errorf("%s: got %v, want that it does not fit", id, err)
		}
	}
	// Gaussian rows are even to a third of one.
	s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid("gaussian:16:64x32+0:-180,174.375")}, all)
	if err := geotiff.Format().Check(s); err != nil {
		t.Error(err)
	}
}

func TestTheSizeIsForeseen(t *testing.T) {
	s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid(grids[2])}, all)
	for _, f := range []encode.Coverage{geotiff.Format(), geotiff.With(geotiff.Options{Plain: true, TileWidth: 256, TileHeight: 256})} {
		got := int64(len(written(t, f, s)))
		if size, _ := f.Size(s); got > size*3/2 {
			t.Errorf("%d bytes, foreseen were %d", got, size)
		}
	}
}

func TestWritingStopsWithItsClient(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := coveragetest.Source(t, coveragetest.Shape{Grid: coveragetest.Grid(grids[2])}, all)
	if err := geotiff.Format().Encode(ctx, io.Discard, s); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkGlobe(b *testing.B) {
	s := coveragetest.Source(b, coveragetest.Shape{Grid: coveragetest.Grid("latlon:1440x721:-180,-90,179.75,90")}, all)
	f := geotiff.Format()
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		if err := f.Encode(context.Background(), &out, s); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(4 * s.Cells())
		b.ReportMetric(float64(out.Len()), "file-bytes")
	}
}
