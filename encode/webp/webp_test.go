package webp

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/image/webp"
)

// pictures are what a map server sends: palettes with transparency, colours, parts of pictures.
func pictures() map[string]image.Image {
	r := rand.New(rand.NewPCG(1, 2))
	palette := image.NewPaletted(image.Rect(0, 0, 61, 40), nil)
	for i := range 200 {
		palette.Palette = append(palette.Palette, color.NRGBA{uint8(i), uint8(255 - i), uint8(3 * i), uint8(255 * min(i, 2) / 2)})
	}
	for i := range palette.Pix {
		palette.Pix[i] = uint8(i / 7 % 200)
	}
	colours := image.NewNRGBA(image.Rect(0, 0, 33, 20))
	for i := range colours.Pix {
		colours.Pix[i] = uint8(r.Uint32())
	}
	return map[string]image.Image{
		"palette": palette, "a part of a palette": palette.SubImage(image.Rect(3, 4, 30, 31)), "colours": colours,
		"a part of colours": colours.SubImage(image.Rect(5, 1, 20, 20)), "one colour": image.NewNRGBA(image.Rect(0, 0, 256, 256)),
		"one pixel": image.NewNRGBA(image.Rect(0, 0, 1, 1)),
	}
}

// same decodes a file and compares what is seen of its pixels with the picture it was made of.
func same(t *testing.T, name string, file []byte, want image.Image) {
	t.Helper()
	got, err := webp.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("%s: decode: %v", name, err)
	}
	b := want.Bounds()
	if got.Bounds().Size() != b.Size() {
		t.Fatalf("%s: size %v, want %v", name, got.Bounds().Size(), b.Size())
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			g, _ := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA)
			w, _ := color.NRGBAModel.Convert(want.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
			if g != w && (g.A != 0 || w.A != 0) {
				t.Fatalf("%s: first differing pixel %d, %d = %v, want %v", name, x, y, g, w)
			}
		}
	}
}

func TestPicturesDecodeToTheSamePixels(t *testing.T) {
	for name, img := range pictures() {
		file, err := Format().Encode(img)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		same(t, name, file, img)
	}
}

func TestAnimationsHoldEveryFrame(t *testing.T) {
	var frames []image.Image
	for i := range 5 {
		p := image.NewNRGBA(image.Rect(0, 0, 31, 17))
		for k := range p.Pix {
			p.Pix[k] = uint8(k * (i + 3))
		}
		frames = append(frames, p)
	}
	file, err := Format().Animate(frames, 250*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if n := int(binary.LittleEndian.Uint32(file[4:])); n != len(file)-8 {
		t.Errorf("RIFF says %d bytes, want %d", n, len(file)-8)
	}
	found := 0
	for at := 12; at < len(file); {
		n := int(binary.LittleEndian.Uint32(file[at+4:]))
		if string(file[at:at+4]) == "ANMF" {
			body := file[at+8 : at+8+n]
			if ms := int(body[12]) | int(body[13])<<8; ms != 250 {
				t.Errorf("frame %d is shown for %d ms, want 250", found, ms)
			}
			simple := chunk([]byte("RIFF\x00\x00\x00\x00WEBP"), "", nil)[:12]
			simple = append(simple, body[16:]...)
			binary.LittleEndian.PutUint32(simple[4:], uint32(len(simple)-8))
			same(t, "frame", simple, frames[found])
			found++
		}
		at += 8 + n + n&1
	}
	if found != len(frames) {
		t.Errorf("%d frames, want %d", found, len(frames))
	}
}

func TestPicturesThatCannotBeWrittenAreErrors(t *testing.T) {
	for name, img := range map[string]image.Image{
		"no pixels": image.NewNRGBA(image.Rect(0, 0, 0, 5)), "too wide": &image.NRGBA{Rect: image.Rect(0, 0, maxSide+1, 1)},
	} {
		if _, err := Format().Encode(img); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Format().Animate(nil, time.Second); err == nil {
		t.Error("no frames: no error")
	}
	if _, err := Format().Animate([]image.Image{image.NewNRGBA(image.Rect(0, 0, 2, 2)), image.NewNRGBA(image.Rect(0, 0, 2, 3))}, time.Second); err == nil {
		t.Error("frames of two sizes: no error")
	}
}
