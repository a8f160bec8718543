package probe

import (
	"errors"
	"strings"

	"isobar/elements"
	"isobar/layers"
)

// Condition is an expression that is true where it is neither 0 nor missing, as a comparison is. Immutable.
type Condition struct {
	Text string
	expr *elements.Expression
	// left and right are the sides of a comparison: where their difference crosses zero the condition turns. Nil of others.
	left, right *elements.Expression
	less        bool // left < right, or <=
}

// ParseCondition compiles an expression over columns (see elements.ParseExpression). Errors are *ParameterError of "expression".
func ParseCondition(text string) (*Condition, error) {
	expr, err := elements.ParseExpression(text)
	if err != nil {
		var syntax *elements.SyntaxError
		if errors.As(err, &syntax) {
			return nil, wrong("expression", "%v", syntax)
		}
		return nil, wrong("expression", "%v", err)
	}
	if len(expr.Inputs()) == 0 {
		return nil, wrong("expression", "it names no element")
	}
	c := &Condition{Text: text, expr: expr}
	if a, b, less, ok := sides(text); ok {
		left, errLeft := elements.ParseExpression(a)
		right, errRight := elements.ParseExpression(b)
		if errLeft == nil && errRight == nil {
			c.left, c.right, c.less = left, right, less
		}
	}
	return c, nil
}

// Names are what the expression names, in order of first use.
func (c *Condition) Names() []string { return c.expr.Inputs() }

// sides cuts a comparison of size that is no part of anything else.
func sides(text string) (left, right string, less, ok bool) {
	depth := 0
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case '<', '>':
			if depth == 0 {
				return text[:i], strings.TrimPrefix(text[i+1:], "="), r == '<', true
			}
		}
	}
	return "", "", false, false
}

// Bounded is the quantity that a comparison of size bounds, its side that names elements, and whether the least is furthest beyond the
// bound; nil of conditions that are no such comparison.
func (c *Condition) Bounded() (quantity *elements.Expression, least bool) {
	switch {
	case c.left == nil:
		return nil, false
	case len(c.left.Inputs()) > 0:
		return c.left, c.less
	}
	return c.right, !c.less
}

// Columns are the columns that a condition's names mean: given ones by their name, of the others the layer of that name, or the
// layer <model>.<name>. A given column without a layer has that of its name. Errors are of layers and "expression".
func (c *Condition) Columns(from *layers.Catalogue, model string, given map[string]Column) ([]Column, error) {
	names := c.Names()
	list := make([]Column, len(names))
	for i, name := range names {
		list[i] = given[name]
		if list[i].Layer != nil {
			continue
		}
		l, err := from.Layer(model + "." + name)
		if err != nil {
			if l, err = from.Layer(name); err != nil {
				return nil, wrongName(name, model, err)
			}
		}
		list[i].Layer = l
	}
	return list, nil
}

// wrongName is the error of a name that is no layer.
func wrongName(name, model string, err error) error {
	if model == "" {
		return &nameError{ParameterError{"expression", "there is no layer " + name}, err}
	}
	return &nameError{ParameterError{"expression", "model " + model + " has no element " + name}, err}
}

// nameError is both: wrong and of layers.
type nameError struct {
	ParameterError
	err error
}

func (e *nameError) Unwrap() []error { return []error{&e.ParameterError, e.err} }
