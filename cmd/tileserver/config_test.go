package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTheSampleConfigurationIsTheDefaults(t *testing.T) {
	got, want := config{}, defaults()
	if err := readConfig("config.sample.yaml", &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("config.sample.yaml differs from the defaults (-default +sample):\n%s", diff)
	}
	if err := got.check(); err != nil {
		t.Error(err)
	}
}

func TestBadConfigurationsAreRefusedByName(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d bad configurations, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".bad.yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# want: "), "\n")
			_, err = (&settings{Config: file}).load(nil)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("load(%s) = %v, want an error with %q", file, err, want)
			}
		})
	}
}

func TestFlagsStandAboveTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(file, []byte("listen: 127.0.0.1:1\nmetrics: 127.0.0.1:2\npaths: [a]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := (&settings{Config: file, Listen: "127.0.0.1:3"}).load([]string{"b"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Listen != "127.0.0.1:3" || got.Metrics != "127.0.0.1:2" || got.Paths[0] != "b" {
		t.Errorf("got listen %s, metrics %s, paths %v", got.Listen, got.Metrics, got.Paths)
	}
}
