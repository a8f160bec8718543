// Package golden compares pictures with those that tests keep, and writes them anew when told to: go test ./room -update.
// Whoever updates them looks at them.
package golden

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write golden pictures instead of comparing with them")

// Picture compares a picture with the PNG file at path, pixel by pixel. The first difference fails the test.
func Picture(t testing.TB, path string, got image.Image) {
	t.Helper()
	if *update {
		if err := write(path, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	file, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s: there is no golden picture; -update makes it", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if err := Differ(got, want); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

// Differ tells the first difference of two pictures, nil if there is none. What is wholly transparent has no colour.
func Differ(got, want image.Image) error {
	g, w := got.Bounds(), want.Bounds()
	if g.Size() != w.Size() {
		return fmt.Errorf("size %v, want %v", g.Size(), w.Size())
	}
	for y := range w.Dy() {
		for x := range w.Dx() {
			a, b := at(got, g.Min.X+x, g.Min.Y+y), at(want, w.Min.X+x, w.Min.Y+y)
			if a != b {
				return fmt.Errorf("first differing pixel %d, %d: %v, want %v", x, y, a, b)
			}
		}
	}
	return nil
}

// at is a pixel without premultiplied alpha.
func at(img image.Image, x, y int) color.NRGBA {
	c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
	if c.A == 0 {
		return color.NRGBA{}
	}
	return c
}

// write keeps a picture.
func write(path string, img image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	var file bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&file, img); err != nil {
		return err
	}
	return os.WriteFile(path, file.Bytes(), 0o644)
}
