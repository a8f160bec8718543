// Package program lets a program of the user's own be a source, in any language:
//
//	PROGRAM runs                  prints a JSON line for each run: {"run":"2026-11-24T06:00:00Z"}, newest first
//	PROGRAM items RUN             prints a JSON line for each file: {"id":"f006","name":"x.grib2","steps":[21600],"size":123}, and last
//	                              {"whole":true} if there will be no more
//	PROGRAM fetch RUN ID          writes the file
//
// Status 75 (EX_TEMPFAIL) means "not yet", any other but 0 is a failure whose last line on the standard error is told.
package program

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"isobar/field"
	"isobar/ingest/source"
	"isobar/models"
)

// settings are the keys of a feed's source.
type settings struct {
	Command []string `yaml:"command"`
	Folder  string   `yaml:"folder"`  // to run it in
	Timeout string   `yaml:"timeout"` // of one call; "": an hour
}

const (
	notYet    = 75 // EX_TEMPFAIL of sysexits.h
	maxLines  = 100_000
	maxLine   = 1 << 16
	maxErrors = 1 << 14 // bytes of the standard error that are kept
)

type program struct {
	feed    models.Feed
	set     settings
	timeout time.Duration
}

// New makes the source of a feed.
func New(f models.Feed) (source.Source, error) {
	s := &program{feed: f, timeout: time.Hour}
	if err := source.Settings(f, &s.set); err != nil {
		return nil, err
	}
	if len(s.set.Command) == 0 {
		return nil, fmt.Errorf("feed of %s: command: missing", f.Model)
	}
	if s.set.Timeout != "" {
		var err error
		if s.timeout, err = time.ParseDuration(s.set.Timeout); err != nil || s.timeout <= 0 {
			return nil, fmt.Errorf("feed of %s: timeout: %q is no length of time", f.Model, s.set.Timeout)
		}
	}
	return s, nil
}

// Runs asks the program.
func (s *program) Runs(ctx context.Context) (runs []field.Time, err error) {
	err = s.lines(ctx, func(line []byte) error {
		var row struct{ Run time.Time }
		if err := strict(line, &row); err != nil {
			return err
		}
		if row.Run.IsZero() {
			return errors.New("run is missing")
		}
		runs = append(runs, field.At(row.Run))
		return nil
	}, "runs")
	return runs, err
}

// Items asks the program.
func (s *program) Items(ctx context.Context, run field.Time) (items []source.Item, whole bool, err error) {
	seen := map[string]bool{}
	err = s.lines(ctx, func(line []byte) error {
		var row struct {
			ID, Name string
			Steps    []field.Seconds
			Size     int64
			Whole    bool
		}
		if err := strict(line, &row); err != nil {
			return err
		}
		if row.Whole {
			whole = true
			return nil
		}
		if row.ID == "" || seen[row.ID] || strings.HasPrefix(row.ID, "-") {
			return fmt.Errorf("id %q is missing, there twice, or begins with -", row.ID)
		}
		seen[row.ID] = true
		if row.Name == "" {
			row.Name = row.ID
		}
		items = append(items, source.Item{ID: row.ID, Run: run, Steps: row.Steps, Name: row.Name, From: s.set.Command[0] + " " + row.ID, Size: row.Size, Token: row.ID})
		return nil
	}, "items", run.String())
	return items, whole, err
}

// Fetch writes what the program writes.
func (s *program) Fetch(ctx context.Context, item source.Item, w io.Writer) error {
	id, ok := item.Token.(string)
	if !ok {
		return fmt.Errorf("%s is no item of this source", item.ID)
	}
	return s.call(ctx, w, "fetch", item.Run.String(), id)
}

// strict reads a JSON object whose names are all known.
func strict(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// lines calls the program and gives each line that it prints.
func (s *program) lines(ctx context.Context, each func([]byte) error, args ...string) error {
	var out bytes.Buffer
	if err := s.call(ctx, &limited{&out, maxLines * 256}, args...); err != nil {
		return err
	}
	scan := bufio.NewScanner(&out)
	scan.Buffer(nil, maxLine)
	for n := 1; scan.Scan(); n++ {
		if len(bytes.TrimSpace(scan.Bytes())) == 0 {
			continue
		}
		if err := each(scan.Bytes()); err != nil {
			return fmt.Errorf("%s %s: line %d: %w", s.set.Command[0], strings.Join(args, " "), n, err)
		}
	}
	return scan.Err()
}

// call runs the program.
func (s *program) call(ctx context.Context, w io.Writer, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	command := exec.CommandContext(ctx, s.set.Command[0], append(append([]string{}, s.set.Command[1:]...), args...)...)
	command.Dir, command.Stdout, command.WaitDelay = s.set.Folder, w, 5*time.Second
	said := &tail{}
	command.Stderr = said
	err := command.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s %s: %w", s.set.Command[0], args[0], ctx.Err())
	case errors.As(err, &exit) && exit.ExitCode() == notYet:
		return source.ErrNotYet
	}
	return fmt.Errorf("%s %s: %w: %s", s.set.Command[0], args[0], err, said.last())
}

// limited is a writer that takes so much and no more.
type limited struct {
	to   io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, fmt.Errorf("%w: too many lines", source.ErrContent)
	}
	return l.to.Write(p)
}

// tail keeps the end of what is written.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if n := len(t.kept) - maxErrors; n > 0 {
		t.kept = t.kept[n:]
	}
	return len(p), nil
}

// last is the last line.
func (t *tail) last() string {
	lines := strings.Split(strings.TrimSpace(string(t.kept)), "\n")
	return lines[len(lines)-1]
}
