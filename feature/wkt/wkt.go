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

func (p *parser) point() geom.Geometry {
	if p.empty() {
		return geom.Collection{}
	}
	p.want('(')
	v := p.position()
	p.want(')')
	switch p.mark {
	case "Z":
		return geom.PointZ{v[0], v[1], v[2]}
	case "M":
		return geom.PointM{v[0], v[1], v[2]}
	case "ZM":
		return geom.PointZM(v)
	}
	return geom.Point{v[0], v[1]}
}

// points reads MULTIPOINT((1 2), (3 4)) and MULTIPOINT(1 2, 3 4).
func (p *parser) points() (all [][4]float64) {
	if p.empty() {
		return nil
	}
	p.list(func() {
		inner := p.peek() == '('
		if inner {
			p.at++
		}
		all = append(all, p.position())
		if inner {
			p.want(')')
		}
	})
	return all
}

func (p *parser) line(least int) (line [][4]float64) {
	if p.empty() {
		return nil
	}
	p.list(func() { line = append(line, p.position()) })
	if len(line) < least {
		p.refuse("%d positions where %d are the least", len(line), least)
	}
	return line
}

// lines reads lines, or rings, which lose their last position.
func (p *parser) lines(least int, rings bool) (all [][][4]float64) {
	if p.empty() {
		return nil
	}
	p.list(func() {
		line := p.line(least)
		if last := len(line) - 1; rings && last > 0 {
			if line[0] != line[last] {
				p.refuse("a ring that isn't closed")
			}
			line = line[:last]
		}
		all = append(all, line)
	})
	return all
}

// shaped gives positions the type of their mark.
func shaped[A ~[][2]float64, Z ~[][3]float64, M ~[][3]float64, B ~[][4]float64](p *parser, line [][4]float64, _ A, _ Z, _ M, _ B) geom.Geometry {
	switch p.mark {
	case "Z":
		return Z(three(line))
	case "M":
		return M(three(line))
	case "ZM":
		return B(line)
	}
	return A(two(line))
}

// many gives lines or rings the type of their mark.
func (p *parser) many(lines [][][4]float64, rings bool) geom.Geometry {
	if p.mark == "" {
		flat := make([][][2]float64, len(lines))
		for i, l := range lines {
			flat[i] = two(l)
		}
		if rings {
			return geom.Polygon(flat)
		}
		return geom.MultiLineString(flat)
	}
	if p.mark == "ZM" {
		if rings {
			return geom.PolygonZM(lines)
		}
		return geom.MultiLineStringZM(lines)
	}
	high := make([][][3]float64, len(lines))
	for i, l := range lines {
		high[i] = three(l)
	}
	switch {
	case rings && p.mark == "Z":
		return geom.PolygonZ(high)
	case rings:
		return geom.PolygonM(high)
	case p.mark == "Z":
		return geom.MultiLineStringZ(high)
	}
	return geom.MultiLineStringM(high)
}

func two(line [][4]float64) [][2]float64 {
	all := make([][2]float64, len(line))
	for i, v := range line {
		all[i] = [2]float64{v[0], v[1]}
	}
	return all
}

func three(line [][4]float64) [][3]float64 {
	all := make([][3]float64, len(line))
	for i, v := range line {
		all[i] = [3]float64{v[0], v[1], v[2]}
	}
	return all
}
