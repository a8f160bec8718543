package render

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"isobar/styles"
)

func TestEveryStyleShippedHasDocuments(t *testing.T) {
	c, err := styles.Load(styles.Rows())
	if err != nil {
		t.Fatal(err)
	}
	r := renderer(t)
	for _, s := range c.All() {
		for _, l := range []Legend{{Style: s}, {Style: s, Horizontal: true, Dark: true, Title: `"<&>"`}} {
			text, err := r.Document(l, SVG)
			if err != nil {
				t.Errorf("%s as SVG: %v", s.ID, err)
				continue
			}
			for d := xml.NewDecoder(strings.NewReader(string(text))); ; {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Errorf("%s as SVG: %v", s.ID, err)
					break
				}
			}
			text, err = r.Document(l, JSON)
			var v legendText
			if err != nil || json.Unmarshal(text, &v) != nil || v.Style != s.ID || len(v.Stops) != len(s.Stops) {
				t.Errorf("%s as JSON: %s, %v", s.ID, text, err)
			}
		}
	}
}

func TestALegendAsJSONIsInTheUnitAskedFor(t *testing.T) {
	text, err := renderer(t).Document(Legend{Style: shipped(t, "wind"), Unit: "m/s"}, JSON)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"unit":"m/s"`, `{"value":2.57222222222,"color":"#d6eef6"}`, `"kind":"barbs","element":"wind"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("legend = %s, want %s in it", text, want)
		}
	}
}

func TestDocumentsThatCannotBeWrittenAreRefused(t *testing.T) {
	r, s := renderer(t), shipped(t, "temperature")
	for name, c := range map[string]struct {
		l         Legend
		mediaType string
	}{
		"no style": {Legend{}, JSON}, "another unit": {Legend{Style: s, Unit: "hPa"}, JSON}, "another unit as SVG": {Legend{Style: s, Unit: "hPa"}, SVG},
		"another type": {Legend{Style: s}, "text/plain"},
	} {
		if _, err := r.Document(c.l, c.mediaType); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
