package tilematrix

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"

	"isobar/geo"
	"isobar/internal/rows"
)

//go:embed rows/*.yaml
var builtin embed.FS

// Rows is the sets that ship with the program, for Load.
func Rows() fs.FS {
	sub, err := fs.Sub(builtin, "rows")
	if err != nil { // the folder is embedded
		return builtin
	}
	return sub
}

// row is a set as YAML has it: see the head of rows/sets.yaml.
type row struct {
	ID     string     `yaml:"id"`
	Title  string     `yaml:"title"`
	URI    string     `yaml:"uri"`
	Known  string     `yaml:"known"`
	CRS    string     `yaml:"crs"`
	Origin [2]float64 `yaml:"origin"`
	Cell   float64    `yaml:"cell"`
	Wide   int        `yaml:"wide"`
	High   int        `yaml:"high"`
	Levels int        `yaml:"levels"`
}

// maxLevels and maxTiles bound a set: the numbers of tiles stay within 32 bits.
const (
	maxLevels = 30
	maxTiles  = 16
)

var name = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// check says what is wrong with a row.
func (r row) check() error {
	switch {
	case !name.MatchString(r.ID):
		return fmt.Errorf("id: %q is no name of letters, digits and _ . -", r.ID)
	case r.Levels < 1 || r.Levels > maxLevels:
		return fmt.Errorf("levels: %d is not within 1 to %d", r.Levels, maxLevels)
	case !(r.Cell > 0):
		return fmt.Errorf("cell: %v is no size", r.Cell)
	case r.Wide < 0 || r.Wide > maxTiles || r.High < 0 || r.High > maxTiles:
		return fmt.Errorf("wide and high: %d and %d are not within 1 to %d", r.Wide, r.High, maxTiles)
	}
	return nil
}

// Catalogue is the loaded sets in their order. Immutable.
type Catalogue struct{ sets []*Set }

// Load reads rows (*.yaml) strictly: an unknown key, a doubled ID or a bad value is an error with file and set or line. Later file
// systems add sets and replace those of the same ID.
func Load(folders ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{}
	for _, folder := range folders {
		seen := map[string]string{}
		err := rows.Read(folder, func(file string, content *[]row) error {
			for _, r := range *content {
				if err := c.add(file, r, seen); err != nil {
					return fmt.Errorf("%s: %w", file, err)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// add makes a set of a row; seen tells which files of the same folder the IDs before are in.
func (c *Catalogue) add(file string, r row, seen map[string]string) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("%s: %w", r.ID, err)
	}
	if other, doubled := seen[r.ID]; doubled {
		return fmt.Errorf("id: %s is in %s too", r.ID, other)
	}
	seen[r.ID] = file
	ref, err := geo.Lookup(r.CRS)
	if err != nil {
		return fmt.Errorf("%s: crs: %w", r.ID, err)
	}
	c.put(&Set{ID: r.ID, Title: r.Title, URI: r.URI, Known: r.Known, Ref: ref, Matrices: quad(r, ref)})
	return nil
}

func (c *Catalogue) put(s *Set) {
	if i := slices.IndexFunc(c.sets, func(o *Set) bool { return o.ID == s.ID }); i >= 0 {
		c.sets[i] = s
		return
	}
	c.sets = append(c.sets, s)
}

// Sets lists all sets, the most used first.
func (c *Catalogue) Sets() []*Set { return c.sets }

// Get finds a set by ID.
func (c *Catalogue) Get(id string) (*Set, bool) {
	i := slices.IndexFunc(c.sets, func(s *Set) bool { return s.ID == id })
	if i < 0 {
		return nil, false
	}
	return c.sets[i], true
}
