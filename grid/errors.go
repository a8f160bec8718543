package grid

import "errors"

// MaxCells bounds the number of cells of a grid, whoever asks for one: the finest global grids have some 30 million.
const MaxCells = 1 << 27

var (
	// ErrInvalid is a definition that makes no grid.
	ErrInvalid = errors.New("no such grid")
	// ErrPlaces is an ID that names places by their hash alone, which Parse cannot know; see ParseWith.
	ErrPlaces = errors.New("the grid's places are needed")
)
