package local

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// The environment of the child that is killed: the data folder, and the number of its first publication.
const (
	childFolder = "ISOBAR_TEST_STORE_FOLDER"
	childFirst  = "ISOBAR_TEST_STORE_FIRST"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		first, _ := strconv.Atoi(os.Getenv(childFirst))
		if err := publishForEver(dir, first); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// perPublication is how many fields the child publishes at once; beside them it replaces one.
const perPublication = 3

// patch is a small grid.
func patch() grid.Grid {
	g, err := grid.LatLon(70, 66, geo.Box{0, 40, 17.25, 56.25})
	if err != nil {
		panic(err)
	}
	return g
}

// numbered is a field whose values tell its number and place.
func numbered(k field.Key, number int) *field.Field {
	g := patch()
	values := make([]float32, g.Len())
	for i := range values {
		values[i] = float32(number*1000 + (i*(number+7))%997)
	}
	return &field.Field{Key: k, Grid: g, Values: values, Packing: &field.Packing{Bits: 24}}
}

// batchOf is what publication n adds to a run, and what it replaces.
func batchOf(n int) (fields []*field.Field) {
	run := benchRun + field.Time(n%3)*3600
	for i := range perPublication {
		fields = append(fields, numbered(field.Key{Model: "m", Run: run, Element: fmt.Sprint("e", i), Valid: field.Time(n)}, 10*n+i))
	}
	return append(fields, numbered(field.Key{Model: "m", Run: run, Element: "latest"}, 10*n))
}

// publishForEver publishes into three runs, telling each publication, now and then through new writers, and drops a run of another
// model from time to time.
func publishForEver(dir string, first int) error {
	ctx := context.Background()
	s, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	s.segmentBytes = 64 << 10
	for n := first; ; n++ {
		fields := batchOf(n)
		w, err := s.Begin(ctx, "m", fields[0].Key.Run)
		if err != nil {
			return err
		}
		for _, f := range fields {
			if err := w.Put(ctx, f); err != nil {
				return err
			}
		}
		if err := w.Publish(ctx); err != nil {
			return err
		}
		fmt.Println("published", n)
		if err := w.Put(ctx, numbered(fields[0].Key, 77)); err != nil { // never published
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if n%4 == 0 {
			if err := scrap(ctx, s, n); err != nil {
				return err
			}
		}
	}
}

// scrap publishes a run and drops it.
func scrap(ctx context.Context, s *Store, n int) error {
	w, err := s.Begin(ctx, "scrap", 0)
	if err != nil {
		return err
	}
	for i := range 2 {
		if err := w.Put(ctx, numbered(field.Key{Model: "scrap", Element: fmt.Sprint("e", i)}, n)); err != nil {
			return err
		}
	}
	if err := w.Publish(ctx); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return s.Drop(ctx, "scrap", 0)
}

func TestAKilledWriterLeavesTheLastPublicationWhole(t *testing.T) {
	dir, kills := t.TempDir(), 25
	if testing.Short() {
		kills = 5
	}
	last := -1
	for range kills {
		last = runAndKill(t, dir, last+1)
		last = whole(t, dir, last)
	}
	if last < kills {
		t.Errorf("only %d publications in %d runs of the child", last+1, kills)
	}
	t.Logf("%d publications, %d kills", last+1, kills)
}

// runAndKill lets a child publish from a number on, kills it, and gives the number of the last publication it told.
func runAndKill(t *testing.T, dir string, first int) (last int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childFolder+"="+dir, childFirst+"="+strconv.Itoa(first))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	last = first - 1
	var killer *time.Timer
	for lines.Scan() {
		n, err := strconv.Atoi(strings.TrimPrefix(lines.Text(), "published "))
		if err != nil {
			t.Fatalf("the child says %q", lines.Text())
		}
		last = n
		if killer == nil { // once it is at work
			killer = time.AfterFunc(time.Duration(rand.IntN(60_000))*time.Microsecond, func() { child.Process.Kill() })
		}
	}
	child.Wait()
	return last
}

// whole checks that all publications up to last are there and no half of another, and that leftovers go. It gives the number of the
// last that is there: the child may have been killed before it could tell.
func whole(t *testing.T, dir string, last int) int {
	t.Helper()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now, err := s.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	if _, ok := now.Info(batchOf(last + 1)[0].Key); ok {
		last++
	}
	count := 0
	for k := range now.Keys() {
		if k.Model == "m" {
			count++
		}
	}
	if want := (last+1)*perPublication + min(last+1, 3); count != want {
		t.Errorf("%d fields after %d publications, want %d", count, last+1, want)
	}
	dst := make([]float32, patch().Len())
	for n := range last + 1 {
		for i, f := range batchOf(n) {
			if i == perPublication && n+3 <= last { // replaced since
				continue
			}
			if err := now.Windows(t.Context(), []field.Key{f.Key}, grid.Window{NX: 70, NY: 66}, [][]float32{dst}); err != nil {
				t.Fatalf("publication %d of %d: %v", n, last, err)
			}
			for c, v := range f.Values {
				if dst[c] != v {
					t.Fatalf("publication %d of %d, field %d: cell %d is %v, want %v", n, last, i, c, dst[c], v)
				}
			}
		}
	}
	s.sweep(t.Context())
	noLeftovers(t, s)
	return last
}

// noLeftovers checks that no file stays that no manifest names.
func noLeftovers(t *testing.T, s *Store) {
	t.Helper()
	eventually(t, "nothing is left over", func() bool { return len(leftovers(s)) == 0 }) // another sweep may be under way
}

// leftovers are the files of runs that no manifest names.
func leftovers(s *Store) (left []string) {
	now := s.hold()
	defer now.release()
	named := map[string]bool{}
	for _, r := range now.runs {
		dir, _ := s.folder(r.name)
		for _, name := range []string{manifestName, lockName, r.manifest.Index} {
			named[filepath.Join(dir, name)] = true
		}
		for _, f := range r.manifest.Files {
			named[filepath.Join(dir, f.Name)] = true
		}
	}
	filepath.WalkDir(filepath.Join(s.dir, runsName), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !named[path] {
			left = append(left, path)
		}
		return nil
	})
	return left
}
