package ingest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"isobar/decode"
	"isobar/geo"
	"isobar/grid"
	"isobar/ingest/folder"
)

const (
	maxPlaced = 16      // grids held at once; more are read again from the folder
	maxHalves = 256     // grids of which one coordinate is known
	maxAsking = 1 << 16 // files whose fields wait
)

// placeBytes is what a place takes in the folder: longitude and latitude, in degrees, as the coordinate fields have them.
const placeBytes = 8

// places knows the grids that files name and do not describe, as ICON's are: their places come as two fields, in files of their
// own, before or after. What was learnt is kept in the data folder.
type places struct {
	folder string // "": only remembered
	grids  map[string]grid.Grid
	halves map[string]coordinates
	asking map[string]map[string]asker // by grid or bitmap, and path
	ready  []folder.File               // files that waited, to be read again
}

// coordinates are the fields that a grid's places are made of.
type coordinates map[decode.Axis]coordinate

// coordinate is a field of places and its file.
type coordinate struct {
	*decode.Message
	from *reading
}

// asker is a file with fields on a grid of unknown places, or of unknown bitmaps.
type asker struct {
	folder.File
	fields int // that wait
	told   bool
}

func newPlaces(folder string) places {
	return places{folder: folder, grids: map[string]grid.Grid{}, halves: map[string]coordinates{}, asking: map[string]map[string]asker{}}
}

// put gives a message the grid that its file names, and tells whether it has one now. A message of coordinates is learnt from; another
// waits until its grid's are.
func (p *places) put(r *reading, m *decode.Message) (placed bool, err error) {
	if m.Axis != decode.NoAxis {
		return false, p.learn(r, m)
	}
	g, err := p.find(m.GridName)
	switch {
	case err != nil:
		return false, err
	case g == nil:
		p.wait(r, m.GridName)
		return false, nil
	case g.Len() != m.Headers.Points:
		return false, fmt.Errorf("grid %s has %d places, the field %d values", m.GridName, g.Len(), m.Headers.Points)
	}
	m.Grid = g
	return true, nil
}

// wait lets a field's file wait for the places of a grid, or for a bitmap, which keeps it out of the journal.
func (p *places) wait(r *reading, name string) {
	r.lonely++
	files := p.asking[name]
	if files == nil {
		files = map[string]asker{}
		p.asking[name] = files
	}
	if len(files) >= maxAsking || len(p.asking) > maxHalves {
		return
	}
	a := files[r.Path]
	a.File = r.File
	a.fields++
	files[r.Path] = a
}

// forget drops what waits of a file, because it is read again.
func (p *places) forget(path string) {
	for name, files := range p.asking {
		if delete(files, path); len(files) == 0 {
			delete(p.asking, name)
		}
	}
}

// leave drops a file that someone else offers again: it is neither waited for nor read again of ours.
func (p *places) leave(path string) {
	p.forget(path)
	p.ready = slices.DeleteFunc(p.ready, func(f folder.File) bool { return f.Path == path })
}

// waiting is how many fields wait.
func (p *places) waiting() (n int) {
	for _, files := range p.asking {
		for _, a := range files {
			n += a.fields
		}
	}
	return n
}

// learn takes a coordinate of a grid; a lone one keeps its file out of the journal. Once both are there the grid is known, and the
// files that waited for it are ready.
func (p *places) learn(r *reading, m *decode.Message) error {
	r.places = true
	if g, err := p.find(m.GridName); err == nil && g != nil {
		return nil
	}
	half := p.halves[m.GridName]
	if half == nil {
		if len(p.halves) >= maxHalves {
			return fmt.Errorf("more than %d grids of which one coordinate is known", maxHalves)
		}
		half = coordinates{}
		p.halves[m.GridName] = half
	}
	if half[m.Axis] = (coordinate{m, r}); len(half) < 2 {
		r.lonely++
		return nil
	}
	for axis, other := range half {
		if axis != m.Axis {
			other.from.lonely--
		}
	}
	delete(p.halves, m.GridName)
	at, err := half.places()
	if err != nil {
		return fmt.Errorf("places of grid %s: %w", m.GridName, err)
	}
	g, err := grid.Unstructured(at)
	if err == nil {
		err = p.keep(m.GridName, at)
	}
	if err != nil {
		return fmt.Errorf("places of grid %s: %w", m.GridName, err)
	}
	p.remember(m.GridName, g)
	p.arrived(m.GridName)
	return nil
}

// arrived lets the files be read again that waited for something.
func (p *places) arrived(name string) {
	for _, a := range p.asking[name] {
		p.ready = append(p.ready, a.File)
	}
}

// places unpacks both coordinates.
func (c coordinates) places() ([]geo.LonLat, error) {
	lon, lat := c[decode.Longitude], c[decode.Latitude]
	n := lon.Headers.Points
	if n < 1 || n > usualCells || n != lat.Headers.Points {
		return nil, fmt.Errorf("%d longitudes and %d latitudes", n, lat.Headers.Points)
	}
	values := make([]float32, n)
	if err := lon.read(values); err != nil {
		return nil, err
	}
	at := make([]geo.LonLat, n)
	for k, v := range values {
		at[k].Lon = float64(v)
	}
	if err := lat.read(values); err != nil {
		return nil, err
	}
	for k, v := range values {
		at[k].Lat = float64(v)
	}
	return at, nil
}

// read unpacks a coordinate of a file that may be closed.
func (c coordinate) read(dst []float32) error {
	c.from.use()
	defer c.from.release()
	if err := unpack(c.Message, dst); err != nil {
		return fmt.Errorf("%s, message %d: %w", c.from.Path, c.Number, err)
	}
	return nil
}

// remember holds a grid.
func (p *places) remember(name string, g grid.Grid) {
	if len(p.grids) >= maxPlaced {
		clear(p.grids)
	}
	p.grids[name] = g
}

// path is the file of a grid's places; "": it is not kept.
func (p *places) path(name string) string {
	if p.folder == "" || len(name) > 100 || strings.Trim(name, "0123456789abcdef-") != "" {
		return ""
	}
	return filepath.Join(p.folder, name)
}

// find gives a grid whose places were learnt, now or in an earlier life; nil: they were not.
func (p *places) find(name string) (grid.Grid, error) {
	if g := p.grids[name]; g != nil {
		return g, nil
	}
	path := p.path(name)
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	at := make([]geo.LonLat, len(text)/placeBytes)
	for k := range at {
		at[k].Lon = float64(math.Float32frombits(binary.LittleEndian.Uint32(text[k*placeBytes:])))
		at[k].Lat = float64(math.Float32frombits(binary.LittleEndian.Uint32(text[k*placeBytes+4:])))
	}
	g, err := grid.Unstructured(at)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p.remember(name, g)
	return g, nil
}

// keep writes a grid's places durably.
func (p *places) keep(name string, at []geo.LonLat) error {
	path := p.path(name)
	if path == "" {
		return nil
	}
	text := make([]byte, 0, len(at)*placeBytes)
	for _, a := range at {
		text = binary.LittleEndian.AppendUint32(text, math.Float32bits(float32(a.Lon)))
		text = binary.LittleEndian.AppendUint32(text, math.Float32bits(float32(a.Lat)))
	}
	return save(path, text)
}

// save writes a file durably, aside first; its folder is made if need be.
func save(path string, text []byte) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	aside, err := os.CreateTemp(folder, "*.part")
	if err != nil {
		return err
	}
	_, err = aside.Write(text)
	if err = errors.Join(err, aside.Sync(), aside.Close()); err == nil {
		err = os.Rename(aside.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(aside.Name()))
	}
	return syncFolder(folder)
}

// again gives the files that have become readable, once.
func (p *places) again() []folder.File {
	ready := p.ready
	p.ready = nil
	return ready
}

// tell says which files wait, once.
func (p *places) tell(log func(level slog.Level, message string, args ...any), level slog.Level) {
	for name, files := range p.asking {
		message, kind := "fields wait for the places of their grid, which come as fields of latitude and longitude (CLAT, CLON)", "grid"
		if bitmap, ok := strings.CutPrefix(name, bitmapName); ok {
			name, message, kind = bitmap, "fields wait for a predefined bitmap, which comes in a message that carries it under its number", "bitmap"
		}
		for path, a := range files {
			if !a.told {
				a.told = true
				files[path] = a
				log(level, message, "file", path, "fields", a.fields, kind, name)
			}
		}
	}
}
