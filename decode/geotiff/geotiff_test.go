package geotiff

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"isobar/decode/decodetest"
	"isobar/geo"
)

func openFile(t *testing.T, name string) []*Image {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	images, err := Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return images
}

// rawValues is what GDAL wrote of all bands, one after the other.
func rawValues(t *testing.T, name string) []float32 {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := io.Reader(f)
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, len(content)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(content[4*i:]))
	}
	return values
}

// Files made by GDAL of three cuts of the corpus, in every way in which pixels lie; values by GDAL.
func TestEveryLayoutGivesTheSameValues(t *testing.T) {
	for _, c := range []struct {
		file, raw     string
		scale, offset float64
	}{
		{"none.tif", "float.raw", 1, 0}, {"lzw2.tif", "float.raw", 1, 0}, {"lzw3-tiled.tif", "float.raw", 1, 0},
		{"deflate2-big-endian.tif", "float.raw", 1, 0}, {"packbits.tif", "float.raw", 1, 0},
		{"zstd3.tif", "float.raw", 1, 0}, {"bigtiff-tiled.tif", "float.raw", 1, 0}, {"double3.tif", "float.raw", 1, 0}, {"point.tif", "float.raw", 1, 0},
		{"two-pixel.tif", "two.raw", 1, 0}, {"two-pixel3.tif", "two.raw", 1, 0}, {"two-band-tiled.tif", "two.raw", 1, 0},
		{"Int16.tif", "int.raw", 0.1, -2}, {"UInt16.tif", "int.raw", 0.1, -2}, {"Int32.tif", "int.raw", 0.1, -2}, {"UInt32.tif", "int.raw", 0.1, -2},
		{"byte2.tif", "byte.raw", 1, 0}, {"cog.tif", "cog.raw.gz", 1, 0},
	} {
		raw := rawValues(t, c.raw)
		images := openFile(t, c.file)
		if len(images) != 1 {
			t.Errorf("%s: %d images, want 1", c.file, len(images))
			continue
		}
		m := images[0]
		n := m.Width * m.Height
		if len(m.Bands)*n != len(raw) {
			t.Errorf("%s: %d bands of %d pixels, want %d in all", c.file, len(m.Bands), n, len(raw))
			continue
		}
		for k, b := range m.Bands {
			if err := differs(b, raw[k*n:(k+1)*n], c.scale, c.offset); err != nil {
				t.Errorf("%s, band %d: %v", c.file, b.Number, err)
			}
		}
	}
}

func differs(b *Band, raw []float32, scale, offset float64) error {
	values := make([]float32, len(raw))
	if err := b.Values(values); err != nil {
		return err
	}
	for i, v := range values {
		want := float32(float64(raw[i])*scale + offset)
		if b.HasNoData && float64(raw[i]) == float64(float32(b.NoData)) {
			want = float32(math.NaN())
		}
		if v != want && (v == v || want == want) {
			return fmt.Errorf("pixel %d is %v, want %v", i, v, want)
		}
	}
	return nil
}

// Tiny files by GDAL in many coordinate systems; places of their pixels by PROJ.
func TestPixelsLieWherePROJHasThem(t *testing.T) {
	text, err := os.ReadFile("testdata/crs/places.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		m := openFile(t, "crs/"+words[0]+".tif")[0]
		if m.GridErr != nil {
			t.Errorf("%s: %v", words[0], m.GridErr)
			continue
		}
		places := make([]geo.LonLat, 6)
		m.Grid.Places(places, 0)
		for i, p := range places {
			lon, _ := strconv.ParseFloat(words[1+2*i], 64)
			lat, _ := strconv.ParseFloat(words[2+2*i], 64)
			if math.Abs(math.Remainder(p.Lon-lon, 360)) > 1e-6 || math.Abs(p.Lat-lat) > 1e-6 {
				t.Errorf("%s: pixel %d is at %v, want %v, %v", words[0], i, p, lon, lat)
			}
		}
	}
}

// A place is that of a pixel's corner, or of its centre: GDAL writes both for one and the same image.
func TestPixelsAreAreasOrPoints(t *testing.T) {
	area, point := openFile(t, "lzw2.tif")[0], openFile(t, "point.tif")[0]
	if area.Grid == nil || point.Grid == nil || area.Grid.ID() != point.Grid.ID() {
		t.Errorf("grids are %v and %v, want the same", area.Grid, point.Grid)
	}
}

func TestOverviewsAreNoImages(t *testing.T) {
	if images := openFile(t, "cog.tif"); len(images) != 1 || images[0].Width != 300 {
		t.Errorf("%d images, the first %d wide; want one of 300", len(images), images[0].Width)
	}
}

// made is a file of fields of type LONG, ASCII or DOUBLE, its pixels at the end.
func made(fields map[tag]any, pixels []byte) []byte {
	const data = 8 + 2 + 40*12 + 4
	head := []byte{'I', 'I', 42, 0, 8, 0, 0, 0, byte(len(fields)), 0}
	var rest []byte
	le := binary.LittleEndian
	put := func(t tag, kind uint16, n int, content []byte) {
		head = le.AppendUint16(le.AppendUint16(head, uint16(t)), kind)
		head = le.AppendUint32(head, uint32(n))
		if len(content) <= 4 {
			head = append(head, append(content, 0, 0, 0, 0)[:4]...)
			return
		}
		head = le.AppendUint32(head, uint32(data+len(rest)))
		rest = append(rest, content...)
	}
	for t, v := range fields {
		var content []byte
		switch v := v.(type) {
		case int:
			put(t, 4, 1, le.AppendUint32(nil, uint32(v)))
		case string:
			put(t, 2, len(v)+1, append([]byte(v), 0))
		case []uint16:
			for _, x := range v {
				content = le.AppendUint16(content, x)
			}
			put(t, 3, len(v), content)
		case []float64:
			for _, x := range v {
				content = le.AppendUint64(content, math.Float64bits(x))
			}
			put(t, 12, len(v), content)
		}
	}
	file := append(append(head, make([]byte, data-len(head))...), rest...)
	at := 8 + 2
	for range fields { // the pixels' place is known now
		if le.Uint16(file[at:]) == uint16(tagStripOffsets) {
			le.PutUint32(file[at+8:], uint32(len(file)))
		}
		at += 12
	}
	return append(file, pixels...)
}

// plain is the fields of 3 by 2 bytes in degrees.
func plain() map[tag]any {
	return map[tag]any{
		tagWidth: 3, tagHeight: 2, tagBits: 8, tagCompression: 1, tagStripOffsets: 0, tagStripBytes: 6, tagRowsPerStrip: 2,
		tagGeoKeys: []uint16{1, 1, 0, 1, uint16(keyModel), 0, 1, modelGeographic}, tagPixelScale: []float64{1, 1, 0}, tagTiepoint: []float64{0, 0, 0, 10, 50, 0},
	}
}

func TestTransformationsMayRunUpAndLeft(t *testing.T) {
	fields := plain()
	delete(fields, tagPixelScale)
	delete(fields, tagTiepoint)
	fields[tagTransformation] = []float64{-1, 0, 0, 13, 0, 1, 0, 48, 0, 0, 0, 0, 0, 0, 0, 1}
	file := made(fields, []byte{1, 2, 3, 4, 5, 6})
	images, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil || images[0].GridErr != nil {
		t.Fatal(err, images[0].GridErr)
	}
	values := make([]float32, 6)
	if err := images[0].Bands[0].Values(values); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(values), "[6 5 4 3 2 1]"; got != want {
		t.Errorf("values %s, want %s", got, want)
	}
	if got, want := images[0].Grid.ID(), "latlon:3x2:10.5,48.5,12.5,49.5"; got != want {
		t.Errorf("grid %s, want %s", got, want)
	}
}

func TestWhatIsNotReadIsNamed(t *testing.T) {
	for _, c := range []struct {
		name  string
		tag   tag
		value any
		want  error
		text  string
	}{
		{"JPEG", tagCompression, 7, ErrUnsupported, "compression 7"},
		{"an image larger than any", tagWidth, 1 << 30, ErrInvalid, "1073741824 by 2 pixels"},
		{"no pixels", tagWidth, 0, ErrInvalid, "0 by 2 pixels"},
		{"too many bands", tagSamples, 1 << 20, ErrInvalid, "1048576 bands"},
		{"complex numbers", tagSampleFormat, 5, ErrUnsupported, "sample format 5"},
		{"numbers of no size", tagBits, 65, ErrUnsupported, "65 bits"},
		{"a predictor", tagPredictor, 9, ErrUnsupported, "predictor 9"},
		{"a predictor of other numbers", tagPredictor, 3, ErrInvalid, "predictor 3"},
		{"a block that is not there", tagStripBytes, 1 << 30, ErrInvalid, "bytes at byte"},
		{"a block that is too short", tagStripBytes, 5, ErrInvalid, "6 bytes in 5"},
		{"fewer blocks than rows", tagRowsPerStrip, 1, ErrInvalid, "1 blocks, not 2"},
		{"no data that is no number", tagNoData, "none", ErrInvalid, `"none"`},
		{"torn metadata", tagMetadata, "<GDALMetadata><Item", ErrInvalid, "metadata"},
		{"a scale that is no number", tagMetadata, `<GDALMetadata><Item name="SCALE" sample="0" role="scale">x</Item></GDALMetadata>`, ErrInvalid, "SCALE"},
		{"a system that is not known", tagGeoKeys, []uint16{1, 1, 0, 1, uint16(keyProjected), 0, 1, 5514}, nil, "EPSG:5514"},
		{"single points", tagPixelScale, []float64{}, nil, "where the image is"},
	} {
		fields := plain()
		fields[c.tag] = c.value
		file := made(fields, []byte{1, 2, 3, 4, 5, 6})
		images, err := Open(bytes.NewReader(file), int64(len(file)))
		if err == nil && images[0].GridErr != nil {
			err = images[0].GridErr
		}
		if err == nil {
			err = images[0].Bands[0].Values(make([]float32, 6))
		}
		if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: error %v, want %v with %q", c.name, err, c.want, c.text)
		}
	}
}

// A directory that leads to itself ends.
func TestDirectoriesThatGoRoundEnd(t *testing.T) {
	file := made(plain(), []byte{1, 2, 3, 4, 5, 6})
	binary.LittleEndian.PutUint32(file[8+2+len(plain())*12:], 8)
	images, err := Open(bytes.NewReader(file), int64(len(file)))
	if !errors.Is(err, ErrInvalid) || len(images) != 1 {
		t.Errorf("%d images, error %v; want the image and an error", len(images), err)
	}
}

// tryAll reads all of a file, as a server would; what it returns is of no interest.
func tryAll(file []byte) {
	images, _ := Open(bytes.NewReader(file), int64(len(file)))
	for _, m := range images {
		if m.Width*m.Height > 1<<20 {
			continue
		}
		values := make([]float32, m.Width*m.Height)
		for _, b := range m.Bands[:min(len(m.Bands), 4)] {
			if b.Values(values) != nil {
				break
			}
		}
	}
}

func seeds(t testing.TB) (files [][]byte) {
	names, _ := filepath.Glob("testdata/*.tif")
	more, _ := filepath.Glob("testdata/crs/*.tif")
	for _, name := range append(names, more...) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, content)
	}
	return append(files, made(plain(), []byte{1, 2, 3, 4, 5, 6}))
}

// Files that are flipped, cut and spliced do no harm.
func TestMutationsDoNoHarm(t *testing.T) {
	all := seeds(t)
	for n := range 4000 {
		tryAll(decodetest.Broken(n, all, 400))
	}
}

func FuzzOpen(f *testing.F) {
	for _, file := range seeds(f) {
		if len(file) < 4000 {
			f.Add(file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) { tryAll(file) })
}
