package mongo

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"isobar/geo"
	"isobar/grid"
	"isobar/store"
	"isobar/store/chunk"
)

// grids are those of the store's fields, each once, because to make one may take work.
type grids struct {
	mu    sync.Mutex
	known map[string]grid.Grid
	kept  map[string]bool // those that can be made again from what is in the database
}

// placesPart is how much of a grid's places one document holds.
const placesPart = 4 << 20

// placesID is the identity of a part of a grid's places. They stay when no run has the grid any more: another one will.
func placesID(id string, part int) string {
	sum := sha256.Sum256([]byte(id))
	return "grid." + hex.EncodeToString(sum[:16]) + "." + strconv.Itoa(part)
}

// gridOf makes the grid of a run.
func (s *Store) gridOf(ctx context.Context, m *manifest) (grid.Grid, error) {
	s.grids.mu.Lock()
	defer s.grids.mu.Unlock()
	g := s.grids.known[m.Grid]
	if g == nil {
		var err error
		load := func(id string) ([]geo.LonLat, error) { return s.readPlaces(ctx, id) }
		if g, err = grid.ParseWith(m.Grid, load); err != nil {
			return nil, fmt.Errorf("grid of manifest %s: %w", m.id, err)
		}
		s.grids.remember(g)
		s.grids.kept[m.Grid] = true
	}
	if nx, ny, maxLevel, wraps := chunk.Shape(g); nx != m.NX || ny != m.NY || maxLevel != m.MaxLevel || wraps != m.Wraps {
		return nil, fmt.Errorf("%w: manifest %s and its grid differ", store.ErrDamaged, m.id)
	}
	return g, nil
}

func (g *grids) remember(one grid.Grid) {
	if g.known == nil {
		g.known, g.kept = map[string]grid.Grid{}, map[string]bool{}
	}
	g.known[one.ID()] = one
}

// keepGrid sees to it that a grid can be made again from its ID by any process.
func (s *Store) keepGrid(ctx context.Context, g grid.Grid) error {
	s.grids.mu.Lock()
	defer s.grids.mu.Unlock()
	id := g.ID()
	if s.grids.kept[id] {
		return nil
	}
	s.grids.remember(g)
	if _, err := grid.Parse(id); errors.Is(err, grid.ErrPlaces) {
		if err := s.writePlaces(ctx, g); err != nil {
			return err
		}
	} else if err != nil {
		return fmt.Errorf("a grid that its ID does not give again: %w", err)
	}
	s.grids.kept[id] = true
	return nil
}

// writePlaces writes a grid's places: the first part, which tells how many there are, last.
func (s *Store) writePlaces(ctx context.Context, g grid.Grid) error {
	places := make([]geo.LonLat, g.Len())
	g.Places(places, 0)
	text := chunk.AppendPlaces(nil, places)
	parts := (len(text) + placesPart - 1) / placesPart
	all := make([]piece, parts)
	for i := range all {
		data := text[i*placesPart : min((i+1)*placesPart, len(text))]
		if i == 0 {
			data = append(binary.LittleEndian.AppendUint32(nil, uint32(parts)), data...)
		}
		all[i] = piece{ID: placesID(g.ID(), i), Home: "grid", Data: data}
	}
	if err := s.insert(ctx, s.meta, all[1:]); err != nil {
		return err
	}
	return s.insert(ctx, s.meta, all[:1])
}

// readPlaces reads what writePlaces wrote.
func (s *Store) readPlaces(ctx context.Context, id string) ([]geo.LonLat, error) {
	first := placesID(id, 0)
	found, err := s.fetch(ctx, s.meta, []string{first})
	if err != nil {
		return nil, err
	}
	const most = grid.MaxCells*chunk.PlaceBytes/placesPart + 1
	text := found[first]
	if len(text) < 4 || binary.LittleEndian.Uint32(text) > most {
		return nil, fmt.Errorf("%w: places of grid %s", store.ErrDamaged, id)
	}
	parts := int(binary.LittleEndian.Uint32(text))
	var ids []string
	for i := 1; i < parts; i++ {
		ids = append(ids, placesID(id, i))
	}
	if found, err = s.fetch(ctx, s.meta, ids); err != nil {
		return nil, err
	}
	all := append([]byte(nil), text[4:]...)
	for _, id := range ids {
		all = append(all, found[id]...)
	}
	return chunk.ParsePlaces(all)
}
