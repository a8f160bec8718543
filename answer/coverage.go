package answer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"isobar/coverage"
	"isobar/encode"
	"isobar/field"
	"isobar/layers"
	"isobar/store"
)

// CoverageRequest is numbers in nobody's protocol.
type CoverageRequest struct {
	Layers []string    // elements of one model, in the order of the answer
	Run    *field.Time // nil: for each time the freshest run that has it
	// Time, Level and Member choose from the axes. Nil: everything of a Cube, else the default value.
	Time   *layers.TimeChoice
	Level  *coverage.Interval // as layers.Layer.Elevation has it
	Member *coverage.Interval
	// Times, Levels and Members choose single values besides; nil: as above.
	Times   []field.Time
	Levels  []float64
	Members []int
	// Cube keeps the axes though they have one value, but for those that are sliced: SliceTime, and Slice of the intervals.
	Cube, SliceTime bool
	Cut             coverage.Cut
	Format          string            // media type or name; "": the first that can hold the coverage
	Options         map[string]string // of the format
}

// Coverage is an answer whose body is written block by block, never held as a whole.
type Coverage struct {
	Source   *coverage.Source // all that there is to know beside the values
	Format   encode.Coverage
	ETag     string // strong, quoted
	MaxAge   time.Duration
	Pinned   bool // never changes: may be kept for a year
	Modified field.Time
	Bytes    int64 // of the body: exactly, or about so many
	Exact    bool
	// Write gives the body. Where it fails before the first byte nothing was written.
	Write func(ctx context.Context, w io.Writer) error
	Done  func() // call when finished, whether Write was called or not
}

// CoverageLimits bounds one answer. What is 0 takes a default.
type CoverageLimits struct {
	Cells  int64 // values over all fields
	Bytes  int64 // of the body
	Planes int   // fields
	AtOnce int   // coverages written at once; others wait
}

// The limits where CoverageLimits has none.
const (
	defaultCells  = 1 << 28
	defaultBytes  = 1 << 30
	defaultPlanes = 1 << 14
	defaultAtOnce = 16
)

// BudgetError is a coverage that is larger than the limits, found before anything was read. It wraps ErrTooLarge.
type BudgetError struct {
	Cells, MaxCells   int64
	Bytes, MaxBytes   int64 // foreseen; 0: not looked at
	Planes, MaxPlanes int   // 0: not looked at
}

// Error tells the size and the limit that it is beyond.
func (e *BudgetError) Error() string {
	switch {
	case e.Planes > 0:
		return fmt.Sprintf("a coverage of %d fields %v: at most %d", e.Planes, ErrTooLarge, e.MaxPlanes)
	case e.MaxBytes > 0:
		return fmt.Sprintf("a coverage of %d values in about %d bytes %v: at most %d", e.Cells, e.Bytes, ErrTooLarge, e.MaxBytes)
	case e.Bytes > 0:
		return fmt.Sprintf("a coverage of %d values in about %d bytes %v: at most %d values", e.Cells, e.Bytes, ErrTooLarge, e.MaxCells)
	}
	return fmt.Sprintf("a coverage of %d values %v: at most %d", e.Cells, ErrTooLarge, e.MaxCells)
}

// Unwrap is ErrTooLarge.
func (e *BudgetError) Unwrap() error { return ErrTooLarge }

// Coverages answers requests for numbers. Safe for concurrent use.
type Coverages struct {
	service *Service
	sampler coverage.Sampler
	formats []encode.Coverage
	listed  []encode.Coverage // those that are announced
	limits  CoverageLimits
	seats   chan struct{} // apart from those of pictures: a slow client holds one for long
}

// NewCoverages makes it beside a service, whose catalogue it shares. The first format is the default.
func NewCoverages(s *Service, sampler coverage.Sampler, formats []encode.Coverage, limits CoverageLimits) *Coverages {
	if limits.Cells <= 0 {
		limits.Cells = defaultCells
	}
	if limits.Bytes <= 0 {
		limits.Bytes = defaultBytes
	}
	limits.Planes = orElse(limits.Planes, defaultPlanes)
	c := &Coverages{
		service: s, sampler: sampler, formats: formats, limits: limits, seats: make(chan struct{}, orElse(limits.AtOnce, defaultAtOnce)),
	}
	for _, f := range formats {
		if !f.Unlisted {
			c.listed = append(c.listed, f)
		}
	}
	return c
}

// Formats lists what answers come in, the default first. The list is shared: not to be written to.
func (c *Coverages) Formats() []encode.Coverage { return c.listed }

// Format finds a format by its media type, with or without parameters, by its name or by an alias; "" is the first. The error wraps
// encode.ErrUnknownFormat.
func (c *Coverages) Format(name string) (encode.Coverage, error) {
	if name == "" && len(c.formats) > 0 {
		return c.formats[0], nil
	}
	plain := func(mediaType string) string {
		mediaType = strings.ReplaceAll(strings.ToLower(mediaType), " ", "")
		return mediaType
	}
	want := plain(name)
	for _, f := range c.formats {
		if want == plain(f.Type) || want == f.Name || slices.Contains(f.Aliases, want) {
			return f, nil
		}
	}
	for _, f := range c.formats {
		base, _, _ := strings.Cut(plain(f.Type), ";")
		if want == base {
			return f, nil
		}
	}
	return encode.Coverage{}, fmt.Errorf("%w %q", encode.ErrUnknownFormat, name)
}

// Describe resolves a request without a format or a limit of size: what there is, and where. Call done when finished. Errors are
// those of layers and coverage.
func (c *Coverages) Describe(ctx context.Context, r CoverageRequest) (s *coverage.Source, done func(), err error) {
	catalogue, release := c.service.parts.Catalogue.Hold()
	resolved, err := c.resolve(catalogue, r)
	if err != nil {
		release()
		return nil, nil, err
	}
	return resolved.source, sync.OnceFunc(release), nil
}

// Coverage resolves a coverage; it is read and encoded when the answer's Write is called. Call the answer's Done in any case. Errors
// are those of layers, coverage and encode, and *BudgetError.
func (c *Coverages) Coverage(ctx context.Context, r CoverageRequest) (Coverage, error) {
	format, err := c.Format(r.Format)
	if err != nil {
		return Coverage{}, err
	}
	if len(r.Options) > 0 {
		if format.With == nil {
			return Coverage{}, fmt.Errorf("%s: %w", format.Name, encode.ErrOption)
		}
		if format, err = format.With(r.Options); err != nil {
			return Coverage{}, err
		}
	}
	catalogue, release := c.service.parts.Catalogue.Hold()
	resolved, err := c.resolve(catalogue, r)
	if err == nil && r.Format == "" && len(r.Options) == 0 {
		format = c.fitting(resolved.source)
	}
	if err == nil {
		err = c.afford(resolved.source, format)
	}
	if err != nil {
		release()
		return Coverage{}, err
	}
	hold := newLease(release)
	a := Coverage{
		Source: resolved.source, Format: format, ETag: resolved.etag(format, r.Options), MaxAge: shortly, Pinned: resolved.pinned,
		Modified: resolved.modified, Done: sync.OnceFunc(hold.leave),
	}
	if a.Pinned {
		a.MaxAge = year
	}
	a.Bytes, a.Exact = format.Size(resolved.source)
	a.Write = func(ctx context.Context, w io.Writer) error {
		if !hold.join() {
			return errFinished
		}
		defer hold.leave()
		select {
		case c.seats <- struct{}{}:
			defer func() { <-c.seats }()
		case <-ctx.Done():
			return ctx.Err()
		}
		return format.Encode(ctx, w, resolved.source)
	}
	return a, nil
}

// fitting is the first format that can hold a coverage: what nobody chose must not be in the way.
func (c *Coverages) fitting(s *coverage.Source) encode.Coverage {
	for _, f := range c.Formats() {
		if !errors.Is(f.Check(s), encode.ErrUnfit) {
			return f
		}
	}
	return c.formats[0]
}

// afford compares a coverage with the limits and the format.
func (c *Coverages) afford(s *coverage.Source, f encode.Coverage) error {
	bytes, _ := f.Size(s)
	if n := s.Cells(); n > c.limits.Cells {
		return &BudgetError{Cells: n, MaxCells: c.limits.Cells, Bytes: bytes}
	}
	if err := f.Check(s); err != nil {
		return err
	}
	if bytes > c.limits.Bytes {
		return &BudgetError{Cells: s.Cells(), Bytes: bytes, MaxBytes: c.limits.Bytes}
	}
	return nil
}

// numbers is a coverage of which everything is known but the format.
type numbers struct {
	source   *coverage.Source
	print    fingerprint
	pinned   bool
	modified field.Time
}

// etag names the answer by all that it is made from.
func (n *numbers) etag(f encode.Coverage, options map[string]string) string {
	print := append(fingerprint(nil), n.print...)
	print.text(f.Name)
	print.text(fmt.Sprint(options)) // maps print sorted
	return print.etag()
}

// resolve finds fields and cells.
func (c *Coverages) resolve(catalogue *layers.Catalogue, r CoverageRequest) (numbers, error) {
	now := c.service.now()
	cube, pinned, err := c.cube(catalogue, r, now)
	if err != nil {
		return numbers{}, err
	}
	source, err := coverage.New(catalogue.Snapshot(), c.sampler, cube, r.Cut)
	if err != nil {
		return numbers{}, err
	}
	n := numbers{source: source, pinned: pinned}
	f := &n.print
	f.text("coverage 2")
	f.flag(cube.KeepTimes)
	f.flag(cube.KeepLevels)
	f.flag(cube.KeepMembers)
	f.flag(source.Whole())
	f.text(source.Ref.Code)
	for _, edge := range source.Box {
		f.real(edge)
	}
	f.whole(int64(source.Width()))
	f.whole(int64(source.Height()))
	f.text(string(r.Cut.Interpolation))
	if r.Cut.Area != nil {
		f.text(r.Cut.Area.Name)
	}
	for _, v := range cube.Variables {
		f.text(v.Layer.Name)
		f.text(v.Layer.Element.Unit)
		for _, p := range v.Picks {
			f.whole(int64(len(p.Input.Keys)))
			for _, k := range p.Input.Keys {
				info, ok := catalogue.Snapshot().Info(k)
				if !ok {
					return n, fmt.Errorf("layer %s: %w", v.Layer.Name, store.ErrNotFound)
				}
				f.field(k, info.ETag)
			}
			n.modified = max(n.modified, p.Run)
		}
	}
	if n.modified > field.At(now) { // RFC 9110 8.8.2.1
		n.modified = 0
	}
	return n, nil
}
