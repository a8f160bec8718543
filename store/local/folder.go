package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"isobar/field"
	"isobar/store"
)

// formatNumber is that of the data folder and of its manifests. It is raised when an older program could not read them. What has
// oldestFormat or a later one is read: records of 1 tell of no original messages. The steps of fields that are not quantised came without a
// new number: they stand where there was a 0, which no program reads of such fields.
const (
	formatNumber = 2
	oldestFormat = 1
)

// Names in a data folder.
const (
	markerName = "isobar.json"
	bellName   = "changed"
	runsName   = "runs"
	gridsName  = "grids"
	lockName   = "lock"
	asideEnd   = ".part" // of files that are not whole yet
)

// marker says what a folder is.
type marker struct {
	Isobar string `json:"isobar"`
	Format int    `json:"format"`
}

// prepare makes a folder a data folder, or finds that it is one.
func prepare(dir string, d disk) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, markerName)
	_, err := readMarker(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := foreign(dir); err != nil {
			return err
		}
		text, _ := json.Marshal(marker{"data folder", formatNumber})
		return errors.Join(d.replace(path, append(text, '\n'), true), d.syncFolder(dir))
	}
	return err
}

// foreign finds what does not belong in a folder that is no data folder yet. What other rooms keep there may come first.
func foreign(dir string) error {
	there, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, d := range there {
		name := d.Name()
		if name == "ingested" || name == "lost+found" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, markerName) {
			continue
		}
		return fmt.Errorf("%w: the folder is not empty and has no %s, but %s", store.ErrFormat, markerName, name)
	}
	return nil
}

// runLayout is how a run's reference time is spelled as a folder.
const runLayout = "20060102T150405Z"

// maxNameBytes bounds a folder's name: file systems allow 255.
const maxNameBytes = 200

// folder is where a run lies.
func (s *Store) folder(n runName) (string, error) {
	model := escape(n.model)
	if model == "" || len(model) > maxNameBytes {
		return "", fmt.Errorf("no folder can be named after the model %q", n.model)
	}
	at := n.run.UTC()
	if at.Year() < 0 || at.Year() > 9999 {
		return "", fmt.Errorf("no folder can be named after the run %d", n.run)
	}
	return filepath.Join(s.dir, runsName, model, at.Format(runLayout)), nil
}

// escape spells a model's name so that it is a file's on any system, where case may not count.
func escape(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_', c == '.' && i > 0 && i < len(name)-1:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}

// unescape undoes escape; ok is false for names it does not give.
func unescape(name string) (model string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] != '%' {
			b.WriteByte(name[i])
			continue
		}
		var c byte
		if len(name) < i+3 {
			return "", false
		}
		if _, err := fmt.Sscanf(name[i+1:i+3], "%02x", &c); err != nil {
			return "", false
		}
		b.WriteByte(c)
		i += 2
	}
	return b.String(), escape(b.String()) == name
}

// list finds the runs that have a folder.
func (s *Store) list() ([]runName, error) {
	var found []runName
	models, err := os.ReadDir(filepath.Join(s.dir, runsName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, m := range models {
		model, ok := unescape(m.Name())
		if !ok {
			continue
		}
		runs, err := os.ReadDir(filepath.Join(s.dir, runsName, m.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			if at, err := time.Parse(runLayout, r.Name()); err == nil {
				found = append(found, runName{model, field.At(at)})
			}
		}
	}
	return found, nil
}
