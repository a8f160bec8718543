// Package source says what a kind of source does: which files a model's run has, and their bytes.
package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"isobar/field"
)

// Item is something to fetch: a file, or parts of one. Immutable.
type Item struct {
	ID    string // unique within the run and stable: what is fetched once ("f006", "f006/wind")
	Run   field.Time
	Steps []field.Seconds // after the run; nil: not known before it is read
	Name  string          // of the file, for its format and for people: "gfs.t00z.pgrb2.0p25.f006"
	From  string          // URL or path, for messages; without keys or passwords
	Size  int64           // bytes, if the source tells; else 0
	Token any             // what the source needs to fetch it
	Says  *Says           // what the bytes themselves do not tell; nil: they tell all
	Once  bool            // it is the same in every run, as the places of a grid are: fetched once, before the others
}

// StepID is what a step is called in IDs: "f006"; of parts of an hour "f000m15".
func StepID(step field.Seconds) string {
	if minutes := step / 60 % 60; minutes != 0 {
		return fmt.Sprintf("f%03dm%02d", step/3600, minutes)
	}
	return fmt.Sprintf("f%03d", step/3600)
}

// Says is what a source says of a file that holds one field and no headers, as a GeoTIFF does.
type Says struct {
	Key  field.Key // without Issue
	Unit string    // of the file's values; "": the element's own
}

// Source is where a model's files come from. Implementations are safe for concurrent use and pass sourcetest. They make no
// requests but through the http.Client they are given, which paces, retries and times out (ingest/fetch).
type Source interface {
	// Runs lists the runs that can be asked for, newest first; ErrUnlisted where a source has no list: then the feed's
	// schedule tells which there must be.
	Runs(ctx context.Context) ([]field.Time, error)
	// Items lists what a run has: all that it will ever have where the feed tells (whole is true), else what is there now. The
	// error wraps ErrNotYet if there is nothing of the run.
	Items(ctx context.Context, run field.Time) (items []Item, whole bool, err error)
	// Fetch writes an item's bytes. After an error what was written is to be thrown away. The error wraps ErrNotYet if the
	// source will have it later, ErrGone if it never will, ErrBlocked if the source refuses us, and may be a *RetryAfter.
	Fetch(ctx context.Context, item Item, w io.Writer) error
}

// ErrUnlisted and its siblings say why a source gives nothing, by wrapping.
var (
	ErrUnlisted = errors.New("source has no list of runs")
	ErrNotYet   = errors.New("not published yet")
	ErrGone     = errors.New("no longer there")
	ErrBlocked  = errors.New("refused by the source")
	ErrContent  = errors.New("not what was asked for") // an HTML page, a truncated body, another run inside
)

// RetryAfter is a source's wish to be left alone for a while (RFC 9110 10.2.3).
type RetryAfter struct {
	After time.Duration
	Err   error
}

// Error tells how long.
func (e *RetryAfter) Error() string { return fmt.Sprintf("%v: wait %s", e.Err, e.After) }

// Unwrap gives the cause.
func (e *RetryAfter) Unwrap() error { return e.Err }
