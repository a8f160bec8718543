package styles

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"isobar/elements"
)

// FuzzLoad asks that rows are refused or can be painted with, whatever is written.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "rows/types.yaml", "rows/relative.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(text)}})
		if err != nil {
			if !strings.Contains(err.Error(), "a.yaml") {
				t.Errorf("%v does not name the file", err)
			}
			return
		}
		for _, s := range c.For(elements.Element{ID: "x", Unit: "m"}, 0, 10) {
			if _, err := s.Ramp("m"); err != nil && s.ID == autoID {
				t.Errorf("%s: %v", s.ID, err)
			}
		}
	})
}
