package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"isobar/field"
	"isobar/grid"
	"isobar/store"
	"isobar/store/chunk"
)

// manifestName is the file whose replacement publishes.
const manifestName = "manifest"

// manifestWord begins a manifest. The format's number and a checksum of what follows the line come after it.
const manifestWord = "isobar-run"

// manifest is what is published of a run: the files that count, and how far. Files only grow, and their names are never used
// again, so what a manifest once said of them stays true.
type manifest struct {
	Version    int64        `json:"version"` // rises with each publication
	Model      string       `json:"model"`
	Run        field.Time   `json:"run"`
	Grid       string       `json:"grid"` // all fields' grid
	NX         int          `json:"nx"`
	NY         int          `json:"ny"`
	MaxLevel   int          `json:"maxLevel"`
	Wraps      bool         `json:"wraps"`
	Files      []fileSpan   `json:"files"` // of fields, the last one appended to
	Index      string       `json:"index"`
	IndexBytes int64        `json:"indexBytes"`
	Records    int          `json:"records"` // in the index; some are of fields that were replaced
	Fields     int          `json:"fields"`
	Digest     chunk.Digest `json:"digest"` // sum of the fields' digests
}

// fileSpan is a file of fields and how much of it is published.
type fileSpan struct {
	ID    uint32 `json:"id"` // what the index calls it
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// name is the run that the manifest is of.
func (m *manifest) name() runName { return runName{m.Model, m.Run} }

// layout is how the run's fields are cut.
func (m *manifest) layout() *chunk.Layout { return chunk.NewLayout(m.NX, m.NY, m.MaxLevel, m.Wraps) }

// text is the manifest as a file.
func (m *manifest) text() []byte {
	body, _ := json.MarshalIndent(m, "", " ")
	body = append(body, '\n')
	return append([]byte(firstLine(formatNumber, body)+"\n"), body...)
}

// firstLine is that of a manifest of a format.
func firstLine(format int, body []byte) string {
	return fmt.Sprintf("%s %d %08x", manifestWord, format, chunk.Checksum(body))
}

// parseManifest reads what text wrote. Errors wrap store.ErrFormat or store.ErrDamaged.
func parseManifest(text []byte) (*manifest, error) {
	line, body, _ := bytes.Cut(text, []byte("\n"))
	var format int
	rest, ok := strings.CutPrefix(string(line), manifestWord+" ")
	if _, err := fmt.Sscanf(rest, "%d", &format); !ok || err != nil {
		return nil, fmt.Errorf("%w: no manifest begins %q", store.ErrDamaged, line[:min(len(line), 40)])
	}
	if format < oldestFormat || format > formatNumber {
		return nil, fmt.Errorf("%w: a manifest of format %d, known is %d", store.ErrFormat, format, formatNumber)
	}
	if string(line) != firstLine(format, body) {
		return nil, fmt.Errorf("%w: the manifest's checksum does not hold", store.ErrDamaged)
	}
	m := &manifest{}
	if err := json.Unmarshal(body, m); err != nil {
		return nil, fmt.Errorf("%w: manifest: %w", store.ErrDamaged, err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%w: manifest: %w", store.ErrDamaged, err)
	}
	return m, nil
}

// maxPyramid bounds MaxLevel: no grid has more levels.
const maxPyramid = 24

// check bounds what memory or file names are made from.
func (m *manifest) check() error {
	if m.NX < 1 || m.NY < 1 || m.NX > grid.MaxCells/m.NY {
		return fmt.Errorf("a grid of %d x %d cells", m.NX, m.NY)
	}
	if m.MaxLevel < 0 || m.MaxLevel > maxPyramid || m.MaxLevel > grid.MaxLevel(m.NX, m.NY, m.Wraps) {
		return fmt.Errorf("a pyramid of %d levels", m.MaxLevel)
	}
	if m.IndexBytes < 0 || m.Fields < 0 || !plainName(m.Index) {
		return errors.New("an index that can't be")
	}
	known := map[uint32]bool{}
	for _, f := range m.Files {
		if !plainName(f.Name) || f.Bytes < 0 || known[f.ID] {
			return fmt.Errorf("a file %q that can't be", f.Name)
		}
		known[f.ID] = true
	}
	return nil
}

// plainName tells that a name leads nowhere but into the folder.
func plainName(name string) bool {
	return name != "" && name != manifestName && name != lockName && name[0] != '.' && !strings.ContainsAny(name, `/\:`)
}
