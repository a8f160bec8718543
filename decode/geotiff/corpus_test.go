package geotiff

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isobar/decode/decodetest"
	"isobar/geo"
)

// judged is a band as GDAL reads it.
type judged struct {
	File    string   `json:"file"`
	Band    int      `json:"band"`
	Width   int      `json:"width"`
	Height  int      `json:"height"`
	PROJ    string   `json:"proj4"`
	N       int      `json:"n"`
	Missing int      `json:"missing"`
	Min     float64  `json:"min"`
	Max     float64  `json:"max"`
	Mean    float64  `json:"mean"`
	Points  []pixel  `json:"points"`
	Words   string   `json:"description"`
	Meta    metaText `json:"metadata"`
}

type (
	metaText map[string]string
	pixel    struct {
		Col, Row int
		X, Y     float64
		Value    *float64
	}
)

func TestBandsAreThoseOfGDAL(t *testing.T) {
	for _, want := range decodetest.Reference[judged](t, "geotiff", 7) {
		content, err := os.ReadFile(filepath.Join(decodetest.Corpus, want.File))
		if err != nil {
			t.Fatal(err)
		}
		images, err := Open(bytes.NewReader(content), int64(len(content)))
		if err != nil || len(images) != 1 {
			t.Errorf("%s: %d images, error %v", want.File, len(images), err)
			continue
		}
		m := images[0]
		if m.GridErr != nil {
			t.Errorf("%s: %v", want.File, m.GridErr)
			continue
		}
		b := m.Bands[want.Band-1]
		for name, text := range want.Meta {
			if got := b.Items[name]; got != text && m.Items[name] != text {
				t.Errorf("%s: item %s is %q, want %q", want.File, name, got, text)
			}
		}
		if b.Description != want.Words {
			t.Errorf("%s: description %q, want %q", want.File, b.Description, want.Words)
		}
		compareBand(t, b, want)
	}
}

func compareBand(t *testing.T, b *Band, want judged) {
	t.Helper()
	m := b.Image
	values := make([]float32, m.Width*m.Height)
	if err := b.Values(values); err != nil {
		t.Errorf("%s: %v", want.File, err)
		return
	}
	missing, low, high, sum := 0, math.Inf(1), math.Inf(-1), 0.0
	for _, v := range values {
		if v != v {
			missing++
			continue
		}
		low, high, sum = min(low, float64(v)), max(high, float64(v)), sum+float64(v)
	}
	n := len(values) - missing
	if missing != want.Missing || n != want.N-want.Missing && n != want.N || low != float64(float32(want.Min)) || high != float64(float32(want.Max)) ||
		math.Abs(sum/float64(n)-want.Mean) > 1e-6*math.Abs(want.Mean) {
		t.Errorf("%s: %d values and %d missing, %v to %v, mean %v; want %+v", want.File, n, missing, low, high, sum/float64(n), want)
	}
	for _, p := range want.Points {
		cell := p.Row*m.Width + p.Col
		if v := values[cell]; p.Value == nil != (v != v) || p.Value != nil && v != float32(*p.Value) {
			t.Errorf("%s: pixel %d,%d is %v, want %v", want.File, p.Col, p.Row, v, p.Value)
		}
		if strings.HasPrefix(want.PROJ, "+proj=longlat") {
			var at [1]geo.LonLat
			m.Grid.Places(at[:], cell)
			if math.Abs(math.Remainder(at[0].Lon-p.X, 360)) > 2e-6 || math.Abs(at[0].Lat-p.Y) > 2e-6 {
				t.Errorf("%s: pixel %d,%d is at %v, want %v, %v", want.File, p.Col, p.Row, at[0], p.X, p.Y)
			}
		}
	}
}
