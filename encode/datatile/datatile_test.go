package datatile

import (
	"bytes"
	"image/png"
	"math"
	"testing"
)

func TestScalesAreRoundAndReachFarEnough(t *testing.T) {
	for _, c := range []struct {
		what      string
		low, high float64
		signed    bool
		want      Scale
	}{
		{"temperatures in K", 201.3, 318.2, false, Scale{0.01, 0}},
		{"the same of another run", 198.7, 314.9, false, Scale{0.01, 0}},
		{"winds in m/s", -61.2, 58.9, true, Scale{0.005, -163.84}},
		{"winds of a calm day", -45, 48, true, Scale{0.002, -65.536}},
		{"pressure in Pa", 94800, 104700, false, Scale{2, 0}},
		{"cover in %", 0, 100, false, Scale{0.002, 0}},
		{"noise below zero", -1e-9, 40, false, Scale{0.001, 0}},
		{"nothing", math.NaN(), math.NaN(), false, Scale{2e-5, 0}},
		{"zeros", 0, 0, false, Scale{2e-5, 0}},
	} {
		got := Cover(c.low, c.high, c.signed)
		if math.Abs(got.Step-c.want.Step) > 1e-12 || math.Abs(got.Offset-c.want.Offset) > 1e-9 {
			t.Errorf("%s: %+v, want %+v", c.what, got, c.want)
		}
	}
}

func TestValuesReadBackWithinHalfAStep(t *testing.T) {
	s := Scale{0.01, -20}
	u, v := make([]float32, 64*32), make([]float32, 64*32)
	for i := range u {
		u[i], v[i] = float32(i)*0.013-15, float32(-i)*0.007
	}
	nan := float32(math.NaN())
	u[5], v[7] = nan, nan
	u[9], u[10] = -1e9, 1e9
	file, err := New().Encode(s, 64, 32, u, v)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got.X != 64 || got.Y != 64 {
		t.Fatalf("size %v", got)
	}
	if kind := file[25]; kind != 2 {
		t.Errorf("colour type %d, want 2: no alpha", kind)
	}
	for k, field := range [][]float32{u, v} {
		for i, want := range field {
			r, g, b, _ := img.At(i%64, i/64+32*k).RGBA()
			got := s.Offset + s.Step*float64(r>>8<<8|g>>8)
			switch {
			case want != want:
				if b>>8 != 255 || r != 0 || g != 0 {
					t.Errorf("missing value %d of field %d is %d %d %d", i, k, r>>8, g>>8, b>>8)
				}
			case b != 0:
				t.Errorf("value %d of field %d is told as missing", i, k)
			case math.Abs(float64(want)) > 1e6:
				if n := r>>8<<8 | g>>8; n != 0 && n != steps {
					t.Errorf("%v becomes %v, want the scale's end", want, got)
				}
			case math.Abs(got-float64(want)) > s.Step/2+1e-5:
				t.Errorf("value %d of field %d is %v, want %v", i, k, got, want)
			}
		}
	}
	if _, err := New().Encode(s, 64, 32, u[1:]); err == nil {
		t.Error("too few values: no error")
	}
}
