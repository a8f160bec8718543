package elements

import (
	"fmt"
	"sync"
)

// Bounds of an expression. Text comes from rows, and from requests.
const (
	maxExpression = 4096 // bytes
	maxNesting    = 64   // of parentheses, powers and signs
	maxInputs     = 32   // names
)

// block is how many values are computed at a time: the registers of a block stay in the processor's nearest cache.
const block = 512

// Expression is a formula over named inputs, compiled to operations on slices. It is safe for concurrent use.
type Expression struct {
	inputs    []string
	ops       []op
	registers int
	fast      func(dst []float32, in [][]float32) // a common shape, written out; nil: ops
	scratch   sync.Pool                           // *[]float64
}

// SyntaxError is text that is no expression.
type SyntaxError struct {
	Offset int // bytes before the fault
	Reason string
}

// Error names the place, counted from 1.
func (e *SyntaxError) Error() string { return fmt.Sprintf("column %d: %s", e.Offset+1, e.Reason) }

// ParseExpression compiles text. It knows, from what binds least to what binds most:
//
//	a < b   <= > >= == !=   1 or 0; not to be chained
//	a + b   a - b
//	a * b   a / b
//	-a
//	a ^ b                   to the right: 2^3^2 is 2^9, and -2^2 is -4
//	(a)   1.5e-3   name     names are letters, digits, '_' and '.', not beginning with a digit
//
// and the functions sqrt abs exp log log10 sin cos tan asin acos atan atan2 floor ceil round sign min max (of two and more) pow hypot
// deg rad mod (the sign is the divisor's) if(cond, a, b) clamp(x, low, high), angles in radians, and of vectors' components
// speed(u, v) and direction(u, v): the degrees that the wind comes from, more than 0 and at most 360; calm is 0;
// and heatindex(t, r), in kelvin, of kelvin and percent.
// Numbers are computed in double precision. Errors are *SyntaxError.
func ParseExpression(text string) (*Expression, error) {
	if len(text) > maxExpression {
		return nil, &SyntaxError{maxExpression, fmt.Sprintf("longer than %d bytes", maxExpression)}
	}
	p := &parser{text: text, inputs: map[string]int{}}
	p.next()
	root := p.comparison()
	if p.err == nil && p.kind != end {
		p.fail("%q where an operator or the end is wanted", p.word)
	}
	if p.err != nil {
		return nil, p.err
	}
	e := &Expression{inputs: p.names, fast: shape(root)}
	g := generator{}
	g.emit(root, 0)
	e.ops, e.registers = g.ops, g.most
	return e, nil
}

// Inputs are the names used, in order of first use.
func (e *Expression) Inputs() []string { return e.inputs }

// Eval computes dst[i] from in[k][i], k as in Inputs. NaN in gives NaN out, whichever input it is in. dst may be one of in.
// Inputs are as long as dst.
func (e *Expression) Eval(dst []float32, in [][]float32) {
	if e.fast != nil {
		e.fast(dst, in)
		return
	}
	held, ok := e.scratch.Get().(*[]float64)
	if !ok {
		fresh := make([]float64, e.registers*block)
		held = &fresh
	}
	defer e.scratch.Put(held)
	for from := 0; from < len(dst); from += block {
		to := min(from+block, len(dst))
		for i := range e.ops {
			e.ops[i].run(*held, in, from, to)
		}
		for i, v := range (*held)[:to-from] {
			dst[from+i] = float32(v)
		}
	}
}
