package styles

import (
	"image/color"
	"math"
	"testing"
)

// vision is how a kind of eye sees linear light: a matrix for red, green and blue.
type vision struct {
	name string
	of   [3][3]float64
}

// visions are the common one and the three that tell fewer colours apart, at their full extent (Machado, Oliveira and Fernandes 2009, table of
// severity 1.0): without the long, the middle or the short cones.
var visions = []vision{
	{"common", [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
	{"protan", [3][3]float64{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
	{"deutan", [3][3]float64{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
	{"tritan", [3][3]float64{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}},
}

// see is a colour as the eye has it; alpha is not looked at.
func (v vision) see(c color.NRGBA) color.NRGBA {
	in := [3]float64{linear(c.R), linear(c.G), linear(c.B)}
	var out [3]uint8
	for i, row := range v.of {
		out[i] = encoded(row[0]*in[0] + row[1]*in[1] + row[2]*in[2])
	}
	return color.NRGBA{out[0], out[1], out[2], 255}
}

// cielab is a colour in CIE L*a*b* under D65.
func cielab(c color.NRGBA) (l, a, b float64) {
	r, g, bl := linear(c.R), linear(c.G), linear(c.B)
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124564*r + 0.3575761*g + 0.1804375*bl) / 0.95047)
	y := f(0.2126729*r + 0.7151522*g + 0.0721750*bl)
	z := f((0.0193339*r + 0.1191920*g + 0.9503041*bl) / 1.08883)
	return 116*y - 16, 500 * (x - y), 200 * (y - z)
}

// ciede2000 is how far apart two colours look (ISO/CIE 11664-6:2014): about 1 is just seen side by side, 2.3 at a glance.
func ciede2000(p, q color.NRGBA) float64 {
	l1, a1, b1 := cielab(p)
	l2, a2, b2 := cielab(q)
	return deltaE(l1, a1, b1, l2, a2, b2)
}

func deltaE(l1, a1, b1, l2, a2, b2 float64) float64 {
	const rad = math.Pi / 180
	power7 := func(x float64) float64 { return math.Pow(x, 7) }
	meanC := (math.Hypot(a1, b1) + math.Hypot(a2, b2)) / 2
	g := 0.5 * (1 - math.Sqrt(power7(meanC)/(power7(meanC)+power7(25))))
	a1, a2 = a1*(1+g), a2*(1+g)
	c1, c2 := math.Hypot(a1, b1), math.Hypot(a2, b2)
	hue := func(a, b float64) float64 {
		if a == 0 && b == 0 {
			return 0
		}
		return math.Mod(math.Atan2(b, a)/rad+360, 360)
	}
	h1, h2 := hue(a1, b1), hue(a2, b2)
	dh, meanH := h2-h1, (h1+h2)/2
	switch {
	case c1*c2 == 0:
		dh, meanH = 0, h1+h2
	case dh > 180:
		dh, meanH = dh-360, meanH-180
	case dh < -180:
		dh, meanH = dh+360, meanH+180
	}
	meanH = math.Mod(meanH+360, 360)
	dL, dC, dH := l2-l1, c2-c1, 2*math.Sqrt(c1*c2)*math.Sin(dh/2*rad)
	meanL, meanC2 := (l1+l2)/2, (c1+c2)/2
	t := 1 - 0.17*math.Cos((meanH-30)*rad) + 0.24*math.Cos(2*meanH*rad) + 0.32*math.Cos((3*meanH+6)*rad) - 0.20*math.Cos((4*meanH-63)*rad)
	turn := 30 * math.Exp(-math.Pow((meanH-275)/25, 2))
	rc := 2 * math.Sqrt(power7(meanC2)/(power7(meanC2)+power7(25)))
	sl := 1 + 0.015*math.Pow(meanL-50, 2)/math.Sqrt(20+math.Pow(meanL-50, 2))
	sc, sh := 1+0.045*meanC2, 1+0.015*meanC2*t
	rt := -math.Sin(2*turn*rad) * rc
	return math.Sqrt(math.Pow(dL/sl, 2) + math.Pow(dC/sc, 2) + math.Pow(dH/sh, 2) + rt*dC/sc*dH/sh)
}

// TestDeltaEIsTheStandards compares with pairs of Sharma, Wu and Dalal (2005), table 1.
func TestDeltaEIsTheStandards(t *testing.T) {
	for _, c := range []struct{ l1, a1, b1, l2, a2, b2, want float64 }{
		{50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425},
		{50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000},
		{50, 0, 0, 50, -1, 2, 2.3669},
		{50, 2.4900, -0.0010, 50, -2.4900, 0.0009, 7.1792},
		{50, -0.0010, 2.4900, 50, 0.0009, -2.4900, 4.8045},
		{50, 2.5, 0, 73, 25, -18, 27.1492},
		{60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644},
		{22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373},
		{2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082},
	} {
		if got := deltaE(c.l1, c.a1, c.b1, c.l2, c.a2, c.b2); math.Abs(got-c.want) > 5e-5 {
			t.Errorf("from (%g %g %g) to (%g %g %g) = %.4f, want %.4f", c.l1, c.a1, c.b1, c.l2, c.a2, c.b2, got, c.want)
		}
	}
}

// TestVisionsLeaveGreyGrey is a law of all four: their rows sum to one.
func TestVisionsLeaveGreyGrey(t *testing.T) {
	for _, v := range visions {
		for _, grey := range []uint8{0, 40, 128, 200, 255} {
			if got := v.see(color.NRGBA{grey, grey, grey, 255}); max(got.R, got.G, got.B)-min(got.R, got.G, got.B) > 1 || math.Abs(float64(got.G)-float64(grey)) > 1 {
				t.Errorf("%s: grey of %d is seen as %v", v.name, grey, got)
			}
		}
	}
}
