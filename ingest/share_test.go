package ingest

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"isobar/ingest/claim"
	"isobar/records"
	"isobar/records/recordstest"
)

// life is that of a worker's membership.
const life = 400 * time.Millisecond

// workerOf is an Intake that shares the work with others; die leaves what it has claimed to expire.
func workerOf(t *testing.T, s *fakeStore, kept records.Store, data string) (i *Intake, die func()) {
	t.Helper()
	living, die := context.WithCancel(context.Background())
	claims := records.NewClaims(living, kept, life)
	t.Cleanup(claims.Close)
	i, _ = newIntake(s, data)
	i.options.Shared = func(context.Context) (*claim.Shared, error) {
		return &claim.Shared{Claims: claims, Records: kept, Worker: data}, nil
	}
	return i, die
}

func TestWorkersShareTheFilesOfAFolder(t *testing.T) {
	dir, s, kept := t.TempDir(), newFakeStore(), recordstest.New()
	const files = 40
	var want []string
	for n := range files {
		write(t, filepath.Join(dir, fmt.Sprint("f", n)), fakeMessage{Element: "t", Valid: int64(n), Seed: 10 * n}, fakeMessage{Element: "r", Valid: int64(n), Seed: n})
		want = append(want, fmt.Sprintf("t@%d=%d", n, 10*n), fmt.Sprintf("r@%d=%d", n, n))
	}
	var group sync.WaitGroup
	sums := make([]Summary, 3)
	for n := range sums {
		i, _ := workerOf(t, s, kept, filepath.Join(t.TempDir(), fmt.Sprint("data", n)))
		group.Go(func() { sums[n] = paths(t, i, dir) })
	}
	group.Wait()
	wantServed(t, s, want...)
	read := 0
	for _, sum := range sums {
		t.Log(sum)
		read += sum.Fields
		if sum.Failed > 0 || sum.Files != files {
			t.Errorf("a worker tells %s", sum)
		}
	}
	if read != 2*files || s.puts != 2*files {
		t.Errorf("%d fields were put, and %d told, of %d", s.puts, read, 2*files)
	}
	late, _ := workerOf(t, s, kept, filepath.Join(t.TempDir(), "late"))
	if sum := paths(t, late, dir); sum.Skipped != files || s.puts != 2*files {
		t.Errorf("a worker that comes later: %s", sum)
	}
	if err := s.Drop(t.Context(), "m6false", 0); err != nil {
		t.Fatal(err)
	}
	again, _ := workerOf(t, s, kept, filepath.Join(t.TempDir(), "again"))
	if paths(t, again, dir); len(s.served()) != 2*files {
		t.Errorf("of runs that were dropped %d fields are read again, want %d", len(s.served()), 2*files)
	}
}

func TestTheFileOfADeadWorkerIsReadByAnother(t *testing.T) {
	dir, s, kept := t.TempDir(), newFakeStore(), recordstest.New()
	path := filepath.Join(dir, "f")
	write(t, path, fakeMessage{Element: "t", Valid: 1, Seed: 10})
	dead, die := workerOf(t, s, kept, filepath.Join(t.TempDir(), "dead"))
	tree, err := dead.tree([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	b := dead.batch(t.Context(), nil)
	if f := tree.Files(dead.trouble)[0]; !b.claimed(f, false, true) {
		t.Fatal("a new file can't be claimed")
	}
	other, _ := workerOf(t, s, kept, filepath.Join(t.TempDir(), "other"))
	time.AfterFunc(life, die)
	began := time.Now()
	sum := paths(t, other, dir)
	if took := time.Since(began); sum.Fields != 1 || took < life {
		t.Errorf("after %v: %s", took, sum)
	}
	wantServed(t, s, "t@1=10")
}
