package styles

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"io/fs"
	"math"
	"path"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// row is a style as it is written.
type row struct {
	ID       string     `yaml:"id"`
	Title    string     `yaml:"title"`
	Abstract string     `yaml:"abstract"`
	Like     string     `yaml:"like"`
	Unit     string     `yaml:"unit"`
	Kind     Kind       `yaml:"kind"`
	Relative bool       `yaml:"relative"`
	Fits     fits       `yaml:"fits"`
	Under    string     `yaml:"under"`
	Over     string     `yaml:"over"`
	Stops    []stopRow  `yaml:"stops"`
	Paint    []paintRow `yaml:"paint"`

	file  *ast.File
	name  string // of the file
	index int    // in the file
}

// stopRow is a stop as it is written.
type stopRow struct {
	Value *float64 `yaml:"value"`
	Color string   `yaml:"color"`
	Label string   `yaml:"label"`
}

// idPattern is what an ID is made of.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// shelf collects the rows of all files.
type shelf struct {
	rows []row
	at   map[string]int // by ID
}

// read adds the rows of a folder.
func (s *shelf) read(folder fs.FS) error {
	names, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		rows, err := parse(name, text)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if !idPattern.MatchString(r.ID) {
				return r.wrong("id", "%q is no name of letters, digits, '.', '_' and '-'", r.ID)
			}
			if here[r.ID] {
				return r.wrong("id", "%q is given twice", r.ID)
			}
			here[r.ID] = true
			if i, ok := s.at[r.ID]; ok {
				s.rows[i] = r
				continue
			}
			s.at[r.ID] = len(s.rows)
			s.rows = append(s.rows, r)
		}
	}
	return nil
}

// content is what a file holds.
type content struct {
	Styles []row `yaml:"styles"`
}

// parse reads one file.
func parse(name string, text []byte) ([]row, error) {
	rows, file, err := decode(text)
	if err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			return nil, fmt.Errorf("%s:%d: %s (at %q)", name, at.GetToken().Position.Line, at.GetMessage(), at.GetToken().Value)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for i := range rows {
		r := &rows[i]
		r.file, r.name, r.index = file, name, i
	}
	return rows, nil
}

// decode reads YAML. The library panics on some tags that have no value: that is an error too.
func decode(text []byte) (rows []row, file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("no YAML that can be read: %v", p)
		}
	}()
	if file, err = parser.ParseBytes(text, 0); err != nil {
		return nil, nil, err
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, file, nil
	}
	if len(file.Docs) > 1 {
		return nil, nil, errors.New("more than one document in a file")
	}
	var c content
	err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&c)
	return c.Styles, file, err
}

// wrong is an error at a key of the row, "" being the row itself.
func (r *row) wrong(key, format string, args ...any) error {
	full := fmt.Sprintf("styles[%d]", r.index)
	if key != "" {
		full += "." + key
	}
	line := 0
	for at := "$." + full; line == 0 && at != "$"; at = at[:strings.LastIndexByte(at, '.')] {
		p, err := yaml.PathString(at)
		if err != nil {
			continue
		}
		if node, err := p.FilterFile(r.file); err == nil && node != nil {
			line = firstLine(node)
		}
	}
	return fmt.Errorf("%s:%d: %s: %s", r.name, line, full, fmt.Sprintf(format, args...))
}

// firstLine is the line that a node begins on; the token of a mapping is its first colon.
func firstLine(node ast.Node) int {
	if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return firstLine(m.Values[0].Key)
	}
	if m, ok := node.(*ast.MappingValueNode); ok {
		return firstLine(m.Key)
	}
	return node.GetToken().Position.Line
}

// style makes a style of row i.
func (s *shelf) style(i int) (*Style, error) {
	r := &s.rows[i]
	for k, id := range r.Fits.Styles {
		if _, ok := s.at[id]; !ok {
			return nil, r.wrong(fmt.Sprintf("fits.styles[%d]", k), "there is no style %q", id)
		}
	}
	for k, pattern := range r.Fits.Elements {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, r.wrong(fmt.Sprintf("fits.elements[%d]", k), "%q is no pattern", pattern)
		}
	}
	if r.Title == "" {
		return nil, r.wrong("title", "there is none")
	}
	if len(r.Paint) > 0 {
		return s.painted(r)
	}
	return s.filled(r)
}

// filled makes a style that is one fill.
func (s *shelf) filled(r *row) (*Style, error) {
	from := r
	if r.Like != "" {
		k, ok := s.at[r.Like]
		switch {
		case !ok:
			return nil, r.wrong("like", "there is no style %q", r.Like)
		case s.rows[k].Like != "":
			return nil, r.wrong("like", "%q is itself like another", r.Like)
		case len(s.rows[k].Paint) > 0:
			return nil, r.wrong("like", "%q has painters", r.Like)
		case r.Unit != "" || r.Kind != "" || r.Relative || r.Under != "" || r.Over != "" || len(r.Stops) > 0:
			return nil, r.wrong("like", "stands beside what it takes from %q", r.Like)
		}
		from = &s.rows[k]
	}
	style := &Style{
		ID: r.ID, Title: r.Title, Abstract: r.Abstract, Unit: from.Unit, Kind: from.Kind, relative: from.Relative, fits: r.Fits,
	}
	if err := from.paint(style); err != nil {
		return nil, err
	}
	return style, nil
}

// paint fills in kind, stops and what lies beyond them.
func (r *row) paint(s *Style) (err error) {
	fewest := 1
	switch r.Kind {
	case Smooth:
		fewest = 2
	case Classes:
	case Categories:
		if r.Under != "" || r.Over != "" {
			return r.wrong("", "categories have neither under nor over")
		}
	default:
		return r.wrong("kind", "%q is none of smooth, classes, categories", r.Kind)
	}
	if n := len(r.Stops); n < fewest || n > maxStops {
		return r.wrong("stops", "there are %d, not %d to %d", n, fewest, maxStops)
	}
	for i := range r.Stops {
		if err := r.stop(s, i); err != nil {
			return err
		}
	}
	if err := r.relativeOrNot(s); err != nil {
		return err
	}
	if s.Under, err = r.beyond("under", r.Under); err != nil {
		return err
	}
	s.Over, err = r.beyond("over", r.Over)
	return err
}

// stop adds a stop.
func (r *row) stop(s *Style, i int) error {
	key, stop := fmt.Sprintf("stops[%d]", i), r.Stops[i]
	switch {
	case stop.Value == nil:
		return r.wrong(key+".value", "there is none")
	case math.IsNaN(*stop.Value) || math.IsInf(*stop.Value, 0):
		return r.wrong(key+".value", "%g is no value", *stop.Value)
	case i > 0 && *stop.Value <= s.Stops[i-1].Value:
		return r.wrong(key+".value", "%g does not lie above %g before it", *stop.Value, s.Stops[i-1].Value)
	}
	c, err := parseColor(stop.Color)
	if err != nil {
		return r.wrong(key+".color", "%v", err)
	}
	s.Stops = append(s.Stops, Stop{Value: *stop.Value, Color: c, Label: stop.Label})
	return nil
}

// relativeOrNot checks that a style has either a unit, if its values have one, or stops from 0 to 1.
func (r *row) relativeOrNot(s *Style) error {
	last := len(s.Stops) - 1
	switch {
	case !r.Relative && r.Unit == "" && r.Kind != Categories:
		return r.wrong("unit", "there is none")
	case r.Relative && r.Unit != "":
		return r.wrong("unit", "a relative style has none")
	case r.Relative && (r.Kind != Smooth || s.Stops[0].Value != 0 || s.Stops[last].Value != 1):
		return r.wrong("stops", "a relative style is smooth and has stops from 0 to 1")
	}
	return nil
}

// beyond reads the colour below or above all stops.
func (r *row) beyond(key, text string) (*color.NRGBA, error) {
	if text == "" {
		return nil, nil
	}
	c, err := parseColor(text)
	if err != nil {
		return nil, r.wrong(key, "%v", err)
	}
	return &c, nil
}
