package elements

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"isobar/internal/rows"
)

// rowFile is a file of rows. The head of rows/temperature.yaml tells what the keys mean.
type rowFile struct {
	Theme      string           `yaml:"theme"`
	Centres    map[string][]int `yaml:"centres"`
	Quantities []*quantity      `yaml:"quantities"`
	Derived    []*derivedRow    `yaml:"derived"`
}

// quantity is a row: something measured, wherever it is.
type quantity struct {
	ID            rows.Text     `yaml:"id"`
	Title         string        `yaml:"title"`
	Abstract      string        `yaml:"abstract"`
	Theme         string        `yaml:"theme"`
	Unit          rows.Text     `yaml:"unit"`
	Display       rows.Text     `yaml:"display"`
	Interpolation Interpolation `yaml:"interpolation"`
	Style         string        `yaml:"style"`
	Standard      string        `yaml:"standard"`
	Level         rows.Text     `yaml:"level"`
	Also          []rows.Text   `yaml:"also"`
	Process       Process       `yaml:"process"`
	Partner       rows.Text     `yaml:"partner"`
	U             bool          `yaml:"u"`
	GRIB1         []rows.Text   `yaml:"grib1"`
	GRIB2         []rows.Text   `yaml:"grib2"`
	At            []*atRow      `yaml:"at"`

	home  LevelKind
	file  string
	layer int // which of Load's folders it is from: later ones win
}

// atRow is a quantity at a place, perhaps over an interval, that has an ID or words of its own.
type atRow struct {
	Level    rows.Text `yaml:"level"`
	Process  Process   `yaml:"process"`
	ID       rows.Text `yaml:"id"`
	Title    string    `yaml:"title"`
	Abstract string    `yaml:"abstract"`
	Display  rows.Text `yaml:"display"`
	Style    string    `yaml:"style"`
	Standard string    `yaml:"standard"`

	spot spot
}

// derivedRow is a formula. With Quantity it holds wherever its inputs, which are quantities, lie on the same kind of level;
// with Element its inputs are elements.
type derivedRow struct {
	Quantity rows.Text `yaml:"quantity"`
	Element  rows.Text `yaml:"element"`
	Formula  rows.Text `yaml:"formula"`

	file string
	expr *Expression
}

// readRows reads all *.yaml of a folder, in the order of their names.
func readRows(folder fs.FS) (files []*rowFile, err error) {
	err = rows.Read(folder, func(file string, f *rowFile) error {
		for _, q := range f.Quantities {
			if q == nil {
				return fmt.Errorf("%s: quantities: an empty row", file)
			}
			q.file = path.Base(file)
			if q.Theme == "" {
				q.Theme = f.Theme
			}
		}
		for _, d := range f.Derived {
			if d == nil {
				return fmt.Errorf("%s: derived: an empty row", file)
			}
			d.file = path.Base(file)
		}
		files = append(files, f)
		return nil
	})
	return files, err
}

// check completes a row by its defaults and says what is wrong with it by itself.
func (q *quantity) check() error {
	bad := func(at rows.Text, key, format string, args ...any) error {
		return rows.Bad(q.file, at, key, format, args...)
	}
	if why := badID(q.ID.Value); why != "" {
		return bad(q.ID, "id", "%s", why)
	}
	if q.Title == "" || q.Theme == "" {
		return bad(q.ID, "title", "%s has no title, or no theme", q.ID.Value)
	}
	if q.Display.Value == "" {
		q.Display = q.Unit
	}
	if _, ok := Convert(q.Unit.Value, q.Display.Value); !ok || !knownUnit(q.Unit.Value) {
		return bad(q.Unit, "unit", "%q can't be shown in %q", q.Unit.Value, q.Display.Value)
	}
	switch q.Interpolation {
	case "":
		q.Interpolation = Linear
	case Linear, Nearest:
	case Circular:
		if q.Unit.Value != "deg" {
			return bad(q.ID, "interpolation", "circular goes with degrees, not with %q", q.Unit.Value)
		}
	default:
		return bad(q.ID, "interpolation", "%q is none of linear, nearest, circular", q.Interpolation)
	}
	kind, ok := kindOf(q.Level.Value)
	if !ok {
		return bad(q.Level, "level", "%q is no kind of level", q.Level.Value)
	}
	q.home = kind
	if q.home.valued() && len(q.Also) > 0 {
		return bad(q.Also[0], "also", "levels of kind %s are a dimension: another can't mean them", q.Level.Value)
	}
	for _, a := range q.Also {
		if _, ok := kindOf(a.Value); !ok {
			return bad(a, "also", "%q is no kind of level", a.Value)
		}
	}
	if q.Process != safeProcess(q.Process) {
		return bad(q.ID, "process", "%q is none of %s", q.Process, list(processes))
	}
	for _, a := range q.At {
		if err := a.check(q, bad); err != nil {
			return err
		}
	}
	return nil
}

// check completes a place of a quantity.
func (a *atRow) check(q *quantity, bad func(rows.Text, string, string, ...any) error) (err error) {
	words := strings.Fields(a.Level.Value)
	if len(words) == 0 {
		return bad(q.ID, "at.level", "missing")
	}
	used := 0
	if a.spot, used, err = parseSpot(words); err != nil {
		return bad(a.Level, "at.level", "%v", err)
	}
	if used != len(words) {
		return bad(a.Level, "at.level", "%q: a kind of level and perhaps a value are wanted", a.Level.Value)
	}
	if a.Process == "" {
		a.Process = q.Process
	}
	if a.Process != safeProcess(a.Process) {
		return bad(a.Level, "at.process", "%q is none of %s", a.Process, list(processes))
	}
	if a.ID.Value != "" {
		if why := badID(a.ID.Value); why != "" {
			return bad(a.ID, "at.id", "%s", why)
		}
	} else if a.spot.exact {
		return bad(a.Level, "at.id", "missing: a single level needs an ID of its own")
	}
	if a.Display.Value != "" {
		e := Element{Unit: q.Unit.Value}
		if a.Process == Sum && q.Process != Sum {
			asSum(&e)
		}
		if _, ok := Convert(e.Unit, a.Display.Value); !ok {
			return bad(a.Display, "at.display", "%q can't be shown in %q", e.Unit, a.Display.Value)
		}
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
	case strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || id[0] < 'a' || id[0] > 'z':
		return fmt.Sprintf("%q: a letter and then small letters, digits and '_' are wanted", id)
	}
	return ""
}
