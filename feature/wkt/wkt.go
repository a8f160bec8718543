// Package wkt reads and writes geometries as well-known text (OGC 06-103r4, clause 7), as the parameter coords of EDR and CQL2 have it.
package wkt

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-spatial/geom"
)

// ErrInvalid says that a text is no geometry that is read here, by wrapping.
var ErrInvalid = errors.New("invalid well-known text")

// What one text may hold.
const (
	MaxBytes    = 4 << 20
	MaxVertices = 200_000
	maxDepth    = 8
)

// Parse reads one geometry and nothing behind it: POINT, LINESTRING, POLYGON, their MULTI forms and GEOMETRYCOLLECTION, with Z, M or ZM
// before or at the word ("LINESTRINGZ(", "linestring z ("); three numbers without a letter are Z, four ZM. MULTIPOINT is read in both
// its forms. A ring is closed in the text; in geom it is left open. MULTIPOLYGON drops heights and measures, as geom has no place for
// them. Longitude is first and may lie in any turn. The error wraps ErrInvalid and tells where.
func Parse(text string) (geom.Geometry, error) {
	g, n, err := Scan(text)
	if err != nil {
		return nil, err
	}
	if rest := strings.TrimSpace(text[n:]); rest != "" {
		return nil, fmt.Errorf("%w: %q follows the geometry", ErrInvalid, clip(rest))
	}
	return g, nil
}

// Scan reads the geometry that a text begins with, and tells how many bytes it takes.
func Scan(text string) (g geom.Geometry, n int, err error) {
	if len(text) > MaxBytes {
		return nil, 0, fmt.Errorf("%w: more than %d bytes", ErrInvalid, MaxBytes)
	}
	defer func() {
		switch f := recover().(type) {
		case nil:
		case fault:
			err = f.err
		default:
			panic(f)
		}
	}()
	p := &parser{text: text}
	g = p.geometry()
	return g, p.at, nil
}

// Kinds are the words that a geometry may begin with.
var Kinds = []string{"POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"}

func clip(s string) string {
	const longest = 40
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "") + "..."
	}
	return s
}

// fault is the parser's way out, caught in Scan.
type fault struct{ err error }

// parser reads a text.
type parser struct {
	text     string
	at       int
	vertices int
	depth    int
	size     int    // numbers of a position; 0: not seen yet
	mark     string // Z, M, ZM or ""
}

func (p *parser) refuse(format string, args ...any) {
	panic(fault{fmt.Errorf("%w: %s at character %d", ErrInvalid, fmt.Sprintf(format, args...), p.at+1)})
}

// peek is the next character that is no blank; 0 at the end.
func (p *parser) peek() byte {
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (p *parser) want(c byte) {
	if p.peek() != c {
		p.refuse("no %q", string(c))
	}
	p.at++
}

// word takes letters, in capitals.
func (p *parser) word() string {
	p.peek()
	begin := p.at
	for p.at < len(p.text) && (p.text[p.at]|0x20 >= 'a' && p.text[p.at]|0x20 <= 'z') {
		p.at++
	}
	return strings.ToUpper(p.text[begin:p.at])
}

// empty takes the word EMPTY if it is next.
func (p *parser) empty() bool {
	before := p.at
	if p.word() == "EMPTY" {
		return true
	}
	p.at = before
	return false
}

// head takes the words before the first parenthesis: kind and mark.
func (p *parser) head() (kind, mark string) {
	w := p.word()
	for _, k := range Kinds {
		if rest, ok := strings.CutPrefix(w, k); ok && (rest == "" || rest == "Z" || rest == "M" || rest == "ZM") {
			kind, mark = k, rest
		}
	}
	if kind == "" {
		p.refuse("%q is no geometry", clip(w))
	}
	if mark == "" {
		before := p.at
		switch w := p.word(); w {
		case "Z", "M", "ZM":
			mark = w
		default:
			p.at = before
		}
	}
	return kind, mark
}

// geometry reads kind and coordinates.
func (p *parser) geometry() geom.Geometry {
	if p.depth++; p.depth > maxDepth {
		p.refuse("nested deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	kind, mark := p.head()
	if kind == "GEOMETRYCOLLECTION" {
		all := geom.Collection{}
		if !p.empty() {
			p.list(func() { all = append(all, p.geometry()) })
		}
		return all
	}
	p.mark, p.size = mark, len(mark)+2
	if mark == "" {
		p.size = 0
	}
	switch kind {
	case "POINT":
		return p.point()
	case "MULTIPOINT":
		return shaped(p, p.points(), geom.MultiPoint{}, geom.MultiPointZ{}, geom.MultiPointM{}, geom.MultiPointZM{})
	case "LINESTRING":
		line := p.line(2)
		return shaped(p, line, geom.LineString{}, geom.LineStringZ{}, geom.LineStringM{}, geom.LineStringZM{})
	case "MULTILINESTRING":
		return p.many(p.lines(2, false), false)
	case "POLYGON":
		return p.many(p.lines(4, true), true)
	}
	all := geom.MultiPolygon{}
	if !p.empty() {
		p.list(func() {
			rings := p.lines(4, true)
			flat := make([][][2]float64, len(rings))
			for i, r := range rings {
				flat[i] = two(r)
			}
			all = append(all, flat)
		})
	}
	return all
}

// list reads what stands between parentheses with commas.
func (p *parser) list(each func()) {
	p.want('(')
	for each(); p.peek() == ','; each() {
		p.at++
	}
	p.want(')')
}

// number reads one number.
func (p *parser) number() float64 {
	p.peek()
	begin := p.at
	for p.at < len(p.text) && strings.IndexByte("+-.0123456789eE", p.text[p.at]) >= 0 {
		p.at++
	}
	v, err := strconv.ParseFloat(p.text[begin:p.at], 64)
	if err != nil || math.IsInf(v, 0) {
		p.at = begin
		p.refuse("no number")
	}
	return v
}

// position reads two to four numbers, as many as those before.
func (p *parser) position() (v [4]float64) {
	if p.vertices++; p.vertices > MaxVertices {
		p.refuse("more than %d vertices", MaxVertices)
	}
	n := 0
	for ; ; n++ {
		if c := p.peek(); c == ',' || c == ')' || c == 0 {
			break
		}
		if n == len(v) {
			p.refuse("a position of more than %d numbers", len(v))
		}
		v[n] = p.number()
	}
	if p.size == 0 {
		p.size = n
		p.mark = [...]string{"", "", "", "Z", "ZM"}[n]
	}
	if n != p.size || n < 2 {
		p.refuse("a position of %d numbers", n)
	}
	return v
}
