package harmonics

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// legendre is the polynomial as code table 3.7 defines it, by the derivative of order n+m of (x^2-1)^n, in exact arithmetic.
func legendre(n, m int, x float64) float64 {
	c := make([]*big.Rat, 2*n+1) // of the powers of x
	for i := range c {
		c[i] = new(big.Rat)
	}
	for k := range n + 1 {
		b := new(big.Int).Binomial(int64(n), int64(k))
		if (n-k)%2 == 1 {
			b.Neg(b)
		}
		c[2*k].SetInt(b)
	}
	for range n + m {
		for i := range c[1:] {
			c[i].Mul(c[i+1], big.NewRat(int64(i+1), 1))
		}
		c[len(c)-1] = new(big.Rat)
	}
	at, sum := new(big.Rat).SetFloat64(x), new(big.Rat)
	for i := len(c) - 1; i >= 0; i-- {
		sum.Add(sum.Mul(sum, at), c[i])
	}
	factor := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(2), big.NewInt(int64(n)), nil))
	factor.Quo(factor, new(big.Rat).SetInt(new(big.Int).MulRange(1, int64(n))))
	p, _ := sum.Mul(sum, factor).Float64()
	norm := float64(2*n + 1)
	for k := n - m + 1; k <= n+m; k++ {
		norm /= float64(k)
	}
	return math.Sqrt(norm) * math.Pow(1-x*x, float64(m)/2) * p
}

func TestSumIsTheDefinition(t *testing.T) {
	const truncation = 11
	r := rand.New(rand.NewPCG(3, 50))
	c := make([]float32, (truncation+1)*(truncation+2))
	for i := range c {
		c[i] = float32(r.NormFloat64())
	}
	for _, latitudes := range [][]float64{{90, 45, 0, -45, -90}, {12.5}, {60, -60, 60, 59}} {
		for _, columns := range []int{1, 2, 7, 12, 23, 24, 30, 64} {
			got := make([]float32, columns*len(latitudes))
			if err := Sum(got, c, truncation, latitudes, columns); err != nil {
				t.Fatal(err)
			}
			polynomials := map[float64][]float64{}
			for _, lat := range latitudes {
				polynomials[lat] = legendres(truncation, math.Sin(lat*math.Pi/180))
			}
			for i, v := range got {
				lat, lon := latitudes[i/columns], 2*math.Pi*float64(i%columns)/float64(columns)
				if want := defined(c, truncation, polynomials[lat], lon); math.Abs(float64(v)-want) > 1e-4 {
					t.Fatalf("latitudes %v, %d columns: value %d is %v, want %v", latitudes, columns, i, v, want)
				}
			}
		}
	}
}

// legendres is all polynomials of a truncation, in the order of coefficients.
func legendres(truncation int, x float64) (p []float64) {
	for m := range truncation + 1 {
		for n := m; n <= truncation; n++ {
			p = append(p, legendre(n, m, x))
		}
	}
	return p
}

func defined(c []float32, truncation int, polynomials []float64, lon float64) (sum float64) {
	for m := range truncation + 1 {
		for range truncation - m + 1 {
			v := complex(float64(c[0]), float64(c[1])) * cmplx.Exp(complex(0, float64(m)*lon)) * complex(polynomials[0], 0)
			if c, polynomials = c[2:], polynomials[1:]; m > 0 {
				v *= 2
			}
			sum += real(v)
		}
	}
	return sum
}

// TestPolynomialsAddUp holds the addition theorem: the squares of all orders' polynomials sum to 2n+1, wherever they are.
func TestPolynomialsAddUp(t *testing.T) {
	for n, latitudes := range map[int][]float64{
		5: {0, 45, 90}, 63: {0, 10, 45, 80, 89, 90}, 639: {10, 80, 89.9}, MaxTruncation: {45, 85, 89, 89.93},
	} {
		for _, lat := range latitudes {
			s := sums{truncation: n, pairs: pairsOf([]float64{lat}), waves: make([]complex128, 2*(n+1))}
			c := make([]float32, 0, (n+1)*(n+2))
			for m := range n + 1 {
				part := make([]float32, 2*(n-m+1))
				part[len(part)-2] = 1 // the last, total wave number n
				c = append(c, part...)
			}
			s.addAll(c)
			sum := 0.0
			for i, p := range s.waves { // either the even or the odd one of an order
				if sum += real(p) * real(p); i > 1 {
					sum += real(p) * real(p)
				}
			}
			if want := float64(2*n + 1); math.Abs(sum-want) > 1e-9*want {
				t.Errorf("n = %d at %v degrees: %v, want %v", n, lat, sum, want)
			}
		}
	}
}

func TestSumRefusals(t *testing.T) {
	for _, c := range []struct{ truncation, coefficients, columns, values int }{
		{1, 5, 4, 4}, {-1, 0, 4, 4}, {MaxTruncation + 1, (MaxTruncation + 2) * (MaxTruncation + 3), 4, 4}, {1, 6, 0, 0}, {1, 6, 4, 5},
	} {
		if err := Sum(make([]float32, c.values), make([]float32, c.coefficients), c.truncation, []float64{0}, c.columns); !errors.Is(err, ErrSize) {
			t.Errorf("%+v: error %v, want %v", c, err, ErrSize)
		}
	}
}

func BenchmarkSum(b *testing.B) {
	for _, truncation := range []int{63, 639, MaxTruncation} {
		rows := truncation + 1
		latitudes := make([]float64, rows)
		for i := range latitudes {
			latitudes[i] = 90 - 180*(float64(i)+0.5)/float64(rows)
		}
		dst, c := make([]float32, rows*2*rows), make([]float32, (truncation+1)*(truncation+2))
		c[0], c[5] = 288, 3
		b.Run(fmt.Sprintf("T%d", truncation), func(b *testing.B) {
			b.SetBytes(int64(4 * len(dst)))
			for b.Loop() {
				if err := Sum(dst, c, truncation, latitudes, 2*rows); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
