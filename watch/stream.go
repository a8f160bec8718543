package watch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-spatial/geom"

	"isobar/elements"
	"isobar/feature"
	"isobar/geo"
	"isobar/probe"
	"isobar/records"
)

// Stream is places whose values are worked out at each step that arrives, and kept for a while.
type Stream struct {
	ID, Title, Description, Owner string

	Features []feature.Feature // points, each with an identity of its own
	Layers   []string          // "gfs.t2m"
	Levels   []float64         // each layer at each of these, in its kind's unit; none: at the layer's default
	Space    probe.Space
	Units    map[string]string // by layer or element: what values are kept in; else the element's own
	// Bearing is the property that has each place's bearing, in degrees. Directions have a second value then, relative to it, named
	// "<name>_relative": 0 is from ahead.
	Bearing string
	Keep    time.Duration // how long after its time a value is kept; 0: a week
	Created time.Time
}

// Bounds of a stream.
const (
	MaxColumns = 64 // layers x levels
	usualKeep  = 7 * 24 * time.Hour
	maxKeep    = 10 * 366 * 24 * time.Hour
)

// streamAtRest is a stream as it is kept.
type streamAtRest struct {
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Owner       string            `json:"owner,omitempty"`
	Layers      []string          `json:"layers"`
	Levels      []float64         `json:"levels,omitempty"`
	Space       probe.Space       `json:"space,omitempty"`
	Units       map[string]string `json:"units,omitempty"`
	Bearing     string            `json:"bearing,omitempty"`
	KeepSeconds int64             `json:"keepSeconds"`
	Created     time.Time         `json:"created"`
	Features    json.RawMessage   `json:"features"`
}

// stream is a definition prepared. Immutable.
type stream struct {
	Stream
	generation int64 // version of its document
	at         []geo.LonLat
	bearings   []float64
	places     map[string]int
	columns    []column
	about      feature.About // of what does not change
}

// column is a layer at a level, and the name of its values.
type column struct {
	name, layer string
	level       *float64
	unit        string
}

func (s *stream) definition() Stream { return s.Stream }
func (s *stream) revision() int64    { return s.generation }

// prepare checks a definition.
func prepare(d Stream) (*stream, error) {
	if err := checkTexts(d.ID, [2]string{"title", d.Title}, [2]string{"description", d.Description}, [2]string{"owner", d.Owner}); err != nil {
		return nil, err
	}
	if d.Keep == 0 {
		d.Keep = usualKeep
	}
	switch {
	case d.Keep < 0 || d.Keep > maxKeep:
		return nil, wrong("keep", "%v is not from 0 to %v", d.Keep, maxKeep)
	case d.Space < probe.Usual || d.Space > probe.Bilinear:
		return nil, wrong("interpolation", "there is no such one")
	}
	s := &stream{Stream: d}
	if err := s.prepareColumns(); err != nil {
		return nil, err
	}
	var err error
	if s.at, s.places, err = placesOf("features", d.Features); err != nil {
		return nil, err
	}
	if d.Bearing != "" {
		if err := s.prepareBearings(); err != nil {
			return nil, err
		}
	}
	s.about = feature.Describe(feature.About{ID: d.ID, Title: d.Title, Description: d.Description}, d.Features)
	return s, nil
}

// placesOf gives the places of points with identities.
func placesOf(member string, list []feature.Feature) (at []geo.LonLat, index map[string]int, err error) {
	if len(list) == 0 || len(list) > MaxPlace {
		return nil, nil, wrong(member, "%d features, 1 to %d may be", len(list), MaxPlace)
	}
	at, index = make([]geo.LonLat, len(list)), make(map[string]int, len(list))
	for i := range list {
		f := &list[i]
		p, ok := feature.Flat(f.Geometry).(geom.Point)
		if !ok || !(p[1] >= -90 && p[1] <= 90 && math.Abs(p[0]) <= 540) {
			return nil, nil, wrong(fmt.Sprintf("%s[%d].geometry", member, i), "not a point in degrees")
		}
		if f.ID == "" || len(f.ID) > 256 {
			return nil, nil, wrong(fmt.Sprintf("%s[%d].id", member, i), "an identity of %d bytes, 1 to 256 may be", len(f.ID))
		}
		if j, twice := index[f.ID]; twice {
			return nil, nil, wrong(fmt.Sprintf("%s[%d].id", member, i), "%q is %s[%d], too", f.ID, member, j)
		}
		index[f.ID] = i
		at[i] = geo.LonLat{Lon: p[0], Lat: p[1]}
	}
	return at, index, nil
}

// prepareColumns names what is kept: by element, or by layer where two have the same element; with the level if it is given.
func (s *stream) prepareColumns() error {
	if n := len(s.Layers) * max(len(s.Levels), 1); n == 0 || n > MaxColumns {
		return wrong("layers", "%d layers and levels together, 1 to %d may be", n, MaxColumns)
	}
	of := map[string]int{}
	for i, l := range s.Layers {
		model, element, ok := strings.Cut(l, ".")
		if !ok || model == "" || element == "" || len(l) > 256 {
			return wrong(fmt.Sprintf("layers[%d]", i), "%.80q is not <model>.<element>", l)
		}
		of[element]++
	}
	levels := make([]*float64, 0, len(s.Levels))
	for i := range s.Levels {
		if v := s.Levels[i]; v-v != 0 {
			return wrong(fmt.Sprintf("levels[%d]", i), "not a number")
		}
		levels = append(levels, &s.Levels[i])
	}
	if len(levels) == 0 {
		levels = append(levels, nil)
	}
	for i, l := range s.Layers {
		_, element, _ := strings.Cut(l, ".")
		name := element
		if of[element] > 1 {
			name = l
		}
		unit := s.Units[l]
		if unit == "" {
			unit = s.Units[element]
		}
		for _, level := range levels {
			c := column{name: name, layer: l, level: level, unit: unit}
			if level != nil {
				c.name += "-" + strconv.FormatFloat(*level, 'f', -1, 64)
			}
			for _, other := range s.columns {
				if other.name == c.name {
					return wrong(fmt.Sprintf("layers[%d]", i), "%s is there twice", l)
				}
			}
			s.columns = append(s.columns, c)
		}
	}
	return s.checkUnits(of)
}

// checkUnits finds units of nothing, and such that are none.
func (s *stream) checkUnits(elementsUsed map[string]int) error {
	for name, unit := range s.Units {
		_, isElement := elementsUsed[name]
		isLayer := false
		for _, l := range s.Layers {
			isLayer = isLayer || l == name
		}
		if !isElement && !isLayer {
			return wrong("units."+name, "it is none of the layers, nor an element of one")
		}
		if _, ok := elements.Convert(unit, unit); !ok {
			if unit = elements.ReadUnit(unit); unit == "" {
				return wrong("units."+name, "%.40q is no unit", s.Units[name])
			}
		}
	}
	return nil
}

// prepareBearings reads each place's bearing.
func (s *stream) prepareBearings() error {
	s.bearings = make([]float64, len(s.Features))
	for i := range s.Features {
		v, _ := s.Features[i].Property(s.Bearing)
		switch v := v.(type) {
		case float64:
			s.bearings[i] = v
		case float32:
			s.bearings[i] = float64(v)
		case int64:
			s.bearings[i] = float64(v)
		default:
			return wrong(fmt.Sprintf("features[%d].properties.%s", i, s.Bearing), "a bearing in degrees is wanted")
		}
		if b := s.bearings[i]; b-b != 0 {
			return wrong(fmt.Sprintf("features[%d].properties.%s", i, s.Bearing), "not a number")
		}
	}
	return nil
}

// collection writes features as GeoJSON.
func collection(list []feature.Feature) (json.RawMessage, error) {
	var b bytes.Buffer
	w := feature.NewWriter(&b, feature.Form{})
	for i := range list {
		if err := w.Write(&list[i]); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// atRest writes a definition.
func (s *stream) atRest() (records.Document, error) {
	list, err := collection(s.Features)
	if err != nil {
		return records.Document{}, fmt.Errorf("stream %q: %w", s.ID, err)
	}
	body, err := json.Marshal(streamAtRest{s.Title, s.Description, s.Owner, s.Layers, s.Levels, s.Space, s.Units, s.Bearing,
		int64(s.Keep / time.Second), s.Created, list})
	if err != nil {
		return records.Document{}, fmt.Errorf("stream %q: %w", s.ID, err)
	}
	return records.Document{ID: s.ID, Body: body}, nil
}

// readStream reads a definition.
func readStream(d records.Document) (*stream, error) {
	var a streamAtRest
	if err := json.Unmarshal(d.Body, &a); err != nil {
		return nil, fmt.Errorf("stream %q: %w", d.ID, err)
	}
	list, err := feature.Read(bytes.NewReader(a.Features), feature.DefaultLimits)
	if err != nil {
		return nil, fmt.Errorf("stream %q: %w", d.ID, err)
	}
	s, err := prepare(Stream{
		ID: d.ID, Title: a.Title, Description: a.Description, Owner: a.Owner, Features: list, Layers: a.Layers, Levels: a.Levels,
		Space: a.Space, Units: a.Units, Bearing: a.Bearing, Keep: time.Duration(a.KeepSeconds) * time.Second, Created: a.Created,
	})
	if err != nil {
		return nil, fmt.Errorf("stream %q: %w", d.ID, err)
	}
	s.generation = d.Version
	return s, nil
}
