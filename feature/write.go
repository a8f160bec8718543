package feature

import (
	"io"
	"slices"

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
