package png

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"math"
	"math/rand/v2"
	"testing"
)

// smooth is a tile as a weather map gives it: waves and a little noise in n colours, index 0 transparent.
func smooth(w, h, n int, noise float64) *image.Paletted {
	p := image.NewPaletted(image.Rect(0, 0, w, h), colours(n))
	r := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			fx, fy := float64(x)/float64(w), float64(y)/float64(h)
			v := 0.5 + 0.3*math.Sin(7*fx+3*fy) + 0.15*math.Cos(11*fy-4*fx) + noise*(r.Float64()-0.5)
			p.Pix[y*p.Stride+x] = uint8(min(max(v, 0), 0.9999) * float64(n))
		}
	}
	return p
}

// colours is a palette of n colours, the first transparent and the second half so.
func colours(n int) color.Palette {
	p := make(color.Palette, n)
	for i := range p {
		p[i] = color.NRGBA{uint8(i * 7), uint8(255 - i), uint8(i * 31), 255}
	}
	p[0] = color.NRGBA{}
	if n > 1 {
		p[1] = color.NRGBA{200, 10, 20, 128}
	}
	return p
}

// same decodes a file and compares it with the picture it was made of.
func same(t *testing.T, file []byte, want image.Image) image.Image {
	t.Helper()
	got, err := stdpng.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	b := want.Bounds()
	if got.Bounds().Size() != b.Size() {
		t.Fatalf("size = %v, want %v", got.Bounds().Size(), b.Size())
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			g := color.NRGBAModel.Convert(got.At(x, y))
			if w := color.NRGBAModel.Convert(want.At(b.Min.X+x, b.Min.Y+y)); g != w {
				t.Fatalf("first differing pixel %d, %d = %v, want %v", x, y, g, w)
			}
		}
	}
	return got
}

func TestPalettedPicturesDecodeToTheSamePixels(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 15, 16, 17, 100, 255, 256} {
		for _, size := range []image.Point{{1, 1}, {7, 3}, {9, 5}, {256, 256}, {257, 31}, {1, 300}, {300, 1}} {
			t.Run(fmt.Sprintf("%d colours %dx%d", n, size.X, size.Y), func(t *testing.T) {
				img := smooth(size.X, size.Y, n, 0.3)
				file, err := Format().Encode(img)
				if err != nil {
					t.Fatal(err)
				}
				if _, ok := same(t, file, img).(*image.Paletted); !ok {
					t.Error("the file is not a palette picture")
				}
			})
		}
	}
}

func TestFewColoursTakeFewBits(t *testing.T) {
	for _, c := range []struct {
		used []uint8
		bits byte
	}{
		{[]uint8{7}, 1}, {[]uint8{0, 254}, 1}, {[]uint8{3, 9, 200}, 2}, {[]uint8{1, 2, 3, 250}, 2},
		{[]uint8{0, 10, 20, 30, 255}, 4}, {[]uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255}, 4},
		{[]uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 255}, 8},
	} {
		img := image.NewPaletted(image.Rect(0, 0, 61, 17), colours(256))
		for i := range img.Pix {
			img.Pix[i] = c.used[i%len(c.used)]
		}
		file, err := Format().Encode(img)
		if err != nil {
			t.Fatal(err)
		}
		if got := file[24]; got != c.bits { // IHDR's bit depth
			t.Errorf("%d colours used: %d bits, want %d", len(c.used), got, c.bits)
		}
		same(t, file, img)
	}
}

func TestColourPicturesDecodeToTheSamePixels(t *testing.T) {
	clear := image.NewNRGBA(image.Rect(0, 0, 37, 21))
	r := rand.New(rand.NewPCG(3, 4))
	for i := range clear.Pix {
		clear.Pix[i] = uint8(r.Uint32())
	}
	opaque := image.NewNRGBA(clear.Rect)
	copy(opaque.Pix, clear.Pix)
	for i := 3; i < len(opaque.Pix); i += 4 {
		opaque.Pix[i] = 255
	}
	grey := image.NewGray(clear.Rect)
	copy(grey.Pix, clear.Pix)
	for name, c := range map[string]struct {
		img  image.Image
		kind byte
	}{
		"translucent": {clear, truecolourAlpha},
		"opaque":      {opaque, truecolour},
		"a part":      {clear.SubImage(image.Rect(5, 3, 20, 20)), truecolourAlpha},
		"grey":        {grey, truecolour},
		"wide":        {image.NewNRGBA(image.Rect(0, 0, 40000, 2)), truecolourAlpha},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := Format().Encode(c.img)
			if err != nil {
				t.Fatal(err)
			}
			if got := file[25]; got != c.kind {
				t.Errorf("colour type = %d, want %d", got, c.kind)
			}
			same(t, file, c.img)
		})
	}
}

func TestAPartOfAPalettedPictureIsWrittenAlone(t *testing.T) {
	whole := smooth(64, 64, 200, 0.1)
	part := whole.SubImage(image.Rect(10, 20, 43, 50)).(*image.Paletted)
	file, err := Format().Encode(part)
	if err != nil {
		t.Fatal(err)
	}
	same(t, file, part)
}

func TestOneColourTilesAreKeptAndStayWhole(t *testing.T) {
	f := Format()
	img := image.NewPaletted(image.Rect(0, 0, 256, 256), colours(254))
	first, err := f.Encode(img)
	if err != nil {
		t.Fatal(err)
	}
	same(t, first, img)
	clear(first) // the caller owns what it gets
	for i := range 2 * maxPlain {
		img.Pix = bytes.Repeat([]byte{byte(i % 254)}, len(img.Pix))
		file, err := f.Encode(img)
		if err != nil {
			t.Fatal(err)
		}
		same(t, file, img)
		if len(file) > 300 {
			t.Errorf("a tile of one colour takes %d bytes, want at most 300", len(file))
		}
	}
}

func TestPicturesThatCannotBeWrittenAreErrors(t *testing.T) {
	few := image.NewPaletted(image.Rect(0, 0, 4, 4), colours(3))
	few.Pix[5] = 3
	many := smooth(64, 64, 200, 0.1)
	many.Palette = many.Palette[:50]
	for name, img := range map[string]image.Image{
		"an index beyond a small palette": few,
		"an index beyond a large palette": many,
		"no pixels":                       image.NewNRGBA(image.Rect(0, 0, 0, 5)),
		"too many pixels":                 &image.NRGBA{Rect: image.Rect(0, 0, maxPixels, 2)},
	} {
		if _, err := Format().Encode(img); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAnIndexBeyondThePaletteIsSeenAnywhereInARow(t *testing.T) {
	for _, n := range []int{17, 127, 128, 129, 200, 254, 255, 256} {
		for c := range 256 {
			for _, at := range []int{0, 6, 7, 8, 18} {
				line := bytes.Repeat([]byte{byte(n - 1)}, 19)
				line[at] = byte(c)
				if got, want := anyFrom(line, n), c >= n; got != want {
					t.Fatalf("anyFrom(%d at %d, %d) = %v, want %v", c, at, n, got, want)
				}
			}
		}
	}
}

func FuzzPaletted(f *testing.F) {
	f.Add(uint8(5), uint8(7), []byte{0, 1, 2, 3, 4, 5})
	f.Add(uint8(32), uint8(3), []byte{9})
	f.Add(uint8(255), uint8(1), binary.BigEndian.AppendUint64(nil, 0x0123456789abcdef))
	format := Format()
	f.Fuzz(func(t *testing.T, w, h uint8, pix []byte) {
		if w == 0 || h == 0 || len(pix) == 0 {
			return
		}
		img := image.NewPaletted(image.Rect(0, 0, int(w), int(h)), colours(256))
		for i := range img.Pix {
			img.Pix[i] = pix[i%len(pix)]
		}
		file, err := format.Encode(img)
		if err != nil {
			t.Fatal(err)
		}
		same(t, file, img)
	})
}

func BenchmarkEncode(b *testing.B) {
	rgba := image.NewNRGBA(image.Rect(0, 0, 256, 256))
	tile := smooth(256, 256, 254, 0.02)
	for y := range 256 {
		for x := range 256 {
			rgba.Set(x, y, tile.At(x, y))
		}
	}
	plain := image.NewPaletted(image.Rect(0, 0, 256, 256), colours(254))
	for _, c := range []struct {
		name string
		img  image.Image
	}{
		{"254 colours smooth", smooth(256, 256, 254, 0)},
		{"254 colours noise", tile},
		{"16 colours", smooth(256, 256, 16, 0.02)},
		{"4 colours", smooth(256, 256, 4, 0.02)},
		{"one colour", plain},
		{"NRGBA", rgba},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := Format()
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				file, err := f.Encode(c.img)
				if err != nil {
					b.Fatal(err)
				}
				size = len(file)
			}
			b.ReportMetric(float64(size), "bytes/file")
		})
	}
}

func TestBusyPicturesAreToldFromCalmOnes(t *testing.T) {
	for name, c := range map[string]struct {
		img  *image.Paletted
		busy bool
	}{
		"noise": {smooth(256, 256, 254, 0.2), true}, "plain": {image.NewPaletted(image.Rect(0, 0, 256, 256), colours(200)), false},
		"few colours": {smooth(256, 256, 20, 0), false},
	} {
		w := &writer{}
		for y := range 256 {
			w.up(c.img.Pix[y*256:(y+1)*256], c.img.Pix[max(y-1, 0)*256:], y == 0)
			if y == 200 {
				break
			}
		}
		if got := busy(w.raw); got != c.busy {
			t.Errorf("%s: busy %v, want %v", name, got, c.busy)
		}
	}
}
