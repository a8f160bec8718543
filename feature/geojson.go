package feature

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/go-spatial/geom"

	"isobar/field"
)

// Read reads a FeatureCollection, one Feature or a bare geometry (RFC 7946). Coordinates are kept as they stand, beyond the
// antimeridian too; of a MultiPolygon heights are dropped. A feature's time is the member "time" as OGC Features and Geometries JSON
// has it: a date, a timestamp or an interval. Numbers without point and exponent become int64. The error wraps ErrInvalid and names
// the member at fault ("features[3].geometry.coordinates"), or is the reader's own.
func Read(r io.Reader, limits Limits) (features []Feature, err error) {
	text, err := load(r, limits)
	if err != nil {
		return nil, err
	}
	defer caught(&err)
	s := &scanner{text: text, limits: limits}
	begin := s.start()
	found := s.members("type", "features")
	s.end()
	if s.kind(found) != "FeatureCollection" {
		s.at = begin
		return []Feature{s.feature()}, nil
	}
	at, ok := found["features"]
	if !ok {
		s.refuse("a FeatureCollection without features")
	}
	features = []Feature{}
	s.visit(at, "features", func() {
		s.array(func(i int) {
			s.item(i)
			if i == limits.Features {
				panic(fault{fmt.Errorf("%w: features[%d]: more than %d features: %w", ErrInvalid, i, limits.Features, ErrTooMany)})
			}
			features = append(features, s.feature())
			s.out()
		})
	})
	return features, nil
}

// ReadFeature reads one Feature.
func ReadFeature(r io.Reader, limits Limits) (f Feature, err error) {
	text, err := load(r, limits)
	if err != nil {
		return f, err
	}
	defer caught(&err)
	s := &scanner{text: text, limits: limits}
	begin := s.start()
	kind := s.kind(s.members("type"))
	s.end()
	if kind != "Feature" {
		s.refuse("a %s, not a Feature", kind)
	}
	s.at = begin
	return s.feature(), nil
}

// ReadGeometry reads a bare geometry.
func ReadGeometry(r io.Reader, limits Limits) (g geom.Geometry, err error) {
	text, err := load(r, limits)
	if err != nil {
		return nil, err
	}
	defer caught(&err)
	s := &scanner{text: text, limits: limits}
	s.start()
	g = s.geometry()
	s.end()
	return g, nil
}

// start goes to the first character.
func (s *scanner) start() int {
	s.peek()
	return s.at
}

// kind reads the member "type".
func (s *scanner) kind(found map[string]int) (kind string) {
	at, ok := found["type"]
	if !ok {
		s.refuse(`no member "type"`)
	}
	s.visit(at, "type", func() { kind = s.str() })
	return kind
}

// feature reads a Feature, or a geometry as one without identity and properties.
func (s *scanner) feature() (f Feature) {
	begin := s.at
	found := s.members("type", "id", "geometry", "properties", "time")
	switch kind := s.kind(found); kind {
	case "Feature":
	case "FeatureCollection":
		s.refuse("a FeatureCollection inside another")
	default:
		end := s.at
		s.at = begin
		f.Geometry = s.geometry()
		s.at = end
		return f
	}
	if at, ok := found["id"]; ok {
		s.visit(at, "id", func() { f.ID = s.identity() })
	}
	if at, ok := found["geometry"]; ok {
		s.visit(at, "geometry", func() {
			if s.peek() == 'n' {
				s.word()
				return
			}
			f.Geometry = s.geometry()
		})
	}
	if at, ok := found["properties"]; ok {
		s.visit(at, "properties", func() {
			if s.peek() == 'n' {
				s.word()
				return
			}
			s.object(func(name string) { f.Properties = append(f.Properties, Property{name, s.value()}) })
		})
	}
	if at, ok := found["time"]; ok {
		s.visit(at, "time", func() { f.Time = s.time() })
	}
	return f
}

// maxIdentity bounds an identity's length in bytes.
const maxIdentity = 512

// identity reads a string or a number (RFC 7946 3.2).
func (s *scanner) identity() string {
	var id string
	switch v := s.value().(type) {
	case string:
		id = v
	case int64:
		id = strconv.FormatInt(v, 10)
	case float64:
		id = strconv.FormatFloat(v, 'g', -1, 64)
	case nil:
	default:
		s.refuse("neither a string nor a number")
	}
	if len(id) > maxIdentity {
		s.refuse("longer than %d bytes", maxIdentity)
	}
	return id
}

// time reads the member "time": null, {"date": ...}, {"timestamp": ...} or {"interval": [from, to]}, with ".." for an open end.
func (s *scanner) time() *Interval {
	v := s.value()
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	if list, ok := m["interval"].([]any); ok && len(list) == 2 {
		from, err := bound(list[0], false)
		to, err2 := bound(list[1], true)
		if err != nil || err2 != nil || to < from {
			s.refuse("interval %v is none from one time to a later one", list)
		}
		return &Interval{from, to}
	}
	for _, name := range []string{"timestamp", "date"} {
		if text, ok := m[name]; ok {
			from, err := bound(text, false)
			to, err2 := bound(text, true)
			if err != nil || err2 != nil {
				s.refuse("%s: %v is no time", name, text)
			}
			return &Interval{from, to}
		}
	}
	return nil
}

// bound reads an end of an interval; a date is its first or its last second.
func bound(v any, last bool) (field.Time, error) {
	text, ok := v.(string)
	switch {
	case !ok:
		return 0, fmt.Errorf("%v is no text", v)
	case text == ".." && last:
		return Latest, nil
	case text == "..":
		return Earliest, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		if last {
			t = t.Add(24*time.Hour - time.Second)
		}
		return field.At(t), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	return field.At(t), err
}
