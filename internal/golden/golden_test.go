package golden

import (
	"image"
	"image/color"
	"strings"
	"testing"
)

func TestTheFirstDifferenceIsTold(t *testing.T) {
	a, b := image.NewNRGBA(image.Rect(0, 0, 4, 3)), image.NewNRGBA(image.Rect(0, 0, 4, 3))
	a.SetNRGBA(1, 1, color.NRGBA{9, 9, 9, 0})
	if err := Differ(a, b); err != nil {
		t.Errorf("of transparent pixels: %v, want none", err)
	}
	a.SetNRGBA(2, 1, color.NRGBA{1, 2, 3, 255})
	a.SetNRGBA(0, 2, color.NRGBA{1, 2, 3, 255})
	if err := Differ(a, b); err == nil || !strings.Contains(err.Error(), "pixel 2, 1: {1 2 3 255}, want {0 0 0 0}") {
		t.Errorf("difference = %v, want that of pixel 2, 1", err)
	}
	if err := Differ(a, image.NewNRGBA(image.Rect(0, 0, 3, 4))); err == nil {
		t.Error("pictures of two sizes do not differ")
	}
}

func TestAPictureWrittenIsFoundAgain(t *testing.T) {
	img, path := image.NewNRGBA(image.Rect(0, 0, 2, 2)), t.TempDir()+"/a/b.png"
	img.SetNRGBA(1, 0, color.NRGBA{10, 20, 30, 128})
	if err := write(path, img); err != nil {
		t.Fatal(err)
	}
	Picture(t, path, img)
}
