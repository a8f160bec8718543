package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestTheConformancePageNamesWhatFails compares the page with what the suites are told.
func TestTheConformancePageNamesWhatFails(t *testing.T) {
	text, err := os.ReadFile("testdata/cite.json")
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Known map[string]string `json:"known"`
	}
	if err := json.Unmarshal(text, &told); err != nil || len(told.Known) == 0 {
		t.Fatalf("%v: %d failures are named", err, len(told.Known))
	}
	page, err := os.ReadFile("../../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for name, why := range told.Known {
		suite, test, _ := strings.Cut(name, " ")
		if want := "| " + suite + " | `" + test + "` | " + why + " |\n"; !strings.Contains(string(page), want) {
			t.Errorf("docs/conformance.md has no row %q", want)
		}
	}
	for line := range strings.Lines(string(page)) {
		if strings.Contains(line, " | `") {
			rows++
		}
	}
	if rows != len(told.Known) {
		t.Errorf("docs/conformance.md names %d failures, cite.json %d", rows, len(told.Known))
	}
}
