package rows

import (
	"strings"
	"testing"
	"testing/fstest"
)

type content struct {
	Names []Text `yaml:"names"`
}

func TestRowsComeInTheOrderOfTheirFiles(t *testing.T) {
	var got []string
	err := Read(fstest.MapFS{
		"b.yaml": {Data: []byte("names: [c]\n")}, "a.yaml": {Data: []byte("# head\nnames:\n  - 128.130\n  - ' b '\n")}, "empty.yaml": {Data: []byte(" \n")}, "other.txt": {Data: []byte("x")},
	}, func(file string, c *content) error {
		for _, n := range c.Names {
			got = append(got, file+" "+n.Value)
		}
		return nil
	})
	if want := "a.yaml 128.130|a.yaml b|b.yaml c"; err != nil || strings.Join(got, "|") != want {
		t.Errorf("got %s, %v; want %s", strings.Join(got, "|"), err, want)
	}
}

func TestWhatIsWrongIsTold(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an unknown key", "names: []\nname: x\n", `[2:1] unknown field "name"`},
		{"a list for a value", "names:\n  - [a]\n", "a single value is wanted"},
		{"no YAML", "names: [\n", "rows.yaml: "},
		{"a tag without a value", "names: !!binary\n", "rows.yaml: "},
		{"a file of bombs", strings.Repeat("#", maxFile+1), "at most"},
	} {
		err := Decode("rows.yaml", []byte(c.text), &content{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "rows.yaml: ") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if got := Bad("a.yaml", Text{"x", 7}, "id", "%q is there twice", "x").Error(); got != `a.yaml:7: id: "x" is there twice` {
		t.Errorf("got %s", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("names: [a, 'b', !!str c]\n"))
	f.Add([]byte("names: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_ = Decode("f", text, &content{}) // no panic
	})
}
