package feature

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"isobar/field"
)

// AppendValue writes a property's value as JSON. A float32 has the digits that tell it from other float32s; what is no number is null;
// a time is RFC 3339.
func AppendValue(dst []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case string:
		return appendString(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case float32:
		return appendNumber(dst, float64(v), 32)
	case float64:
		return appendNumber(dst, v, 64)
	case []float32:
		return appendList(dst, v, func(dst []byte, x float32) []byte { return appendNumber(dst, float64(x), 32) })
	case json.RawMessage:
		return append(dst, v...)
	case field.Time:
		dst = append(dst, '"')
		dst = v.UTC().AppendFormat(dst, rfc3339)
		return append(dst, '"')
	case []any:
		return appendList(dst, v, AppendValue)
	case map[string]any:
		dst = append(dst, '{')
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for i, name := range names {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendMember(dst, name, v[name])
		}
		return append(dst, '}')
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil { // no value of a property
		return append(dst, "null"...)
	}
	return append(dst, bytes.TrimRight(b.Bytes(), "\n")...)
}

// appendList writes a list in brackets.
func appendList[S ~[]T, T any](dst []byte, list S, one func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = one(dst, v)
	}
	return append(dst, ']')
}

// appendNumber writes the shortest number that is read as the same one of its size.
func appendNumber(dst []byte, v float64, bits int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, v, 'e', -1, bits)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, bits)
}

const hexDigits = "0123456789abcdef"

// appendString writes a string (RFC 8259 7). What is no UTF-8 becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	begin := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[begin:i]...), "\uFFFD"...)
				begin = i + 1
			}
			i += size
			continue
		}
		if c < ' ' || c == '"' || c == '\\' {
			dst = append(dst, s[begin:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			begin = i + 1
		}
		i++
	}
	return append(append(dst, s[begin:]...), '"')
}
