package styles

import (
	"embed"
	"fmt"
	"io/fs"

	"isobar/elements"
)

//go:embed rows/*.yaml
var shipped embed.FS

// Catalogue is the loaded rows: immutable, safe for concurrent use.
type Catalogue struct {
	styles []*Style // in the order of the rows
	byID   map[string]*Style
}

// Rows is the rows that ship with the program, for Load.
func Rows() fs.FS {
	rows, err := fs.Sub(shipped, "rows")
	if err != nil {
		return shipped // cannot be: the folder is embedded above
	}
	return rows
}

// Load reads rows (*.yaml) strictly: unknown keys, unknown references, stops that do not ascend, colours that are none and
// IDs given twice are errors with file, line and key. Later file systems add rows and replace rows of the same ID.
func Load(rows ...fs.FS) (*Catalogue, error) {
	all := shelf{at: map[string]int{}}
	for _, folder := range rows {
		if err := all.read(folder); err != nil {
			return nil, fmt.Errorf("styles: %w", err)
		}
	}
	c := &Catalogue{byID: make(map[string]*Style, len(all.rows))}
	for i := range all.rows {
		s, err := all.style(i)
		if err != nil {
			return nil, fmt.Errorf("styles: %w", err)
		}
		c.styles = append(c.styles, s)
		c.byID[s.ID] = s
	}
	return c, nil
}

// All lists the styles in the order of their rows.
func (c *Catalogue) All() []*Style { return append([]*Style(nil), c.styles...) }

// Get finds a style by ID. That of a relative row has stops from 0 to 1; For stretches them.
func (c *Catalogue) Get(id string) (*Style, bool) {
	s, ok := c.byID[id]
	return s, ok
}

// For lists the styles that fit an element, the default first; it is never empty. min and max are the range of the
// element's values in its own unit: an element that no row knows gets a style "auto" made for that range, with round
// breaks, and so does one whose unit its style cannot be read in. Where the range lies far outside the stops of a smooth
// default, as with a geopotential height of another level, its colours are stretched over the range.
func (c *Catalogue) For(el elements.Element, min, max float64) []*Style {
	f := fitting{c: c, el: el, min: min, max: max, seen: map[string]bool{}}
	if s, ok := c.byID[el.Style]; ok && f.convertible(s) {
		f.add(f.fitted(s))
	} else if s := f.named(); s != nil {
		f.add(f.fitted(s))
	} else {
		f.add(f.auto())
	}
	for _, s := range c.styles {
		if !s.relative && s.fits.names(el) && f.convertible(s) {
			f.add(f.painted(s))
		}
	}
	for _, s := range c.styles {
		if !s.relative && s.fits.Unit && f.convertible(s) && f.sameZero(s) {
			f.add(f.painted(s))
		}
	}
	f.add(f.auto())
	for _, s := range c.styles {
		if s.relative && (s.fits.anything() || s.fits.names(el)) {
			f.add(f.stretched(s))
		}
	}
	return f.list
}
