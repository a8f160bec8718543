package chunk

import (
	"math"
	"math/rand/v2"

	"isobar/elements"
	"isobar/field"
)

// smooth is a field like temperature: waves and some noise, quantised as a packing says.
func smooth(nx, ny int, p *field.Packing) []float32 {
	noise := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, nx*ny)
	for j := range ny {
		for i := range nx {
			x, y := 2*math.Pi*float64(i)/float64(nx), math.Pi*float64(j)/float64(ny)
			v := 280 - 30*math.Cos(2*y) + 8*math.Sin(5*x)*math.Sin(3*y) + 0.15*noise.NormFloat64()
			values[j*nx+i] = float32(v)
			if p != nil {
				pow := math.Pow10(p.Decimal)
				q := math.Round((v*pow - p.Reference) / math.Ldexp(1, p.Binary))
				values[j*nx+i] = float32((p.Reference + q*math.Ldexp(1, p.Binary)) / pow)
			}
		}
	}
	return values
}

var (
	tenths     = &field.Packing{Reference: 2200, Binary: -1, Decimal: 1, Bits: 12}
	hundredths = &field.Packing{Reference: 22000, Binary: 0, Decimal: 2, Bits: 16}
)

func benchKey(n int) field.Key {
	const run field.Time = 1_790_000_000
	return field.Key{
		Model: "gfs", Run: run, Element: "t", Level: field.Level{Kind: elements.Height, Value: 2, To: 2}, Valid: run + field.Time(n)*3600,
	}
}

// differ is the first cell in which values differ, or -1. All that is missing is alike.
func differ(got, want []float32) int {
	for i, v := range got {
		if v != want[i] && (v == v || want[i] == want[i]) {
			return i
		}
	}
	return -1
}
