package elements_test

import (
	"os"
	"strings"
	"testing"

	"isobar/elements"
	"isobar/styles"
)

// TestDefaultStylesExist asks for the style that each row names, in a form whose unit a style must convert to.
func TestDefaultStylesExist(t *testing.T) {
	rows, err := styles.Load(styles.Rows())
	if err != nil {
		t.Fatal(err)
	}
	c, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range c.IDs() {
		e := c.Get(id)
		if e.Style == "" {
			continue
		}
		style, ok := rows.Get(e.Style)
		if !ok {
			t.Errorf("%s: no style %q", id, e.Style)
			continue
		}
		if _, ok := elements.Convert(e.Unit, style.Unit); !ok && style.Unit != "" { // "": over the range of the layer
			t.Errorf("%s: style %q is of %q, the element of %q", id, e.Style, style.Unit, e.Unit)
		}
	}
}

// TestEveryElementOfTheCorpusHasAStyleOfItsOwn names those whose maps would have colours made up for the range of the moment. What is known
// by its numbers alone may.
func TestEveryElementOfTheCorpusHasAStyleOfItsOwn(t *testing.T) {
	rows, err := styles.Load(styles.Rows())
	if err != nil {
		t.Fatal(err)
	}
	c, err := elements.Load(elements.Rows())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	looked := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		_, answer, ok := strings.Cut(line, " = ")
		id, _, _ := strings.Cut(answer, " | ")
		if !ok || line[0] == '#' || looked[id] {
			continue
		}
		looked[id] = true
		e := c.Get(id)
		if !e.Known {
			continue
		}
		if style := rows.For(e, 0, 1)[0]; style.ID == "auto" || style.ID == "sequential" || style.ID == "diverging" {
			t.Errorf("%s (%s, %s) has no style of its own: its row names none, and no style's fits claims it", id, e.Title, e.Unit)
		}
	}
	if len(looked) < 100 {
		t.Errorf("%d elements were looked at, want all of the corpus", len(looked))
	}
}
