package probe

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"testing"

	"isobar/decode"
	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/ingest"
)

// corpus is where forecast files with reference values are, beside the project.
const corpus = "../../shared/data"

// known is a line of a reference: values of one message by ecCodes, or between them by numpy, in the file's unit.
type known struct {
	File    string
	Message int
	Missing *int
	Error   string
	Points  []struct {
		Lat, Lon                 *float64
		Value, Bilinear, Nearest *float64
	}
	Geo string
}

// references reads a list of them, by file. It skips, loudly, where the corpus is not there.
func references(t *testing.T, name string) map[string][]known {
	t.Helper()
	list, err := os.Open(filepath.Join(corpus, name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no %s here: values of real files were not compared", corpus)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	byFile := map[string][]known{}
	lines := json.NewDecoder(bufio.NewReader(list))
	for {
		var k known
		err := lines.Decode(&k)
		if errors.Is(err, io.EOF) {
			return byFile
		}
		if err != nil {
			t.Fatal(err)
		}
		byFile[k.File] = append(byFile[k.File], k)
	}
}

// messages are a file's, by number, and the keys that their fields have.
type messages struct {
	rows *elements.Catalogue
	list map[int]*decode.Message
	keys map[field.Key]int // how many messages say it
}

// identify reads a file's headers.
func identify(t *testing.T, file string) messages {
	t.Helper()
	rows, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(corpus, file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m := messages{rows.elements, map[int]*decode.Message{}, map[field.Key]int{}}
	for message, err := range decode.GRIB().Messages(f, info.Size()) {
		if err != nil || message.Grid == nil {
			continue
		}
		m.list[message.Number] = message
		m.keys[m.key(message)]++
	}
	return m
}

// key is what a message's field is called, its model apart.
func (m messages) key(message *decode.Message) field.Key {
	k := field.Key{
		Run: message.Run, Element: m.rows.Identify(message.Parameter).ID, Level: message.Level, Member: message.Member, Valid: message.Valid, Span: message.Span,
	}
	if r := m.rows.Reading(message.Parameter); r.LevelKind != message.Parameter.LevelKind || r.LevelValue != message.Parameter.LevelValue {
		k.Level = field.Level{Kind: r.LevelKind, Value: r.LevelValue, To: r.LevelValue}
	}
	return k
}

// take reads a file into a house of its own.
func take(t *testing.T, file string) *house {
	t.Helper()
	h := empty(t, Limits{})
	rows, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	intake := ingest.New(h.store, rows.elements, rows.models, []decode.Format{decode.GRIB()}, slog.New(slog.DiscardHandler), ingest.Options{})
	if _, err := intake.Paths(t.Context(), []string{filepath.Join(corpus, file)}, func(ingest.Progress) {}); err != nil {
		t.Fatal(err)
	}
	h.look(t)
	return h
}

// column finds the layer that shows a field, and asks for it alone.
func (h *house) column(k field.Key) (c Column, run *field.Time, times Times, ok bool) {
	for _, l := range h.catalogue.Layers() {
		if l.Element.ID != k.Element || l.Derived {
			continue
		}
		level, member := l.Elevation(k.Level), k.Member
		c = Column{Layer: l, Level: &level, Member: &member}
		r := Request{Columns: []Column{c}, Run: &k.Run, Times: Times{List: []field.Time{k.Valid}}, At: []geo.LonLat{{}}}
		plans, err := resolveAll(r, k.Run.UTC())
		if err != nil || len(plans[0].readings) != 1 {
			continue
		}
		got := plans[0].readings[0].Input.Keys[0]
		got.Model, got.Issue = "", 0
		if got == k {
			return c, r.Run, r.Times, true
		}
	}
	return c, nil, times, false
}

// compare asks the engine for what a reference knows, and counts the values compared.
func (h *house) compare(t *testing.T, m messages, want known) (n int) {
	t.Helper()
	message := m.list[want.Message]
	if message == nil || want.Error != "" || want.Geo != "" {
		return 0
	}
	if message.Headers.GridType == "space_view" { // ecCodes has those that are scanned northwards upside down
		return 0
	}
	k := m.key(message)
	element := m.rows.Identify(message.Parameter)
	if m.keys[k] > 1 || message.GridRelative && element.Partner != "" { // said twice, or turned to north
		return 0
	}
	c, run, times, ok := h.column(k)
	if !ok {
		t.Errorf("%s message %d: no layer shows %+v", want.File, want.Message, k)
		return 0
	}
	c.Unit = m.rows.Reading(message.Parameter).Unit
	var at []geo.LonLat
	for _, p := range want.Points {
		if p.Lat == nil || p.Lon == nil {
			return 0
		}
		at = append(at, geo.LonLat{Lon: *p.Lon, Lat: *p.Lat})
	}
	for _, space := range []Space{Nearest, Bilinear} {
		if space == Bilinear && (isCategory(element) || isDirection(element)) {
			continue
		}
		got := h.probe(t, Request{Columns: []Column{c}, Run: run, Times: times, At: at, Space: space})
		for i, p := range want.Points {
			reference := p.Value
			switch {
			case space == Bilinear:
				reference = p.Bilinear
			case p.Nearest != nil:
				reference = p.Nearest
			}
			if reference == nil {
				continue
			}
			if n++; !(math.Abs(float64(got.Series[0].Values[i])-*reference) <= 1e-5*max(math.Abs(*reference), 1)) {
				t.Errorf("%s message %d, %s in %q at %v, %v, space %d: %v, want %v", want.File, want.Message, c.Layer.Name, got.Series[0].Unit, at[i].Lon, at[i].Lat, space, got.Series[0].Values[i], *reference)
			}
		}
	}
	return n
}

// TestProbeReference takes real files through the whole house, and compares values at and between their points with what other
// programs find: decoding, units, storage, catalogue and sampling are right together.
func TestProbeReference(t *testing.T) {
	for _, list := range []struct {
		name   string
		values int
	}{{"reference-bilinear.jsonl", 300}, {"reference.jsonl", 10_000}} {
		t.Run(list.name, func(t *testing.T) {
			values := 0
			for file, wants := range references(t, list.name) {
				m := identify(t, file)
				h := take(t, file)
				for _, want := range wants {
					values += h.compare(t, m, want)
				}
			}
			t.Logf("%d values were compared", values)
			if values < list.values {
				t.Errorf("only %d values were compared", values)
			}
		})
	}
}
