package elements

import "math"

// op is one operation on a block of values: registers are float64 blocks one behind the other. Arguments are registers, or
// numbers where constant is set.
type op struct {
	fn       *function
	name     string
	dst      int
	input    int // name == load: which input
	n        int // arguments
	args     [3]int
	constant [3]bool
	values   [3]float64
}

// load is the operation that turns an input into a register.
const load = "load"

// generator turns a tree into operations, with as many registers as values must be kept at once.
type generator struct {
	ops  []op
	most int
}

// emit appends the operations that leave a tree's value in register dst; those above are free.
func (g *generator) emit(n *node, dst int) {
	g.most = max(g.most, dst+1)
	if n.fn == nil {
		o := op{name: load, dst: dst, input: n.input}
		if n.input < 0 {
			o = op{name: "+", fn: functions["+"], dst: dst, n: 2, constant: [3]bool{true, true}, values: [3]float64{n.value}}
		}
		g.ops = append(g.ops, o)
		return
	}
	o := op{fn: n.fn, name: n.name, dst: dst, n: len(n.args)}
	for i, a := range n.args {
		if a.fn == nil && a.input < 0 {
			o.constant[i], o.values[i] = true, a.value
			continue
		}
		o.args[i] = dst
		g.emit(a, dst)
		dst++
	}
	g.ops = append(g.ops, o)
}

// run does the operation for values from..to of the inputs.
func (o *op) run(registers []float64, in [][]float32, from, to int) {
	dst := registers[o.dst*block:][:to-from]
	if o.name == load {
		for i, v := range in[o.input][from:to] {
			dst[i] = float64(v)
		}
		return
	}
	var arg [3][]float64
	for i := range o.n {
		if !o.constant[i] {
			arg[i] = registers[o.args[i]*block:][:len(dst)]
		}
	}
	switch o.n {
	case 1:
		o.unary(dst, arg[0])
	case 2:
		o.binary(dst, arg[0], arg[1])
	case 3:
		o.ternary(dst, arg)
	}
}

// unary has loops of its own for what is cheap beside a call.
func (o *op) unary(dst, a []float64) {
	switch o.name {
	case "neg":
		for i, v := range a {
			dst[i] = -v
		}
	case "sqrt":
		for i, v := range a {
			dst[i] = math.Sqrt(v)
		}
	case "abs":
		for i, v := range a {
			dst[i] = math.Abs(v)
		}
	default:
		for i, v := range a {
			dst[i] = o.fn.one(v)
		}
	}
}

// binary is a function of two blocks, or of a block and a number; a or b is nil for a number.
func (o *op) binary(dst, a, b []float64) {
	switch {
	case a == nil && b == nil:
		v := o.fn.two(o.values[0], o.values[1])
		for i := range dst {
			dst[i] = v
		}
	case b == nil:
		right(o, dst, a, o.values[1])
	case a == nil:
		left(o, dst, o.values[0], b)
	default:
		both(o, dst, a, b)
	}
}

func both(o *op, dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	switch o.name {
	case "+":
		for i := range dst {
			dst[i] = a[i] + b[i]
		}
	case "-":
		for i := range dst {
			dst[i] = a[i] - b[i]
		}
	case "*":
		for i := range dst {
			dst[i] = a[i] * b[i]
		}
	case "/":
		for i := range dst {
			dst[i] = a[i] / b[i]
		}
	case "hypot", "speed":
		for i := range dst {
			dst[i] = math.Sqrt(a[i]*a[i] + b[i]*b[i])
		}
	default:
		for i := range dst {
			dst[i] = o.fn.two(a[i], b[i])
		}
	}
}

func right(o *op, dst, a []float64, b float64) {
	a = a[:len(dst)]
	switch {
	case o.name == "+":
		for i := range dst {
			dst[i] = a[i] + b
		}
	case o.name == "-":
		for i := range dst {
			dst[i] = a[i] - b
		}
	case o.name == "*":
		for i := range dst {
			dst[i] = a[i] * b
		}
	case o.name == "/":
		for i := range dst {
			dst[i] = a[i] / b
		}
	case o.name == "pow" && b == 2:
		for i := range dst {
			dst[i] = a[i] * a[i]
		}
	default:
		for i := range dst {
			dst[i] = o.fn.two(a[i], b)
		}
	}
}

func left(o *op, dst []float64, a float64, b []float64) {
	b = b[:len(dst)]
	switch o.name {
	case "+":
		for i := range dst {
			dst[i] = a + b[i]
		}
	case "-":
		for i := range dst {
			dst[i] = a - b[i]
		}
	case "*":
		for i := range dst {
			dst[i] = a * b[i]
		}
	case "/":
		for i := range dst {
			dst[i] = a / b[i]
		}
	default:
		for i := range dst {
			dst[i] = o.fn.two(a, b[i])
		}
	}
}

// ternary is a function of three blocks or numbers.
func (o *op) ternary(dst []float64, arg [3][]float64) {
	v := o.values
	for i := range dst {
		for k, a := range arg {
			if a != nil {
				v[k] = a[i]
			}
		}
		dst[i] = o.fn.three(v[0], v[1], v[2])
	}
}

// shape finds a common shape that is written out: the length of a vector, as a map of wind speed asks for 65,536 times.
func shape(n *node) func(dst []float32, in [][]float32) {
	u, v, ok := vector(n)
	if !ok {
		return nil
	}
	return func(dst []float32, in [][]float32) {
		a, b := in[u][:len(dst)], in[v][:len(dst)]
		for i := range dst {
			x, y := float64(a[i]), float64(b[i])
			dst[i] = float32(math.Sqrt(x*x + y*y))
		}
	}
}

// vector tells whether a tree is speed(u, v), hypot(u, v), sqrt(u^2 + v^2) or sqrt(u*u + v*v) of inputs.
func vector(n *node) (u, v int, ok bool) {
	if (n.name == "speed" || n.name == "hypot") && n.args[0].input >= 0 && n.args[1].input >= 0 {
		return n.args[0].input, n.args[1].input, true
	}
	if n.name != "sqrt" || n.args[0].name != "+" {
		return 0, 0, false
	}
	u, uOK := square(n.args[0].args[0])
	v, vOK := square(n.args[0].args[1])
	return u, v, uOK && vOK
}

// square tells whether a tree is the square of an input.
func square(n *node) (input int, ok bool) {
	if len(n.args) != 2 || n.args[0].input < 0 {
		return 0, false
	}
	other := n.args[1]
	return n.args[0].input, n.name == "*" && other.input == n.args[0].input || n.name == "pow" && other.fn == nil && other.input < 0 && other.value == 2
}
