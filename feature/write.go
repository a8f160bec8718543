package feature

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/go-spatial/geom"

	"isobar/field"
)

// Form says what of a feature is written. The zero value is all of it.
type Form struct {
	Properties []string // nil: all; a name that a feature has not is passed over
	NoGeometry bool     // geometry is null
	Members    func(f *Feature) []Property
	// Digits bounds the decimals of coordinates, for those that were reprojected; 0: as many as they hold.
	Digits int
}

// Append writes a feature as GeoJSON (RFC 7946). Its time is the member "time" of OGC Features and Geometries JSON.
func (o Form) Append(dst []byte, f *Feature) []byte {
	dst = append(dst, `{"type":"Feature"`...)
	if f.ID != "" {
		dst = append(dst, `,"id":`...)
		dst = appendString(dst, f.ID)
	}
	dst = append(dst, `,"geometry":`...)
	if o.NoGeometry {
		dst = append(dst, "null"...)
	} else {
		dst = appendGeometry(dst, f.Geometry, o.Digits)
	}
	if f.Time != nil {
		dst = append(dst, `,"time":`...)
		dst = appendInterval(dst, *f.Time)
	}
	dst = append(dst, `,"properties":{`...)
	first := true
	for i := range f.Properties {
		p := &f.Properties[i]
		if o.Properties != nil && !slices.Contains(o.Properties, p.Name) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendMember(dst, p.Name, p.Value)
	}
	dst = append(dst, '}')
	if o.Members != nil {
		for _, p := range o.Members(f) {
			dst = append(dst, ',')
			dst = appendMember(dst, p.Name, p.Value)
		}
	}
	return append(dst, '}')
}

func appendMember(dst []byte, name string, value any) []byte {
	dst = appendString(dst, name)
	dst = append(dst, ':')
	return AppendValue(dst, value)
}

// appendInterval writes a time: an instant or an interval.
func appendInterval(dst []byte, t Interval) []byte {
	if t.Start == t.End {
		dst = append(dst, `{"timestamp":"`...)
		dst = t.Start.UTC().AppendFormat(dst, rfc3339)
		return append(dst, `"}`...)
	}
	dst = append(dst, `{"interval":[`...)
	for i, end := range [...]field.Time{t.Start, t.End} {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		if end == Earliest || end == Latest {
			dst = append(dst, ".."...)
		} else {
			dst = end.UTC().AppendFormat(dst, rfc3339)
		}
		dst = append(dst, '"')
	}
	return append(dst, "]}"...)
}

const rfc3339 = "2006-01-02T15:04:05Z"

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
		dst = append(dst, '[')
		for i, x := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendNumber(dst, float64(x), 32)
		}
		return append(dst, ']')
	case json.RawMessage:
		return append(dst, v...)
	case field.Time:
		dst = append(dst, '"')
		dst = v.UTC().AppendFormat(dst, rfc3339)
		return append(dst, '"')
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendValue(dst, e)
		}
		return append(dst, ']')
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

// AppendGeometry writes a geometry; nil, and one of a kind that GeoJSON has not, is null. Measures (M) are left out.
func AppendGeometry(dst []byte, g geom.Geometry) []byte { return appendGeometry(dst, g, 0) }

func appendGeometry(dst []byte, g geom.Geometry, digits int) []byte {
	begin := func(kind string) {
		dst = append(dst, `{"type":"`...)
		dst = append(dst, kind...)
		dst = append(dst, `","coordinates":`...)
	}
	w := coordinates{digits}
	switch g := Plain(g).(type) {
	case geom.Point:
		begin("Point")
		dst = w.point(dst, g[:])
	case geom.PointZ:
		begin("Point")
		dst = w.point(dst, g[:])
	case geom.MultiPoint:
		begin("MultiPoint")
		dst = appendLine(w, dst, g, false)
	case geom.MultiPointZ:
		begin("MultiPoint")
		dst = appendLine(w, dst, g, false)
	case geom.LineString:
		begin("LineString")
		dst = appendLine(w, dst, g, false)
	case geom.LineStringZ:
		begin("LineString")
		dst = appendLine(w, dst, g, false)
	case geom.MultiLineString:
		begin("MultiLineString")
		dst = appendLines(w, dst, g, false)
	case geom.MultiLineStringZ:
		begin("MultiLineString")
		dst = appendLines(w, dst, g, false)
	case geom.Polygon:
		begin("Polygon")
		dst = appendLines(w, dst, g, true)
	case geom.PolygonZ:
		begin("Polygon")
		dst = appendLines(w, dst, g, true)
	case geom.MultiPolygon:
		begin("MultiPolygon")
		dst = append(dst, '[')
		for i, p := range g {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendLines(w, dst, p, true)
		}
		dst = append(dst, ']')
	case geom.Collection:
		dst = append(dst, `{"type":"GeometryCollection","geometries":[`...)
		for i, part := range g {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendGeometry(dst, part, digits)
		}
		dst = append(dst, ']')
	default:
		return append(dst, "null"...)
	}
	return append(dst, '}')
}

// coordinates writes positions with at most digits decimals; 0: all.
type coordinates struct{ digits int }

func (w coordinates) point(dst []byte, p []float64) []byte {
	dst = append(dst, '[')
	for i, v := range p {
		if i > 0 {
			dst = append(dst, ',')
		}
		if w.digits > 0 {
			scale := math.Pow10(w.digits)
			v = math.Round(v*scale) / scale
		}
		dst = appendNumber(dst, v, 64)
	}
	return append(dst, ']')
}

// vertex is a position of two or three numbers.
type vertex interface{ [2]float64 | [3]float64 }

func numbers[V vertex](v *V) []float64 {
	switch p := any(v).(type) {
	case *[2]float64:
		return p[:]
	case *[3]float64:
		return p[:]
	}
	return nil
}

// appendLine writes positions; a ring, open in geom, is closed.
func appendLine[V vertex](w coordinates, dst []byte, line []V, ring bool) []byte {
	dst = append(dst, '[')
	for i := range line {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = w.point(dst, numbers(&line[i]))
	}
	if ring && len(line) > 0 {
		dst = append(dst, ',')
		dst = w.point(dst, numbers(&line[0]))
	}
	return append(dst, ']')
}

func appendLines[V vertex](w coordinates, dst []byte, lines [][]V, rings bool) []byte {
	dst = append(dst, '[')
	for i, line := range lines {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendLine(w, dst, line, rings)
	}
	return append(dst, ']')
}

// Writer writes a FeatureCollection as it is made.
type Writer struct {
	to    io.Writer
	form  Form
	buf   []byte
	begun bool
	err   error
}

// NewWriter begins a FeatureCollection; members stand before its features.
func NewWriter(to io.Writer, form Form, members ...Property) *Writer {
	w := &Writer{to: to, form: form, buf: make([]byte, 0, 2*writeBlock)}
	w.buf = append(w.buf, `{"type":"FeatureCollection"`...)
	for _, m := range members {
		w.buf = append(w.buf, ',')
		w.buf = appendMember(w.buf, m.Name, m.Value)
	}
	w.buf = append(w.buf, `,"features":[`...)
	return w
}

// writeBlock is how many bytes go out at once.
const writeBlock = 32 << 10

// Write adds a feature.
func (w *Writer) Write(f *Feature) error {
	if w.begun {
		w.buf = append(w.buf, ',', '\n')
	}
	w.begun = true
	w.buf = w.form.Append(w.buf, f)
	if len(w.buf) >= writeBlock {
		w.flush()
	}
	return w.err
}

// Close ends the collection; further members may stand behind the features.
func (w *Writer) Close(members ...Property) error {
	w.buf = append(w.buf, ']')
	for _, m := range members {
		w.buf = append(w.buf, ',')
		w.buf = appendMember(w.buf, m.Name, m.Value)
	}
	w.buf = append(w.buf, '}', '\n')
	w.flush()
	return w.err
}

func (w *Writer) flush() {
	if w.err == nil {
		_, w.err = w.to.Write(w.buf)
	}
	w.buf = w.buf[:0]
}
