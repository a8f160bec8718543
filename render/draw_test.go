package render

import (
	"context"
	"errors"
	"image"
	"image/color"
	"testing"

	"isobar/geo"
	"isobar/internal/golden"
	"isobar/styles"
)

// sea is a background.
var sea = color.NRGBA{0xd7, 0xe3, 0xea, 255}

// layer paints one of the test fields.
func layer(t testing.TB, f *fields, element, unit, style string) Layer {
	return Layer{Input: f.input(element), Unit: unit, Style: shipped(t, style)}
}

func TestMaps(t *testing.T) {
	f, r := newFields(1, weather()), renderer(t)
	temperature, rain, cloud := layer(t, f, "t", "degC", "temperature"), layer(t, f, "rain", "mm", "precipitation"), layer(t, f, "cloud", "%", "cloud")
	for _, c := range []struct {
		name string
		m    Map
	}{
		{"temperature", Map{View: square(256, 0, 0, 0), Layers: []Layer{temperature}, Transparent: true}},
		{"temperature-tile", Map{View: square(256, 2, 3, 1), Layers: []Layer{temperature}, Transparent: true}},
		{"rain-on-sea", Map{View: square(256, 0, 0, 0), Layers: []Layer{rain}, Background: sea}},
		{"rain-over-temperature", Map{View: square(256, 0, 0, 0), Layers: []Layer{temperature, rain}, Transparent: true}},
		{"three-on-sea", Map{View: square(256, 1, 0, 0), Layers: []Layer{layer(t, f, "t", "degC", "temperature-classes"), cloud, rain}, Background: sea}},
		{"world-twice", Map{View: wide(), Layers: []Layer{cloud}, Background: color.NRGBA{30, 60, 90, 255}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			img, err := r.Draw(context.Background(), f, c.m)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := img.(*image.Paletted); ok != (len(c.m.Layers) == 1) {
				t.Errorf("a picture of %d layers is a %T", len(c.m.Layers), img)
			}
			golden.Picture(t, "testdata/map-"+c.name+".png", img)
		})
	}
}

// wide is a view beyond the edges of the world.
func wide() geo.View {
	v := square(256, 0, 0, 0)
	v.Width, v.Height = 400, 160
	width := v.Box.MaxX() - v.Box.MinX()
	v.Box = geo.Box{v.Box.MinX() - width/2, -width * 0.4, v.Box.MaxX() + width/2, width * 0.4}
	return v
}

// colorAt is a pixel without premultiplied alpha.
func colorAt(img image.Image, x, y int) color.NRGBA {
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
}

func TestWhatIsMissingShowsTheGround(t *testing.T) {
	f, r := newFields(1, weather()), renderer(t)
	island := square(256, 4, 1, 7) // 200E 20N lies at -160, in its middle
	for _, c := range []struct {
		transparent bool
		want        color.NRGBA
	}{{true, color.NRGBA{}}, {false, sea}} {
		m := Map{View: island, Layers: []Layer{layer(t, f, "t", "degC", "temperature")}, Transparent: c.transparent, Background: sea}
		for range 2 { // one layer is a palette, two are composed
			img, err := r.Draw(context.Background(), f, m)
			if err != nil {
				t.Fatal(err)
			}
			if got := colorAt(img, 8, 8); got != c.want {
				t.Errorf("%d layers, transparent %v: pixel = %v, want %v", len(m.Layers), c.transparent, got, c.want)
			}
			m.Layers = append(m.Layers, m.Layers...)
		}
	}
}

func TestAMapWithoutLayersIsItsGround(t *testing.T) {
	r := renderer(t)
	for _, transparent := range []bool{true, false} {
		img, err := r.Draw(context.Background(), newFields(10, nil), Map{View: square(16, 0, 0, 0), Transparent: transparent, Background: sea})
		if err != nil {
			t.Fatal(err)
		}
		want := sea
		if transparent {
			want = color.NRGBA{}
		}
		if got := colorAt(img, 7, 7); got != want || img.Bounds().Dx() != 16 {
			t.Errorf("transparent %v: %v pixels of %v, want %v", transparent, img.Bounds(), got, want)
		}
	}
}

// TestAnEmptyTileIsOfOneIndex is what the encoder keeps ready files for.
func TestAnEmptyTileIsOfOneIndex(t *testing.T) {
	f, r := newFields(1, weather()), renderer(t)
	img, err := r.Draw(context.Background(), f, Map{View: square(64, 0, 0, 0), Layers: []Layer{layer(t, f, "dry", "mm", "precipitation")}, Transparent: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, index := range img.(*image.Paletted).Pix {
		if index != 0 {
			t.Fatalf("pixel %d of no rain has index %d, want 0, as what is missing", i, index)
		}
	}
}

func TestLargeMapsEqualTheirTiles(t *testing.T) {
	f, r := newFields(1, weather()), renderer(t)
	l := []Layer{layer(t, f, "t", "degC", "temperature")}
	whole, err := r.Draw(context.Background(), f, Map{View: square(1024, 1, 0, 0), Layers: l, Transparent: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []image.Point{{0, 0}, {3, 1}, {2, 3}} {
		tile, err := r.Draw(context.Background(), f, Map{View: square(256, 3, at.X, at.Y), Layers: l, Transparent: true})
		if err != nil {
			t.Fatal(err)
		}
		part := whole.(*image.Paletted).SubImage(image.Rect(at.X*256, at.Y*256, at.X*256+256, at.Y*256+256))
		if err := golden.Differ(part, tile); err != nil {
			t.Errorf("tile %v: %v", at, err)
		}
	}
}

func TestDrawingStopsWhenTheClientLeaves(t *testing.T) {
	f, r := newFields(1, weather()), renderer(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	l := layer(t, f, "t", "degC", "temperature")
	for _, layers := range [][]Layer{{l}, {l, l}} {
		if _, err := r.Draw(ctx, f, Map{View: square(256, 0, 0, 0), Layers: layers}); !errors.Is(err, context.Canceled) {
			t.Errorf("%d layers: error %v, want %v", len(layers), err, context.Canceled)
		}
	}
}

func TestMapsThatCannotBeDrawnAreRefused(t *testing.T) {
	f, r := newFields(10, weather()), renderer(t)
	good := layer(t, f, "t", "degC", "temperature")
	unit := good
	unit.Unit = "hPa"
	for name, m := range map[string]Map{
		"no pixels":       {View: square(0, 0, 0, 0), Layers: []Layer{good}},
		"too many pixels": {View: geo.View{Ref: mercator, Box: square(1, 0, 0, 0).Box, Width: 1 << 20, Height: 1 << 20}},
		"another unit":    {View: square(8, 0, 0, 0), Layers: []Layer{unit}},
		"two of them":     {View: square(8, 0, 0, 0), Layers: []Layer{good, unit}},
	} {
		if _, err := r.Draw(context.Background(), f, m); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := r.Draw(context.Background(), f, Map{View: square(8, 0, 0, 0), Layers: []Layer{unit}}); !errors.Is(err, styles.ErrUnit) {
		t.Errorf("another unit: %v, want it to wrap %v", err, styles.ErrUnit)
	}
}

func TestColoursAreComposedAsByPorterAndDuff(t *testing.T) {
	half := color.NRGBA{200, 100, 0, 128}
	for _, c := range []struct{ ground, paint, want color.NRGBA }{
		{sea, color.NRGBA{}, sea},
		{sea, color.NRGBA{1, 2, 3, 255}, color.NRGBA{1, 2, 3, 255}},
		{color.NRGBA{}, half, half},
		{color.NRGBA{0, 0, 0, 255}, half, color.NRGBA{100, 50, 0, 255}},
		{half, half, color.NRGBA{200, 100, 0, 192}},
	} {
		if got := over(c.ground, c.paint); got != c.want {
			t.Errorf("%v over %v = %v, want %v", c.paint, c.ground, got, c.want)
		}
		pix := []uint8{9, 9, 9, 9, c.ground.R, c.ground.G, c.ground.B, c.ground.A}
		overlay(pix, []uint8{0, 1}, []color.NRGBA{{}, c.paint})
		if got := (color.NRGBA{pix[4], pix[5], pix[6], pix[7]}); got != c.want || pix[0] != 9 {
			t.Errorf("overlay of %v over %v = %v, want %v", c.paint, c.ground, got, c.want)
		}
	}
}

func TestATileTakesFewAllocations(t *testing.T) {
	f, r := newFields(1, weather()), renderer(t)
	m := Map{View: square(256, 2, 1, 1), Layers: []Layer{layer(t, f, "t", "degC", "temperature")}, Transparent: true}
	allocations := testing.AllocsPerRun(20, func() {
		img, err := r.Draw(context.Background(), f, m)
		if err != nil {
			t.Fatal(err)
		}
		r.Recycle(img)
	})
	if allocations > 20 {
		t.Errorf("%g allocations a tile, want at most 20", allocations)
	}
}

func BenchmarkTile(b *testing.B) {
	f, r := newFields(0.25, weather()), renderer(b)
	for _, c := range []struct {
		name   string
		layers []Layer
	}{
		{"one layer", []Layer{layer(b, f, "t", "degC", "temperature")}},
		{"classes", []Layer{layer(b, f, "rain", "mm", "precipitation")}},
		{"three layers", []Layer{layer(b, f, "t", "degC", "temperature"), layer(b, f, "cloud", "%", "cloud"), layer(b, f, "rain", "mm", "precipitation")}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				img, err := r.Draw(context.Background(), f, Map{View: square(256, 3, 4, 2), Layers: c.layers, Transparent: true})
				if err != nil {
					b.Fatal(err)
				}
				r.Recycle(img)
			}
		})
	}
}
