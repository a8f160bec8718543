package ogc

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// shelfRoom bounds how many documents a shelf keeps: a few versions and scopes by a few names of the server.
const shelfRoom = 16

// ShelfKey is all that a document is made from.
type ShelfKey struct {
	Kind      string // which document: version, sections, model
	Catalogue string // the catalogue's version
	Base      string // how clients reach the server
	Minute    int64  // defaults follow the clock
}

// Kept is a finished document.
type Kept struct {
	Body []byte
	ETag string // weak: the document may be compressed on its way
}

// Shelf keeps the newest documents. The zero value is empty. Safe for concurrent use.
type Shelf struct {
	mu   sync.Mutex
	docs map[ShelfKey]Kept
}

// Get finds a document, or makes and keeps it. When the shelf is full it is cleared, as what fills it is mostly out of date.
func (s *Shelf) Get(k ShelfKey, make func() []byte) Kept {
	s.mu.Lock()
	d, ok := s.docs[k]
	s.mu.Unlock()
	if ok {
		return d
	}
	d.Body = make()
	sum := sha256.Sum256(d.Body)
	d.ETag = `W/"` + hex.EncodeToString(sum[:8]) + `"`
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.docs == nil || len(s.docs) >= shelfRoom {
		s.docs = map[ShelfKey]Kept{}
	}
	s.docs[k] = d
	return d
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

// LegendURL is where the legend of a layer's style is drawn, by WMS of a version.
func LegendURL(base, version, layer, style, format string) string {
	return base + "/wms?" + url.Values{
		"SERVICE": {"WMS"}, "VERSION": {version}, "REQUEST": {"GetLegendGraphic"}, "LAYER": {layer}, "STYLE": {style},
		"FORMAT": {format}, "WIDTH": {strconv.Itoa(LegendWidth)}, "HEIGHT": {strconv.Itoa(LegendHeight)},
	}.Encode()
}
