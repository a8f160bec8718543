package folder

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// plant makes files below a folder; a name with "->" is a link, one that ends with "/" a folder.
func plant(t *testing.T, root string, names ...string) {
	t.Helper()
	for _, name := range names {
		name, target, link := strings.Cut(name, "->")
		path := filepath.Join(root, name)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		switch {
		case err != nil:
		case link:
			err = os.Symlink(target, path)
		case strings.HasSuffix(name, "/"):
			err = os.Mkdir(path, 0o755)
		default:
			err = os.WriteFile(path, []byte(name), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// names lists files relative to a root.
func names(root string, files []File) []string {
	list := []string{}
	for _, f := range files {
		name, _ := filepath.Rel(root, f.Path)
		list = append(list, name)
	}
	return list
}

func TestFiles(t *testing.T) {
	for _, c := range []struct {
		name  string
		plant []string
		paths []string
		skip  string
		want  []string
	}{
		{"folders are read in order, all levels", []string{"b", "a/2", "a/1", "c/d/e"}, []string{"."}, "", []string{"a/1", "a/2", "b", "c/d/e"}},
		{"the order of the paths is kept", []string{"a", "b/c"}, []string{"b", "a"}, "", []string{"b/c", "a"}},
		{"nothing comes twice", []string{"a", "b/c"}, []string{"a", ".", "b", "b/c"}, "", []string{"a", "b/c"}},
		{"hidden and partial files are left out", []string{".a", "b.part", "c.TMP", "d~", ".e/f", "g.part/h", "i"}, []string{"."}, "", []string{"i"}},
		{"unless they are named", []string{".a", "b.part", "c"}, []string{".a", "b.part"}, "", []string{".a", "b.part"}},
		{"links are followed once", []string{"a/f", "b->a", "c->a/f"}, []string{"."}, "", []string{"a/f"}},
		{"a link out of the tree is followed", []string{"out/f", "in/l->../out"}, []string{"in"}, "", []string{"in/l/f"}},
		{"a loop of links ends", []string{"a/b/f", "a/b/up->../.."}, []string{"a"}, "", []string{"a/b/f"}},
		{"a link to nothing is left out", []string{"a", "b->nowhere"}, []string{"."}, "", []string{"a"}},
		{"the data folder is left out where it is met", []string{"a", "data/f", "data/g/h"}, []string{"."}, "data", []string{"a"}},
		{"but not what was named inside it", []string{"data/samples/f", "data/g"}, []string{"data/samples"}, "data", []string{"data/samples/f"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			plant(t, root, c.plant...)
			tree := Tree{}
			for _, p := range c.paths {
				tree.Paths = append(tree.Paths, filepath.Join(root, p))
			}
			if c.skip != "" {
				tree.Skip = filepath.Join(root, c.skip)
			}
			files := tree.Files(func(path string, err error) { t.Errorf("trouble with %s: %v", path, err) })
			if diff := cmp.Diff(c.want, names(root, files)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAMissingPathIsNamed(t *testing.T) {
	root := t.TempDir()
	plant(t, root, "a")
	tree := Tree{Paths: []string{filepath.Join(root, "a"), filepath.Join(root, "gone")}}
	if err := tree.Missing(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "gone") {
		t.Errorf("Missing() = %v", err)
	}
	var told []string
	tree.Files(func(path string, err error) { told = append(told, filepath.Base(path)) })
	if !cmp.Equal(told, []string{"gone"}) {
		t.Errorf("trouble with %v, want gone", told)
	}
}

func TestWants(t *testing.T) {
	tree := Tree{Paths: []string{"/data/in", "/other/.named"}}
	for _, c := range []struct {
		path          string
		named, wanted bool
	}{
		{"/data/in/a", false, true}, {"/data/in/b/c", false, true}, {"/data/in/.b/c", false, false}, {"/data/in/a.part", false, false},
		{"/data/inner", false, false}, {"/other/.named", true, true}, {"/other/neighbour", false, false},
	} {
		if named, wanted := tree.Wants(c.path); named != c.named || wanted != c.wanted {
			t.Errorf("Wants(%s) = %v, %v, want %v, %v", c.path, named, wanted, c.named, c.wanted)
		}
	}
}

func TestAFileIsReadyWhenItHasBeenQuiet(t *testing.T) {
	root := t.TempDir()
	plant(t, root, "a", "b", "gone")
	s, now := NewSettling(time.Second), time.Now()
	for _, name := range []string{"b", "a", "gone"} {
		f, ok := Look(filepath.Join(root, name))
		if !ok {
			t.Fatalf("%s can't be looked at", name)
		}
		s.Add(f, now)
	}
	if err := os.Remove(filepath.Join(root, "gone")); err != nil {
		t.Fatal(err)
	}
	ready := func(after time.Duration, want ...string) {
		t.Helper()
		if diff := cmp.Diff(append([]string{}, want...), names(root, s.Ready(now.Add(after)))); diff != "" {
			t.Errorf("ready after %v (-want +got):\n%s", after, diff)
		}
	}
	ready(900 * time.Millisecond)
	if err := os.WriteFile(filepath.Join(root, "b"), []byte("longer"), 0o644); err != nil {
		t.Fatal(err)
	}
	ready(1000*time.Millisecond, "a")
	ready(1900 * time.Millisecond)
	f, _ := Look(filepath.Join(root, "b"))
	s.Add(f, now.Add(1950*time.Millisecond)) // another notice of the same state does not put it off
	ready(2000*time.Millisecond, "b")
	ready(9 * time.Second)
}

func TestNoticesReachNewFolders(t *testing.T) {
	root := t.TempDir()
	plant(t, root, "old/f")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	changes := Notify(ctx, Tree{Paths: []string{root}}, slog.New(slog.DiscardHandler))
	await := func(want string) {
		t.Helper()
		for end := time.After(10 * time.Second); ; {
			select {
			case got := <-changes:
				if got == want {
					return
				}
			case <-end:
				t.Fatalf("no notice of %q", want)
			}
		}
	}
	plant(t, root, "old/g")
	await(filepath.Join(root, "old", "g"))
	plant(t, root, "new/")
	await("")
	plant(t, root, "new/h.part")
	if err := os.Rename(filepath.Join(root, "new", "h.part"), filepath.Join(root, "new", "h")); err != nil {
		t.Fatal(err)
	}
	await(filepath.Join(root, "new", "h"))
}
