// Package datatile writes values as PNG pictures whose colours are numbers, for clients that paint on a graphics card.
//
// A value is offset + scale * (256 R + G), with R and G of 0 to 255; where there is none B is 255 and R and G are 0, else B is 0. There
// is no alpha channel, so nothing premultiplies the numbers, and no gamma or profile, so nothing corrects them. As the rule is linear,
// a texture may be interpolated before it is applied, where B is still 0.
//
// Several fields in one picture lie one below the other, each of the tile's full height: a vector's part to the east above its part to
// the north.
package datatile

import (
	"errors"
	"image"
	"math"

	"isobar/encode"
	"isobar/encode/png"
)

// steps is how many whole numbers two bytes hold, less one.
const steps = 1<<16 - 1

// errSize is a field that does not fill its pixels.
var errSize = errors.New("datatile: values that are not as many as pixels")

// Scale says what numbers mean: value = Offset + Step * number.
type Scale struct{ Step, Offset float64 }

// headroom is how much farther than the values seen so far a scale reaches: the next run's may lie beyond them.
const headroom = 1.25

// Cover gives a scale for values between low and high that stays the same when these move a little: it begins at 0, or reaches as far
// below 0 as above, and its step is 1, 2 or 5 times a power of ten.
func Cover(low, high float64, signed bool) Scale {
	reach := max(math.Abs(low), math.Abs(high)) * headroom
	if !(reach > 0) || math.IsInf(reach, 0) {
		reach = 1
	}
	if signed = signed || low < -reach/1000; signed {
		const half = steps / 2
		step := roundUp(reach / half)
		return Scale{step, -step * (half + 1)}
	}
	return Scale{Step: roundUp(reach / steps)}
}

// roundUp is the next of 1, 2 and 5 times a power of ten.
func roundUp(v float64) float64 {
	exponent := int(math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5, 10} {
		if r := power(m, exponent); r >= v*(1-1e-12) {
			return r
		}
	}
	return power(10, exponent)
}

// power is m * 10^exponent, as near as a number can be.
func power(m float64, exponent int) float64 {
	if exponent < 0 {
		return m / math.Pow10(-exponent)
	}
	return m * math.Pow10(exponent)
}

// Number is what stands for a value; those beyond the scale become its end.
func (s Scale) Number(v float64) int {
	return int(math.Round(min(max((v-s.Offset)/s.Step, 0), steps)))
}

// Encoder writes data tiles. It keeps what one leaves for the next. Safe for concurrent use.
type Encoder struct{ picture encode.Picture }

// New makes an encoder.
func New() *Encoder { return &Encoder{png.Format()} }

// Encode writes fields of width x height values each, NaN where there is none.
func (e *Encoder) Encode(s Scale, width, height int, fields ...[]float32) ([]byte, error) {
	img := image.NewNRGBA(image.Rect(0, 0, width, height*len(fields)))
	for k, values := range fields {
		if len(values) != width*height {
			return nil, errSize
		}
		out := img.Pix[4*k*width*height:]
		for i, v := range values {
			n, b := 0, byte(255)
			if v == v {
				n, b = s.Number(float64(v)), 0
			}
			*(*[4]byte)(out[4*i:]) = [4]byte{byte(n >> 8), byte(n), b, 255}
		}
	}
	return e.picture.Encode(img)
}
