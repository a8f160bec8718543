package png16_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"math"
	"testing"

	"isobar/coverage"
	"isobar/coverage/coveragetest"
	"isobar/encode"
	"isobar/encode/png16"
	"isobar/sample"
)

func TestPixelsAreValues(t *testing.T) {
	cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid("latlon:144x73:-180,-90,177.5,90")}, coveragetest.Temperature())
	cube.Variables[0].Layer.Min, cube.Variables[0].Layer.Max = 250, 310
	s, err := coverage.New(fields, sample.New(1<<20), cube, coverage.Cut{X: coverage.All, Y: coverage.All})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png16.Format().Encode(context.Background(), &b, s); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b.Bytes(), []byte("tEXtValues-Scale\x00")) {
		t.Error("no scale in the file")
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	grey, ok := img.(*image.Gray16)
	if !ok || grey.Rect.Dx() != s.Width() || grey.Rect.Dy() != s.Height() {
		t.Fatalf("a %T of %v", img, img.Bounds())
	}
	scale, offset := png16.Scale(s)
	want := make([]float32, s.Width()*s.Height())
	if err := s.Read(context.Background(), 0, 0, 1, 0, s.Height(), want); err != nil {
		t.Fatal(err)
	}
	missing := 0
	for i, w := range want {
		p := grey.Gray16At(i%s.Width(), i/s.Width()).Y
		if p == png16.Missing {
			missing++
		}
		if (p == png16.Missing) != (w != w) || w == w && math.Abs(offset+scale*float64(p)-float64(w)) > scale/2*1.001 {
			t.Fatalf("pixel %d is %d, for %v", i, p, w)
		}
	}
	if missing == 0 {
		t.Error("nothing is missing")
	}
}

func TestOneFieldFits(t *testing.T) {
	cube, fields := coveragetest.Cube(coveragetest.Shape{Grid: coveragetest.Grid("latlon:21x11:-10,40,10,50"), Times: 2}, coveragetest.Temperature())
	s, err := coverage.New(fields, sample.New(1<<20), cube, coverage.Cut{X: coverage.All, Y: coverage.All})
	if err != nil {
		t.Fatal(err)
	}
	if err := png16.Format().Check(s); !errors.Is(err, encode.ErrUnfit) {
		t.Errorf("got %v", err)
	}
}
