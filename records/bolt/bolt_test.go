package bolt

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"isobar/records"
	"isobar/records/recordstest"
)

// openAt opens a store and closes it after the test.
func openAt(t testing.TB, path string, o Options) *Store {
	t.Helper()
	s, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	recordstest.Run(t, func(t *testing.T) records.Store {
		return openAt(t, filepath.Join(t.TempDir(), "a", "records.db"), Options{})
	})
}

func TestAHeldFileIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	openAt(t, path, Options{})
	_, err := Open(path, Options{Timeout: 20 * time.Millisecond})
	if !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), path) {
		t.Errorf("Open of a file that is held: %v, want %v with its name", err, ErrHeld)
	}
}

func TestADamagedFileIsAnError(t *testing.T) {
	for name, body := range map[string]string{"text": strings.Repeat("not a database", 5000), "short": "x"} {
		path := filepath.Join(t.TempDir(), "records.db")
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(path, Options{}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: Open gives %v, %v, want an error with the file's name", name, s, err)
		}
	}
}

func TestDocumentsAreThereAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Put(t.Context(), "job", records.Document{ID: "a", Body: []byte("b"), Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "job", "a", v); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "job", "a"); !errors.Is(err, records.ErrClosed) {
		t.Errorf("Get after Close: %v, want %v", err, records.ErrClosed)
	}
	if _, err := s.Put(t.Context(), "job", records.Document{ID: "a"}); !errors.Is(err, records.ErrClosed) {
		t.Errorf("Put after Close: %v, want %v", err, records.ErrClosed)
	}
	s = openAt(t, path, Options{})
	again, err := s.Put(t.Context(), "job", records.Document{ID: "a"})
	if err != nil || again <= v {
		t.Errorf("the version after deletion and reopening is %d, %v, want more than %d", again, err, v)
	}
}

func TestSweepRemovesWhatHasExpired(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	s := openAt(t, filepath.Join(t.TempDir(), "records.db"), Options{Now: func() time.Time { return now }})
	const n = sweepTogether + 100
	for life, kind := range map[time.Duration]string{time.Hour: "short", 2 * time.Hour: "long"} {
		all := make([]records.Document, n)
		for i := range all {
			all[i] = records.Document{ID: fmt.Sprint(i), Expires: now.Add(life)}
		}
		if err := s.PutAll(t.Context(), kind, all); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Put(t.Context(), "short", records.Document{ID: "5", Version: records.Any}); err != nil { // stays now
		t.Fatal(err)
	}
	now = now.Add(90 * time.Minute)
	for _, want := range []int{n - 1, 0} {
		if got, err := s.Sweep(t.Context()); err != nil || got != want {
			t.Errorf("Sweep removes %d, %v, want %d", got, err, want)
		}
	}
	for kind, want := range map[string]int{"short": 1, "long": n} {
		got := 0
		for _, err := range s.List(t.Context(), kind, records.Range{}) {
			if err != nil {
				t.Fatal(err)
			}
			got++
		}
		if got != want {
			t.Errorf("%d documents of kind %s are left, want %d", got, kind, want)
		}
	}
}

const childEnv = "RECORDS_BOLT_CHILD"

// TestMain lets the test binary be a process that writes until it is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		writeOn(path)
	}
	os.Exit(m.Run())
}

// writeOn writes documents from several hands and prints each that is written.
func writeOn(path string) {
	s, err := Open(path, Options{})
	if err != nil {
		panic(err)
	}
	var print sync.Mutex
	var all sync.WaitGroup
	for hand := range 4 {
		all.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d/%d/%d", os.Getpid(), hand, i)
				if _, err := s.Put(ctx, "t", records.Document{ID: id, Version: records.New, Body: []byte(id)}); err != nil {
					panic(err)
				}
				print.Lock()
				fmt.Println(id)
				print.Unlock()
			}
		})
	}
	all.Wait()
}

// TestKillLosesNothingWritten kills a writer again and again: all that it said it had written is there.
func TestKillLosesNothingWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	var said []string
	for range 5 {
		p := exec.Command(os.Args[0])
		p.Env = append(os.Environ(), childEnv+"="+path)
		out := &strings.Builder{}
		p.Stdout = out
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond)
		_ = p.Process.Kill()
		_ = p.Wait()
		lines := strings.Split(out.String(), "\n")
		said = append(said, lines[:len(lines)-1]...) // the last may be cut
	}
	if len(said) < 10 {
		t.Fatalf("only %d documents were written", len(said))
	}
	s := openAt(t, path, Options{})
	for _, id := range said {
		if d, err := s.Get(t.Context(), "t", id); err != nil || string(d.Body) != id {
			t.Errorf("%q was written and is %q, %v", id, d.Body, err)
		}
	}
	t.Logf("%d documents", len(said))
}
