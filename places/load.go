package places

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/internal/rows"
)

// row is a list of places as YAML has it. The places stand in it, or in a CSV file beside it whose head names the columns.
type row struct {
	ID          rows.Text         `yaml:"id"`
	Title       string            `yaml:"title"`
	Description string            `yaml:"description"`
	Kind        string            `yaml:"kind"` // of places that name none
	File        rows.Text         `yaml:"file"`
	Units       map[string]string `yaml:"units"` // of further columns, UCUM
	Attribution string            `yaml:"attribution"`
	License     string            `yaml:"license"`
	Places      []placeRow        `yaml:"places"`
}

// placeRow is a place in YAML.
type placeRow struct {
	ID      rows.Text `yaml:"id"`
	Name    string    `yaml:"name"`
	Lon     *float64  `yaml:"lon"`
	Lat     *float64  `yaml:"lat"`
	Country string    `yaml:"country"`
	Kind    string    `yaml:"kind"`
}

// maxPlaces bounds a list.
const maxPlaces = 200_000

// identity is what an identity may be, so that it can stand in an address and a list with commas.
var identity = regexp.MustCompile(`^[\pL\pN][\pL\pN._:-]{0,79}$`)

// Load reads lists from folders of rows; a later folder's list takes the place of an earlier one of its identity. Errors name file, line
// and key.
func Load(folders ...fs.FS) (*Catalogue, error) {
	var lists []list
	for _, folder := range folders {
		if err := rows.Read(folder, func(file string, r *row) error {
			l, err := r.list(folder, file)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(lists, func(o list) bool { return o.about.ID == l.about.ID }); i >= 0 {
				lists[i] = l
				return nil
			}
			lists = append(lists, l)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return catalogue(lists)
}

// list is a list that has been read.
type list struct {
	about  feature.About
	places []Place
	more   [][]feature.Property // of each place
	units  map[string]string
}

// list reads a row's places.
func (r *row) list(folder fs.FS, file string) (l list, err error) {
	if !identity.MatchString(r.ID.Value) {
		return l, rows.Bad(file, r.ID, "id", "%q is no identity: letters, digits, and . _ : - within", r.ID.Value)
	}
	l.about = feature.About{ID: r.ID.Value, Title: r.Title, Description: r.Description, Attribution: r.Attribution, License: r.License}
	if l.about.Title == "" {
		l.about.Title = r.ID.Value
	}
	for _, p := range r.Places {
		if p.Lon == nil || p.Lat == nil {
			return l, rows.Bad(file, p.ID, "places", "%q has no lon and lat", p.ID.Value)
		}
		place := Place{ID: p.ID.Value, Name: p.Name, Lon: *p.Lon, Lat: *p.Lat, Country: p.Country, Kind: p.Kind}
		if err := r.add(&l, place, nil); err != nil {
			return l, rows.Bad(file, p.ID, "places", "%v", err)
		}
	}
	if r.File.Value != "" {
		if !fs.ValidPath(r.File.Value) {
			return l, rows.Bad(file, r.File, "file", "%q is no file beside this one", r.File.Value)
		}
		if err := r.table(&l, folder); err != nil {
			return l, err
		}
	}
	l.units = r.Units
	return l, nil
}

// add takes a place.
func (r *row) add(l *list, p Place, more []feature.Property) error {
	switch {
	case len(l.places) == maxPlaces:
		return fmt.Errorf("more than %d places", maxPlaces)
	case !identity.MatchString(p.ID):
		return fmt.Errorf("%q is no identity: letters, digits, and . _ : - within", p.ID)
	case !(math.Abs(p.Lat) <= 90) || !(math.Abs(p.Lon) <= 360):
		return fmt.Errorf("%s lies nowhere: lon %g, lat %g", p.ID, p.Lon, p.Lat)
	}
	if p.Kind == "" {
		p.Kind = r.Kind
	}
	if p.Name == "" {
		p.Name = p.ID
	}
	p.Collection = r.ID.Value
	l.places, l.more = append(l.places, p), append(l.more, more)
	return nil
}

// table reads the CSV file of a list (RFC 4180): columns id, lon and lat are needed, name, country and kind are known, others become
// properties, numbers if all their values are.
func (r *row) table(l *list, folder fs.FS) error {
	f, err := folder.Open(r.File.Value)
	if err != nil {
		return err
	}
	defer f.Close()
	read := csv.NewReader(f)
	head, err := read.Read()
	if err != nil {
		return fmt.Errorf("%s: no head: %w", r.File.Value, err)
	}
	for i := range head {
		head[i] = strings.TrimSpace(strings.TrimPrefix(head[i], "\uFEFF"))
	}
	var records [][]string
	var lines []int
	for {
		record, err := read.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", r.File.Value, err)
		}
		if len(records) == maxPlaces {
			return fmt.Errorf("%s: more than %d places", r.File.Value, maxPlaces)
		}
		line, _ := read.FieldPos(0)
		records, lines = append(records, record), append(lines, line)
	}
	types := columns(head, records)
	for i, record := range records {
		place, more, err := types.place(record)
		if err == nil {
			err = r.add(l, place, more)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", r.File.Value, lines[i], err)
		}
	}
	return nil
}

// column is a further column and the type of its values.
type column struct {
	name string
	at   int
	kind string // integer, number, string
}

// table is where the columns of a file are.
type table struct {
	at   map[string]int
	more []column
}

// columns finds out what the columns hold.
func columns(head []string, records [][]string) table {
	t := table{at: map[string]int{}}
	for i, name := range head {
		t.at[name] = i
		if slices.Contains([]string{"id", "name", "lon", "lat", "country", "kind", ""}, name) {
			continue
		}
		c := column{name, i, "integer"}
		for _, r := range records {
			if _, err := strconv.ParseInt(r[i], 10, 64); err != nil && r[i] != "" && c.kind == "integer" {
				c.kind = "number"
			}
			if _, err := strconv.ParseFloat(r[i], 64); err != nil && r[i] != "" {
				c.kind = "string"
				break
			}
		}
		t.more = append(t.more, c)
	}
	return t
}

// place reads a line.
func (t table) place(record []string) (p Place, more []feature.Property, err error) {
	text := func(name string) string {
		if i, ok := t.at[name]; ok {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	p = Place{ID: text("id"), Name: text("name"), Country: text("country"), Kind: text("kind")}
	for _, c := range []struct {
		name string
		to   *float64
	}{{"lon", &p.Lon}, {"lat", &p.Lat}} {
		if *c.to, err = strconv.ParseFloat(text(c.name), 64); err != nil {
			return p, nil, fmt.Errorf("%s: %q is no number", c.name, text(c.name))
		}
	}
	for _, c := range t.more {
		var v any = record[c.at]
		switch {
		case record[c.at] == "":
			v = nil
		case c.kind == "integer":
			v, _ = strconv.ParseInt(record[c.at], 10, 64) // columns has tried
		case c.kind == "number":
			v, _ = strconv.ParseFloat(record[c.at], 64)
		}
		more = append(more, feature.Property{Name: c.name, Value: v})
	}
	return p, more, nil
}

// catalogue makes collections of lists.
func catalogue(lists []list) (*Catalogue, error) {
	c := &Catalogue{named: map[string]int{}}
	for _, l := range lists {
		features := make([]feature.Feature, len(l.places))
		for i, p := range l.places {
			features[i] = feature.Feature{ID: p.ID, Geometry: geom.Point{p.Lon, p.Lat}, Properties: append([]feature.Property{
				{Name: "name", Value: p.Name}, {Name: "country", Value: text(p.Country)}, {Name: "kind", Value: text(p.Kind)},
			}, l.more[i]...)}
			for _, name := range []string{p.ID, p.Collection + "/" + p.ID} {
				if _, taken := c.named[name]; !taken {
					c.named[name] = len(c.all)
				}
			}
			c.all = append(c.all, p)
		}
		l.about.Queryables = feature.Queryables(features)
		for i := range l.about.Queryables {
			l.about.Queryables[i].Unit = l.units[l.about.Queryables[i].Name]
		}
		s, err := feature.NewStatic(l.about, features)
		if err != nil {
			return nil, fmt.Errorf("places: list %s: %w", l.about.ID, err)
		}
		c.lists, c.abouts = append(c.lists, s), append(c.abouts, l.about)
	}
	return c, nil
}

// text is a property's value: null if it is empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
