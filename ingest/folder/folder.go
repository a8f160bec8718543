// Package folder knows which files lie under some paths, when they change, and when they are ready to be read.
package folder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// File is a regular file as it was when looked at.
type File struct {
	Path     string // absolute
	Size     int64
	Modified time.Time
	Named    bool // it was named itself, not found in a folder
}

// Same tells that two looks at a path saw the same state.
func (f File) Same(g File) bool {
	return f.Path == g.Path && f.Size == g.Size && f.Modified.Equal(g.Modified)
}

// Tree is some files and folders, with all that lies below the folders. Symbolic links are followed, each place is visited
// once, and hidden or partial files in folders are left out (see Partial); a file that is named itself never is.
type Tree struct {
	Paths []string // absolute
	Skip  string   // absolute: a folder that is left out where it is met below another; "": none
}

// partial are the endings that programs give to files they are still writing, and to their own notes.
var partial = []string{".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".incomplete", ".swp", ".lock", "~"}

// Partial tells that a file's name marks it as hidden or not yet whole.
func Partial(name string) bool {
	name = strings.ToLower(filepath.Base(name))
	return strings.HasPrefix(name, ".") || slices.ContainsFunc(partial, func(end string) bool { return strings.HasSuffix(name, end) })
}

// Look is the present state of a file; ok is false if it is gone or not a regular file.
func Look(path string) (f File, ok bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return File{}, false
	}
	return File{Path: path, Size: info.Size(), Modified: info.ModTime()}, true
}

// Missing is the first path that does not exist, as an error that names it.
func (t Tree) Missing() error {
	for _, path := range t.Paths {
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	return nil
}

// Files lists the files: path by path, each folder in lexical order. What can't be looked at is told to trouble and left out.
func (t Tree) Files(trouble func(path string, err error)) []File {
	w := walk{tree: t, trouble: trouble, seen: map[string]bool{}}
	for _, path := range t.Paths {
		w.visit(path, true)
	}
	return w.files
}

// Folders lists the folders whose changes matter: those of the tree, and those that named files lie in.
func (t Tree) Folders() []string {
	w := walk{tree: t, trouble: func(string, error) {}, seen: map[string]bool{}}
	for _, path := range t.Paths {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			w.folders = append(w.folders, filepath.Dir(path))
		}
		w.visit(path, true)
	}
	slices.Sort(w.folders)
	return slices.Compact(w.folders)
}

// Wants tells whether a file of one of the Folders belongs to the tree, by its path alone.
func (t Tree) Wants(path string) (named, wanted bool) {
	if slices.Contains(t.Paths, path) {
		return true, true
	}
	for _, root := range t.Paths {
		below, inside := strings.CutPrefix(path, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator))
		if inside && !slices.ContainsFunc(strings.Split(below, string(filepath.Separator)), Partial) {
			return false, true
		}
	}
	return false, false
}

// walk is one pass over a tree.
type walk struct {
	tree    Tree
	trouble func(string, error)
	seen    map[string]bool // real paths, so that links neither loop nor double
	files   []File
	folders []string
}

// visit adds a path and what is below it.
func (w *walk) visit(path string, named bool) {
	if !named && Partial(path) {
		return
	}
	real, err := filepath.EvalSymlinks(path)
	if err == nil && w.seen[real] {
		return
	}
	var info fs.FileInfo
	if err == nil {
		info, err = os.Stat(real)
	}
	if err != nil {
		// A file may go between being listed and being looked at, and a link may lead nowhere: that is no trouble.
		if named || !errors.Is(err, fs.ErrNotExist) {
			w.trouble(path, err)
		}
		return
	}
	w.seen[real] = true
	switch {
	case info.IsDir() && (named || path != w.tree.Skip && real != w.tree.Skip):
		w.enter(path)
	case info.Mode().IsRegular():
		w.files = append(w.files, File{Path: path, Size: info.Size(), Modified: info.ModTime(), Named: named})
	}
}

// enter visits what a folder holds.
func (w *walk) enter(path string) {
	w.folders = append(w.folders, path)
	entries, err := os.ReadDir(path) // sorted
	if err != nil {
		w.trouble(path, err)
	}
	for _, e := range entries {
		w.visit(filepath.Join(path, e.Name()), false)
	}
}
