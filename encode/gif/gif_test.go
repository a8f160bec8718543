package gif

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"testing"
	"time"
)

// read decodes a file whole.
func read(t *testing.T, file []byte) *gif.GIF {
	t.Helper()
	g, err := gif.DecodeAll(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestFramesOfOnePaletteKeepTheirColours(t *testing.T) {
	colours := color.Palette{color.NRGBA{}, color.NRGBA{200, 1, 2, 90}, color.NRGBA{10, 255, 0, 255}, color.NRGBA{9, 8, 7, 200}}
	var frames []image.Image
	for i := range 5 {
		p := image.NewPaletted(image.Rect(0, 0, 40, 21), colours)
		for k := range p.Pix {
			p.Pix[k] = uint8((k + i) % 4)
		}
		frames = append(frames, p.SubImage(image.Rect(2, 1, 39, 20)))
	}
	file, err := Format().Animate(frames, 200*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, file)
	if len(got.Image) != 5 || got.LoopCount != 0 || got.Delay[0] != 20 || got.Disposal[1] != gif.DisposalBackground {
		t.Fatalf("%d frames, loops %d, delay %d, disposal %d", len(got.Image), got.LoopCount, got.Delay[0], got.Disposal[1])
	}
	want := []color.NRGBA{{}, {}, {10, 255, 0, 255}, {9, 8, 7, 255}}
	for i, f := range frames {
		b := f.Bounds()
		for y := range b.Dy() {
			for x := range b.Dx() {
				index := f.(*image.Paletted).ColorIndexAt(b.Min.X+x, b.Min.Y+y)
				if c := color.NRGBAModel.Convert(got.Image[i].At(x, y)); c != want[index] {
					t.Fatalf("frame %d pixel %d,%d is %v, want %v", i, x, y, c, want[index])
				}
			}
		}
	}
}

func TestFramesOfManyColoursShareAPalette(t *testing.T) {
	var frames []image.Image
	for i := range 3 {
		p := image.NewNRGBA(image.Rect(0, 0, 64, 64))
		for k := range 64 * 64 {
			p.Set(k%64, k/64, color.NRGBA{uint8(k % 64 * 4), uint8(k / 64 * 4), uint8(i * 80), 255})
		}
		p.Set(0, 0, color.NRGBA{})
		frames = append(frames, p)
	}
	file, err := Format().Animate(frames, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, file)
	worst := 0
	for i, f := range frames {
		if _, _, _, a := got.Image[i].At(0, 0).RGBA(); a != 0 {
			t.Errorf("frame %d: what is transparent is painted", i)
		}
		for y := range 64 {
			for x := 1; x < 64; x++ {
				w, _ := f.At(x, y).(color.NRGBA)
				g, _ := color.NRGBAModel.Convert(got.Image[i].At(x, y)).(color.NRGBA)
				for _, d := range []int{int(w.R) - int(g.R), int(w.G) - int(g.G), int(w.B) - int(g.B)} {
					worst = max(worst, d, -d)
				}
			}
		}
	}
	if worst > 24 {
		t.Errorf("a channel is off by %d of 255, want at most 24", worst)
	}
}

func TestOnePictureStandsStill(t *testing.T) {
	file, err := Format().Encode(image.NewNRGBA(image.Rect(0, 0, 9, 9)))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, file); len(got.Image) != 1 || got.LoopCount != -1 {
		t.Errorf("%d frames, loops %d", len(got.Image), got.LoopCount)
	}
}

func TestAFullPaletteIsQuantised(t *testing.T) {
	var colours color.Palette
	for i := range 256 {
		colours = append(colours, color.NRGBA{uint8(i), 0, 0, 255})
	}
	p := image.NewPaletted(image.Rect(0, 0, 256, 1), colours)
	for i := range p.Pix {
		p.Pix[i] = uint8(i)
	}
	file, err := Format().Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, file)
	for x := range 256 {
		if r, _, _, _ := got.Image[0].At(x, 0).RGBA(); max(int(r>>8)-x, x-int(r>>8)) > 8 {
			t.Fatalf("red %d becomes %d", x, r>>8)
		}
	}
}

func TestFramesThatMakeNoAnimationAreErrors(t *testing.T) {
	for name, list := range map[string][]image.Image{
		"none": nil, "two sizes": {image.NewNRGBA(image.Rect(0, 0, 2, 2)), image.NewNRGBA(image.Rect(0, 0, 2, 3))},
		"too wide": {&image.NRGBA{Rect: image.Rect(0, 0, 1<<16, 1)}},
	} {
		if _, err := Format().Animate(list, time.Second); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
