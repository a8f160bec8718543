package elements_test

import (
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
