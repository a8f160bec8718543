package disk

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"isobar/cache"
	"isobar/cache/cachetest"
)

// opened makes a cache on a folder.
func opened(t testing.TB, folder string, room int64) *Cache {
	t.Helper()
	c, err := Open(folder, room, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCache(t *testing.T) {
	// Files count with what they take of a block, so small rooms hold few of the suite's small entries.
	cachetest.Run(t, func(t *testing.T, maxBytes int64) cache.Cache { return opened(t, t.TempDir(), maxBytes) })
}

// entry tells its key.
func entry(key string, size int) cache.Entry {
	return cache.Entry{Type: "text/" + key, Body: []byte(strings.Repeat(key, size/len(key)+1))}
}

// files lists the entries of a folder, and how long they are together.
func files(t *testing.T, folder string) (names []string, bytes int64) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			info, err := d.Info()
			if err != nil {
				return nil
			}
			names, bytes = append(names, path), bytes+info.Size()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, bytes
}

func TestEntriesOutliveTheProcess(t *testing.T) {
	folder := t.TempDir()
	opened(t, folder, 1<<20).Put(t.Context(), "a", entry("a", 5000))
	c := opened(t, folder, 1<<20)
	if e, ok := c.Get(t.Context(), "a"); !ok || !bytes.Equal(e.Body, entry("a", 5000).Body) || e.Type != "text/a" {
		t.Errorf("after a restart: %d bytes of %q, %v", len(e.Body), e.Type, ok)
	}
	if got := c.Stats(); got != (Stats{Hits: 1}) {
		t.Errorf("stats %+v", got)
	}
}

func TestAStartWithLessRoomKeepsTheLatest(t *testing.T) {
	folder := t.TempDir()
	c := opened(t, folder, 1<<20)
	for i := range 20 {
		key := fmt.Sprint("key", i)
		c.Put(t.Context(), key, entry(key, 10_000))
		at := time.Now().Add(time.Duration(i-100) * time.Hour)
		if err := os.Chtimes(filepath.Join(folder, name(key)), at, at); err != nil {
			t.Fatal(err)
		}
	}
	c = opened(t, folder, 100_000)
	for i := range 20 {
		if _, ok := c.Get(t.Context(), fmt.Sprint("key", i)); ok != (i >= 12) {
			t.Errorf("key %d of 20 is there: %v, want the last 8", i, ok)
		}
	}
	if _, held := files(t, folder); held > 100_000 {
		t.Errorf("%d bytes are held, want 100,000 at most", held)
	}
}

func TestWhatIsAskedForStays(t *testing.T) {
	c := opened(t, t.TempDir(), 200_000)
	for i := range 100 {
		key := fmt.Sprint("key", i)
		c.Put(t.Context(), key, entry(key, 10_000))
		if _, ok := c.Get(t.Context(), "key0"); !ok {
			t.Fatalf("after %d puts the entry that is asked for each time is gone", i+1)
		}
	}
}

func TestBrokenEntriesAreMissesAndGo(t *testing.T) {
	for what, spoil := range map[string]func([]byte) []byte{
		"empty":        func(b []byte) []byte { return nil },
		"cut":          func(b []byte) []byte { return b[:len(b)-1] },
		"cut early":    func(b []byte) []byte { return b[:20] },
		"a bit turned": func(b []byte) []byte { b[len(b)/2] ^= 4; return b },
		"its sum":      func(b []byte) []byte { b[len(magic)] ^= 1; return b },
		"another form": func(b []byte) []byte { b[len(magic)-2]++; return b },
		"another key":  func(b []byte) []byte { return seal("b", entry("b", 10)) },
		"zeros":        func(b []byte) []byte { return make([]byte, len(b)) },
	} {
		folder := t.TempDir()
		c := opened(t, folder, 1<<20)
		c.Put(t.Context(), "a", entry("a", 5000))
		path := filepath.Join(folder, name("a"))
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, spoil(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if e, ok := c.Get(t.Context(), "a"); ok {
			t.Errorf("%s: found %d bytes", what, len(e.Body))
		}
		if left, _ := files(t, folder); len(left) != 0 {
			t.Errorf("%s: the file stays", what)
		}
		c.Put(t.Context(), "a", entry("a", 10))
		if _, ok := c.Get(t.Context(), "a"); !ok {
			t.Errorf("%s: not found after another put", what)
		}
	}
}

func TestFilesAsideAndOfOthersAreLeftOrSwept(t *testing.T) {
	folder := t.TempDir()
	c := opened(t, folder, 1<<20)
	c.Put(t.Context(), "a", entry("a", 100))
	below := filepath.Dir(filepath.Join(folder, name("a")))
	old := time.Now().Add(-2 * abandonedAfter)
	for _, f := range []struct {
		path string
		at   time.Time
		stay bool
	}{
		{filepath.Join(below, "1"+asideEnd), old, false}, {filepath.Join(below, "2"+asideEnd), time.Now(), true},
		{filepath.Join(folder, "README"), old, true}, {filepath.Join(below, "note"), old, true},
	} {
		if err := os.WriteFile(f.path, make([]byte, 1000), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(f.path, f.at, f.at); err != nil {
			t.Fatal(err)
		}
		opened(t, folder, 10_000)
		if _, err := os.Stat(f.path); (err == nil) != f.stay {
			t.Errorf("%s: %v, want it to stay: %v", f.path, err, f.stay)
		}
	}
}

// TestProcesses is not a test but one of the processes of the next one.
func TestProcesses(t *testing.T) {
	folder := os.Getenv("ISOBAR_DISK_CACHE_TEST")
	if folder == "" {
		return
	}
	hammer(t.Context(), t, opened(t, folder, sharedRoom))
}

const sharedRoom = 16 << 20

// hammer puts and gets, and fails on what is wrong.
func hammer(ctx context.Context, t *testing.T, c *Cache) {
	for i := range 300 {
		key := fmt.Sprint("key", (i*7+os.Getpid())%150)
		e, ok := c.Get(ctx, key)
		if !ok {
			c.Put(ctx, key, entry(key, 200_000+i))
		} else if e.Type != "text/"+key || !strings.HasPrefix(string(e.Body), key+key) {
			t.Errorf("under %s is %q, which begins %.20q", key, e.Type, e.Body)
		}
	}
}

func TestProcessesShareAFolder(t *testing.T) {
	folder := t.TempDir()
	var work sync.WaitGroup
	for range 3 {
		work.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestProcesses$")
			cmd.Env = append(os.Environ(), "ISOBAR_DISK_CACHE_TEST="+folder)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("a process: %v\n%s", err, out)
			}
		})
	}
	work.Wait()
	if _, held := files(t, folder); held > sharedRoom*(lookShare+4)/lookShare {
		t.Errorf("three processes hold %d bytes together, want about %d", held, sharedRoom)
	}
	c := opened(t, folder, sharedRoom)
	if _, held := files(t, folder); held > sharedRoom {
		t.Errorf("after a start %d bytes are held, want %d at most", held, sharedRoom)
	}
	found := 0
	for i := range 150 {
		if _, ok := c.Get(t.Context(), fmt.Sprint("key", i)); ok {
			found++
		}
	}
	if found < 20 {
		t.Errorf("%d entries are found, want some 50", found)
	}
}

func TestAFolderThatCannotBeWrittenIsAnEmptyCache(t *testing.T) {
	folder := t.TempDir()
	c := opened(t, folder, 1<<20)
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	c.Put(t.Context(), "a", entry("a", 100))
	if _, ok := c.Get(t.Context(), "a"); ok {
		t.Error("found in no folder")
	}
	if c.held.bytes != 0 {
		t.Errorf("%d bytes are thought to be held", c.held.bytes)
	}
	if _, err := Open(folder, 1, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a file is opened as a folder")
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(seal("key", entry("key", 30)), "key")
	f.Add([]byte(magic), "")
	f.Fuzz(func(t *testing.T, text []byte, key string) {
		if e, ok := open(text, key); ok && !bytes.Equal(seal(key, e), text) {
			t.Errorf("%q opens and is not what is sealed", text)
		}
	})
}

func BenchmarkGet(b *testing.B) {
	c := opened(b, b.TempDir(), 1<<20)
	c.Put(b.Context(), "a", entry("a", 20_000))
	b.ReportAllocs()
	for b.Loop() {
		c.Get(b.Context(), "a")
	}
}

func BenchmarkPut(b *testing.B) {
	c := opened(b, b.TempDir(), 64<<20)
	e := entry("a", 20_000)
	keys := 0
	b.ReportAllocs()
	for b.Loop() {
		keys++
		c.Put(b.Context(), fmt.Sprint(keys), e)
	}
}
