package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"isobar/decode"
	"isobar/ingest/folder"
)

// maxMessages bounds how many fields of one file are read: their headers are held together.
const maxMessages = 1 << 18

// maxTold bounds how many broken messages of one file are logged one by one.
const maxTold = 20

// errNotForecast is a file of no known format.
var errNotForecast = errors.New("not a forecast file")

// reading is a file on its way into the store. What follows the source changes only under the batch's lock, or while no
// worker runs.
type reading struct {
	source
	ends string // see source.head

	runs     map[runName]bool // that it has fields in
	with     map[string]bool  // files that hold the other components of its winds
	lonely   int              // components that wait for their partner, fields for places or a bitmap, latitudes for longitudes
	places   bool             // it holds places of grids
	whole    bool             // all its parts have been handed to workers, or wait
	refused  bool             // a run could not be taken or published: to be read again soon
	unstored bool             // the store did not take a field: to be read again after a restart
	doubled  bool             // it was told that fields of one name differ
	failed   int
	reason   string // of the first failure

	// Of a file that was fetched:
	expect     *Expect
	unexpected error  // why it is not what was asked for, or not read at all
	put        int    // fields that were put
	grid       string // ID of the first field's
}

// newReading begins with a file that has been looked at.
func newReading(f folder.File) *reading {
	return &reading{source: source{File: f}, runs: map[runName]bool{}, with: map[string]bool{}}
}

// entry is what the journal will say.
func (r *reading) entry() entry {
	e := entry{
		Reader: readerVersion, Path: r.Path, Size: r.Size, Modified: r.Modified.UnixNano(), Ends: r.ends,
		Read: time.Now().UnixNano(), Failed: r.failed, Reason: r.reason,
	}
	for run := range r.runs {
		e.Runs = append(e.Runs, run)
	}
	for path := range r.with {
		e.With = append(e.With, path)
	}
	slices.SortFunc(e.Runs, compareRuns)
	slices.Sort(e.With)
	return e
}

func compareRuns(a, b runName) int {
	if c := strings.Compare(a.Model, b.Model); c != 0 {
		return c
	}
	return int(min(max(a.Run-b.Run, -1), 1))
}

// format finds what a file is by its first bytes.
func (i *Intake) format(head []byte) (decode.Format, error) {
	for _, f := range i.formats {
		if f.Detect(head) {
			return f, nil
		}
	}
	trimmed := bytes.ToLower(bytes.TrimSpace(head[:min(len(head), 256)]))
	switch {
	case len(head) == 0:
		return decode.Format{}, fmt.Errorf("%w: it is empty", errNotForecast)
	case bytes.HasPrefix(trimmed, []byte("<!doctype html")), bytes.HasPrefix(trimmed, []byte("<html")), bytes.HasPrefix(trimmed, []byte("<?xml")):
		return decode.Format{}, fmt.Errorf("%w: it is a web page", errNotForecast)
	}
	return decode.Format{}, errNotForecast
}

// namedLikeGRIB tells that a file should be a forecast.
func namedLikeGRIB(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".grib", ".grib1", ".grib2", ".grb", ".grb1", ".grb2", ".gb2":
		return true
	}
	return false
}

// group is the parts of one file that belong to one run.
type group struct {
	run   runName
	parts []*part
}

// groups reads the headers of a file's messages, in the file's order. What can't be read is told to fail, and the rest is
// given.
func (i *Intake) groups(r *reading, f decode.Format, fail func(number int, offset int64, err error)) (groups []*group) {
	defer func() {
		if caught := recover(); caught != nil {
			fail(0, 0, fmt.Errorf("decoder panicked: %v", caught))
		}
	}()
	byRun, byName, n := map[runName]*group{}, map[pairName]*part{}, 0
	for m, err := range f.Messages(r, r.Size) {
		if m != nil && r.says(m) {
			err = nil
		}
		if m != nil && m.Grid == nil && m.GridName != "" {
			var placed bool
			if placed, err = i.places.put(r, m); err == nil && !placed {
				continue
			}
			if err != nil {
				err = &decode.MessageError{Number: m.Number, Offset: m.Offset, Err: err}
			}
		}
		if err == nil && m.Bitmap != nil {
			var ready bool
			if ready, err = i.bitmaps.give(&i.places, r, m); err == nil && !ready {
				continue
			}
			if err != nil {
				err = &decode.MessageError{Number: m.Number, Offset: m.Offset, Err: err}
			}
		}
		if err != nil {
			number, offset, why := place(err)
			fail(number, offset, why)
			continue
		}
		if n++; n > maxMessages {
			fail(m.Number, m.Offset, fmt.Errorf("more than %d messages; the rest is left out", maxMessages))
			break
		}
		p, err := i.expected(r, m)
		if errors.Is(err, errLeftOut) {
			continue
		}
		if err != nil {
			fail(m.Number, m.Offset, err)
			continue
		}
		name := pairName{p.key, p.grid.ID()}
		if was := byName[name]; was != nil {
			was.among = append(was.among, m)
			continue
		}
		byName[name] = p
		g := byRun[p.run()]
		if g == nil {
			g = &group{run: p.run()}
			byRun[g.run], groups = g, append(groups, g)
		}
		g.parts = append(g.parts, p)
	}
	return groups
}

// place is where in a file an error lies, as far as it tells.
func place(err error) (number int, offset int64, why error) {
	var at *decode.MessageError
	if errors.As(err, &at) {
		return at.Number, at.Offset, at.Err
	}
	return 0, 0, err
}
