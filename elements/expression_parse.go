package elements

import (
	"fmt"
	"math"
	"strconv"
)

// node is a part of a parsed expression: a number, an input, or a function of parts.
type node struct {
	name  string    // of the function
	fn    *function // nil: a number or an input
	args  []*node
	input int // of an input; -1: a number
	value float64
}

// The kinds of token. Operators are their own kind.
type kind byte

const (
	end    kind = 0
	number kind = '1'
	word   kind = 'a'
)

// parser reads an expression by recursive descent. After the first error it yields numbers and the end.
type parser struct {
	text   string
	pos    int // behind the current token
	start  int // of the current token
	kind   kind
	word   string // the current token
	value  float64
	depth  int
	inputs map[string]int
	names  []string
	err    error
}

// fail keeps the first error.
func (p *parser) fail(format string, args ...any) *node {
	if p.err == nil {
		p.err = &SyntaxError{p.start, fmt.Sprintf(format, args...)}
	}
	p.kind, p.word = end, ""
	return &node{input: -1}
}

// next reads a token.
func (p *parser) next() {
	if p.err != nil {
		return
	}
	for p.pos < len(p.text) && (p.text[p.pos] == ' ' || p.text[p.pos] == '\t' || p.text[p.pos] == '\n' || p.text[p.pos] == '\r') {
		p.pos++
	}
	p.start = p.pos
	if p.pos == len(p.text) {
		p.kind, p.word = end, ""
		return
	}
	c := p.text[p.pos]
	switch {
	case isDigit(c) || c == '.':
		p.number()
	case isLetter(c):
		for p.pos < len(p.text) && (isLetter(p.text[p.pos]) || isDigit(p.text[p.pos]) || p.text[p.pos] == '.') {
			p.pos++
		}
		p.kind, p.word = word, p.text[p.start:p.pos]
	default:
		p.pos++
		p.kind = kind(c)
		if (c == '<' || c == '>' || c == '=' || c == '!') && p.pos < len(p.text) && p.text[p.pos] == '=' {
			p.pos++
		}
		p.word = p.text[p.start:p.pos]
	}
}

// number reads a number token.
func (p *parser) number() {
	digits := func() {
		for p.pos < len(p.text) && isDigit(p.text[p.pos]) {
			p.pos++
		}
	}
	digits()
	if p.pos < len(p.text) && p.text[p.pos] == '.' {
		p.pos++
		digits()
	}
	if p.pos < len(p.text) && (p.text[p.pos] == 'e' || p.text[p.pos] == 'E') {
		mark := p.pos
		p.pos++
		if p.pos < len(p.text) && (p.text[p.pos] == '+' || p.text[p.pos] == '-') {
			p.pos++
		}
		if p.pos == len(p.text) || !isDigit(p.text[p.pos]) {
			p.pos = mark
		}
		digits()
	}
	var err error
	p.kind, p.word = number, p.text[p.start:p.pos]
	if p.value, err = strconv.ParseFloat(p.word, 64); err != nil || math.IsInf(p.value, 0) {
		p.fail("%q is no number", p.word)
	}
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

// take steps over an operator if it is the current token.
func (p *parser) take(operator string) bool {
	if p.kind == end || p.kind == number || p.kind == word || p.word != operator {
		return false
	}
	p.next()
	return true
}

// want is take, and an error if the token is another.
func (p *parser) want(operator string) {
	if !p.take(operator) && p.err == nil {
		if p.kind == end {
			p.fail("the end where %q is wanted", operator)
			return
		}
		p.fail("%q where %q is wanted", p.word, operator)
	}
}

// comparison is sum [< sum].
func (p *parser) comparison() *node {
	left := p.sum()
	for _, operator := range [...]string{"<", "<=", ">", ">=", "==", "!="} {
		if p.take(operator) {
			left = call(operator, left, p.sum())
			switch p.word {
			case "<", "<=", ">", ">=", "==", "!=":
				p.fail("comparisons can't be chained")
			}
			return left
		}
	}
	return left
}

// sum is product {+ product}.
func (p *parser) sum() *node {
	left := p.product()
	for {
		switch {
		case p.take("+"):
			left = call("+", left, p.product())
		case p.take("-"):
			left = call("-", left, p.product())
		default:
			return left
		}
	}
}

// product is signed {* signed}.
func (p *parser) product() *node {
	left := p.signed()
	for {
		switch {
		case p.take("*"):
			left = call("*", left, p.signed())
		case p.take("/"):
			left = call("/", left, p.signed())
		default:
			return left
		}
	}
}

// signed is [-] power. What nests goes through here: the depth is counted.
func (p *parser) signed() *node {
	if p.depth++; p.depth > maxNesting {
		return p.fail("nested more than %d deep", maxNesting)
	}
	defer func() { p.depth-- }()
	if p.take("-") {
		return call("neg", p.signed())
	}
	if p.take("+") {
		return p.signed()
	}
	base := p.operand()
	if p.take("^") {
		return call("pow", base, p.signed())
	}
	return base
}

// operand is a number, a name, a call or a sum in parentheses.
func (p *parser) operand() *node {
	switch {
	case p.err != nil:
		return &node{input: -1}
	case p.kind == number:
		n := &node{input: -1, value: p.value}
		p.next()
		return n
	case p.kind == word:
		return p.name()
	case p.take("("):
		n := p.comparison()
		p.want(")")
		return n
	case p.kind == end:
		return p.fail("the end where a value is wanted")
	}
	return p.fail("%q where a value is wanted", p.word)
}

// name is an input or the call of a function.
func (p *parser) name() *node {
	name, start := p.word, p.start
	p.next()
	if !p.take("(") {
		return p.input(name, start)
	}
	fn, ok := functions[name]
	if !ok {
		p.start = start
		return p.fail("no function %q", name)
	}
	args := []*node{p.comparison()}
	for p.take(",") {
		args = append(args, p.comparison())
	}
	p.want(")")
	if p.err != nil {
		return &node{input: -1}
	}
	if len(args) < fn.least || len(args) > fn.most {
		p.start = start
		return p.fail("%s takes %s", name, fn.takes())
	}
	if len(args) > 2 && fn.three == nil { // min and max: pairwise
		n := args[0]
		for _, a := range args[1:] {
			n = call(name, n, a)
		}
		return n
	}
	return call(name, args...)
}

// input is a name that a value stands for.
func (p *parser) input(name string, start int) *node {
	k, ok := p.inputs[name]
	if !ok {
		k = len(p.names)
		if k == maxInputs {
			p.start = start
			return p.fail("more than %d names", maxInputs)
		}
		p.inputs[name], p.names = k, append(p.names, name)
	}
	return &node{input: k}
}

// call is a function of parts; of numbers alone it is a number.
func call(name string, args ...*node) *node {
	fn := functions[name]
	n := &node{name: name, fn: fn, args: args, input: -1}
	var v [3]float64
	for i, a := range args {
		if a.fn != nil || a.input >= 0 || i >= len(v) {
			return n
		}
		v[i] = a.value
	}
	return &node{input: -1, value: fn.of(len(args), v)}
}
