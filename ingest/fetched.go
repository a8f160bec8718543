package ingest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"isobar/decode"
	"isobar/elements"
	"isobar/field"
	"isobar/ingest/folder"
	sources "isobar/ingest/source"
)

// Expect is what a file that was fetched must hold.
type Expect struct {
	Model string
	Run   field.Time
	Steps []field.Seconds // nil: any
	Grid  string          // ID; "": any
	Says  *sources.Says   // what the file does not tell itself; nil: it tells all
	Holds []Wanted        // fields that it must hold, and of which alone are taken; nil: any
}

// Wanted is an element, at some levels.
type Wanted struct {
	Element string
	Levels  []float64 // in the element's level unit; nil: any
}

// takes tells whether a key is of what is wanted.
func (w Wanted) takes(k field.Key) bool {
	return w.Element == k.Element && (len(w.Levels) == 0 || slices.ContainsFunc(w.Levels, func(l float64) bool { return near(l, k.Level.Value) }))
}

// near tells that two levels are the same, but for rounding.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*max(math.Abs(a), math.Abs(b)) }

// String names the element, and the levels if some are named.
func (w Wanted) String() string {
	if len(w.Levels) == 0 {
		return w.Element
	}
	return fmt.Sprintf("%s at %v", w.Element, w.Levels)
}

// Fetched is a file that a source gave.
type Fetched struct {
	Path string
	Expect
}

// Taken is what came of a file.
type Taken struct {
	Fields  int    // that are published
	Waiting int    // wind components whose partner has not come
	Grid    string // ID of the grid of the first field
	Err     error  // the first reason why it is not as expected, or not whole; what could be read is published unless it wraps ErrUnexpected
}

// ErrUnexpected is a file that holds something else than was asked for: nothing of it is published.
var ErrUnexpected = errors.New("not what was asked for")

// errLeftOut is a field that nobody asked for.
var errLeftOut = errors.New("not asked for")

// modelSuffix is what IDs of models on grids that no row names end in: models.Catalogue.Identify.
var modelSuffix = regexp.MustCompile(`^-(\d+x\d+-)?[0-9a-f]{8}$`)

// Take reads files that were fetched and publishes their fields at once: all runs that they belong to become visible when all
// files have been read. With whole, nothing is published unless every file is as expected and nothing of it waits. Nothing is
// remembered of the files in the journal. The error is ctx's, or a run's that can't be written or published: then the files are to
// be offered again.
func (i *Intake) Take(ctx context.Context, files []Fetched, whole bool) ([]Taken, error) {
	i.reading.Lock()
	defer i.reading.Unlock()
	b := i.batch(ctx, nil)
	defer b.writers.close()
	readings := make([]*reading, len(files))
	for k := range files {
		path, err := filepath.Abs(files[k].Path)
		if err != nil {
			return nil, err
		}
		seen, ok := folder.Look(path)
		if !ok {
			return nil, fmt.Errorf("%s is not there", files[k].Path)
		}
		readings[k] = newReading(seen)
		readings[k].expect = &files[k].Expect
		defer b.places.leave(path)
	}
	for _, r := range readings {
		b.fetched(r)
		if ctx.Err() != nil {
			break
		}
	}
	b.wait()
	published := !whole || !slices.ContainsFunc(readings, (*reading).wanting)
	if published {
		b.flush()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	taken := make([]Taken, len(files))
	for k, r := range readings {
		if taken[k] = r.taken(); r.refused || r.unstored {
			return nil, fmt.Errorf("%s: its fields can't be stored: %s", filepath.Base(r.Path), r.reason)
		}
		if taken[k].Err != nil {
			b.lonely.forget(r.Path)
		}
		if !published {
			taken[k].Fields = 0
		}
	}
	return taken, nil
}

// wanting tells that a file is not as expected, or that something of it waits.
func (r *reading) wanting() bool { return r.unexpected != nil || r.failed > 0 || r.lonely > 0 }

// taken is what came of a file.
func (r *reading) taken() Taken {
	t := Taken{Fields: r.put, Waiting: r.lonely, Grid: r.grid, Err: r.unexpected}
	if t.Err == nil && r.failed > 0 {
		t.Err = fmt.Errorf("%d of its messages can't be read: %s", r.failed, r.reason)
	}
	return t
}

// fetched reads the headers of a file, and hands its fields to workers if all of them are as expected.
func (b *batch) fetched(r *reading) {
	b.lonely.forget(r.Path)
	r.use()
	defer r.release()
	b.open[r] = true
	defer func() { r.whole = true }()
	head, _, err := r.head()
	if err != nil {
		r.unexpected = err
		return
	}
	format, err := b.format(head)
	if err != nil {
		r.unexpected = fmt.Errorf("%w: %w", ErrUnexpected, err)
		return
	}
	groups := b.groups(r, format, func(number int, offset int64, err error) {
		if r.unexpected == nil {
			r.unexpected = fmt.Errorf("%w: message %d at byte %d: %w", ErrUnexpected, number, offset, err)
		}
	})
	if r.unexpected == nil {
		r.unexpected = r.lacks(groups)
	}
	if r.unexpected != nil || len(groups) == 0 {
		return
	}
	r.grid = groups[0].parts[0].grid.ID()
	for _, g := range groups {
		if err := b.group(r, g, 0); err != nil {
			b.refuse(r, g.run, err)
			return
		}
	}
}

// lacks tells that a file does not hold what it must.
func (r *reading) lacks(groups []*group) error {
	if r.lonely > 0 || r.places { // what waits is looked at when it is read again
		return nil
	}
	if len(groups) == 0 {
		return fmt.Errorf("%w: no message in it that was asked for", ErrUnexpected)
	}
	for _, w := range r.expect.Holds {
		for _, one := range w.each() {
			if !slices.ContainsFunc(groups, func(g *group) bool {
				return slices.ContainsFunc(g.parts, func(p *part) bool { return one.takes(p.key) })
			}) {
				return fmt.Errorf("%w: it does not hold %s", ErrUnexpected, one)
			}
		}
	}
	return nil
}

// each is one Wanted for each level.
func (w Wanted) each() (all []Wanted) {
	for _, level := range w.Levels {
		all = append(all, Wanted{w.Element, []float64{level}})
	}
	if len(all) == 0 {
		return []Wanted{w}
	}
	return all
}

// says completes a message's headers by what the source says of a file without any.
func (r *reading) says(m *decode.Message) bool {
	if r.expect == nil || r.expect.Says == nil {
		return false
	}
	k := r.expect.Says.Key
	m.Run, m.Valid, m.Span, m.Member = k.Run, k.Valid, k.Span, k.Member
	return true
}

// expected gives a message its key, and compares it with what was asked for if the file was fetched.
func (i *Intake) expected(r *reading, m *decode.Message) (*part, error) {
	p, err := i.partOf(r, m)
	if err != nil || r.expect == nil {
		return p, err
	}
	e := r.expect
	if e.Says != nil {
		i.said(p, e.Says)
	}
	suffix, same := strings.CutPrefix(p.key.Model, e.Model)
	why := ""
	switch {
	case !same || suffix != "" && !modelSuffix.MatchString(suffix):
		why = fmt.Sprintf("a field of model %s, not %s", p.key.Model, e.Model)
	case p.key.Run != e.Run:
		why = fmt.Sprintf("a field of run %s, not %s", p.key.Run, e.Run)
	case e.Grid != "" && p.grid.ID() != e.Grid:
		why = fmt.Sprintf("a field on grid %s, not %s", p.grid.ID(), e.Grid)
	case len(e.Steps) > 0 && !slices.ContainsFunc(e.Steps, func(s field.Seconds) bool { return p.key.Valid == e.Run+field.Time(s) }):
		why = fmt.Sprintf("a field at %s, which is no step that was asked for", p.key.Valid)
	}
	if why != "" {
		return nil, errors.New(why)
	}
	if e.Holds != nil && e.Says == nil && !slices.ContainsFunc(e.Holds, func(w Wanted) bool { return w.takes(p.key) }) {
		return nil, errLeftOut
	}
	p.key.Model = e.Model
	return p, nil
}

// said names a part as its source does.
func (i *Intake) said(p *part, s *sources.Says) {
	element := i.elements.Get(s.Key.Element)
	p.key.Model, p.key.Element = s.Key.Model, element.ID
	p.key.Level = field.Level{Kind: element.LevelKind, Value: s.Key.Level.Value, To: s.Key.Level.To}
	p.convert, p.partner = elements.Conversion{Scale: 1}, ""
	if c, ok := elements.Convert(s.Unit, element.Unit); ok && s.Unit != "" {
		p.convert = c
	}
}
