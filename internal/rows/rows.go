// Package rows reads rows of YAML strictly: what is wrong is told with file, line and key.
package rows

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// maxFile bounds a file of rows in bytes.
const maxFile = 4 << 20

// Read decodes each *.yaml of a folder into a T of its own, in the order of their names.
func Read[T any](folder fs.FS, each func(file string, content *T) error) error {
	names, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return err
	}
	for _, file := range names {
		text, err := fs.ReadFile(folder, file)
		if err != nil {
			return err
		}
		content := new(T)
		if err := Decode(file, text, content); err != nil {
			return err
		}
		if err := each(file, content); err != nil {
			return err
		}
	}
	return nil
}

// Decode reads one file's text: an unknown key or a value of the wrong kind is an error with line and column. An empty file
// changes nothing.
func Decode(file string, text []byte, into any) (err error) {
	if len(text) > maxFile {
		return fmt.Errorf("%s: %d bytes; at most %d are read", file, len(text), maxFile)
	}
	if strings.TrimSpace(string(text)) == "" {
		return nil
	}
	defer func() { // the library panics on some tags that have no value
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: no YAML that can be read: %v", file, p)
		}
	}()
	if err := yaml.UnmarshalWithOptions(text, into, yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %s", file, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	return nil
}

// Text is a scalar that knows its line.
type Text struct {
	Value string
	Line  int // 0: not from a file
}

var _ yaml.NodeUnmarshaler = (*Text)(nil)

// UnmarshalYAML takes a scalar as it is written: 128.130 is not a number here.
func (t *Text) UnmarshalYAML(node ast.Node) error {
	if _, ok := node.(ast.ScalarNode); !ok {
		return errors.New("a single value is wanted")
	}
	token := node.GetToken()
	t.Value, t.Line = strings.TrimSpace(token.Value), token.Position.Line
	return nil
}

// Bad is what is wrong with a row's key, and where.
func Bad(file string, at Text, key, format string, args ...any) error {
	where := file
	if at.Line > 0 {
		where = fmt.Sprintf("%s:%d", file, at.Line)
	}
	return fmt.Errorf("%s: %s: %s", where, key, fmt.Sprintf(format, args...))
}
