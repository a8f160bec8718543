package feature

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrTooMany says that a text has more features than the limits allow, by wrapping; so does ErrInvalid.
var ErrTooMany = errors.New("too many")

// ErrInvalid says that a text is no GeoJSON that is read here, by wrapping.
var ErrInvalid = errors.New("invalid GeoJSON")

// Limits bound what is read.
type Limits struct {
	Bytes    int64
	Features int
	Vertices int // of all geometries
	Depth    int // of nested objects, arrays and geometry collections
}

// maxValues bounds the values of all properties, nested ones among them: each takes more memory than text.
const maxValues = 2_000_000

// DefaultLimits are those of a request's body.
var DefaultLimits = Limits{Bytes: 32 << 20, Features: 100_000, Vertices: 1_000_000, Depth: 32}

// fault is a reader's way out: it is raised where the text is wrong, and caught in Read.
type fault struct{ err error }

// scanner walks JSON (RFC 8259) in memory. The order of members is kept, which properties need.
type scanner struct {
	text     []byte
	at       int
	path     []string
	depth    int
	limits   Limits
	vertices int
	values   int
}

// load takes the whole text, within its bound.
func load(r io.Reader, limits Limits) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limits.Bytes {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrInvalid, limits.Bytes)
	}
	return bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")), nil
}

// caught turns a fault into an error.
func caught(err *error) {
	switch p := recover().(type) {
	case nil:
	case fault:
		*err = p.err
	default:
		panic(p)
	}
}

// refuse raises a fault that names the member at fault.
func (s *scanner) refuse(format string, args ...any) {
	where := strings.Join(s.path, "")
	if where == "" {
		where = "the text"
	}
	panic(fault{fmt.Errorf("%w: %s: %s", ErrInvalid, strings.TrimPrefix(where, "."), fmt.Sprintf(format, args...))})
}

func (s *scanner) into(name string) { s.path = append(s.path, "."+name) }
func (s *scanner) item(i int)       { s.path = append(s.path, "["+strconv.Itoa(i)+"]") }
func (s *scanner) out()             { s.path = s.path[:len(s.path)-1] }

// peek is the next character that is no blank; 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// want takes one character.
func (s *scanner) want(c byte) {
	if s.peek() != c {
		s.refuse("%s where %q is wanted", s.found(), string(c))
	}
	s.at++
}

// found names what stands at the place reached.
func (s *scanner) found() string {
	if s.peek() == 0 {
		return "the end"
	}
	r, _ := utf8.DecodeRune(s.text[s.at:])
	return strconv.Quote(string(r))
}

func (s *scanner) deeper() {
	if s.depth++; s.depth > s.limits.Depth {
		s.refuse("nested deeper than %d", s.limits.Depth)
	}
}

// object visits the members of an object; each reads its value.
func (s *scanner) object(each func(name string)) {
	s.deeper()
	s.want('{')
	for first := true; s.peek() != '}'; first = false {
		if !first {
			s.want(',')
		}
		name := s.str()
		s.want(':')
		s.into(name)
		each(name)
		s.out()
	}
	s.at++
	s.depth--
}

// array visits the elements of an array; each reads one.
func (s *scanner) array(each func(i int)) {
	s.deeper()
	s.want('[')
	for i := 0; s.peek() != ']'; i++ {
		if i > 0 {
			s.want(',')
		}
		each(i)
	}
	s.at++
	s.depth--
}

// str reads a string.
func (s *scanner) str() string {
	if s.peek() != '"' {
		s.refuse("%s where a string is wanted", s.found())
	}
	begin, plain := s.at+1, true
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '"':
			raw := s.text[begin:s.at]
			s.at++
			if plain && utf8.Valid(raw) {
				return string(raw)
			}
			var v string
			if err := json.Unmarshal(s.text[begin-1:s.at], &v); err != nil {
				s.refuse("a string that can't be read")
			}
			return v
		case c == '\\':
			plain = false
			s.at++
		case c < ' ':
			s.refuse("a string with a control character")
		}
	}
	s.refuse("a string without its end")
	return ""
}

// numeral takes a number's text; whole tells that it has neither point nor exponent.
func (s *scanner) numeral() (text []byte, whole bool) {
	s.peek()
	begin := s.at
	whole = true
	for ; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		if c == '.' || c == 'e' || c == 'E' {
			whole = false
		} else if c != '-' && c != '+' && (c < '0' || c > '9') {
			break
		}
	}
	text = s.text[begin:s.at]
	if !json.Valid(text) {
		s.at = begin
		s.refuse("%s where a number is wanted", s.found())
	}
	return text, whole
}

// number reads a number.
func (s *scanner) number() float64 {
	text, _ := s.numeral()
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		s.refuse("%s is too large", text)
	}
	return v
}

// word takes true, false or null.
func (s *scanner) word() any {
	for text, v := range words {
		if bytes.HasPrefix(s.text[s.at:], []byte(text)) {
			s.at += len(text)
			return v
		}
	}
	s.refuse("%s where a value is wanted", s.found())
	return nil
}

var words = map[string]any{"true": true, "false": false, "null": nil}

// value reads any value as a Property holds it.
func (s *scanner) value() any {
	if s.values++; s.values > maxValues {
		s.refuse("more than %d values in all", maxValues)
	}
	switch c := s.peek(); {
	case c == '"':
		return s.str()
	case c == '{':
		m := map[string]any{}
		s.object(func(name string) { m[name] = s.value() })
		return m
	case c == '[':
		list := []any{}
		s.array(func(i int) {
			s.item(i)
			list = append(list, s.value())
			s.out()
		})
		return list
	case c == '-' || c >= '0' && c <= '9':
		text, whole := s.numeral()
		if whole {
			if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
				return n
			}
		}
		v, err := strconv.ParseFloat(string(text), 64)
		if err != nil {
			s.refuse("%s is too large", text)
		}
		return v
	}
	return s.word()
}

// skip passes over a value.
func (s *scanner) skip() {
	switch c := s.peek(); {
	case c == '"':
		s.str()
	case c == '{':
		s.object(func(string) { s.skip() })
	case c == '[':
		s.array(func(int) { s.skip() })
	case c == '-' || c >= '0' && c <= '9':
		s.numeral()
	default:
		s.word()
	}
}

// members finds where the values of an object's members begin. A name that is there twice counts where it is last (RFC 8259 4).
func (s *scanner) members(names ...string) map[string]int {
	found := map[string]int{}
	s.object(func(name string) {
		for _, n := range names {
			if n == name {
				s.peek()
				found[name] = s.at
			}
		}
		s.skip()
	})
	return found
}

// visit reads a member that members has found.
func (s *scanner) visit(at int, name string, read func()) {
	end := s.at
	s.at = at
	s.into(name)
	read()
	s.out()
	s.at = end
}

// end refuses what follows the value.
func (s *scanner) end() {
	if s.peek() != 0 || s.at < len(s.text) {
		s.refuse("%s after its end", s.found())
	}
}
