package cql2

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mark is the kind of a token.
type mark int

const (
	end mark = iota
	word
	quoted // a name in double quotes
	chars  // a text in single quotes
	number
	sign
)

// token is a piece of text.
type token struct {
	mark
	text string // words as written
	num  float64
	at   int // where it begins
}

// upper is a word in capitals, "" for other tokens.
func (t token) upper() string {
	if t.mark != word {
		return ""
	}
	return strings.ToUpper(t.text)
}

func (t token) String() string {
	switch t.mark {
	case end:
		return "the end"
	case chars:
		return "'" + clip(t.text) + "'"
	}
	return strconv.Quote(clip(t.text))
}

// lexer cuts a text into tokens, one ahead.
type lexer struct {
	text string
	at   int // behind next
	next token
}

// advance reads the token behind next.
func (l *lexer) advance() token {
	before := l.next
	for l.at < len(l.text) && strings.IndexByte(" \t\r\n", l.text[l.at]) >= 0 {
		l.at++
	}
	begin := l.at
	if begin == len(l.text) {
		l.next = token{mark: end, at: begin}
		return before
	}
	switch c := l.text[begin]; {
	case c == '\'':
		l.next = token{mark: chars, text: l.between('\''), at: begin}
	case c == '"':
		l.next = token{mark: quoted, text: l.between('"'), at: begin}
	case c >= '0' && c <= '9' || c == '.' && begin+1 < len(l.text) && l.text[begin+1] >= '0' && l.text[begin+1] <= '9':
		l.next = l.numeral()
	default:
		l.next = l.wordOrSign()
	}
	return before
}

// between reads a text in quotes; two of them, or one after a backslash, are one of the text.
func (l *lexer) between(quote byte) string {
	var b strings.Builder
	for i := l.at + 1; i < len(l.text); i++ {
		c := l.text[i]
		switch {
		case c == quote && i+1 < len(l.text) && l.text[i+1] == quote, c == '\\' && i+1 < len(l.text) && l.text[i+1] == quote:
			i++
			b.WriteByte(quote)
		case c == quote:
			l.at = i + 1
			return b.String()
		default:
			b.WriteByte(c)
		}
	}
	refuse("a text without its end, from character %d on", l.at+1)
	return ""
}

func (l *lexer) numeral() token {
	begin, i := l.at, l.at
	digits := func() {
		for i < len(l.text) && l.text[i] >= '0' && l.text[i] <= '9' {
			i++
		}
	}
	digits()
	if i < len(l.text) && l.text[i] == '.' {
		i++
		digits()
	}
	if i < len(l.text) && l.text[i]|0x20 == 'e' {
		before := i
		i++
		if i < len(l.text) && (l.text[i] == '+' || l.text[i] == '-') {
			i++
		}
		if i == len(l.text) || l.text[i] < '0' || l.text[i] > '9' {
			i = before
		}
		digits()
	}
	l.at = i
	v, err := strconv.ParseFloat(l.text[begin:i], 64)
	if err != nil {
		refuse("%s is too large", clip(l.text[begin:i]))
	}
	return token{mark: number, text: l.text[begin:i], num: v, at: begin}
}

func (l *lexer) wordOrSign() token {
	begin := l.at
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		first := unicode.IsLetter(r) || r == '_' || r == ':'
		if !first && (l.at == begin || !unicode.IsDigit(r) && r != '.' && !unicode.Is(unicode.Mn, r)) {
			break
		}
		l.at += size
	}
	if l.at > begin {
		return token{mark: word, text: l.text[begin:l.at], at: begin}
	}
	for _, two := range []string{"<>", "<=", ">="} {
		if strings.HasPrefix(l.text[begin:], two) {
			l.at += 2
			return token{mark: sign, text: two, at: begin}
		}
	}
	r, size := utf8.DecodeRuneInString(l.text[begin:])
	if !strings.ContainsRune("=<>+-*/%^(),", r) {
		refuse("%q at character %d", string(r), begin+1)
	}
	l.at += size
	return token{mark: sign, text: l.text[begin:l.at], at: begin}
}
