package sourcetest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"isobar/field"
	"isobar/ingest/fetch"
	"isobar/models"
)

// block is an example of docs/ADDING.md: what stands behind three backticks and its name.
func block(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/ADDING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```"+name+"\n")
	body, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatalf("docs/ADDING.md has no example %q", name)
	}
	return body
}

func TestTheFeedsOfTheDocumentationAreRight(t *testing.T) {
	known, err := models.Load(fstest.MapFS{"own.yaml": {Data: []byte(block(t, "yaml feeds"))}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range known.Feeds() {
		seen[f.Kind] = true
		s := made(t, f, fetch.New(fetch.Options{}))
		if f.Kind == "exec" || f.Kind == "s3" { // they ask first
			continue
		}
		if items, whole, err := s.Items(context.Background(), run); err != nil || !whole || len(items) == 0 {
			t.Errorf("%s: %d items, whole %v, %v", f.Model, len(items), whole, err)
		}
	}
	for _, kind := range []string{"http", "index", "nomads", "wcs", "s3", "exec"} {
		if !seen[kind] {
			t.Errorf("no example of kind %s", kind)
		}
	}
}

func TestTheProgramOfTheDocumentationIsASource(t *testing.T) {
	dir := t.TempDir()
	script, folder := filepath.Join(dir, "source.sh"), filepath.Join(dir, "forecasts", "2026-11-24T06:00:00Z")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	sample, err := os.ReadFile("../../../cmd/tileserver/samples/gfs_20231219_06z_0p25_f001_t_u.grib2")
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{script: []byte(block(t, "sh source")), filepath.Join(folder, "6.grib2"): sample, filepath.Join(folder, "done"): nil} {
		if err := os.WriteFile(name, body, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("FORECASTS", filepath.Join(dir, "forecasts"))
	s := made(t, models.Feed{Model: "own", Kind: "exec", Settings: map[string]any{"command": []any{"sh", script}}}, nil)
	runs, err := s.Runs(context.Background())
	if err != nil || len(runs) != 1 || runs[0] != run {
		t.Fatalf("runs %v, %v", runs, err)
	}
	items, whole, err := s.Items(context.Background(), run)
	if err != nil || !whole || len(items) != 1 || items[0].Steps[0] != field.Seconds(6*3600) {
		t.Fatalf("items %+v, whole %v, %v", items, whole, err)
	}
	if all, err := fetched(t, s, items[0]); err != nil || len(all) != 3 {
		t.Errorf("%d fields, %v", len(all), err)
	}
	if _, _, err := s.Items(context.Background(), run+6*3600); err == nil {
		t.Error("a run that is not there has items")
	}
}
