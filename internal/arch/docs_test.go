package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// link matches where a link or picture of Markdown leads.
var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinksOfPagesLeadSomewhere follows the relative links of all Markdown files.
func TestLinksOfPagesLeadSomewhere(t *testing.T) {
	root, pages := filepath.Join("..", ".."), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		pages++
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			to, _, _ := strings.Cut(m[1], "#")
			if to == "" || strings.Contains(to, ":") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), to)); err != nil {
				t.Errorf("%s leads to %s, which is not there", path, to)
			}
		}
		return nil
	})
	if err != nil || pages < 5 {
		t.Fatalf("%d pages, %v", pages, err)
	}
}

// TestThePlanIsTrue compares the plan of the house with the rooms that there are and the floors that hold.
func TestThePlanIsTrue(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	rooms, told := fenced(t, string(text), "## The rooms"), fenced(t, string(text), "## Floors")
	for i, names := range floors {
		for _, name := range names {
			if !strings.Contains("\n"+rooms, "\n"+name+"/") {
				t.Errorf("the plan does not name the room %s", name)
			}
		}
		var line []string
		for row := range strings.Lines(told) {
			if words := strings.Fields(row); len(words) > 1 && words[0] == strconv.Itoa(i) {
				line = words[1:]
			}
		}
		for k, word := range line {
			line[k] = strings.TrimSuffix(word, "/*")
		}
		if slices.Sort(line); !slices.Equal(line, slices.Sorted(slices.Values(names))) {
			t.Errorf("floor %d of the plan is %v, want %v", i, line, names)
		}
	}
}

// fenced is the first block of code behind a heading.
func fenced(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "\n"+heading)
	_, rest, ok2 := strings.Cut(rest, "```\n")
	block, _, ok3 := strings.Cut(rest, "```")
	if !ok || !ok2 || !ok3 {
		t.Fatalf("the plan has no block of code below %q", heading)
	}
	return block
}
