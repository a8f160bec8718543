package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEmbedded builds the viewer anew and compares: what the server sends is what the sources build, byte for byte.
func TestEmbedded(t *testing.T) {
	made, err := files("../src")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range made {
		got, err := os.ReadFile(filepath.Join("../static", name))
		if err != nil {
			t.Errorf("%v: run `go generate ./web`", err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("static/%s is not what the sources build: run `go generate ./web`", name)
		}
	}
	kept, err := os.ReadDir("../static")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range kept {
		if made[f.Name()] == nil && f.Name() != "vendor" {
			t.Errorf("static/%s is built from nothing: run `go generate ./web`", f.Name())
		}
	}
}

// TestVendored holds what others made to the sums that were taken when it was fetched.
func TestVendored(t *testing.T) {
	const dir = "../static/vendor"
	list, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(list)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		sums[name] = sum
	}
	kept, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range kept {
		if f.Name() == "README.md" || f.Name() == "SHA256SUMS" {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != sums[f.Name()] {
			t.Errorf("vendor/%s: SHA-256 is %x, the list has %q", f.Name(), sum, sums[f.Name()])
		}
		delete(sums, f.Name())
	}
	for name := range sums {
		t.Errorf("vendor/%s is listed and not there", name)
	}
}
