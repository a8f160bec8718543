package elements

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
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
	ID            text          `yaml:"id"`
	Title         string        `yaml:"title"`
	Abstract      string        `yaml:"abstract"`
	Theme         string        `yaml:"theme"`
	Unit          text          `yaml:"unit"`
	Display       text          `yaml:"display"`
	Interpolation Interpolation `yaml:"interpolation"`
	Style         string        `yaml:"style"`
	Standard      string        `yaml:"standard"`
	Level         text          `yaml:"level"`
	Also          []text        `yaml:"also"`
	Process       Process       `yaml:"process"`
	Partner       text          `yaml:"partner"`
	U             bool          `yaml:"u"`
	GRIB1         []text        `yaml:"grib1"`
	GRIB2         []text        `yaml:"grib2"`
	At            []*atRow      `yaml:"at"`

	home  LevelKind
	file  string
	layer int // which of Load's folders it is from: later ones win
}

// atRow is a quantity at a place, perhaps over an interval, that has an ID or words of its own.
type atRow struct {
	Level    text    `yaml:"level"`
	Process  Process `yaml:"process"`
	ID       text    `yaml:"id"`
	Title    string  `yaml:"title"`
	Abstract string  `yaml:"abstract"`
	Display  text    `yaml:"display"`
	Style    string  `yaml:"style"`
	Standard string  `yaml:"standard"`

	spot spot
}

// derivedRow is a formula. With Quantity it holds wherever its inputs, which are quantities, lie on the same kind of level;
// with Element its inputs are elements.
type derivedRow struct {
	Quantity text `yaml:"quantity"`
	Element  text `yaml:"element"`
	Formula  text `yaml:"formula"`

	file string
	expr *Expression
}

// text is a scalar that knows its line.
type text struct {
	value string
	line  int
}

var _ yaml.NodeUnmarshaler = (*text)(nil)

// UnmarshalYAML takes a scalar as it is written: 128.130 is not a number here.
func (t *text) UnmarshalYAML(node ast.Node) error {
	if _, ok := node.(ast.ScalarNode); !ok {
		return errors.New("a single value is wanted")
	}
	token := node.GetToken()
	t.value, t.line = strings.TrimSpace(token.Value), token.Position.Line
	return nil
}

// badRow is what is wrong with a row, and where.
func badRow(file string, at text, key, format string, args ...any) error {
	where := file
	if at.line > 0 {
		where = fmt.Sprintf("%s:%d", file, at.line)
	}
	return fmt.Errorf("%s: %s: %s", where, key, fmt.Sprintf(format, args...))
}

// maxRowFile bounds a file of rows.
const maxRowFile = 4 << 20

// readRows reads all *.yaml of a folder, in the order of their names.
func readRows(rows fs.FS) (files []*rowFile, err error) {
	names, err := fs.Glob(rows, "*.yaml")
	if err != nil {
		return nil, err
	}
	for _, file := range names {
		content, err := fs.ReadFile(rows, file)
		if err != nil {
			return nil, err
		}
		if len(content) > maxRowFile {
			return nil, fmt.Errorf("%s: %d bytes; at most %d are read", file, len(content), maxRowFile)
		}
		f := &rowFile{}
		if err := yaml.UnmarshalWithOptions(content, f, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %s", file, strings.TrimSpace(yaml.FormatError(err, false, true)))
		}
		for _, q := range f.Quantities {
			if q == nil {
				return nil, fmt.Errorf("%s: quantities: an empty row", file)
			}
			q.file = path.Base(file)
			if q.Theme == "" {
				q.Theme = f.Theme
			}
		}
		for _, d := range f.Derived {
			if d == nil {
				return nil, fmt.Errorf("%s: derived: an empty row", file)
			}
			d.file = path.Base(file)
		}
		files = append(files, f)
	}
	return files, nil
}

// check completes a row by its defaults and says what is wrong with it by itself.
func (q *quantity) check() error {
	bad := func(at text, key, format string, args ...any) error { return badRow(q.file, at, key, format, args...) }
	if why := badID(q.ID.value); why != "" {
		return bad(q.ID, "id", "%s", why)
	}
	if q.Title == "" || q.Theme == "" {
		return bad(q.ID, "title", "%s has no title, or no theme", q.ID.value)
	}
	if q.Display.value == "" {
		q.Display = q.Unit
	}
	if _, ok := Convert(q.Unit.value, q.Display.value); !ok || !knownUnit(q.Unit.value) {
		return bad(q.Unit, "unit", "%q can't be shown in %q", q.Unit.value, q.Display.value)
	}
	switch q.Interpolation {
	case "":
		q.Interpolation = Linear
	case Linear, Nearest:
	default:
		return bad(q.ID, "interpolation", "%q is neither linear nor nearest", q.Interpolation)
	}
	kind, ok := kindOf(q.Level.value)
	if !ok {
		return bad(q.Level, "level", "%q is no kind of level", q.Level.value)
	}
	q.home = kind
	if q.home.valued() && len(q.Also) > 0 {
		return bad(q.Also[0], "also", "levels of kind %s are a dimension: another can't mean them", q.Level.value)
	}
	for _, a := range q.Also {
		if _, ok := kindOf(a.value); !ok {
			return bad(a, "also", "%q is no kind of level", a.value)
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
func (a *atRow) check(q *quantity, bad func(text, string, string, ...any) error) (err error) {
	words := strings.Fields(a.Level.value)
	if len(words) == 0 {
		return bad(q.ID, "at.level", "missing")
	}
	used := 0
	if a.spot, used, err = parseSpot(words); err != nil {
		return bad(a.Level, "at.level", "%v", err)
	}
	if used != len(words) {
		return bad(a.Level, "at.level", "%q: a kind of level and perhaps a value are wanted", a.Level.value)
	}
	if a.Process == "" {
		a.Process = q.Process
	}
	if a.Process != safeProcess(a.Process) {
		return bad(a.Level, "at.process", "%q is none of %s", a.Process, list(processes))
	}
	if a.ID.value != "" {
		if why := badID(a.ID.value); why != "" {
			return bad(a.ID, "at.id", "%s", why)
		}
	} else if a.spot.exact {
		return bad(a.Level, "at.id", "missing: a single level needs an ID of its own")
	}
	if a.Display.value != "" {
		e := Element{Unit: q.Unit.value}
		if a.Process == Sum && q.Process != Sum {
			asSum(&e)
		}
		if _, ok := Convert(e.Unit, a.Display.value); !ok {
			return bad(a.Display, "at.display", "%q can't be shown in %q", e.Unit, a.Display.value)
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
