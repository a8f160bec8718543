package apng

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"testing"
	"time"
)

// part is a chunk that was read.
type part struct {
	name string
	data []byte
}

// parts reads a file's chunks and checks their sums.
func parts(t *testing.T, file []byte) (all []part) {
	t.Helper()
	for at := 8; at < len(file); {
		n := int(binary.BigEndian.Uint32(file[at:]))
		body := file[at+4 : at+8+n]
		if sum := binary.BigEndian.Uint32(file[at+8+n:]); sum != crc32.ChecksumIEEE(body) {
			t.Fatalf("chunk %s: its sum is wrong", body[:4])
		}
		all = append(all, part{string(body[:4]), body[4:]})
		at += 12 + n
	}
	return all
}

// frames takes an animation apart: each frame becomes a PNG of its own, read with the standard library.
func frames(t *testing.T, file []byte, wantMS int) (all []image.Image) {
	t.Helper()
	var head, tail []part
	sequence := uint32(0)
	number := func(p part) {
		if got := binary.BigEndian.Uint32(p.data); got != sequence {
			t.Fatalf("%s has the number %d, want %d", p.name, got, sequence)
		}
		sequence++
	}
	for _, p := range parts(t, file) {
		switch p.name {
		case "acTL":
			if n := binary.BigEndian.Uint32(p.data[4:]); n != 0 {
				t.Errorf("plays %d times, want for ever", n)
			}
		case "fcTL":
			number(p)
			ms, per := binary.BigEndian.Uint16(p.data[20:]), binary.BigEndian.Uint16(p.data[22:])
			if int(ms)*1000 != wantMS*int(per) {
				t.Errorf("a frame is shown for %d/%d s, want %d ms", ms, per, wantMS)
			}
		case "IDAT", "fdAT":
			data := p.data
			if p.name == "fdAT" {
				number(p)
				data = data[4:]
			}
			w := &writer{}
			w.out.WriteString("\x89PNG\r\n\x1a\n")
			for _, h := range head {
				w.chunk(h.name, h.data)
			}
			w.chunk("IDAT", data)
			w.chunk("IEND", nil)
			img, err := png.Decode(&w.out)
			if err != nil {
				t.Fatalf("frame %d: %v", len(all), err)
			}
			all = append(all, img)
		case "IEND":
			tail = append(tail, p)
		default:
			head = append(head, p)
		}
	}
	if len(tail) != 1 {
		t.Errorf("%d ends, want one", len(tail))
	}
	return all
}

// palettes are frames of one palette.
func palettes(n int) (all []image.Image) {
	colours := color.Palette{color.NRGBA{}, color.NRGBA{200, 1, 2, 100}, color.NRGBA{0, 255, 0, 255}, color.NRGBA{9, 8, 7, 255}}
	for i := range n {
		p := image.NewPaletted(image.Rect(0, 0, 37, 23), colours)
		for k := range p.Pix {
			p.Pix[k] = uint8((k/(i+1) + i) % 4)
		}
		all = append(all, p)
	}
	return all
}

func TestFramesDecodeToTheSamePixels(t *testing.T) {
	colourful := image.NewNRGBA(image.Rect(0, 0, 37, 23))
	for k := range colourful.Pix {
		colourful.Pix[k] = uint8(k * 7)
	}
	otherPalette := image.NewPaletted(image.Rect(0, 0, 37, 23), color.Palette{color.NRGBA{1, 2, 3, 255}})
	for name, c := range map[string]struct {
		frames []image.Image
		kind   byte
	}{
		"one palette":       {palettes(4), indexed},
		"a part":            {[]image.Image{palettes(1)[0].(*image.Paletted).SubImage(image.Rect(3, 4, 20, 20))}, indexed},
		"a picture of more": {append(palettes(2), colourful), truecolourAlpha},
		"two palettes":      {append(palettes(1), otherPalette), truecolourAlpha},
		"one frame":         {palettes(1), indexed},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := Format().Animate(c.frames, 120*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			if file[25] != c.kind {
				t.Errorf("colour type %d, want %d", file[25], c.kind)
			}
			if _, err := png.Decode(bytes.NewReader(file)); err != nil {
				t.Errorf("who knows no APNG reads nothing: %v", err)
			}
			got := frames(t, file, 120)
			if len(got) != len(c.frames) {
				t.Fatalf("%d frames, want %d", len(got), len(c.frames))
			}
			for i, want := range c.frames {
				b := want.Bounds()
				for y := range b.Dy() {
					for x := range b.Dx() {
						g, w := color.NRGBAModel.Convert(got[i].At(x, y)), color.NRGBAModel.Convert(want.At(b.Min.X+x, b.Min.Y+y))
						if g != w {
							t.Fatalf("frame %d: first differing pixel %d, %d = %v, want %v", i, x, y, g, w)
						}
					}
				}
			}
		})
	}
}

func TestFramesThatMakeNoAnimationAreErrors(t *testing.T) {
	for name, list := range map[string][]image.Image{
		"none": nil, "two sizes": {image.NewNRGBA(image.Rect(0, 0, 2, 2)), image.NewNRGBA(image.Rect(0, 0, 2, 3))},
		"too many pixels": {&image.NRGBA{Rect: image.Rect(0, 0, maxPixels, 2)}},
	} {
		if _, err := Format().Animate(list, time.Second); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
