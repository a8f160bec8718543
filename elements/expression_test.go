package elements

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// one evaluates a formula of names for single values.
func one(t testing.TB, text string, values map[string]float64) float64 {
	t.Helper()
	e, err := ParseExpression(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	in := make([][]float32, len(e.Inputs()))
	for k, name := range e.Inputs() {
		in[k] = []float32{float32(values[name])}
	}
	dst := []float32{0}
	e.Eval(dst, in)
	return float64(dst[0])
}

func TestExpressionsAreArithmetic(t *testing.T) {
	values := map[string]float64{"a": 3, "b": 4, "c": -2, "zero": 0}
	for _, c := range []struct {
		text string
		want float64
	}{
		{"1 + 2 * 3", 7},
		{"(1 + 2) * 3", 9},
		{"10 - 4 - 3", 3},
		{"24 / 4 / 3", 2},
		{"-2^2", -4},
		{"2^3^2", 512},
		{"2^-1", 0.5},
		{"a - -b", 7},
		{"--a", 3},
		{"+a", 3},
		{"a < b", 1},
		{"a >= b", 0},
		{"a == 3", 1},
		{"a != 3", 0},
		{"(a < b) + (b < a)", 1},
		{"1.5e-3 * 1000", 1.5},
		{".5 + a", 3.5},
		{"a.b_1", 0},
		{"sqrt(a^2 + b^2)", 5},
		{"sqrt(a*a + b*b)", 5},
		{"hypot(a, b)", 5},
		{"hypot(a, b + zero)", 5},
		{"speed(a, b)", 5},
		{"min(a, b, c)", -2},
		{"max(a, b, c)", 4},
		{"abs(c)", 2},
		{"sign(c)", -1},
		{"clamp(a, 0, 2)", 2},
		{"clamp(c, 0, 2)", 0},
		{"if(a > b, 1, 2)", 2},
		{"if(1, a, b)", 3},
		{"mod(c, 3)", 1},
		{"mod(7, a)", 1},
		{"pow(a, b)", 81},
		{"exp(log(a))", 3},
		{"log10(1000)", 3},
		{"deg(atan2(1, 1))", 45},
		{"sin(rad(30))", 0.5},
		{"floor(2.7) + ceil(2.2) + round(2.5)", 8},
		{"a / zero", math.Inf(1)},
		{"2 - a", -1},
		{"2 / b", 0.5},
		{"a ^ 2", 9},
	} {
		if got := one(t, c.text, values); math.Abs(got-c.want) > 1e-6 && got != c.want {
			t.Errorf("%s = %v, want %v", c.text, got, c.want)
		}
	}
}

func TestDirectionIsWhereTheWindComesFrom(t *testing.T) {
	for _, c := range []struct{ u, v, want float64 }{
		{0, 0, 0}, {0, -5, 360}, {-5, 0, 90}, {0, 5, 180}, {5, 0, 270}, {-1, -1, 45}, {1, -1, 315},
	} {
		if got := one(t, "direction(u, v)", map[string]float64{"u": c.u, "v": c.v}); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("direction(%v, %v) = %v, want %v", c.u, c.v, got, c.want)
		}
	}
}

// TestNaNInGivesNaNOut holds for every function and operator, whichever argument is missing.
func TestNaNInGivesNaNOut(t *testing.T) {
	for name, fn := range functions {
		for missing := range fn.least {
			args := []string{"p", "q", "r"}[:fn.least]
			text := name + "(" + strings.Join(args, ", ") + ")"
			switch {
			case name == "neg":
				text = "-p"
			case !isLetter(name[0]):
				text = "p " + name + " q"
			}
			for _, other := range []float64{0, 1, 2} {
				values := map[string]float64{"p": other, "q": other, "r": other}
				values[args[missing]] = math.NaN()
				if got := one(t, text, values); got == got {
					t.Errorf("%s with %s missing, the others %v: %v", text, args[missing], other, got)
				}
			}
		}
	}
	for _, text := range []string{"p * 0", "p ^ 0", "1 ^ p", "if(1, 2, p)", "p == p", "max(p, 1)", "min(1, p)"} {
		if got := one(t, text, map[string]float64{"p": math.NaN()}); got == got {
			t.Errorf("%s of nothing = %v", text, got)
		}
	}
}

func TestEvalMayWriteOverItsInput(t *testing.T) {
	for _, text := range []string{"u * 2 + v", "speed(u, v)"} {
		e, err := ParseExpression(text)
		if err != nil {
			t.Fatal(err)
		}
		const n = 3*block + 7
		u, v := make([]float32, n), make([]float32, n)
		for i := range u {
			u[i], v[i] = float32(i), float32(i%11)
		}
		want := make([]float32, n)
		e.Eval(want, [][]float32{u, v})
		e.Eval(u, [][]float32{u, v})
		if !slices.Equal(u, want) {
			t.Errorf("%s differs when it writes over its input", text)
		}
	}
}

func TestInputsAreInOrderOfFirstUse(t *testing.T) {
	e, err := ParseExpression("b + a * b - min(c, a)")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := e.Inputs(), []string{"b", "a", "c"}; !slices.Equal(got, want) {
		t.Errorf("inputs %v, want %v", got, want)
	}
}

func TestNumbersAloneAreComputedOnce(t *testing.T) {
	e, err := ParseExpression("a * (2 * 3 + sqrt(16))")
	if err != nil {
		t.Fatal(err)
	}
	if len(e.ops) != 2 {
		t.Errorf("%d operations, want 2: load and multiply", len(e.ops))
	}
}

func TestSyntaxErrorsNameTheirPlace(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "column 1: the end where a value is wanted"},
		{"a +", "column 4: the end where a value is wanted"},
		{"a b", `column 3: "b" where an operator or the end is wanted`},
		{"(a", `column 3: the end where ")" is wanted`},
		{"a)", `column 2: ")" where an operator or the end is wanted`},
		{"a < b < c", "column 7: comparisons can't be chained"},
		{"2 + nope(1)", `column 5: no function "nope"`},
		{"sqrt(1, 2)", "column 1: sqrt takes 1 argument"},
		{"atan2(1)", "column 1: atan2 takes 2 arguments"},
		{"max(1)", "column 1: max takes 2 arguments or more"},
		{"1e999", `column 1: "1e999" is no number`},
		{"a ? b", `column 3: "?" where an operator or the end is wanted`},
		{"a = b", `column 3: "=" where an operator or the end is wanted`},
		{".", `column 1: "." is no number`},
		{strings.Repeat("(", 100) + "a", "column 65: nested more than 64 deep"},
		{strings.Repeat("-", 100) + "a", "column 65: nested more than 64 deep"},
		{strings.Repeat("1+", 3000) + "1", "column 4097: longer than 4096 bytes"},
		{names(40), "column 129: more than 32 names"},
	} {
		_, err := ParseExpression(c.text)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || err.Error() != c.want {
			t.Errorf("%.40q: %v, want %s", c.text, err, c.want)
		}
	}
}

// names is a sum of n names.
func names(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf("n%02d", i)
	}
	return strings.Join(parts, "+")
}

// FuzzExpression holds that what parses can be evaluated, gives NaN for NaN, and that errors are SyntaxErrors within the text.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{"speed(u, v)", "if(a > 0, -a^2, clamp(b, 1, 2e3))", "((((1))))", "max(a,b,c,d)", "1/0*a", "a<", "2.e", "a..b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseExpression(text)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > len(text) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		in := make([][]float32, len(e.Inputs()))
		for k := range in {
			in[k] = []float32{float32(k), -1.5, float32(math.NaN())}
		}
		dst := make([]float32, 3)
		e.Eval(dst, in)
		if len(in) > 0 && dst[2] == dst[2] {
			t.Errorf("%q of nothing = %v", text, dst[2])
		}
	})
}

// BenchmarkExpression evaluates formulas for the pixels of a tile, per value.
func BenchmarkExpression(b *testing.B) {
	for _, text := range []string{"speed(u, v)", "sqrt(u^2 + v^2 + 0)", "direction(u, v)", "(u - 273.15) * 1.8 + 32", "if(u > v, u, v)"} {
		b.Run(text, func(b *testing.B) {
			e, err := ParseExpression(text)
			if err != nil {
				b.Fatal(err)
			}
			const n = 256 * 256
			dst, in := make([]float32, n), make([][]float32, len(e.Inputs()))
			for k := range in {
				in[k] = make([]float32, n)
				for i := range in[k] {
					in[k][i] = float32(i%97) - 40 + float32(k)
				}
			}
			b.SetBytes(4 * n)
			b.ReportAllocs()
			for b.Loop() {
				e.Eval(dst, in)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/value")
		})
	}
}

func ExampleParseExpression() {
	e, err := ParseExpression("speed(u10, v10) * 3.6")
	if err != nil {
		fmt.Println(err)
		return
	}
	kmh := make([]float32, 2)
	e.Eval(kmh, [][]float32{{3, 0}, {4, -10}})
	fmt.Println(e.Inputs(), kmh)
	// Output: [u10 v10] [18 36]
}
