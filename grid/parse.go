package grid

import "isobar/geo"

// Parse makes a grid from its ID. The error wraps ErrInvalid, or ErrPlaces for an unstructured grid.
func Parse(id string) (Grid, error) { return ParseWith(id, nil) }

// Loader finds the places that an unstructured grid's ID names by their hash.
type Loader func(id string) ([]geo.LonLat, error)

// ParseWith is Parse for all grids: the places of an unstructured one come from load, and must have the hash that the ID says.
func ParseWith(id string, load Loader) (Grid, error) { return nil, ErrInvalid }
