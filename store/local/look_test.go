package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"isobar/store"
)

func TestAFolderIsLookedAtAndLeftAsItIs(t *testing.T) {
	for _, c := range []struct {
		name   string
		files  map[string]string
		format int
		want   error
	}{
		{"an empty one", nil, 0, nil},
		{"an older format", map[string]string{markerName: `{"isobar":"data folder","format":1}`}, 1, nil},
		{"a newer format", map[string]string{markerName: `{"isobar":"data folder","format":99}`}, 99, store.ErrFormat},
		{"something else", map[string]string{"thesis.txt": "x"}, 0, store.ErrFormat},
		{"a broken marker", map[string]string{markerName: "{"}, 0, store.ErrFormat},
	} {
		dir := t.TempDir()
		for name, text := range c.files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Look(dir)
		if got.Format != c.format || !errors.Is(err, c.want) || got.Known != formatNumber {
			t.Errorf("%s: %+v, %v; want format %d, %v", c.name, got, err, c.format, c.want)
		}
		if left, _ := os.ReadDir(dir); len(left) != len(c.files) {
			t.Errorf("%s: %d files are left, there were %d", c.name, len(left), len(c.files))
		}
	}
	if _, err := Look(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
