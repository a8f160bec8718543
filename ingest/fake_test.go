package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"isobar/decode"
	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
	"isobar/models"
	"isobar/store"
)

// fakeMessage is a message of the tests' own format: a line of JSON. Its values are Seed, Seed+1, Seed+2...
type fakeMessage struct {
	Element string `json:"element"`
	Run     int64  `json:"run"`
	Valid   int64  `json:"valid"`
	Member  int    `json:"member,omitempty"`
	Seed    int    `json:"seed"`
	Cells   int    `json:"cells,omitempty"` // 0: 6
	Turned  bool   `json:"turned,omitempty"`
	Broken  bool   `json:"broken,omitempty"`
	Panics  bool   `json:"panics,omitempty"`
	On      string `json:"on,omitempty"`    // a grid that is described elsewhere
	Axis    int    `json:"axis,omitempty"`  // of that grid
	Mask    string `json:"mask,omitempty"`  // the name of a bitmap
	Masks   []byte `json:"masks,omitempty"` // that the message carries
}

const fakeMagic = "FAKE\n"

// fakeFormat reads the tests' own format.
func fakeFormat() decode.Format {
	return decode.Format{
		Name:   "fake",
		Detect: func(head []byte) bool { return bytes.HasPrefix(head, []byte(fakeMagic)) },
		Messages: func(r io.ReaderAt, size int64) iter.Seq2[*decode.Message, error] {
			return func(yield func(*decode.Message, error) bool) { fakeMessages(r, size, yield) }
		},
	}
}

func fakeMessages(r io.ReaderAt, size int64, yield func(*decode.Message, error) bool) {
	text := make([]byte, size)
	if _, err := r.ReadAt(text, 0); err != nil && !errors.Is(err, io.EOF) {
		yield(nil, err)
		return
	}
	offset, number := int64(len(fakeMagic)), 0
	for line := range bytes.Lines(text[offset:]) {
		number++
		m, err := fakeOne(r, line, offset, number)
		if err != nil {
			err = &decode.MessageError{Number: number, Offset: offset, Err: err}
		}
		if !yield(m, err) {
			return
		}
		offset += int64(len(line))
	}
}

func fakeOne(r io.ReaderAt, line []byte, offset int64, number int) (*decode.Message, error) {
	var f fakeMessage
	if err := json.Unmarshal(line, &f); err != nil {
		return nil, err
	}
	cells := max(f.Cells, 6)
	m := &decode.Message{
		Number: number, Offset: offset, Parameter: elements.Parameter{Ensemble: f.Element}, Run: field.Time(f.Run), Valid: field.Time(f.Valid),
		Member: f.Member, Grid: fakeGrid{cells, f.Turned}, GridRelative: f.Turned, Level: field.Level{Kind: elements.Surface},
		Packing: &field.Packing{Bits: 8},
		Unpack: func(dst []float32) error {
			again := make([]byte, len(line))
			if _, err := r.ReadAt(again, offset); err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			switch {
			case !bytes.Equal(line, again):
				return errors.New("another line")
			case f.Panics:
				panic("a bug in the decoder")
			case f.Broken:
				return errors.New("broken on purpose")
			}
			for k := range dst {
				dst[k] = float32(f.Seed + k)
			}
			return nil
		},
		Headers: decode.Headers{Points: cells},
		Original: func(dst []byte) ([]byte, error) {
			return append(append(dst, "GRIB...\x02"...), line...), nil
		},
	}
	if f.Mask != "" {
		m.Bitmap = &decode.Bitmap{Name: f.Mask, Give: func(bits []byte) error {
			m.Unpack = func(dst []float32) error { dst[0] = float32(bits[0]); return nil }
			return nil
		}}
		if f.Masks != nil {
			m.Bitmap.Read = func(dst []byte) ([]byte, error) { return append(dst, f.Masks...), nil }
		}
	}
	if f.On != "" {
		m.Grid, m.GridName, m.Axis = nil, f.On, decode.Axis(f.Axis)
		return m, errors.New("no places")
	}
	return m, nil
}

// fakeElements takes an element's ID from the parameter's Ensemble; u and v are partners.
type fakeElements struct{}

func (fakeElements) Get(id string) elements.Element { return elements.Element{ID: id} }

func (fakeElements) Identify(p elements.Parameter) elements.Element {
	e := elements.Element{ID: p.Ensemble}
	switch p.Ensemble {
	case "u":
		e.Partner, e.U = "v", true
	case "v":
		e.Partner = "u"
	}
	return e
}

func (fakeElements) Reading(p elements.Parameter) elements.Reading {
	return elements.Reading{LevelKind: elements.Surface, LevelValue: p.LevelValue}
}

// fakeModels is one model a grid.
type fakeModels struct{}

func (fakeModels) Identify(o models.Origin) models.Model { return models.Model{ID: "m" + o.GridID} }

// fakeGrid is one row of cells, its y axis pointing east if it is turned.
type fakeGrid struct {
	cells  int
	turned bool
}

func (g fakeGrid) ID() string                         { return fmt.Sprintf("%d%v", g.cells, g.turned) }
func (g fakeGrid) Len() int                           { return g.cells }
func (g fakeGrid) Shape() (nx, ny int)                { return g.cells, 1 }
func (g fakeGrid) Weigh([]grid.Stencil, []geo.LonLat) {}
func (g fakeGrid) Places([]geo.LonLat, int)           {}
func (g fakeGrid) Extent() geo.Box                    { return geo.Box{0, 0, 1, 1} }
func (g fakeGrid) North(dst []float64, _ int) {
	for k := range dst {
		dst[k] = math.Pi / 2
	}
}

// fakeStore keeps what is published in a map, and counts.
type fakeStore struct {
	mu         sync.Mutex
	fields     map[field.Key]field.Field
	published  int // publications
	puts       int
	failPut    func(field.Key) error
	failPublic func(run field.Time) error
	held       map[runName]bool
	mostHeld   int
}

func newFakeStore() *fakeStore {
	return &fakeStore{fields: map[field.Key]field.Field{}, held: map[runName]bool{}}
}

func (s *fakeStore) Hold(context.Context) (store.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &fakeSnapshot{maps.Clone(s.fields)}, nil
}

func (s *fakeStore) Changes(context.Context) <-chan struct{} { return nil }
func (s *fakeStore) Close() error                            { return nil }

func (s *fakeStore) Drop(_ context.Context, model string, run field.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.fields, func(k field.Key, _ field.Field) bool { return k.Model == model && k.Run == run })
	return nil
}

func (s *fakeStore) Begin(ctx context.Context, model string, run field.Time) (store.Writer, error) {
	name := runName{model, run}
	for {
		s.mu.Lock()
		if !s.held[name] {
			s.held[name] = true
			s.mostHeld = max(s.mostHeld, len(s.held))
			s.mu.Unlock()
			return &fakeWriter{s, name, map[field.Key]field.Field{}}, nil
		}
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", store.ErrBusy, ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
}

type fakeWriter struct {
	store *fakeStore
	name  runName
	put   map[field.Key]field.Field
}

func (w *fakeWriter) Put(_ context.Context, f *field.Field) error {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if w.store.failPut != nil {
		if err := w.store.failPut(f.Key); err != nil {
			return err
		}
	}
	w.store.puts++
	kept := *f
	kept.Values = slices.Clone(f.Values)
	if f.Original != nil {
		kept.Original = &field.Original{Format: f.Original.Format, Bytes: slices.Clone(f.Original.Bytes)}
	}
	w.put[f.Key] = kept
	return nil
}

func (w *fakeWriter) Publish(context.Context) error {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if w.store.failPublic != nil {
		if err := w.store.failPublic(w.name.Run); err != nil {
			return err
		}
	}
	w.store.published++
	maps.Copy(w.store.fields, w.put)
	clear(w.put)
	return nil
}

func (w *fakeWriter) Close() error {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	delete(w.store.held, w.name)
	return nil
}

type fakeSnapshot struct{ fields map[field.Key]field.Field }

func (s *fakeSnapshot) Version() string                   { return "" }
func (s *fakeSnapshot) Keys() iter.Seq[field.Key]         { return maps.Keys(s.fields) }
func (s *fakeSnapshot) Info(field.Key) (store.Info, bool) { return store.Info{}, false }
func (s *fakeSnapshot) Close()                            {}
func (s *fakeSnapshot) Windows(context.Context, []field.Key, grid.Window, [][]float32) error {
	return errors.New("not offered")
}

// served lists what the store serves as "element@valid=first value", sorted.
func (s *fakeStore) served() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []string{}
	for k, f := range s.fields {
		list = append(list, fmt.Sprintf("%s@%d=%v", k.Element, k.Valid, f.Values[0]))
	}
	slices.Sort(list)
	return list
}

// write makes a file of the tests' format.
func write(t testing.TB, path string, messages ...fakeMessage) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text(messages...)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func text(messages ...fakeMessage) string {
	var b strings.Builder
	b.WriteString(fakeMagic)
	for _, m := range messages {
		line, _ := json.Marshal(m)
		b.Write(append(line, '\n'))
	}
	return b.String()
}

// logged collects what is logged, one line an event, safe for concurrent use.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// lines are those that hold all of the given words.
func (l *logged) lines(words ...string) (found []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.text.String()) {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
			found = append(found, line)
		}
	}
	return found
}

// newIntake makes an Intake of fakes. data may be "".
func newIntake(s store.Store, data string) (*Intake, *logged) {
	l := &logged{}
	log := slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return New(s, fakeElements{}, fakeModels{}, []decode.Format{fakeFormat()}, log, Options{
		Data: data, Workers: 3, Publish: time.Hour, Settle: 40 * time.Millisecond, Rescan: 300 * time.Millisecond,
	}), l
}
