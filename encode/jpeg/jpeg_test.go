package jpeg

import (
	"bytes"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"testing"
)

// near tells whether two colours differ by no more than JPEG may change them.
func near(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	for _, p := range [][2]uint32{{ar, br}, {ag, bg}, {ab, bb}} {
		if d := int(p[0]>>8) - int(p[1]>>8); d > 6 || d < -6 {
			return false
		}
	}
	return true
}

func TestTransparencyBecomesWhite(t *testing.T) {
	palette := color.Palette{color.NRGBA{}, color.NRGBA{200, 0, 0, 255}, color.NRGBA{0, 0, 200, 128}}
	want := []color.Color{color.White, color.NRGBA{200, 0, 0, 255}, color.NRGBA{127, 127, 227, 255}}
	paletted := image.NewPaletted(image.Rect(3, 5, 51, 21), palette)
	plain := image.NewNRGBA(paletted.Rect)
	for y := 5; y < 21; y++ {
		for x := 3; x < 51; x++ {
			paletted.SetColorIndex(x, y, uint8((x-3)/16))
			plain.Set(x, y, palette[(x-3)/16])
		}
	}
	for name, img := range map[string]image.Image{"paletted": paletted, "NRGBA": plain} {
		file, err := Format().Encode(img)
		if err != nil {
			t.Fatal(err)
		}
		got, err := stdjpeg.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if got.Bounds().Size() != img.Bounds().Size() {
			t.Fatalf("%s: size = %v, want %v", name, got.Bounds().Size(), img.Bounds().Size())
		}
		for i, w := range want {
			if c := got.At(16*i+8, 8); !near(c, w) {
				t.Errorf("%s: colour %d = %v, want about %v", name, i, c, w)
			}
		}
	}
}

func TestAPictureTooLargeForTheFormatIsAnError(t *testing.T) {
	if _, err := Format().Encode(image.NewPaletted(image.Rect(0, 0, 1<<16, 1), color.Palette{color.White})); err == nil {
		t.Error("a picture 65536 pixels wide is no error, but JPEG counts to 65535")
	}
}

func BenchmarkEncode(b *testing.B) {
	img := image.NewPaletted(image.Rect(0, 0, 256, 256), color.Palette{color.NRGBA{}, color.NRGBA{200, 0, 0, 255}})
	for i := range img.Pix {
		img.Pix[i] = uint8(i / 3000 % 2)
	}
	f := Format()
	for b.Loop() {
		if _, err := f.Encode(img); err != nil {
			b.Fatal(err)
		}
	}
}
