package grid

import (
	"errors"
	"fmt"
)

// MaxCells bounds the number of cells of a grid, whoever asks for one: 2 GB of values. The finest global grids have some 30 million;
// who reads files has a lower bound of its own.
const MaxCells = 1 << 29

// maxSide bounds columns and rows.
const maxSide = 1 << 20

var (
	// ErrInvalid is a definition that makes no grid.
	ErrInvalid = errors.New("no such grid")
	// ErrPlaces is an ID that names places by their hash alone, which Parse cannot know; see ParseWith.
	ErrPlaces = errors.New("the grid's places are needed")
)

// invalid wraps ErrInvalid.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

// checkSize refuses what has no cells or too many.
func checkSize(nx, ny int) error {
	if nx < 1 || ny < 1 || nx > maxSide || ny > maxSide || nx > MaxCells/ny {
		return invalid("%d columns and %d rows", nx, ny)
	}
	return nil
}
