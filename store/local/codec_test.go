package local

import (
	"math"
	"math/rand/v2"
	"testing"

	"isobar/field"
)

// smooth is a field like temperature: waves and some noise, quantised as a packing says.
func smooth(nx, ny int, p *field.Packing) []float32 {
	noise := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, nx*ny)
	for j := range ny {
		for i := range nx {
			x, y := 2*math.Pi*float64(i)/float64(nx), math.Pi*float64(j)/float64(ny)
			v := 280 - 30*math.Cos(2*y) + 8*math.Sin(5*x)*math.Sin(3*y) + 3*math.Sin(31*x+9*y) + math.Cos(97*x)*math.Sin(53*y) + 0.15*noise.NormFloat64()
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

var tenths = &field.Packing{Reference: 2200, Binary: -1, Decimal: 1, Bits: 12}
var hundredths = &field.Packing{Reference: 22000, Binary: 0, Decimal: 2, Bits: 16}

func BenchmarkEncode1440x721(b *testing.B) {
	l := newLayout(1440, 721, 3, true)
	for _, c := range []struct {
		name string
		p    *field.Packing
	}{{"tenths", tenths}, {"hundredths", hundredths}, {"floats", nil}} {
		values := smooth(1440, 721, c.p)
		b.Run(c.name, func(b *testing.B) {
			var coder coder
			b.SetBytes(int64(4 * len(values)))
			var e encoded
			for b.Loop() {
				e = coder.encode(l, values, scalingOf(c.p), false)
			}
			b.ReportMetric(float64(4*len(values))/float64(len(e.bytes)), "x")
			b.ReportMetric(b2f(e.scaling.quantised), "quantised")
		})
	}
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
