package ogc

import (
	"slices"
	"unicode/utf8"
)

// XML writes a document with the prefixes that a standard's examples have. (encoding/xml repeats a namespace on every element and
// renames xsi.) The zero value is an empty document.
type XML struct {
	body []byte
	open []string
}

// Grow makes room for a document of so many bytes.
func (x *XML) Grow(n int) { x.body = slices.Grow(x.body, n) }

// Raw adds text as it is: a declaration, a DOCTYPE.
func (x *XML) Raw(text string) { x.body = append(x.body, text...) }

// Open begins an element; attributes are names and values in turn.
func (x *XML) Open(name string, attributes ...string) {
	x.tag(name, attributes)
	x.body = append(x.body, ">\n"...)
	x.open = append(x.open, name)
}

// Close ends the element that was opened last.
func (x *XML) Close() {
	name := x.open[len(x.open)-1]
	x.open = x.open[:len(x.open)-1]
	x.indent()
	x.end(name)
}

// Leaf is an element with text, or an empty one.
func (x *XML) Leaf(name, text string, attributes ...string) {
	x.tag(name, attributes)
	if text == "" {
		x.body = append(x.body, "/>\n"...)
		return
	}
	x.body = append(x.body, '>')
	x.escape(text)
	x.end(name)
}

// Some is Leaf if there is text, else nothing.
func (x *XML) Some(name, text string, attributes ...string) {
	if text != "" {
		x.Leaf(name, text, attributes...)
	}
}

// Keywords is an element ows:Keywords (OWS Common 1.1.0 7.4.3, 2.0 alike), or nothing if there are none.
func (x *XML) Keywords(words []string) {
	if len(words) == 0 {
		return
	}
	x.Open("ows:Keywords")
	for _, w := range words {
		x.Leaf("ows:Keyword", w)
	}
	x.Close()
}

// Bytes is the document.
func (x *XML) Bytes() []byte { return x.body }

func (x *XML) tag(name string, attributes []string) {
	x.indent()
	x.body = append(append(x.body, '<'), name...)
	for i := 0; i+1 < len(attributes); i += 2 {
		x.body = append(append(append(x.body, ' '), attributes[i]...), '=', '"')
		x.escape(attributes[i+1])
		x.body = append(x.body, '"')
	}
}

func (x *XML) end(name string) {
	x.body = append(append(append(x.body, "</"...), name...), ">\n"...)
}

func (x *XML) indent() {
	for range x.open {
		x.body = append(x.body, ' ')
	}
}

// escape adds text that cannot break the document: characters that XML gives a meaning as entities, line ends and tabs too, which
// would be folded in attributes; what XML 1.0 2.2 does not allow as U+FFFD.
func (x *XML) escape(text string) {
	from := 0
	for i := 0; i < len(text); {
		c, size := text[i], 1
		replacement := ""
		switch {
		case c >= utf8.RuneSelf:
			var r rune
			if r, size = utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
				replacement = "\uFFFD"
			}
		case c < utf8.RuneSelf:
			replacement = entities[c]
		}
		if replacement != "" {
			x.body = append(append(x.body, text[from:i]...), replacement...)
			from = i + size
		}
		i += size
	}
	x.body = append(x.body, text[from:]...)
}

// entities are the characters that cannot stand for themselves.
var entities = [utf8.RuneSelf]string{
	0: "\uFFFD", 1: "\uFFFD", 2: "\uFFFD", 3: "\uFFFD", 4: "\uFFFD", 5: "\uFFFD", 6: "\uFFFD", 7: "\uFFFD", 8: "\uFFFD",
	'\t': "&#9;", '\n': "&#10;", 11: "\uFFFD", 12: "\uFFFD", '\r': "&#13;", 14: "\uFFFD", 15: "\uFFFD", 16: "\uFFFD", 17: "\uFFFD",
	18: "\uFFFD", 19: "\uFFFD", 20: "\uFFFD", 21: "\uFFFD", 22: "\uFFFD", 23: "\uFFFD", 24: "\uFFFD", 25: "\uFFFD", 26: "\uFFFD",
	27: "\uFFFD", 28: "\uFFFD", 29: "\uFFFD", 30: "\uFFFD", 31: "\uFFFD",
	'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;",
}
