package styles

import (
	"image/color"
	"math"
)

// lab is a colour in Oklab (Ottosson 2020), where equal distances look about equally far apart, with its alpha.
type lab struct{ l, a, b, alpha float64 }

// toLab turns a colour into Oklab.
func toLab(c color.NRGBA) lab {
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return lab{
		l:     0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		a:     1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		b:     0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
		alpha: float64(c.A) / 255,
	}
}

// color turns Oklab into a colour, the nearest that sRGB has channel by channel.
func (c lab) color() color.NRGBA {
	l := cube(c.l + 0.3963377774*c.a + 0.2158037573*c.b)
	m := cube(c.l - 0.1055613458*c.a - 0.0638541728*c.b)
	s := cube(c.l - 0.0894841775*c.a - 1.2914855480*c.b)
	return color.NRGBA{
		R: encoded(+4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		G: encoded(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		B: encoded(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
		A: uint8(min(max(c.alpha, 0), 1)*255 + 0.5),
	}
}

func cube(x float64) float64 { return x * x * x }

// linear undoes the transfer function of sRGB (IEC 61966-2-1).
func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

// encoded applies the transfer function of sRGB.
func encoded(x float64) uint8 {
	switch {
	case !(x > 0):
		return 0
	case x >= 1:
		return 255
	case x <= 0.0031308:
		x *= 12.92
	default:
		x = 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	return uint8(x*255 + 0.5)
}

// blend mixes two colours, t from 0 to 1. Colour counts by its alpha, so that what is transparent lends no hue.
func blend(from, to lab, t float64) lab {
	alpha := from.alpha + (to.alpha-from.alpha)*t
	if alpha <= 0 {
		return lab{}
	}
	w := to.alpha * t / alpha
	return lab{
		l: from.l + (to.l-from.l)*w, a: from.a + (to.a-from.a)*w, b: from.b + (to.b-from.b)*w,
		alpha: alpha,
	}
}

// distance is how far apart two colours look, black to white being 1.
func distance(x, y lab) float64 {
	// What shows of a colour is as much as its alpha; the rest is the map below.
	l, a, b := x.l*x.alpha-y.l*y.alpha, x.a*x.alpha-y.a*y.alpha, x.b*x.alpha-y.b*y.alpha
	alpha := x.alpha - y.alpha
	return math.Sqrt(l*l + a*a + b*b + alpha*alpha)
}
