package models

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"isobar/internal/rows"
)

// rowFile is a file of rows. The head of rows/ncep.yaml tells what the keys mean.
type rowFile struct {
	Families []*family  `yaml:"families"`
	Centres  []*centre  `yaml:"centres"`
	Feeds    []*feedRow `yaml:"feeds"`

	name string
}

// centre is who makes models (WMO common code table C-11).
type centre struct {
	Centre int       `yaml:"centre"`
	ID     rows.Text `yaml:"id"`
	Title  string    `yaml:"title"`
}

// family is a model, or models of one kind, on all their grids.
type family struct {
	ID          rows.Text  `yaml:"id"`
	Title       string     `yaml:"title"`
	Abstract    string     `yaml:"abstract"`
	Attribution string     `yaml:"attribution"`
	Licence     string     `yaml:"licence"`
	URL         string     `yaml:"url"`
	From        []*from    `yaml:"from"`
	Grids       []*gridRow `yaml:"grids"`

	file string
}

// from is how files tell the family's fields. What is not said does not matter.
type from struct {
	Centre    []int       `yaml:"centre"`
	SubCentre []int       `yaml:"subcentre"`
	Process   []int       `yaml:"process"`
	Edition   int         `yaml:"edition"`
	Ensemble  *bool       `yaml:"ensemble"`
	Grid      []rows.Text `yaml:"grid"`
}

// gridRow is one grid of a family, and with a pattern or a step all such grids.
type gridRow struct {
	ID       rows.Text `yaml:"id"`
	Title    string    `yaml:"title"`
	Abstract string    `yaml:"abstract"`
	URL      string    `yaml:"url"`
	Grid     rows.Text `yaml:"grid"`
	Step     float64   `yaml:"step"`
}

// readRows reads all *.yaml of a folder, in the order of their names.
func readRows(folder fs.FS) (files []*rowFile, err error) {
	err = rows.Read(folder, func(name string, f *rowFile) error {
		f.name = name
		for _, row := range f.Families {
			if row == nil {
				return fmt.Errorf("%s: families: an empty row", name)
			}
			row.file = name
		}
		for _, row := range f.Feeds {
			if row == nil {
				return fmt.Errorf("%s: feeds: an empty row", name)
			}
			row.file = name
		}
		if slices.Contains(f.Centres, nil) {
			return fmt.Errorf("%s: centres: an empty row", name)
		}
		files = append(files, f)
		return nil
	})
	return files, err
}

// check says what is wrong with a centre.
func (c *centre) check(file string) error {
	if why := badID(c.ID.Value); why != "" || strings.Contains(c.ID.Value, "-") {
		return rows.Bad(file, c.ID, "centres.id", "%q is no word of letters and digits", c.ID.Value)
	}
	if c.Title == "" {
		return rows.Bad(file, c.ID, "centres.title", "missing")
	}
	return nil
}

// check says what is wrong with a family by itself.
func (f *family) check() error {
	if why := badID(f.ID.Value); why != "" {
		return rows.Bad(f.file, f.ID, "id", "%s", why)
	}
	if f.Title == "" || f.Attribution == "" {
		return rows.Bad(f.file, f.ID, "title", "%s has no title, or no attribution", f.ID.Value)
	}
	if len(f.From) == 0 || slices.Contains(f.From, nil) {
		return rows.Bad(f.file, f.ID, "from", "%s is from nowhere", f.ID.Value)
	}
	for _, o := range f.From {
		if len(o.Centre) == 0 {
			return rows.Bad(f.file, f.ID, "from.centre", "missing")
		}
		for _, g := range o.Grid {
			if _, err := path.Match(g.Value, ""); err != nil {
				return rows.Bad(f.file, g, "from.grid", "%q is no pattern", g.Value)
			}
		}
	}
	for _, g := range f.Grids {
		if err := g.check(f); err != nil {
			return err
		}
	}
	return nil
}

// check says what is wrong with a family's grid.
func (g *gridRow) check(f *family) error {
	if g == nil {
		return rows.Bad(f.file, f.ID, "grids", "an empty row")
	}
	if why := badID(g.ID.Value); why != "" {
		return rows.Bad(f.file, g.ID, "grids.id", "%s", why)
	}
	if g.Title == "" {
		return rows.Bad(f.file, g.ID, "grids.title", "missing")
	}
	if _, err := path.Match(g.Grid.Value, ""); err != nil {
		return rows.Bad(f.file, g.Grid, "grids.grid", "%q is no pattern", g.Grid.Value)
	}
	if g.Step < 0 || g.Grid.Value == "" && g.Step == 0 {
		return rows.Bad(f.file, g.ID, "grids.grid", "a grid's ID, a pattern or a step is wanted")
	}
	return nil
}

// badID says why an ID can't be one, or "".
func badID(id string) string {
	switch {
	case id == "":
		return "missing"
	case len(id) > 40:
		return "longer than 40 characters"
	case strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || id[0] == '-':
		return fmt.Sprintf("%q: small letters, digits, '_' and '-' are wanted", id)
	}
	if _, _, generated := cutGrid(id); generated {
		return fmt.Sprintf("%q ends like an ID that is made of a grid", id)
	}
	return ""
}

// fits tells whether a field is of the family.
func (f *family) fits(o Origin) bool {
	return slices.ContainsFunc(f.From, func(row *from) bool { return row.fits(o) })
}

func (row *from) fits(o Origin) bool {
	one := func(values []int, v int) bool { return len(values) == 0 || slices.Contains(values, v) }
	if !one(row.Centre, o.Centre) || !one(row.SubCentre, o.SubCentre) || !one(row.Process, o.Process) {
		return false
	}
	if row.Edition != 0 && row.Edition != o.Edition || row.Ensemble != nil && *row.Ensemble != o.Ensemble {
		return false
	}
	return len(row.Grid) == 0 || slices.ContainsFunc(row.Grid, func(g rows.Text) bool { return glob(g.Value, o.GridID) })
}

// rank orders families: those that say more come first.
func (f *family) rank() int {
	most := 0
	for _, row := range f.From {
		n := 0
		for _, said := range []bool{len(row.SubCentre) > 0, len(row.Process) > 0, row.Edition != 0, row.Ensemble != nil, len(row.Grid) > 0} {
			if said {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}
