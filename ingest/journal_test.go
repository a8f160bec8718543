package ingest

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestJournalSparesARestartTheDecoding(t *testing.T) {
	dir, s, data := t.TempDir(), newFakeStore(), t.TempDir()
	file := filepath.Join(dir, "f")
	write(t, file, fakeMessage{Element: "t", Valid: 1, Seed: 1})
	first, _ := newIntake(s, data)
	paths(t, first, dir)
	for _, c := range []struct {
		name   string
		before func()
		fields int
	}{
		{"nothing changed", func() {}, 0},
		{"time of change", func() { changed(t, file) }, 1},
		{"content and size", func() { write(t, file, fakeMessage{Element: "t", Valid: 1, Seed: 12}) }, 1},
		{"content alone", func() {
			was := must(os.Stat(file))
			write(t, file, fakeMessage{Element: "t", Valid: 1, Seed: 34})
			if err := os.Chtimes(file, was.ModTime(), was.ModTime()); err != nil {
				t.Fatal(err)
			}
		}, 1},
		{"run dropped from the store", func() { s.Drop(t.Context(), "m6false", 0) }, 1},
		{"still nothing changed", func() {}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.before()
			i, _ := newIntake(s, data)
			if sum := paths(t, i, dir); sum.Fields != c.fields || sum.Skipped != 1-c.fields {
				t.Errorf("summary = %+v, want %d fields", sum, c.fields)
			}
		})
	}
	wantServed(t, s, "t@1=34")
}

func TestJournalIsMergedAndLosesNothing(t *testing.T) {
	folder, log, now := t.TempDir(), slog.New(slog.DiscardHandler), time.Now().UnixNano()
	here := must(os.Executable())
	a, b := newJournal(folder, log), newJournal(folder, log)
	for k := range 3 * journalFiles {
		j := []*journal{a, b}[k%2] // two processes
		if err := j.refresh(); err != nil {
			t.Fatal(err)
		}
		if err := j.add([]entry{{Reader: readerVersion, Path: fmt.Sprintf("%s-%d", here, k), Read: now, Size: int64(k)}}); err != nil {
			t.Fatal(err)
		}
	}
	last := newJournal(folder, log)
	if err := last.refresh(); err != nil {
		t.Fatal(err)
	}
	if len(last.entries) != 3*journalFiles {
		t.Errorf("%d entries, want %d", len(last.entries), 3*journalFiles)
	}
	if files := must(os.ReadDir(folder)); len(files) > 2*journalFiles {
		t.Errorf("%d files of %d additions", len(files), 3*journalFiles)
	}
}

func TestJournalPassesOverWhatItCannotRead(t *testing.T) {
	folder := t.TempDir()
	good := `{"reader":3,"path":"/a","size":3,"read":5}` + "\n"
	for name, text := range map[string]string{
		"1.jsonl":      good + `{"reader":3,"pa`,
		"2.jsonl":      `{"reader":99,"path":"/b"}` + "\n",
		"3.jsonl":      `{"reader":3,"path":"/a","size":4,"read":4}` + "\n", // older, though listed later
		"4.jsonl.part": `{"reader":3,"path":"/c"}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := &logged{}
	j := newJournal(folder, slog.New(slog.NewTextHandler(l, nil)))
	if err := j.refresh(); err != nil {
		t.Fatal(err)
	}
	if len(j.entries) != 1 || j.entries["/a"].Size != 3 || len(l.lines("level=WARN", "1.jsonl")) != 1 {
		t.Errorf("entries %+v, log %v", j.entries, l.lines())
	}
}

func TestJournalForgetsLongGoneFiles(t *testing.T) {
	j := newJournal(t.TempDir(), slog.New(slog.DiscardHandler))
	old := time.Now().Add(-2 * forgetAfter).UnixNano()
	here := must(os.Executable())
	if err := j.add([]entry{
		{Reader: readerVersion, Path: "/gone/long/ago", Read: old},
		{Reader: readerVersion, Path: "/gone/now", Read: time.Now().UnixNano()},
		{Reader: readerVersion, Path: here, Read: old},
	}); err != nil {
		t.Fatal(err)
	}
	if err := j.merge(); err != nil {
		t.Fatal(err)
	}
	if _, ok := j.entries["/gone/long/ago"]; ok || len(j.entries) != 2 {
		t.Errorf("entries = %+v", j.entries)
	}
}
