package main

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"isobar/field"
	"isobar/grid"
	"isobar/store/local"
)

// kills is how often ingest is killed at a random moment.
const kills = 20

// state is what a data folder has published: every field's key and the sum of its values' bits.
type state map[field.Key]uint64

// published reads every field of a data folder, whole.
func published(t *testing.T, data string) state {
	t.Helper()
	s, err := local.Open(data, local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	held, err := s.Hold(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	all := state{}
	for k := range held.Keys() {
		info, ok := held.Info(k)
		if !ok {
			t.Fatalf("%v is listed and not described", k)
		}
		nx, ny := info.Grid.Shape()
		values := make([]float32, nx*ny)
		if err := held.Windows(context.Background(), []field.Key{k}, grid.Window{NX: nx, NY: ny}, [][]float32{values}); err != nil {
			t.Fatalf("%v: %v", k, err)
		}
		all[k] = digest(values)
	}
	return all
}

// TestKillAtRandomMomentsLosesNothing kills ingest twenty times, at random moments of its work, and looks each time at what is
// published: whole fields only, with the values they should have, and never fewer than before. The last ingest does the rest.
func TestKillAtRandomMomentsLosesNothing(t *testing.T) {
	dir := t.TempDir()
	folder, data, whole := filepath.Join(dir, "in"), filepath.Join(dir, "data"), filepath.Join(dir, "whole")
	sampleFiles(t, folder)
	began := time.Now()
	if out, err := ingesting(folder, whole).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	took := time.Since(began)
	want, before := published(t, whole), state{}
	for i := range kills {
		if i%5 == 0 { // begin anew now and then, so that the kills hit every part of the work
			if err := os.RemoveAll(data); err != nil {
				t.Fatal(err)
			}
			before = state{}
		}
		p := ingesting(folder, data)
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(took))))
		_ = p.Process.Kill() // it may have ended
		_ = p.Wait()
		before = compare(t, published(t, data), before, want)
	}
	if out, err := ingesting(folder, data).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := compare(t, published(t, data), before, want); len(got) != len(want) {
		t.Errorf("in the end %d fields are published, want %d", len(got), len(want))
	}
}

// ingesting is a process that ingests.
func ingesting(folder, data string) *exec.Cmd {
	p := exec.Command(os.Args[0], "ingest", folder, "--data", data)
	p.Env = append(os.Environ(), asProgram+"=1")
	return p
}

// compare checks a state against the one before and the final one.
func compare(t *testing.T, got, before, want state) state {
	t.Helper()
	for k, sum := range got {
		if full, ok := want[k]; !ok || full != sum {
			t.Errorf("%v is not what it should be", k)
		}
	}
	for k := range before {
		if _, ok := got[k]; !ok {
			t.Errorf("%v was published and is gone", k)
		}
	}
	return got
}

// digest is a sum over the values' bits that depends on their order.
func digest(values []float32) uint64 {
	sum := uint64(14695981039346656037) // FNV-1a, by value
	for _, v := range values {
		sum = (sum ^ uint64(math.Float32bits(v))) * 1099511628211
	}
	return sum
}
