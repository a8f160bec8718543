package ogc

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// shelfRoom bounds how many documents a shelf keeps: a few versions and scopes by a few names of the server.
const shelfRoom = 32

// ShelfKey is all that a document is made from.
type ShelfKey struct {
	Kind      string // which document: version, sections, model
	Base      string // how clients reach the server
	Catalogue string // the catalogue's version
	Sequence  string // when that was first seen
	Clock     uint64 // the defaults that follow the clock
}

// etag names the document before it is made. It is weak, as the document may be compressed on its way.
func (k ShelfKey) etag() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %s %d", k.Kind, k.Base, k.Catalogue, k.Sequence, k.Clock))
	return `W/"` + hex.EncodeToString(sum[:8]) + `"`
}

// kept is a document: made once, and compressed once, when it is first asked for.
type kept struct {
	made, zipped sync.Once
	body, zip    []byte
}

// clock is the moment that a catalogue's defaults were read at.
type clock struct {
	catalogue string
	minute    int64
}

// Shelf keeps the newest documents. The zero value is empty. Safe for concurrent use.
type Shelf struct {
	mu     sync.Mutex
	docs   map[ShelfKey]*kept
	clocks map[clock]uint64
}

// Key is what a document is made from: kind says which, base how clients reach the server. It costs next to nothing, and changes when
// the document does.
func (s *Shelf) Key(kind, base string, c Catalogue, now time.Time) ShelfKey {
	at := clock{c.Version(), now.Unix() / 60}
	s.mu.Lock()
	defaults, ok := s.clocks[at]
	s.mu.Unlock()
	if !ok {
		defaults = defaultsOf(c, now)
		s.mu.Lock()
		if s.clocks == nil || len(s.clocks) >= shelfRoom {
			s.clocks = map[clock]uint64{}
		}
		s.clocks[at] = defaults
		s.mu.Unlock()
	}
	return ShelfKey{Kind: kind, Base: base, Catalogue: c.Version(), Sequence: Sequence(c.Updated()), Clock: defaults}
}

// defaultsOf is a sum of all layers' default times.
func defaultsOf(c Catalogue, now time.Time) uint64 {
	h, word := fnv.New64a(), make([]byte, 8)
	for _, l := range c.Layers() {
		binary.LittleEndian.PutUint64(word, uint64(l.DefaultTime(now)))
		_, _ = h.Write(word) // never fails
	}
	return h.Sum64()
}

// doc finds a document or a place for it. When the shelf is full it is cleared, as what fills it is mostly out of date.
func (s *Shelf) doc(k ShelfKey) *kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.docs[k]
	if ok {
		return d
	}
	if s.docs == nil || len(s.docs) >= shelfRoom {
		s.docs = map[ShelfKey]*kept{}
	}
	d = &kept{}
	s.docs[k] = d
	return d
}

// Send sends the document of a key, made if it isn't kept yet: 304 without making it, compressed where the client takes that.
func (s *Shelf) Send(w http.ResponseWriter, r *http.Request, mediaType string, k ShelfKey, maxAge time.Duration, make func() []byte) {
	etag, h := k.etag(), w.Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(maxAge.Seconds())))
	if Has(r, etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	d := s.doc(k)
	d.made.Do(func() { d.body = make() })
	body := d.body
	if TakesGzip(r) {
		d.zipped.Do(func() { d.zip = zipped(d.body) })
		if d.zip != nil {
			h.Set("Content-Encoding", "gzip")
			body = d.zip
		}
	}
	if !slices.Contains(h.Values("Vary"), "Accept-Encoding") {
		h.Add("Vary", "Accept-Encoding")
	}
	write(w, http.StatusOK, mediaType, body)
}

// zippedLevel is how hard kept documents are compressed: they are sent often.
const zippedLevel = 6

// zipped is a document as gzip.
func zipped(body []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, zippedLevel)
	if err != nil { // no such level
		return nil
	}
	if _, err := w.Write(body); err != nil || w.Close() != nil { // into memory
		return nil
	}
	return b.Bytes()
}

// Len is how many documents are kept.
func (s *Shelf) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.docs)
}

// Sequence is the update sequence of a catalogue: it rises with every change (WMS 1.3.0 7.2.3.5, OWS Common 1.1.0 7.3.4).
func Sequence(updated time.Time) string { return strconv.FormatInt(updated.UnixMilli(), 10) }

// CheckSequence compares a client's update sequence with ours (WMS 1.3.0 table 6). The error is a *Fault.
func CheckSequence(text string, updated time.Time) error {
	if text == "" {
		return nil
	}
	theirs, err := strconv.ParseInt(text, 10, 64)
	if err != nil { // as XPath writes a number: 1.79555983949E12
		var number float64
		if number, err = strconv.ParseFloat(text, 64); math.Abs(number) < 1<<53 {
			theirs = int64(number)
		} else {
			theirs = math.MaxInt64
		}
	}
	ours := updated.UnixMilli()
	switch {
	case err != nil || theirs > ours:
		return &Fault{Status: http.StatusBadRequest, Code: InvalidUpdateSequence, Locator: "updatesequence",
			Text: "updatesequence " + strconv.Quote(text) + " is above the current " + strconv.FormatInt(ours, 10)}
	case theirs == ours:
		return &Fault{Status: http.StatusBadRequest, Code: CurrentUpdateSequence, Locator: "updatesequence",
			Text: "the capabilities have not changed since update sequence " + text}
	}
	return nil
}

// LegendWidth and LegendHeight are the size in pixels that legends are announced with, and so drawn in.
const (
	LegendWidth  = 110
	LegendHeight = 320
)

// LegendURL is where the legend of a layer's style is drawn, by WMS of a version. Its parameters are in alphabetical order.
func LegendURL(base, version, layer, style, format string) string {
	return base + "/wms?FORMAT=" + url.QueryEscape(format) + legendSize + "&LAYER=" + url.QueryEscape(layer) + "&REQUEST=GetLegendGraphic&SERVICE=WMS&STYLE=" +
		url.QueryEscape(style) + "&VERSION=" + version + legendWidth
}

// The parts of a legend's address that are always the same.
var (
	legendSize  = "&HEIGHT=" + strconv.Itoa(LegendHeight)
	legendWidth = "&WIDTH=" + strconv.Itoa(LegendWidth)
)
