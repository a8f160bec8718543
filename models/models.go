// Package models knows the forecast models: who makes them, on which grid, under which licence. They are rows of YAML.
package models

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"isobar/internal/rows"
)

// Origin is what a file says of where a field comes from.
type Origin struct {
	Edition, Centre, SubCentre, Process int
	Ensemble                            bool   // a member or a product over members
	GridID                              string // grid.Grid.ID()
}

// Model is one forecast model on one grid.
type Model struct {
	ID          string // letters, digits, '_', '-': the first part of a layer's name
	Title       string // "GFS 0.25°"
	Abstract    string
	Attribution string
	Licence     string
	URL         string
}

// Catalogue is the loaded rows: immutable, safe for concurrent use.
type Catalogue struct {
	families []*family // those that say most of a field's origin first
	byID     map[string]entry
	centres  map[int]*centre
	feeds    []Feed
}

// entry is what an ID that rows name stands for.
type entry struct {
	family *family
	grid   *gridRow // nil: the family
}

//go:embed rows/*.yaml
var rowFiles embed.FS

// Rows is the rows that ship with the program, for Load.
func Rows() fs.FS {
	rows, err := fs.Sub(rowFiles, "rows")
	if err != nil {
		return rowFiles // "rows" is a valid path: this can't be
	}
	return rows
}

// Load reads rows (*.yaml) strictly; later file systems add rows and replace rows of the same ID.
func Load(folders ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{byID: map[string]entry{}, centres: map[int]*centre{}}
	for _, folder := range folders {
		files, err := readRows(folder)
		if err != nil {
			return nil, err
		}
		var fresh []*family
		var feeds []*feedRow
		for _, f := range files {
			fresh = append(fresh, f.Families...)
			feeds = append(feeds, f.Feeds...)
			for _, row := range f.Centres {
				if err := row.check(f.name); err != nil {
					return nil, err
				}
				for _, other := range c.centres {
					if other.ID.Value == row.ID.Value && other.Centre != row.Centre {
						return nil, rows.Bad(f.name, row.ID, "centres.id", "%q is centre %d too", row.ID.Value, other.Centre)
					}
				}
				c.centres[row.Centre] = row
			}
		}
		for _, f := range fresh {
			if err := f.check(); err != nil {
				return nil, err
			}
		}
		if err := c.addFeeds(feeds); err != nil {
			return nil, err
		}
		c.families = slices.DeleteFunc(c.families, func(old *family) bool {
			return slices.ContainsFunc(fresh, func(f *family) bool { return f.ID.Value == old.ID.Value })
		})
		c.families = append(c.families, fresh...)
	}
	slices.SortStableFunc(c.families, func(a, b *family) int { return b.rank() - a.rank() })
	return c, c.index()
}

// index enters the IDs of all rows.
func (c *Catalogue) index() error {
	for _, f := range c.families {
		if _, taken := c.byID[f.ID.Value]; taken {
			return rows.Bad(f.file, f.ID, "id", "%q is there twice", f.ID.Value)
		}
		c.byID[f.ID.Value] = entry{family: f}
	}
	for _, f := range c.families {
		for _, g := range f.Grids {
			if old, taken := c.byID[g.ID.Value]; taken && (old.family != f || old.grid != nil) {
				return rows.Bad(f.file, g.ID, "grids.id", "%q is there twice", g.ID.Value)
			}
			c.byID[g.ID.Value] = entry{family: f, grid: g}
		}
	}
	return nil
}

// Identify names the model of a field. It always answers, with an ID that depends on o alone; different grids never
// share an ID.
func (c *Catalogue) Identify(o Origin) Model { return c.Get(c.id(o)) }

// id is a field's model: a row's ID where the row names the very grid, else one that ends in the grid's shape and a hash.
func (c *Catalogue) id(o Origin) string {
	for _, f := range c.families {
		if !f.fits(o) {
			continue
		}
		for _, g := range f.Grids {
			if g.exact() && g.Grid.Value == o.GridID {
				return g.ID.Value
			}
		}
		for _, g := range f.Grids {
			if g.fits(o.GridID) {
				return g.ID.Value + "-" + gridSuffix(o.GridID)
			}
		}
		return f.ID.Value + "-" + gridSuffix(o.GridID)
	}
	return c.generated(o)
}

// generated is the ID of a model that no row knows: "ncep-p96-85x47-5f3a09bd".
func (c *Catalogue) generated(o Origin) string {
	id := fmt.Sprintf("c%d", o.Centre)
	if row, ok := c.centres[o.Centre]; ok {
		id = row.ID.Value
	}
	if o.SubCentre != 0 && o.SubCentre != 255 && o.SubCentre != 65535 {
		id += fmt.Sprintf("-s%d", o.SubCentre)
	}
	return fmt.Sprintf("%s-p%d-%s", id, o.Process, gridSuffix(o.GridID))
}

// Get finds a model by ID. It always answers: an unknown ID is a model of that name. Identify(o) is Get of its ID.
func (c *Catalogue) Get(id string) Model {
	if e, ok := c.byID[id]; ok {
		return e.model(id, "")
	}
	if row, shape, ok := cutGrid(id); ok {
		if e, ok := c.byID[row]; ok {
			return e.model(id, shape)
		}
		return c.unknown(id, row, shape)
	}
	return Model{ID: id, Title: id}
}

// model describes what an ID stands for; shape is "" or the shape of a grid that rows do not name.
func (e entry) model(id, shape string) Model {
	f := e.family
	m := Model{ID: id, Title: f.Title, Abstract: f.Abstract, Attribution: f.Attribution, Licence: f.Licence, URL: f.URL}
	if e.grid != nil {
		m.Title = e.grid.Title
		if e.grid.Abstract != "" {
			m.Abstract = e.grid.Abstract
		}
		if e.grid.URL != "" {
			m.URL = e.grid.URL
		}
	}
	if shape != "" {
		m.Title += ", " + shape
	}
	return m
}

// unknown describes a model whose ID was generated.
func (c *Catalogue) unknown(id, row, shape string) Model {
	m := Model{ID: id, Title: id, Abstract: "A model that no row of this server's catalogue names."}
	maker, rest, _ := strings.Cut(row, "-")
	for _, centre := range c.centres {
		if centre.ID.Value == maker {
			process := strings.ReplaceAll(strings.Replace(rest, "s", "sub-centre ", 1), "-p", ", process ")
			if p, only := strings.CutPrefix(rest, "p"); only {
				process = "process " + p
			}
			m.Title, m.Attribution = centre.Title+", "+process+", "+shape, centre.Title
		}
	}
	return m
}
