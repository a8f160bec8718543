package schedule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"isobar/field"
	"isobar/ingest/claim"
	"isobar/ingest/source"
	"isobar/records"
)

// line says that an item's fields are published, or that the run is complete.
type line struct {
	Item     string `json:"item,omitempty"`
	Fields   int    `json:"fields,omitempty"`
	Complete bool   `json:"complete,omitempty"`
	At       int64  `json:"at"`
}

// ledger remembers what was done for a run: lines that are only ever added, each after the publication it speaks of. A program
// that is killed in between publishes the same fields again.
type ledger struct {
	path   string
	shared *claim.Shared // nil: it is a file, else documents whose identities begin with path

	mu    sync.Mutex
	done  map[string]bool
	whole bool
	docs  map[string]records.Document // by step
}

// opened reads a run's ledger once.
func (f *feed) opened(run field.Time) *ledger { return f.open(run.UTC().Format(stamp)) }

// constants is the ledger of what is the same in every run.
func (f *feed) constants() *ledger { return f.open(constantsFolder) }

// has tells that an item is published.
func (f *feed) has(run field.Time, item source.Item) bool {
	if item.Once {
		return f.constants().has(item.ID)
	}
	return f.opened(run).has(item.ID)
}

// open reads a ledger once.
func (f *feed) open(folder string) *ledger {
	f.mu.Lock()
	defer f.mu.Unlock()
	if l := f.ledgers[folder]; l != nil {
		return l
	}
	if f.shared != nil { // what is written there has been read
		f.ledgers[folder] = f.sharedLedger(folder)
		return f.ledgers[folder]
	}
	l := &ledger{path: filepath.Join(f.folder, folder, "done.jsonl"), done: map[string]bool{}}
	text, err := os.ReadFile(l.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.log.Error("what was done can't be read; it is fetched again", "file", l.path, "error", err)
	}
	for row := range bytes.Lines(text) {
		var one line
		if json.Unmarshal(row, &one) != nil { // torn by a crash: its item is fetched again
			continue
		}
		l.take(one)
	}
	f.ledgers[folder] = l
	return l
}

func (l *ledger) take(one line) {
	if one.Item != "" {
		l.done[one.Item] = true
	}
	l.whole = l.whole || one.Complete
}

func (l *ledger) has(item string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done[item]
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.done)
}

func (l *ledger) complete() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.whole
}

// add writes lines of a step, durably when it returns.
func (l *ledger) add(key string, lines ...line) error {
	if len(lines) == 0 {
		return nil
	}
	var text bytes.Buffer
	text.WriteByte('\n') // ends a line that a crash tore
	for _, one := range lines {
		row, err := json.Marshal(one)
		if err != nil {
			return err
		}
		text.Write(append(row, '\n'))
	}
	write := l.append
	if l.shared != nil {
		write = func(text []byte) error { return l.write(key, text) }
	}
	if err := write(text.Bytes()); err != nil {
		return fmt.Errorf("what was done can't be written down: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range lines {
		l.take(one)
	}
	return nil
}

// append writes to the file.
func (l *ledger) append(text []byte) error {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}
