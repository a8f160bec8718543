package cql2

import (
	"math"
	"slices"
	"strings"

	"github.com/go-spatial/geom"

	"isobar/feature/wkt"
)

// reader reads CQL2 Text (OGC 21-065r2 annex B) by recursive descent.
type reader struct {
	lexer
	counter
}

func readText(text string) node {
	if len(text) > MaxBytes {
		refuse("more than %d bytes", MaxBytes)
	}
	r := &reader{lexer: lexer{text: text}}
	r.advance()
	n := r.either()
	if r.next.mark != end {
		r.wrong("the end")
	}
	return n
}

func (r *reader) wrong(wanted string) {
	refuse("%s at character %d where %s is wanted", r.next, r.next.at+1, wanted)
}

// is tells whether a sign or word is next, and take takes it.
func (r *reader) is(text string) bool {
	return r.next.mark == sign && r.next.text == text || r.next.upper() == text && text != ""
}

func (r *reader) take(text string) bool {
	if !r.is(text) {
		return false
	}
	r.advance()
	return true
}

func (r *reader) want(text string) {
	if !r.take(text) {
		r.wrong(text)
	}
}

// either reads terms joined by OR.
func (r *reader) either() node {
	r.enter()
	defer r.leave()
	all := []node{r.all()}
	for r.take("OR") {
		all = append(all, r.all())
	}
	return joined("or", all)
}

// all reads factors joined by AND.
func (r *reader) all() node {
	all := []node{r.factor()}
	for r.take("AND") {
		all = append(all, r.factor())
	}
	return joined("and", all)
}

func joined(op string, all []node) node {
	if len(all) == 1 {
		return all[0]
	}
	return node{op: op, args: all}
}

// factor reads a predicate, perhaps after NOT.
func (r *reader) factor() node {
	if r.take("NOT") {
		r.enter()
		defer r.leave()
		return node{op: "not", args: []node{r.factor()}}
	}
	return r.predicate()
}

// comparisons are the signs that compare.
var comparisons = []string{"=", "<>", "<", ">", "<=", ">="}

// predicate reads a comparison, or an expression that is true or false by itself.
func (r *reader) predicate() node {
	left := r.sum()
	for _, op := range comparisons {
		if r.take(op) {
			return node{op: op, args: []node{left, r.sum()}}
		}
	}
	if r.take("IS") {
		not := r.take("NOT")
		r.want("NULL")
		return negated(not, node{op: "isnull", args: []node{left}})
	}
	not := r.take("NOT")
	switch {
	case r.take("LIKE"):
		return negated(not, node{op: "like", args: []node{left, r.sum()}})
	case r.take("BETWEEN"):
		low := r.sum()
		r.want("AND")
		return negated(not, node{op: "between", args: []node{left, low, r.sum()}})
	case r.take("IN"):
		r.want("(")
		list := r.list(r.sum)
		return negated(not, node{op: "in", args: []node{left, {value: list}}})
	}
	if not {
		r.wrong("LIKE, BETWEEN or IN")
	}
	return left
}

func negated(not bool, n node) node {
	if not {
		return node{op: "not", args: []node{n}}
	}
	return n
}

// list reads values with commas up to the closing parenthesis.
func (r *reader) list(each func() node) (all []node) {
	all = []node{}
	if r.take(")") {
		return all
	}
	for {
		all = append(all, each())
		if len(all) > maxList {
			refuse("a list of more than %d values", maxList)
		}
		if !r.take(",") {
			break
		}
	}
	r.want(")")
	return all
}

// sum reads terms with + and -.
func (r *reader) sum() node {
	n := r.product()
	for r.is("+") || r.is("-") {
		op := r.advance().text
		r.nodes++
		n = node{op: op, args: []node{n, r.product()}}
	}
	return n
}

// product reads factors with *, /, % and div.
func (r *reader) product() node {
	n := r.power()
	for r.is("*") || r.is("/") || r.is("%") || r.is("DIV") {
		op := strings.ToLower(r.advance().text)
		r.nodes++
		n = node{op: op, args: []node{n, r.power()}}
	}
	return n
}

func (r *reader) power() node {
	n := r.operand()
	if r.take("^") {
		return node{op: "^", args: []node{n, r.operand()}}
	}
	return n
}

// operand reads a literal, a property, a function, or what stands in parentheses.
func (r *reader) operand() node {
	r.enter()
	defer r.leave()
	switch t := r.next; t.mark {
	case number:
		r.advance()
		return node{value: t.num}
	case chars:
		r.advance()
		return node{value: t.text}
	case quoted:
		r.advance()
		return node{op: "property", name: t.text}
	case sign:
		if r.take("-") {
			return node{op: "*", args: []node{{value: -1.0}, r.operand()}}
		}
		if r.take("+") {
			return r.operand()
		}
		if r.take("(") {
			return r.parenthesis()
		}
	case word:
		return r.word()
	}
	r.wrong("a value")
	return node{}
}

// parenthesis reads an expression in parentheses, or a list of values.
func (r *reader) parenthesis() node {
	if r.take(")") {
		return node{value: []node{}}
	}
	first := r.either()
	if r.take(")") {
		return node{op: "()", args: []node{first}}
	}
	r.want(",")
	return node{value: append([]node{first}, r.list(r.either)...)}
}

// word reads what begins with a word.
func (r *reader) word() node {
	t := r.next
	name := t.upper()
	switch name {
	case "TRUE", "FALSE":
		r.advance()
		return node{value: name == "TRUE"}
	case "NULL":
		r.advance()
		return node{}
	case "AND", "OR", "NOT", "IS", "LIKE", "BETWEEN", "IN":
		r.wrong("a value")
	}
	if geometric(name) {
		if g, n, err := wkt.Scan(r.text[t.at:]); err == nil {
			r.at = t.at + n
			r.advance()
			return node{value: g}
		} else if r.follows('(') || r.follows('z') || r.follows('m') {
			refuse("at character %d: %v", t.at+1, err)
		}
	}
	r.advance()
	if !r.take("(") {
		return node{op: "property", name: t.text}
	}
	switch name {
	case "DATE", "TIMESTAMP":
		text := r.next
		if text.mark != chars {
			r.wrong("a text")
		}
		r.advance()
		r.want(")")
		return node{value: moment(name == "DATE", text.text)}
	case "BBOX":
		return node{value: box(r.list(r.sum))}
	}
	args := r.list(r.either)
	if known(name) {
		return node{op: strings.ToLower(name), args: args}
	}
	return node{op: "function", name: t.text, args: args}
}

// follows tells which character stands behind the next token, blanks aside.
func (r *reader) follows(c byte) bool {
	rest := strings.TrimLeft(r.text[r.at:], " \t\r\n")
	return rest != "" && (rest[0] == c || rest[0]|0x20 == c)
}

// geometric tells that a word begins a geometry.
func geometric(name string) bool {
	return slices.ContainsFunc(wkt.Kinds, func(k string) bool {
		rest, ok := strings.CutPrefix(name, k)
		return ok && (rest == "" || rest == "Z" || rest == "M" || rest == "ZM")
	})
}

// known tells that a name is an operator with parentheses, not a function.
func known(name string) bool {
	if name == "CASEI" || name == "ACCENTI" || name == "INTERVAL" {
		return true
	}
	return len(name) > 2 && name[1] == '_' && (name[0] == 'S' || name[0] == 'T' || name[0] == 'A')
}

// box is a BBOX literal: four or six numbers.
func box(args []node) geom.Geometry {
	v := make([]float64, len(args))
	for i, a := range args {
		n, ok := constant(a)
		if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
			refuse("BBOX has something that is no number")
		}
		v[i] = n
	}
	switch len(v) {
	case 4:
		return geom.Extent{v[0], v[1], v[2], v[3]}
	case 6:
		return geom.Extent{v[0], v[1], v[3], v[4]}
	}
	refuse("BBOX has %d numbers, not 4 or 6", len(v))
	return nil
}

// constant is a number that is written with a sign.
func constant(n node) (float64, bool) {
	if v, ok := n.value.(float64); ok {
		return v, true
	}
	if n.op == "*" && len(n.args) == 2 && n.args[0].value == -1.0 {
		v, ok := constant(n.args[1])
		return -v, ok
	}
	return 0, false
}
