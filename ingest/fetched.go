package ingest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
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

// Take reads files that were fetched and publishes their fields at once: all runs that they belong to become visible when all
// files have been read. Nothing is remembered of them in the journal. The error is ctx's, or a run's that can't be written or
// published: then the files are to be offered again.
func (i *Intake) Take(ctx context.Context, files []Fetched) ([]Taken, error) {
	i.reading.Lock()
	defer i.reading.Unlock()
	b := i.batch(ctx, nil)
	defer b.writers.close()
	readings := make([]*reading, len(files))
	for k, f := range files {
		path, err := filepath.Abs(f.Path)
		if err != nil {
			return nil, err
		}
		seen, ok := folder.Look(path)
		if !ok {
			return nil, fmt.Errorf("%s is not there", f.Path)
		}
		readings[k] = newReading(seen)
		readings[k].expect = &f.Expect
		b.fetched(readings[k])
		if ctx.Err() != nil {
			break
		}
	}
	b.flush()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	taken := make([]Taken, len(files))
	for k, r := range readings {
		taken[k] = Taken{Fields: r.put, Waiting: r.lonely, Grid: r.grid, Err: r.unexpected}
		if r.refused || r.unstored {
			return nil, fmt.Errorf("%s: its fields can't be stored", filepath.Base(r.Path))
		}
		if taken[k].Err == nil && r.failed > 0 {
			taken[k].Err = fmt.Errorf("%d of its messages can't be read: %s", r.failed, r.reason)
		}
	}
	return taken, nil
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
	if len(groups) == 0 && r.unexpected == nil {
		r.unexpected = fmt.Errorf("%w: no message in it", ErrUnexpected)
	}
	if r.unexpected != nil {
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
	why := ""
	switch {
	case p.key.Model != e.Model && !strings.HasPrefix(p.key.Model, e.Model+"-"):
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
