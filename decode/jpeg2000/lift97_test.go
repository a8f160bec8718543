package jpeg2000

import (
	"math"
	"math/rand/v2"
	"testing"
)

// forward97 is the irreversible transform of a line, ISO/IEC 15444-1 F.4.8.2, low coefficients first.
func forward97(line []float64, parity int) []float64 {
	n := len(line)
	if n == 1 {
		return []float64{line[0] * float64(1+parity)}
	}
	y := append([]float64(nil), line...)
	for i, f := range []float64{alpha, beta, gamma, delta} {
		for x := (i + parity + 1) & 1; x < n; x += 2 {
			y[x] += f * (y[mirror(x-1, n)] + y[mirror(x+1, n)])
		}
	}
	var low, high []float64
	for x, v := range y {
		if x&1 == parity {
			low = append(low, v/scale)
		} else {
			high = append(high, v*scale)
		}
	}
	return append(low, high...)
}

func TestTheIrreversibleTransformIsUndone(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		w, h, x0, y0 := 1+r.IntN(12), 1+r.IntN(12), r.IntN(4), r.IntN(4)
		want, plane97 := make([]float64, w*h), plane[float32]{stride: w, coefficients: make([]float32, w*h)}
		for i := range want {
			want[i] = r.Float64() * 1000
		}
		half := make([]float64, w*h)
		column := make([]float64, h)
		for x := range w {
			for y := range h {
				column[y] = want[y*w+x]
			}
			for y, v := range forward97(column, y0&1) {
				half[y*w+x] = v
			}
		}
		for y := range h {
			for x, v := range forward97(half[y*w:][:w], x0&1) {
				plane97.coefficients[y*w+x] = float32(v)
			}
		}
		lift97(&plane97, step[float32]{low: plane97.coefficients, lowStride: w, area: rect{x0, y0, x0 + w, y0 + h}, out: func(y int, row []float32) {
			for x, v := range row {
				if math.Abs(float64(v)-want[y*w+x]) > 0.01 {
					t.Fatalf("%d x %d from %d,%d: sample %d,%d is %g, want %g", w, h, x0, y0, x, y, v, want[y*w+x])
				}
			}
		}})
	}
}
