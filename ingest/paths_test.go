package ingest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"isobar/field"
)

// paths reads paths and fails the test if that fails.
func paths(t testing.TB, i *Intake, paths ...string) Summary {
	t.Helper()
	s, err := i.Paths(context.Background(), paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wantServed compares what the store serves.
func wantServed(t testing.TB, s *fakeStore, want ...string) {
	t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(append([]string{}, want...), s.served()); diff != "" {
		t.Errorf("served (-want +got):\n%s", diff)
	}
}

func TestFilesAndFoldersAreServed(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	write(t, filepath.Join(dir, "a"), fakeMessage{Element: "t", Valid: 1, Seed: 10}, fakeMessage{Element: "t", Valid: 2, Seed: 20})
	write(t, filepath.Join(dir, "deep", "er", "b"), fakeMessage{Element: "t", Valid: 3, Seed: 30})
	write(t, filepath.Join(dir, "c.part"), fakeMessage{Element: "t", Valid: 4})
	write(t, filepath.Join(dir, ".d"), fakeMessage{Element: "t", Valid: 5})
	write(t, filepath.Join(dir, "other", "e"), fakeMessage{Element: "t", Valid: 6, Seed: 60})
	i, log := newIntake(s, filepath.Join(dir, "other")) // the data folder is not read when it is met
	var last Progress
	sum, err := i.Paths(context.Background(), []string{dir}, func(p Progress) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	wantServed(t, s, "t@1=10", "t@2=20", "t@3=30")
	if sum.Files != 2 || sum.Fields != 3 || sum.Failed != 0 || !slices.Equal(sum.Models, []string{"m6false"}) {
		t.Errorf("summary = %+v", sum)
	}
	if last.FilesDone != 2 || last.Files != 2 || last.Fields != 3 || last.Bytes == 0 || last.BytesDone != last.Bytes {
		t.Errorf("last progress = %+v", last)
	}
	if s.published != 1 || s.puts != 3 {
		t.Errorf("%d publications of %d fields, want one of three", s.published, s.puts)
	}
	for k, f := range s.fields {
		if f.Packing == nil {
			t.Errorf("%v lost its packing", k)
		}
	}
	if w := log.lines("level=WARN"); len(w) > 0 {
		t.Errorf("warnings: %v", w)
	}
	if got, want := sum.String(), "2 files, 3 fields of m6false in "; !strings.HasPrefix(got, want) {
		t.Errorf("summary reads %q, want %q...", got, want)
	}
}

func TestAMissingPathIsAnError(t *testing.T) {
	i, _ := newIntake(newFakeStore(), "")
	if _, err := i.Paths(context.Background(), []string{filepath.Join(t.TempDir(), "nope")}, nil); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "nope") {
		t.Errorf("err = %v", err)
	}
}

func TestBrokenMessagesAreNamedAndStopNothing(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	i, log := newIntake(s, t.TempDir())
	bad := filepath.Join(dir, "bad")
	write(t, bad, fakeMessage{Element: "t", Valid: 1}, fakeMessage{Element: "t", Valid: 2, Broken: true}, fakeMessage{Element: "t", Valid: 3, Panics: true},
		fakeMessage{Element: "t", Valid: 4, Cells: usualCells + 1}, fakeMessage{Element: "t", Valid: 5})
	if err := os.WriteFile(bad, append(must(os.ReadFile(bad)), "{\"element\""...), 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "good"), fakeMessage{Element: "t", Valid: 6})
	sum := paths(t, i, dir)
	wantServed(t, s, "t@1=0", "t@5=0", "t@6=0")
	if sum.Failed != 4 || sum.Fields != 3 {
		t.Errorf("summary = %+v", sum)
	}
	for _, c := range [][]string{
		{"message=2", "broken on purpose"}, {"message=3", "a bug in the decoder"}, {"message=4", "cells"}, {"message=6", "unexpected end of JSON"},
	} {
		if got := log.lines(append(c, "level=ERROR", bad, "offset=")...); len(got) != 1 {
			t.Errorf("%d log lines with %q, want 1", len(got), c)
		}
	}
	again := paths(t, i, dir)
	if again.Skipped != 2 || again.Failed != 4 || s.puts != 3 {
		t.Errorf("read again: %+v, %d puts; want both files skipped and the failures counted", again, s.puts)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestWhatIsNoForecastIsToldByItsName(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"readme.txt": "hello", "page.grib2": "<!DOCTYPE html><html>", "empty.grb": "", "named": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	i, log := newIntake(newFakeStore(), "")
	sum := paths(t, i, filepath.Join(dir, "named"), dir)
	for _, c := range []struct{ level, name, why string }{
		{"DEBUG", "readme.txt", "not a forecast"}, {"WARN", "page.grib2", "web page"}, {"WARN", "empty.grb", "empty"}, {"ERROR", "named", "not a forecast"},
	} {
		if got := log.lines("level="+c.level, c.name, c.why); len(got) != 1 {
			t.Errorf("%s told %d times at %s with %q, want once", c.name, len(got), c.level, c.why)
		}
	}
	if sum.Files != 4 || sum.Ignored != 1 || sum.Failed != 3 {
		t.Errorf("summary = %+v", sum)
	}
}

func TestTheLastOfEqualKeysIsServed(t *testing.T) {
	for _, c := range []struct {
		name     string
		messages []fakeMessage
		want     string
		told     int
	}{
		{"different values", []fakeMessage{{Element: "t", Seed: 1}, {Element: "t", Seed: 2}}, "t@0=2", 1},
		{"equal values", []fakeMessage{{Element: "t", Seed: 1}, {Element: "t", Seed: 1}}, "t@0=1", 0},
		{"the last is broken", []fakeMessage{{Element: "t", Seed: 1}, {Element: "t", Seed: 2, Broken: true}}, "t@0=1", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, s := filepath.Join(t.TempDir(), "f"), newFakeStore()
			write(t, file, c.messages...)
			i, log := newIntake(s, "")
			paths(t, i, file)
			wantServed(t, s, c.want)
			if got := log.lines("level=INFO", "different fields of one name"); len(got) != c.told {
				t.Errorf("told %d times, want %d", len(got), c.told)
			}
		})
	}
	t.Run("in two files", func(t *testing.T) {
		dir, s := t.TempDir(), newFakeStore()
		for k := range 20 {
			write(t, filepath.Join(dir, string(rune('a'+k))), fakeMessage{Element: "t", Seed: k})
		}
		i, _ := newIntake(s, "")
		paths(t, i, dir)
		wantServed(t, s, "t@0=19")
	})
	t.Run("members do not collapse", func(t *testing.T) {
		file, s := filepath.Join(t.TempDir(), "f"), newFakeStore()
		write(t, file, fakeMessage{Element: "t", Member: 1}, fakeMessage{Element: "t", Member: 2})
		i, _ := newIntake(s, "")
		if sum := paths(t, i, file); sum.Fields != 2 || len(s.fields) != 2 {
			t.Errorf("%d fields are served of %d", len(s.fields), sum.Fields)
		}
	})
}

func TestAFileOfManyRunsHoldsFewAtOnce(t *testing.T) {
	file, s := filepath.Join(t.TempDir(), "f"), newFakeStore()
	var all []fakeMessage
	for k := range 100 {
		all = append(all, fakeMessage{Element: "t", Run: int64(k % 50), Valid: int64(k)})
	}
	write(t, file, all...)
	i, _ := newIntake(s, "")
	if sum := paths(t, i, file); sum.Fields != 100 || len(s.fields) != 100 {
		t.Errorf("%d fields are served of %d", len(s.fields), sum.Fields)
	}
	if s.mostHeld > maxWriters || len(s.held) > 0 {
		t.Errorf("%d runs were held at once, %d still are", s.mostHeld, len(s.held))
	}
}

func TestWhatTheStoreRefusesIsNamed(t *testing.T) {
	dir, s, data := t.TempDir(), newFakeStore(), t.TempDir()
	write(t, filepath.Join(dir, "f"), fakeMessage{Element: "t", Valid: 1}, fakeMessage{Element: "x", Valid: 1})
	s.failPut = func(k field.Key) error {
		if k.Element == "x" {
			return errors.New("another grid")
		}
		return nil
	}
	i, log := newIntake(s, data)
	if sum := paths(t, i, dir); sum.Failed != 1 || sum.Fields != 1 {
		t.Errorf("summary = %+v", sum)
	}
	if got := log.lines("level=ERROR", "m6false.x", "another grid", "message=2"); len(got) != 1 {
		t.Errorf("told %d times", len(got))
	}
	s.failPut = nil
	i, _ = newIntake(s, data)
	if sum := paths(t, i, dir); sum.Failed != 0 || sum.Skipped != 0 {
		t.Errorf("after a restart: %+v, want the file read again", sum)
	}
	wantServed(t, s, "t@1=0", "x@1=0")
}

func TestAFailedPublicationIsTriedAgain(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	write(t, filepath.Join(dir, "f"), fakeMessage{Element: "t", Run: 1}, fakeMessage{Element: "t", Run: 2})
	s.failPublic = func(run field.Time) error {
		if run == 1 {
			return errors.New("disk full")
		}
		return nil
	}
	i, log := newIntake(s, t.TempDir())
	if sum := paths(t, i, dir); sum.Failed != 1 {
		t.Errorf("summary = %+v", sum)
	}
	if got := log.lines("level=ERROR", "disk full"); len(got) != 1 {
		t.Errorf("told %d times", len(got))
	}
	s.failPublic = nil
	if sum := paths(t, i, dir); sum.Failed != 0 || sum.Skipped != 0 || len(s.fields) != 2 {
		t.Errorf("second time: %+v, %d fields served", sum, len(s.fields))
	}
}

func TestABusyRunIsWaitedForWithNothingHeld(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	write(t, filepath.Join(dir, "a"), fakeMessage{Element: "t", Run: 1, Seed: 1})
	write(t, filepath.Join(dir, "b"), fakeMessage{Element: "t", Run: 2, Seed: 2})
	other, err := s.Begin(context.Background(), "m6false", 2)
	if err != nil {
		t.Fatal(err)
	}
	i, log := newIntake(s, "")
	done := make(chan Summary)
	go func() {
		sum, _ := i.Paths(context.Background(), []string{dir}, nil)
		done <- sum
	}()
	eventually(t, "the intake has run 1", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.held[runName{"m6false", 1}]
	})
	// The other process wants run 1, which the intake has: that must not last for ever.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	second, err := s.Begin(ctx, "m6false", 1)
	if err != nil {
		t.Fatalf("two programs wait for each other: %v", err)
	}
	second.Close()
	other.Close()
	<-done
	if len(s.fields) != 2 || len(log.lines("waiting for another program")) != 1 {
		t.Errorf("%d fields served, told: %v", len(s.fields), log.lines("waiting"))
	}
}

func TestAnEndedContextPublishesNoHalfFile(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	var all []fakeMessage
	for k := range 50 {
		all = append(all, fakeMessage{Element: "t", Valid: int64(k)})
	}
	write(t, filepath.Join(dir, "f"), all...)
	i, _ := newIntake(s, t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	_, err := i.Paths(ctx, []string{dir}, func(p Progress) {
		if p.Fields == 20 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || len(s.fields) != 0 || len(s.held) != 0 {
		t.Errorf("err %v, %d fields served, %d runs held", err, len(s.fields), len(s.held))
	}
	if sum := paths(t, i, dir); sum.Fields != 50 || len(s.fields) != 50 {
		t.Errorf("second time: %+v", sum)
	}
}
