package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isobar/records/bolt"
)

const childEnv = "JOBS_CHILD"

// TestMain lets the test binary be a process that does jobs until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		workOn(dir)
	}
	os.Exit(m.Run())
}

// slow is a process that takes a while, and notes that it begins and ends.
func slow(dir string) map[string]Work {
	note := func(format string, args ...any) error {
		f, err := os.OpenFile(filepath.Join(dir, "notes"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = fmt.Fprintf(f, format+"\n", args...)
		return err
	}
	return map[string]Work{"slow": func(ctx context.Context, input json.RawMessage, progress func(int, string)) (Result, error) {
		if err := note("begin %s", input); err != nil {
			return Result{}, err
		}
		for i := range 20 {
			progress(5*i, "at it")
			time.Sleep(20 * time.Millisecond)
			if ctx.Err() != nil {
				return Result{}, ctx.Err()
			}
		}
		return Result{"application/json", input}, note("end %s", input)
	}}
}

// workOn does jobs and never ends.
func workOn(dir string) {
	store, err := bolt.Open(filepath.Join(dir, "records.db"), bolt.Options{Timeout: 5 * time.Second})
	if err != nil {
		panic(err)
	}
	r := New(store, slow(dir), Options{Holder: "me", Lease: time.Second})
	panic(r.Run(context.Background()))
}

// TestKilledJobsAreDoneOrFailed kills a process in the midst of a job, once and twice: the job is done in the end, or failed, and
// says so.
func TestKilledJobsAreDoneOrFailed(t *testing.T) {
	for kills, want := range []Status{Successful, Successful, Failed} {
		dir := t.TempDir()
		store, err := bolt.Open(filepath.Join(dir, "records.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		j := submit(t, New(store, slow(dir), Options{}), "slow", `1`)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		notes := func() string { text, _ := os.ReadFile(filepath.Join(dir, "notes")); return string(text) }
		for kill := range kills {
			p := exec.Command(os.Args[0])
			p.Env = append(os.Environ(), childEnv+"="+dir)
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			until(t, "begun", func() bool { return strings.Count(notes(), "begin") > kill })
			time.Sleep(30 * time.Millisecond)
			_ = p.Process.Kill()
			_ = p.Wait()
		}
		if store, err = bolt.Open(filepath.Join(dir, "records.db"), bolt.Options{Timeout: 5 * time.Second}); err != nil {
			t.Fatal(err)
		}
		r := New(store, slow(dir), Options{Holder: "me", Lease: time.Second})
		stop := run(t, r)
		if j := wait(t, r, j.ID); j.Status != want || (want == Failed) != (j.Message != "") {
			t.Errorf("after %d kills the job is %s %q, want %s", kills, j.Status, j.Message, want)
		}
		if begun := strings.Count(notes(), "begin"); begun > maxRuns {
			t.Errorf("after %d kills the job was begun %d times", kills, begun)
		}
		stop()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}
