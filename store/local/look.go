package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"isobar/store"
)

// Sight is what can be seen of a data folder from outside.
type Sight struct {
	Format int // its number; 0: it is no data folder yet
	Known  int // the newest number that this program reads and writes
	Runs   int // how many it holds
}

// Look looks at a folder without opening or changing it. The error wraps store.ErrFormat if Open would refuse it, and fs.ErrNotExist if it
// is not there.
func Look(dir string) (s Sight, err error) {
	s.Known = formatNumber
	if _, err := os.Stat(dir); err != nil {
		return s, err
	}
	m, err := readMarker(filepath.Join(dir, markerName))
	if errors.Is(err, fs.ErrNotExist) {
		return s, foreign(dir)
	}
	s.Format = m.Format
	if err != nil {
		return s, err
	}
	runs, err := filepath.Glob(filepath.Join(dir, runsName, "*", "*"))
	s.Runs = len(runs)
	return s, err
}

// readMarker reads what a folder says of itself. The error wraps store.ErrFormat if that is not known.
func readMarker(path string) (m marker, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil || m.Isobar != "data folder" {
		return m, fmt.Errorf("%w: %s says nothing that is known", store.ErrFormat, path)
	}
	if m.Format < oldestFormat || m.Format > formatNumber {
		return m, fmt.Errorf("%w: %s says format %d, known is %d", store.ErrFormat, path, m.Format, formatNumber)
	}
	return m, nil
}
