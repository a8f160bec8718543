// Package places knows places by name: rows that ship with the program, and a user's own.
package places

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"isobar/feature"
)

//go:embed rows
var embedded embed.FS

// Rows are the lists that ship with the program: cities (Natural Earth, public domain) and airports (OurAirports, public domain).
func Rows() fs.FS {
	folder, err := fs.Sub(embedded, "rows")
	if err != nil { // the folder is embedded
		return embedded
	}
	return folder
}

// Place is a point with a name.
type Place struct {
	ID, Name   string
	Lon, Lat   float64 // degrees
	Country    string  // ISO 3166-1 alpha-2, or ""
	Kind       string  // capital, large, buoy
	Collection string  // the list that it is in
}

// Catalogue is lists of places. Immutable; safe for concurrent use.
type Catalogue struct {
	lists  []*feature.Static
	abouts []feature.About
	all    []Place
	named  map[string]int
}

var _ feature.Catalogue = (*Catalogue)(nil)

// Named finds a place by identity; of several lists the first that has it counts. "airports/CDG" is that of one list.
func (c *Catalogue) Named(id string) (Place, bool) {
	i, ok := c.named[id]
	if !ok {
		return Place{}, false
	}
	return c.all[i], true
}

// All are the places of all lists, one list after the other. They stay the catalogue's.
func (c *Catalogue) All() []Place { return c.all }

// Collections implements feature.Catalogue.
func (c *Catalogue) Collections(context.Context) ([]feature.Collection, error) {
	all := make([]feature.Collection, len(c.lists))
	for i, l := range c.lists {
		all[i] = l
	}
	return all, nil
}

// Collection implements feature.Catalogue.
func (c *Catalogue) Collection(_ context.Context, id string) (feature.Collection, error) {
	for i, a := range c.abouts {
		if a.ID == id {
			return c.lists[i], nil
		}
	}
	return nil, fmt.Errorf("collection %q: %w", id[:min(len(id), 80)], feature.ErrNotFound)
}
