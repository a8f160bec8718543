package elements

import (
	"fmt"
	"math"
)

// function is an operator or a function by its scalar form. The loops over blocks are in op.run.
type function struct {
	least, most int // arguments
	one         func(a float64) float64
	two         func(a, b float64) float64
	three       func(a, b, c float64) float64
}

// takes says how many arguments are wanted.
func (f *function) takes() string {
	switch {
	case f.most > 3:
		return fmt.Sprintf("%d arguments or more", f.least)
	case f.most == 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", f.least)
}

// of computes one value.
func (f *function) of(n int, v [3]float64) float64 {
	switch n {
	case 1:
		return f.one(v[0])
	case 2:
		return f.two(v[0], v[1])
	}
	return f.three(v[0], v[1], v[2])
}

// functions lists what expressions can do. NaN in gives NaN out in each; where Go's math has it otherwise, strict mends it.
var functions = map[string]*function{
	"+": {2, 2, nil, func(a, b float64) float64 { return a + b }, nil},
	"-": {2, 2, nil, func(a, b float64) float64 { return a - b }, nil},
	"*": {2, 2, nil, func(a, b float64) float64 { return a * b }, nil},
	"/": {2, 2, nil, func(a, b float64) float64 { return a / b }, nil},
	"<": {2, 2, nil, func(a, b float64) float64 { return truth(a < b, a, b) }, nil}, "<=": {2, 2, nil, func(a, b float64) float64 { return truth(a <= b, a, b) }, nil},
	">": {2, 2, nil, func(a, b float64) float64 { return truth(a > b, a, b) }, nil}, ">=": {2, 2, nil, func(a, b float64) float64 { return truth(a >= b, a, b) }, nil},
	"==": {2, 2, nil, func(a, b float64) float64 { return truth(a == b, a, b) }, nil}, "!=": {2, 2, nil, func(a, b float64) float64 { return truth(a != b, a, b) }, nil},
	"neg": {1, 1, func(a float64) float64 { return -a }, nil, nil},

	"sqrt": {1, 1, math.Sqrt, nil, nil}, "abs": {1, 1, math.Abs, nil, nil}, "exp": {1, 1, math.Exp, nil, nil},
	"log": {1, 1, math.Log, nil, nil}, "log10": {1, 1, math.Log10, nil, nil},
	"sin": {1, 1, math.Sin, nil, nil}, "cos": {1, 1, math.Cos, nil, nil}, "tan": {1, 1, math.Tan, nil, nil},
	"asin": {1, 1, math.Asin, nil, nil}, "acos": {1, 1, math.Acos, nil, nil}, "atan": {1, 1, math.Atan, nil, nil},
	"floor": {1, 1, math.Floor, nil, nil}, "ceil": {1, 1, math.Ceil, nil, nil}, "round": {1, 1, math.Round, nil, nil}, "sign": {1, 1, sign, nil, nil},
	"deg": {1, 1, func(a float64) float64 { return a / degree }, nil, nil}, "rad": {1, 1, func(a float64) float64 { return a * degree }, nil, nil},

	"atan2": {2, 2, nil, math.Atan2, nil}, "pow": {2, 2, nil, pow, nil}, "mod": {2, 2, nil, mod, nil},
	"min": {2, 16, nil, lesser, nil}, "max": {2, 16, nil, greater, nil},
	"hypot": {2, 2, nil, speed, nil}, "speed": {2, 2, nil, speed, nil}, "direction": {2, 2, nil, direction, nil},
	"heatindex": {2, 2, nil, heatIndex, nil},

	"if": {3, 3, nil, nil, choose}, "clamp": {3, 3, nil, nil, clamp},
}

// truth is 1 or 0, or NaN.
func truth(is bool, a, b float64) float64 {
	if a != a || b != b {
		return math.NaN()
	}
	if is {
		return 1
	}
	return 0
}

// sign is -1, 0 or 1.
func sign(a float64) float64 {
	switch {
	case a > 0:
		return 1
	case a < 0:
		return -1
	}
	return a
}

// pow is math.Pow, and NaN for NaN^0 and 1^NaN.
func pow(a, b float64) float64 {
	switch {
	case a != a || b != b:
		return math.NaN()
	case b == 2:
		return a * a
	}
	return math.Pow(a, b)
}

// mod is the remainder of the division rounded down: its sign is b's.
func mod(a, b float64) float64 {
	r := math.Mod(a, b)
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

func lesser(a, b float64) float64 {
	if b < a || b != b {
		return b
	}
	return a
}

func greater(a, b float64) float64 {
	if b > a || b != b {
		return b
	}
	return a
}

// speed is the length of a vector. Squares of what single precision can hold don't overflow.
func speed(u, v float64) float64 { return math.Sqrt(u*u + v*v) }

// direction is where the wind comes from in degrees: 0 < d <= 360, and 0 when it is calm.
func direction(u, v float64) float64 {
	if u == 0 && v == 0 {
		return 0
	}
	d := math.Atan2(-u, -v) / degree
	if d <= 0 {
		d += 360
	}
	return d
}

// choose is b where a is not 0, else c; NaN if any of them is.
func choose(a, b, c float64) float64 {
	if a != a || b != b || c != c {
		return math.NaN()
	}
	if a != 0 {
		return b
	}
	return c
}

func clamp(a, low, high float64) float64 { return lesser(greater(a, low), high) }
