package local

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"isobar/geo"
	"isobar/grid"
	"isobar/store"
	"isobar/store/chunk"
)

// grids are those of the store's fields, each once, because to make one may take work.
type grids struct {
	dir   string
	mu    sync.Mutex
	known map[string]grid.Grid
	kept  map[string]bool // those that can be made again from what is in the folder
}

// gridOf makes the grid of a run.
func (s *Store) gridOf(m *manifest) (grid.Grid, error) {
	s.grids.mu.Lock()
	defer s.grids.mu.Unlock()
	g := s.grids.known[m.Grid]
	if g == nil {
		var err error
		if g, err = s.parse(m.Grid, s.grids.load); err != nil {
			return nil, fmt.Errorf("grid of %s: %w", m.name(), err)
		}
		s.grids.remember(g)
		s.grids.kept[m.Grid] = true
	}
	if nx, ny, maxLevel, wraps := chunk.Shape(g); nx != m.NX || ny != m.NY || maxLevel != m.MaxLevel || wraps != m.Wraps {
		return nil, fmt.Errorf("%w: the manifest of %s and its grid differ", store.ErrDamaged, m.name())
	}
	return g, nil
}

func (g *grids) remember(one grid.Grid) {
	if g.known == nil {
		g.known, g.kept = map[string]grid.Grid{}, map[string]bool{}
	}
	g.known[one.ID()] = one
}

// keep sees to it that a grid can be made again from its ID by any process: the places of one that names them by their hash are
// written to the folder.
func (s *Store) keep(g grid.Grid) error {
	s.grids.mu.Lock()
	defer s.grids.mu.Unlock()
	id := g.ID()
	if s.grids.kept[id] {
		return nil
	}
	s.grids.remember(g)
	if _, err := s.parse(id, nil); errors.Is(err, grid.ErrPlaces) {
		if err := s.writePlaces(g); err != nil {
			return err
		}
	} else if err != nil {
		return fmt.Errorf("a grid that its ID does not give again: %w", err)
	}
	s.grids.kept[id] = true
	return nil
}

// path is the file of a grid's places.
func (g *grids) path(id string) string {
	name := sha256.Sum256([]byte(id))
	return filepath.Join(g.dir, gridsName, hex.EncodeToString(name[:16]))
}

// writePlaces writes a grid's places durably, unless they are there.
func (s *Store) writePlaces(g grid.Grid) error {
	path := s.grids.path(g.ID())
	if info, err := os.Stat(path); err == nil && info.Size() == int64(g.Len())*chunk.PlaceBytes {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	places := make([]geo.LonLat, g.Len())
	g.Places(places, 0)
	text := chunk.AppendPlaces(nil, places)
	return errors.Join(s.disk.replace(path, text, true), s.disk.syncFolder(filepath.Dir(path)), s.disk.syncFolder(s.dir))
}

// load is the grid.Loader of the folder.
func (g *grids) load(id string) ([]geo.LonLat, error) {
	path := g.path(id)
	text, err := readFile(path, grid.MaxCells*chunk.PlaceBytes)
	if err != nil {
		return nil, err
	}
	places, err := chunk.ParsePlaces(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return places, nil
}
