package cql2

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"isobar/feature"
	"isobar/geo"
)

// Function is a function that filters may call.
type Function struct {
	Name, Description string
	Arguments         []string // their types: string, number, geometry
	Returns           string
	work              func(args []any) any
}

// Functions are those that there are.
var Functions = []Function{
	{"abs", "A number without its sign", []string{"number"}, "number", func(a []any) any { return math.Abs(a[0].(float64)) }},
	{"floor", "The next lower whole number", []string{"number"}, "number", func(a []any) any { return math.Floor(a[0].(float64)) }},
	{"ceil", "The next higher whole number", []string{"number"}, "number", func(a []any) any { return math.Ceil(a[0].(float64)) }},
	{"lower", "A text in small letters", []string{"string"}, "string", func(a []any) any { return strings.ToLower(a[0].(string)) }},
	{"upper", "A text in capitals", []string{"string"}, "string", func(a []any) any { return strings.ToUpper(a[0].(string)) }},
	{"length", "How many characters a text has", []string{"string"}, "number", func(a []any) any { return float64(utf8.RuneCountInString(a[0].(string))) }},
	{"distance", "Metres along the great circle between two points, or the middles of their boxes", []string{"geometry", "geometry"}, "number", func(a []any) any {
		p, ok := a[0].(*feature.Shape).Middle()
		q, ok2 := a[1].(*feature.Shape).Middle()
		if !ok || !ok2 {
			return nil
		}
		return feature.Distance(geo.LonLat{Lon: p[0], Lat: p[1]}, geo.LonLat{Lon: q[0], Lat: q[1]})
	}},
}

var argumentKinds = map[string]kind{"number": numeric, "string": text, "geometry": spatial}

func (c *compiler) function(n node) (operand, kind) {
	for _, f := range Functions {
		if !strings.EqualFold(f.Name, n.name) {
			continue
		}
		if len(n.args) != len(f.Arguments) {
			refuse("%s takes %d arguments, not %d", f.Name, len(f.Arguments), len(n.args))
		}
		args := make([]operand, len(n.args))
		for i := range args {
			args[i] = c.of(node{op: f.Name, args: n.args}, i, argumentKinds[f.Arguments[i]])
		}
		return call(f, args), argumentKinds[f.Returns]
	}
	refuse("there is no function %q", clip(n.name))
	return nil, anything
}

// call gives null for an argument that is null, or of another kind than it should be.
func call(fn Function, args []operand) operand {
	return func(f *feature.Feature) any {
		values := make([]any, len(args))
		for i, a := range args {
			values[i] = a(f)
			if !fits(values[i], argumentKinds[fn.Arguments[i]]) {
				return nil
			}
		}
		return fn.work(values)
	}
}

func fits(v any, k kind) bool {
	switch v.(type) {
	case float64:
		return k == numeric
	case string:
		return k == text
	case *feature.Shape:
		return k == spatial
	}
	return false
}

// decimal is the number that a float32 is written as.
func decimal(v float32) float64 {
	d, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	if err != nil { // it was a number
		return float64(v)
	}
	return d
}

// casei folds case, and accenti drops accents (OGC 21-065r2 clauses 7.4 and 7.5).
func casei(s string) string { return strings.ToLower(strings.ToUpper(s)) }

func accenti(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

// like compiles LIKE: % is any characters, _ is one, \ takes the next as it is.
func (c *compiler) like(n node) condition {
	value := c.of(n, 0, text)
	pattern := c.of(n, 1, text)
	if !fixed(n.args[1]) {
		refuse("LIKE takes a text that is given, not a property")
	}
	given, ok := pattern(&feature.Feature{}).(string)
	if !ok {
		refuse("LIKE has no pattern")
	}
	if len(given) > maxLike {
		refuse("a pattern of more than %d characters", maxLike)
	}
	parts := glob(given)
	return func(f *feature.Feature) tri {
		s, ok := value(f).(string)
		if !ok {
			return unknown
		}
		return truthOf(matches(parts, []rune(s)))
	}
}

// fixed tells that an expression asks for no property.
func fixed(n node) bool {
	if n.op == "property" {
		return false
	}
	for _, a := range n.args {
		if !fixed(a) {
			return false
		}
	}
	return true
}

// The wildcards of a pattern, beyond all characters.
const (
	many rune = -1
	one  rune = -2
)

func glob(pattern string) (parts []rune) {
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			parts, escaped = append(parts, r), false
		case r == '\\':
			escaped = true
		case r == '%':
			parts = append(parts, many)
		case r == '_':
			parts = append(parts, one)
		default:
			parts = append(parts, r)
		}
	}
	return parts
}

// matches goes back to the last % alone, so that it takes at most the product of both lengths.
func matches(p, s []rune) bool {
	i, j, star, from := 0, 0, -1, 0
	for j < len(s) {
		switch {
		case i < len(p) && p[i] == many:
			star, from = i, j
			i++
		case i < len(p) && (p[i] == one || p[i] == s[j]):
			i++
			j++
		case star >= 0:
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	for i < len(p) && p[i] == many {
		i++
	}
	return i == len(p)
}
