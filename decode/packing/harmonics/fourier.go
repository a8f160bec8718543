package harmonics

import "math"

// fourier is a discrete Fourier transform of any length; lengths of small prime factors are fast.
type fourier struct {
	roots   []complex128 // of unity: exp(2*pi*i*k/n)
	scratch []complex128
}

func newFourier(n int) *fourier {
	f := &fourier{roots: make([]complex128, n)}
	for k := range f.roots {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(n))
		f.roots[k] = complex(cos, sin)
	}
	f.scratch = make([]complex128, n)
	return f
}

// transform writes the sums over k of src[k]*exp(2*pi*i*j*k/n) for each j.
func (f *fourier) transform(dst, src []complex128) { f.part(dst, src, 1) }

// part transforms every step-th element of src, len(dst) of them: those of its p interleaved parts first, p the least prime
// factor of their number, and from these the whole.
func (f *fourier) part(dst, src []complex128, step int) {
	n := len(dst)
	if n == 1 {
		dst[0] = src[0]
		return
	}
	p := leastFactor(n)
	m := n / p
	for r := range p {
		f.part(dst[r*m:(r+1)*m], src[r*step:], step*p)
	}
	if p == 2 {
		for k := range m {
			a, b := dst[k], dst[k+m]*f.roots[k*step]
			dst[k], dst[k+m] = a+b, a-b
		}
		return
	}
	some := f.scratch[:p]
	for k := range m {
		for r := range some {
			some[r] = dst[k+r*m] * f.roots[r*k*step]
		}
		for q := range p {
			sum, at := some[0], 0
			for _, v := range some[1:] {
				if at += q * m * step; at >= len(f.roots) {
					at -= len(f.roots)
				}
				sum += v * f.roots[at]
			}
			dst[k+q*m] = sum
		}
	}
}

func leastFactor(n int) int {
	for p := 2; p*p <= n; p++ {
		if n%p == 0 {
			return p
		}
	}
	return n
}
