package ingest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// watching runs Watch until the test ends.
func watching(t *testing.T, i *Intake, paths ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- i.Watch(ctx, paths) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Watch = %v", err)
		}
	})
}

// eventually waits for something to come true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come true that %s", what)
		}
	}
}

func TestFilesThatAppearAreReadOnce(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	write(t, filepath.Join(dir, "before"), fakeMessage{Element: "t", Valid: 1})
	i, log := newIntake(s, t.TempDir())
	paths(t, i, dir)
	watching(t, i, dir)
	write(t, filepath.Join(dir, "after"), fakeMessage{Element: "t", Valid: 2})
	write(t, filepath.Join(dir, "new", "folder", "deep"), fakeMessage{Element: "t", Valid: 3})
	write(t, filepath.Join(dir, "x.part"), fakeMessage{Element: "t", Valid: 4})
	write(t, filepath.Join(dir, "bad.grib2"))
	eventually(t, "three files are served", func() bool { return len(s.served()) == 3 })
	if err := os.Rename(filepath.Join(dir, "x.part"), filepath.Join(dir, "x")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a renamed file is served", func() bool { return len(s.served()) == 4 })
	time.Sleep(3 * i.options.Rescan) // three rescans find nothing new
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.puts != 4 {
		t.Errorf("%d fields were put, want 4", s.puts)
	}
	if got := log.lines("level=ERROR", "bad.grib2"); len(got) != 1 {
		t.Errorf("the broken file was told %d times", len(got))
	}
}

func TestASlowFileIsReadWhenItIsWhole(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	i, log := newIntake(s, "")
	i.options.Settle = time.Second // much longer than a busy machine rests between two pieces
	watching(t, i, dir)
	whole := []byte(text(fakeMessage{Element: "t", Valid: 1, Seed: 1}, fakeMessage{Element: "t", Valid: 2, Seed: 2}))
	f := must(os.Create(filepath.Join(dir, "slow")))
	for len(whole) > 0 {
		n := min(8, len(whole))
		if _, err := f.Write(whole[:n]); err != nil {
			t.Fatal(err)
		}
		whole = whole[n:]
		time.Sleep(5 * time.Millisecond)
	}
	f.Close()
	eventually(t, "the file is served", func() bool { return len(s.served()) == 2 })
	if s.published != 1 || len(log.lines("level=ERROR")) > 0 {
		t.Errorf("%d publications, told %v", s.published, log.lines("level=ERROR"))
	}
}

func TestAChangedFileIsReadAgain(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	file := filepath.Join(dir, "f")
	write(t, file, fakeMessage{Element: "t", Seed: 1})
	i, _ := newIntake(s, t.TempDir())
	paths(t, i, file)
	watching(t, i, file) // a file that is named itself is watched too
	write(t, file, fakeMessage{Element: "t", Seed: 22})
	write(t, filepath.Join(dir, "neighbour"), fakeMessage{Element: "t", Valid: 9})
	eventually(t, "the new content is served", func() bool { got := s.served(); return len(got) == 1 && got[0] == "t@0=22" })
	time.Sleep(2 * i.options.Rescan)
	wantServed(t, s, "t@0=22")
}

func TestAPartnerInALaterFileIsWaitedFor(t *testing.T) {
	dir, s := t.TempDir(), newFakeStore()
	i, log := newIntake(s, t.TempDir())
	watching(t, i, dir)
	write(t, filepath.Join(dir, "u"), fakeMessage{Element: "u", Seed: 3, Turned: true})
	eventually(t, "the wait is told", func() bool { return len(log.lines("level=INFO", "partner=v")) == 1 })
	write(t, filepath.Join(dir, "v"), fakeMessage{Element: "v", Seed: 5, Turned: true})
	eventually(t, "both are served", func() bool { return len(s.served()) == 2 })
	wantServed(t, s, "u@0=5", "v@0=-3")
}

func TestAFileThatCannotBeOpenedIsTriedAgain(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may open everything")
	}
	dir, s := t.TempDir(), newFakeStore()
	file := filepath.Join(dir, "f")
	write(t, file, fakeMessage{Element: "t"})
	if err := os.Chmod(file, 0); err != nil {
		t.Fatal(err)
	}
	i, log := newIntake(s, "")
	watching(t, i, dir)
	eventually(t, "it is told", func() bool { return len(log.lines("level=ERROR", "permission denied")) == 1 })
	time.Sleep(3 * i.options.Rescan)
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is served", func() bool { return len(s.served()) == 1 })
	if got := log.lines("level=ERROR"); len(got) != 1 {
		t.Errorf("told %d times: %v", len(got), got)
	}
}
