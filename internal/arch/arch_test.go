// Package arch holds the house to its shape: it reads the source files and fails when an import points upwards.
package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the path that our own imports begin with.
const module = "isobar/"

// floors lists the rooms from the ground up. A room may import only rooms of lower floors; a sub-package lives on its
// parent's floor and may import its parent and its own sub-packages.
var floors = [][]string{
	{"geo", "elements"},
	{"grid", "models", "styles"},
	{"field", "records"},
	{"decode", "store", "sample", "events", "feature"},
	{"ingest", "layers", "cache", "jobs", "places"},
	{"render", "coverage", "probe"},
	{"encode", "watch"},
	{"answer", "auth"},
	{"ogc", "gateway", "web"},
	{"cmd"},
	{"test"},
}

// walls lists the only rooms that may import a room.
var walls = map[string][]string{
	"decode": {"ingest", "cmd", "test"},
	"ingest": {"cmd"},
	"answer": {"ogc", "gateway", "cmd"},
}

// TestImportsPointDownwards walks every source file, tests excepted (they may wire what they need).
func TestImportsPointDownwards(t *testing.T) {
	for file, imports := range sources(t) {
		from := room(file)
		for _, path := range imports {
			to, ours := strings.CutPrefix(path, module)
			if !ours || strings.HasPrefix(to, "internal/") {
				continue
			}
			if why := refused(from, room(to)); why != "" {
				t.Errorf("%s imports %s: %s", file, path, why)
			}
		}
	}
}

// TestRefusals shows that the rule itself refuses what it should.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"answer", "render", true},
		{"render", "answer", false},
		{"render", "coverage", false}, // siblings do not know each other
		{"ogc", "ogc", true},
		{"layers", "decode", false}, // a wall
		{"cmd", "decode", true},
		{"attic", "geo", false}, // a room on no floor
	} {
		if got := refused(c.from, c.to) == ""; got != c.ok {
			t.Errorf("refused(%q, %q) = %q, want allowed: %v", c.from, c.to, refused(c.from, c.to), c.ok)
		}
	}
}

// refused says why a room may not import another, or "".
func refused(from, to string) string {
	up, down := floor(from), floor(to)
	switch {
	case from == to:
		return ""
	case up < 0 || down < 0:
		return "a room that is on no floor of the plan"
	case down >= up:
		return "imports point only downwards"
	}
	if only, walled := walls[to]; walled && !slices.Contains(only, from) {
		return "only " + strings.Join(only, ", ") + " may import " + to
	}
	return ""
}

func floor(room string) int {
	return slices.IndexFunc(floors, func(f []string) bool { return slices.Contains(f, room) })
}

// room is the first element of a path.
func room(path string) string {
	first, _, _ := strings.Cut(filepath.ToSlash(path), "/")
	return first
}

// sources maps each Go file of the project, tests and this folder's tree excepted, to what it imports.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	root, found := filepath.Join("..", ".."), map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (rel == "internal" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && rel != "."):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		found[rel] = []string{}
		for _, i := range f.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			found[rel] = append(found[rel], p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 5 {
		t.Fatalf("only %d source files found below %s", len(found), root)
	}
	return found
}
