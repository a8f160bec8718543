package watch

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"

	"isobar/field"
	"isobar/records"
)

// stepKind is the kind of documents with a stream's values at one time: <stream>/<valid time>.
const stepKind = "stream-step"

// step is a stream's values at one time, as they are kept.
type step struct {
	Generation int64        `json:"generation"` // of the definition that it was made for
	Valid      field.Time   `json:"valid"`
	Computed   time.Time    `json:"computed"`
	Columns    []stepColumn `json:"columns"`

	version int64
}

// stepColumn is the values of one column.
type stepColumn struct {
	Name   string        `json:"name"`
	Unit   string        `json:"unit,omitempty"`
	Run    field.Time    `json:"run"`
	Made   string        `json:"made"` // of which fields
	Span   field.Seconds `json:"span,omitempty"`
	Values floats        `json:"values"`
}

// floats are numbers of four bytes, little endian, in base64; NaN is none.
type floats []float32

func (f floats) MarshalJSON() ([]byte, error) {
	b := make([]byte, 4*len(f))
	for i, v := range f {
		binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(v))
	}
	return json.Marshal(b)
}

func (f *floats) UnmarshalJSON(text []byte) error {
	var b []byte
	if err := json.Unmarshal(text, &b); err != nil {
		return err
	}
	*f = make(floats, len(b)/4)
	for i := range *f {
		(*f)[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return nil
}

// column finds a column by name; nil is none.
func (s *step) column(name string) *stepColumn {
	for i := range s.Columns {
		if s.Columns[i].Name == name {
			return &s.Columns[i]
		}
	}
	return nil
}

// set puts a column in the place of the one of its name.
func (s *step) set(c stepColumn) {
	if was := s.column(c.Name); was != nil {
		*was = c
		return
	}
	s.Columns = append(s.Columns, c)
}

// run is the newest of the columns' runs.
func (s *step) run() (run field.Time) {
	for i, c := range s.Columns {
		if i == 0 || c.Run > run {
			run = c.Run
		}
	}
	return run
}

// Times that a step's identity can tell: years 0 to 9999.
const (
	firstTime field.Time = -62167219200
	lastTime  field.Time = 253402300799
)

// stepID names a step, so that the order of identities is that of times.
func stepID(stream string, valid field.Time) string {
	return stream + "/" + min(max(valid, firstTime), lastTime).UTC().Format("2006-01-02T15:04:05Z")
}

// steps are the identities of a stream's steps within a time, ends included.
func steps(stream string, from, to field.Time) records.Range {
	return records.Range{From: stepID(stream, from), To: stepID(stream, to) + "\x00"}
}

func readStep(d records.Document) (*step, error) {
	s := &step{version: d.Version}
	if err := json.Unmarshal(d.Body, s); err != nil {
		return nil, fmt.Errorf("stream step %q: %w", d.ID, err)
	}
	return s, nil
}

// maxRecent bounds the values of steps that are held in memory, 4 bytes each.
const maxRecent = 8 << 20

// recentSteps are steps read before, by their documents. Those who get them do not write to them.
type recentSteps struct {
	mu     sync.Mutex
	steps  map[string]*step
	values int
}

// read reads a step, unless the same document was read before.
func (r *recentSteps) read(d records.Document) (*step, error) {
	r.mu.Lock()
	s := r.steps[d.ID]
	r.mu.Unlock()
	if s != nil && s.version == d.Version {
		return s, nil
	}
	s, err := readStep(d)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, c := range s.Columns {
		n += len(c.Values)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.steps == nil || r.values+n > maxRecent {
		r.steps, r.values = map[string]*step{}, 0
	}
	r.steps[d.ID] = s
	r.values += n
	return s, nil
}
