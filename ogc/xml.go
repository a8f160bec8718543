package ogc

import (
	"strings"
	"unicode/utf8"
)

// XML writes a document with the prefixes that a standard's examples have. (encoding/xml repeats a namespace on every element and
// renames xsi.) The zero value is an empty document.
type XML struct {
	body []byte
	open []string
}

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

// escaped are the characters that XML gives a meaning; line ends and tabs would be folded in attributes.
var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// escape adds text that cannot break the document: what XML 1.0 2.2 does not allow becomes U+FFFD.
func (x *XML) escape(text string) {
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		b := text[i]
		plain = b >= ' ' && b < utf8.RuneSelf && b != '&' && b != '<' && b != '>' && b != '"'
	}
	if plain {
		x.body = append(x.body, text...)
		return
	}
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, text)
	x.body = append(x.body, escaped.Replace(text)...)
}
