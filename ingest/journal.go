package ingest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"isobar/field"
	"isobar/ingest/folder"
)

// readerVersion is raised when files that were read by an older program should be read again.
const readerVersion = 3

// runName names a run of a model.
type runName struct {
	Model string     `json:"model"`
	Run   field.Time `json:"run"`
}

// entry says that a file was read and its fields are published.
type entry struct {
	Reader   int       `json:"reader"`
	Path     string    `json:"path"`
	Size     int64     `json:"size"`
	Modified int64     `json:"modified"` // ns since 1970
	Ends     string    `json:"ends"`     // hash of the file's first and last bytes
	Read     int64     `json:"read"`     // ns since 1970
	Runs     []runName `json:"runs,omitempty"`
	With     []string  `json:"with,omitempty"` // files that hold the other wind components
	Failed   int       `json:"failed,omitempty"`
	Reason   string    `json:"reason,omitempty"` // of the first failure
}

// of tells that the entry speaks of the state of a file, as far as can be seen without reading it.
func (e entry) of(f folder.File) bool {
	return e.Size == f.Size && e.Modified == f.Modified.UnixNano()
}

// journal remembers what was read, so that a restart does not decode it again. It is a folder of small files, each written
// aside, made durable and renamed, after the publication it speaks of: a program that is killed reads some files twice, and
// leaves out none. Several processes may add to it and tidy it at once.
type journal struct {
	folder  string // "": remembered only while the program runs
	log     *slog.Logger
	entries map[string]entry // by path: the one read last
	files   map[string]bool  // names of the journal's files that were read or written
}

// journalFiles is how many files a journal may have before they are merged.
const journalFiles = 64

// forgetAfter is how long ago a file must have been read for a merge to forget it, if it is gone: a disk that is not mounted
// just now is no reason to read everything again.
const forgetAfter = 30 * 24 * time.Hour

func newJournal(folder string, log *slog.Logger) *journal {
	return &journal{folder: folder, log: log, entries: map[string]entry{}, files: map[string]bool{}}
}

// refresh reads what this or another process has added.
func (j *journal) refresh() error {
	if j.folder == "" {
		return nil
	}
	listed, err := os.ReadDir(j.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("journal: %w", err)
	}
	for _, d := range listed {
		name := d.Name()
		if j.files[name] || !strings.HasSuffix(name, ".jsonl") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(j.folder, name))
		if errors.Is(err, fs.ErrNotExist) { // another process has merged it
			continue
		}
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		j.files[name] = true
		j.take(name, text)
	}
	return nil
}

// take adds a file's lines. A line that can't be read costs no more than that its file is decoded again.
func (j *journal) take(name string, text []byte) {
	for line := range bytes.Lines(text) {
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			j.log.Warn("journal has a damaged line; a file will be read again", "journal", name, "error", err)
			continue
		}
		if was, ok := j.entries[e.Path]; e.Reader == readerVersion && (!ok || was.Read <= e.Read) {
			j.entries[e.Path] = e
		}
	}
}

// add remembers entries, durably when it returns.
func (j *journal) add(entries []entry) error {
	if len(entries) == 0 {
		return nil
	}
	if err := j.write(entries); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	for _, e := range entries {
		j.entries[e.Path] = e
	}
	if len(j.files) > journalFiles {
		return j.merge()
	}
	return nil
}

// write makes a file of entries under a name of its own.
func (j *journal) write(entries []entry) (err error) {
	if j.folder == "" {
		return nil
	}
	if err := os.MkdirAll(j.folder, 0o755); err != nil {
		return err
	}
	aside, err := os.CreateTemp(j.folder, fmt.Sprintf("%d-*.part", time.Now().UnixNano()))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(aside.Name())
		}
	}()
	w := bufio.NewWriter(aside)
	lines := json.NewEncoder(w)
	for _, e := range entries {
		if err := lines.Encode(e); err != nil {
			return errors.Join(err, aside.Close())
		}
	}
	if err := errors.Join(w.Flush(), aside.Sync(), aside.Close()); err != nil {
		return err
	}
	name := strings.TrimSuffix(aside.Name(), ".part") + ".jsonl"
	if err := os.Rename(aside.Name(), name); err != nil {
		return err
	}
	j.files[filepath.Base(name)] = true
	return syncFolder(j.folder)
}

// merge writes all that is known to one file and removes those it was read from. Two processes that merge at once both leave a
// whole file.
func (j *journal) merge() error {
	merged, all := j.files, make([]entry, 0, len(j.entries))
	for path, e := range j.entries {
		if _, there := folder.Look(path); !there && time.Since(time.Unix(0, e.Read)) > forgetAfter {
			delete(j.entries, path)
			continue
		}
		all = append(all, e)
	}
	j.files = map[string]bool{}
	if err := j.write(all); err != nil {
		j.files = merged
		return fmt.Errorf("journal: %w", err)
	}
	for name := range merged {
		if err := os.Remove(filepath.Join(j.folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("journal: %w", err)
		}
	}
	j.sweep()
	return nil
}

// sweep removes what killed programs left half written; what is younger than an hour may be another program's work.
func (j *journal) sweep() {
	left, _ := filepath.Glob(filepath.Join(j.folder, "*.part"))
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(path) // it comes to nothing if it fails
		}
	}
}

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
