package styles

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// loaded is what ships with the program.
func loaded(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Load(Rows())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// folder is a file system of one file of rows.
func folder(text string) fstest.MapFS { return fstest.MapFS{"rows.yaml": {Data: []byte(text)}} }

func TestBadRowsAreRefusedByFileLineAndKey(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d bad files: %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(text), "\n")
		want, ok := strings.CutPrefix(first, "# wants: ")
		if !ok {
			t.Fatalf("%s does not begin with the message it wants", name)
		}
		if _, err = Load(fstest.MapFS{name: {Data: text}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}

func TestEveryRowShippedCanBePaintedWith(t *testing.T) {
	c := loaded(t)
	for _, s := range c.All() {
		if len(s.Paint) > 0 {
			continue
		}
		r, err := s.Ramp(s.Unit)
		if err != nil {
			t.Errorf("%s: %v", s.ID, err)
			continue
		}
		if n := len(r.Palette); n < 2 || n > 256 || r.Palette[0].A != 0 {
			t.Errorf("%s: a palette of %d colours that begins with %v", s.ID, n, r.Palette[0])
		}
		if got, ok := c.Get(s.ID); !ok || got != s {
			t.Errorf("Get(%q) = %v, %v", s.ID, got, ok)
		}
	}
}

func TestTheStylesThatElementsNameAreThere(t *testing.T) {
	c := loaded(t)
	for _, id := range strings.Fields(`temperature wind-speed gust pressure precipitation precipitation-rate cloud humidity snow-depth
		wave-height wave-period direction geopotential-height cape cin visibility radiation vorticity omega reflectivity soil-moisture
		soil-temperature probability ptype lightning helicity dew-point mixing-ratio humidity-mass ozone
		sea-ice ceiling current-speed pwat sunshine uv-index sequential diverging viridis grey`) {
		if _, ok := c.Get(id); !ok {
			t.Errorf("there is no style %s", id)
		}
	}
}

func TestLaterRowsReplaceEarlierOnes(t *testing.T) {
	first := folder("styles:\n  - {id: a, title: A, unit: m, kind: classes, stops: [{value: 1, color: '#000000'}]}\n" +
		"  - {id: b, title: B, like: a}\n")
	second := folder("styles:\n  - {id: a, title: Mine, unit: m, kind: classes, stops: [{value: 2, color: '#ffffff'}]}\n" +
		"  - {id: c, title: C, like: b}\n")
	if _, err := Load(first, second); err == nil {
		t.Error("a row like one that is like another is not refused across folders")
	}
	second["rows.yaml"].Data = second["rows.yaml"].Data[:strings.Index(string(second["rows.yaml"].Data), "  - {id: c")]
	c, err := Load(first, second, folder(""))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := c.Get("a")
	b, _ := c.Get("b")
	if a.Title != "Mine" || b.Title != "B" || b.Stops[0].Value != 2 || len(c.All()) != 2 {
		t.Errorf("a = %+v, b = %+v, want both painted as the later row", a, b)
	}
}

func TestDigestsDifferByWhatIsPaintedAlone(t *testing.T) {
	c := loaded(t)
	seen := map[string]string{}
	for _, s := range c.All() {
		if other, ok := seen[s.Digest()]; ok {
			t.Errorf("%s and %s have one digest", s.ID, other)
		}
		seen[s.Digest()] = s.ID
		again := *s
		again.Title = "another"
		if again.Digest() != s.Digest() {
			t.Errorf("%s: the digest changes with the title", s.ID)
		}
	}
}
