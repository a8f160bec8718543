package packing

import (
	"encoding/binary"
	"math"
)

// spectrum is spherical harmonics in complex packing: the coefficients of the largest waves stand as they are, the others
// were packed after a multiplication by (n(n+1))^power, which makes them more alike.
type spectrum struct {
	truncation int // J of the triangular truncation J=K=M
	subset     int // the same of the coefficients that stand as they are
	power      float64
	size       int                  // octets of a float that stands as it is
	float      func([]byte) float64 // reads it
	edge       bool                 // coefficients of the subset's last n were multiplied too
}

// maxTruncation bounds tables by n; the finest spectral models have a tenth of it.
const maxTruncation = 1 << 16

// coefficients is how many numbers a triangular truncation has: real and imaginary parts.
func coefficients(truncation int) int { return (truncation + 1) * (truncation + 2) }

// unpack reads the coefficients by order m, and by total wave number n within an order.
func (p spectrum) unpack(dst []float32, data []byte, l Linear) error {
	switch {
	case p.truncation < 0 || p.truncation > maxTruncation || coefficients(p.truncation) != len(dst):
		return broken("%d coefficients of truncation %d", len(dst), p.truncation)
	case p.subset > p.truncation:
		return broken("a subset of truncation %d in %d", p.subset, p.truncation)
	}
	s, err := newScale(l)
	if err != nil {
		return err
	}
	at := coefficients(p.subset) * p.size
	packed := len(dst) - coefficients(p.subset)
	if l.Bits > maxWidth || at > len(data) || packed*l.Bits > (len(data)-at)*8 {
		return broken("%d coefficients of %d bits in %d octets, after %d", packed, l.Bits, len(data)-at, at)
	}
	floats, c := data[:at], cursor{data: data, pos: at * 8}
	factors := p.factors()
	for m := range p.truncation + 1 {
		n := m
		for ; n <= p.subset; n++ {
			factor := 1.0
			if p.edge && n == p.subset {
				factor = factors[n]
			}
			dst[0] = float32(p.float(floats) * factor)
			dst[1] = float32(p.float(floats[p.size:]) * factor)
			dst, floats = dst[2:], floats[2*p.size:]
		}
		for ; n <= p.truncation; n++ {
			dst[0] = float32(s.exact(c.next(l.Bits)) * factors[n])
			if dst[1] = float32(s.exact(c.next(l.Bits)) * factors[n]); m == 0 {
				dst[1] = 0 // coefficients of order 0 are real
			}
			dst = dst[2:]
		}
	}
	return nil
}

// factors undoes the multiplication, by n.
func (p spectrum) factors() []float64 {
	f := make([]float64, p.truncation+1)
	f[0] = 1
	for n := 1; n < len(f); n++ {
		f[n] = math.Pow(float64(n)*float64(n+1), -p.power)
	}
	return f
}

// exact is of before it is rounded.
func (s scale) exact(q int64) float64 { return (s.reference + float64(q)*s.unit) * s.decimal }

// ieeeFloat reads a float of 32 bits.
func ieeeFloat(octets []byte) float64 {
	return float64(math.Float32frombits(binary.BigEndian.Uint32(octets)))
}

// ieeeDouble reads a float of 64 bits.
func ieeeDouble(octets []byte) float64 {
	return math.Float64frombits(binary.BigEndian.Uint64(octets))
}

// unpackSpectralSimple reads GRIB2 template 5.50: the real part of the first coefficient stands in the header.
func unpackSpectralSimple(v Values, dst []float32) error {
	return spectralSimple(dst, v.Data, linearOf(v.Header), ieeeFloat(v.Header[9:]))
}

func spectralSimple(dst []float32, data []byte, l Linear, first float64) error {
	if len(dst) == 0 {
		return nil
	}
	dst[0] = float32(first)
	return simple(dst[1:], data, l)
}

// unpackSpectralComplex reads GRIB2 template 5.51.
func unpackSpectralComplex(v Values, dst []float32) error {
	h := v.Header
	p := spectrum{
		truncation: v.Truncation, subset: int(binary.BigEndian.Uint16(h[13:])), size: 4, float: ieeeFloat,
		power: float64(signMagnitude(h[9:13])) * 1e-6,
	}
	if k, m := int(binary.BigEndian.Uint16(h[15:])), int(binary.BigEndian.Uint16(h[17:])); k != p.subset || m != p.subset {
		return unsupported("a subset of truncations %d, %d, %d", p.subset, k, m)
	}
	if err := p.precision(h[23]); err != nil {
		return err
	}
	return p.unpack(dst, v.Data, linearOf(h))
}

// precision sets the form of floats that stand as they are (code table 5.7).
func (p *spectrum) precision(code byte) error {
	switch code {
	case precision32:
	case precision64:
		p.size, p.float = 8, ieeeDouble
	default:
		return unsupported("a subset of precision %d", code)
	}
	return nil
}

// unpackSpectralIEEE reads ECMWF's own GRIB2 template 5.50000: all coefficients stand as they are. Where there are too few octets
// for that it is template 5.51 with a subset of TS coefficients: so ecCodes 2.28 writes it.
func unpackSpectralIEEE(v Values, dst []float32) error {
	h := v.Header
	p := spectrum{truncation: v.Truncation, subset: v.Truncation, size: 4, float: ieeeFloat, power: float64(signMagnitude(h[9:13])) * 1e-6}
	if err := p.precision(h[17]); err != nil {
		return err
	}
	if len(v.Data) < len(dst)*p.size {
		total := int(binary.BigEndian.Uint32(h[13:]))
		p.subset = int(math.Sqrt(float64(total))) - 1
		if total < 1 || coefficients(p.subset) != total {
			return broken("%d coefficients in %d octets", len(dst), len(v.Data))
		}
	}
	return p.unpack(dst, v.Data, linearOf(h))
}

// Places in GRIB1 section 4 of spherical harmonics: where packed coefficients begin in simple packing, and those that
// stand as they are in complex packing.
const (
	spectralSimple1  = 15
	spectralComplex1 = 18
)

// unpackSpectralSimple reads the coefficients' simple packing.
func (v Values1) unpackSpectralSimple(dst []float32) error {
	if len(v.Section) < spectralSimple1 {
		return broken("%d octets", len(v.Section))
	}
	return spectralSimple(dst, v.Section[spectralSimple1:], v.linear(), ibmFloat(v.Section[headerLength1:]))
}

// unpackSpectralComplex reads the coefficients' complex packing. Octets 12-13 should tell where packed coefficients begin,
// but old files count from elsewhere; these follow what stands as it is. ECMWF's encoder multiplied the coefficients of
// the subset's last n as well, which has become the custom.
func (v Values1) unpackSpectralComplex(dst []float32) error {
	s := v.Section
	if len(s) < spectralComplex1 {
		return broken("%d octets", len(s))
	}
	p := spectrum{
		truncation: v.Truncation, subset: int(s[15]), size: 4, float: ibmFloat, edge: true,
		power: float64(signMagnitude(s[13:15])) * 1e-3,
	}
	if int(s[16]) != p.subset || int(s[17]) != p.subset {
		return unsupported("a subset of truncations %d, %d, %d", s[15], s[16], s[17])
	}
	return p.unpack(dst, s[spectralComplex1:], v.linear())
}
