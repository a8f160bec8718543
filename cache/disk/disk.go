// Package disk keeps finished answers in a folder, up to a number of bytes.
//
// An entry is a file, named by the SHA-256 of its key, written aside and renamed. It holds its key and a checksum, so that what a
// crash left, or another program wrote, is a miss and goes. Nothing is synced: an answer can be made again.
package disk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"isobar/cache"
)

const (
	// largestShare is how much of the cache one entry may take.
	largestShare = 4
	// lookShare is after what share of the cache written the folder is looked through again, for what other processes wrote: so
	// many processes together exceed the bound by a sixteenth each at most, or by leastLook.
	lookShare = 16
	leastLook = 1 << 20
	// fileBytes is what a file takes beyond its length, half a block of most file systems.
	fileBytes = 2048
	// touchedEvery is how old a file's time may be before a hit renews it.
	touchedEvery = time.Hour
	// abandonedAfter is when a file aside is nobody's any more.
	abandonedAfter = time.Hour
	asideEnd       = ".aside"
)

// Cache is bounded by the bytes of its files; what was asked for least lately goes first. Any number of processes may use one folder.
// Safe for concurrent use.
type Cache struct {
	folder       string
	most         int64
	log          *slog.Logger
	hits, misses atomic.Uint64
	troubles     atomic.Uint64

	mu      sync.Mutex
	held    index
	written int64 // since the folder was looked through
}

var _ cache.Cache = (*Cache)(nil)

// Open makes a cache of up to maxBytes in a folder, which is made if it is not there. With maxBytes of 0 it keeps nothing and
// touches no disk.
func Open(folder string, maxBytes int64, log *slog.Logger) (*Cache, error) {
	c := &Cache{folder: folder, most: max(maxBytes, 0), log: log}
	if c.most == 0 {
		return c, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	c.look()
	return c, nil
}

// name is a key's file, below one of 256 folders.
func name(key string) string {
	sum := sha256.Sum256([]byte(key))
	text := hex.EncodeToString(sum[:])
	return filepath.Join(text[:2], text[2:])
}

// Get implements cache.Cache. It finds what other processes put, too.
func (c *Cache) Get(_ context.Context, key string) (cache.Entry, bool) {
	if c.most == 0 {
		c.misses.Add(1)
		return cache.Entry{}, false
	}
	file := name(key)
	text, err := os.ReadFile(filepath.Join(c.folder, file))
	if err != nil {
		c.misses.Add(1)
		if !errors.Is(err, fs.ErrNotExist) {
			c.trouble("reading", err)
		}
		c.forget(file)
		return cache.Entry{}, false
	}
	e, ok := open(text, key)
	if !ok {
		c.misses.Add(1)
		c.trouble("reading", errBroken)
		c.drop(file)
		return cache.Entry{}, false
	}
	c.hits.Add(1)
	c.touch(file, int64(len(text)))
	return e, true
}

// Put implements cache.Cache. An entry of more than a quarter of the cache is not kept.
func (c *Cache) Put(_ context.Context, key string, e cache.Entry) {
	size := sealedBytes(key, e)
	if c.most == 0 || size+fileBytes > c.most/largestShare || size > math.MaxInt32 {
		return
	}
	file := name(key)
	if c.lookIsDue(size) {
		c.look()
	}
	c.mu.Lock()
	c.makeRoom(size + fileBytes)
	c.held.use(file, size+fileBytes, time.Now())
	c.mu.Unlock()
	if err := replace(filepath.Join(c.folder, file), seal(key, e)); err != nil {
		c.trouble("writing", err)
		c.drop(file)
	}
}

// lookIsDue counts what is written, and tells one caller when that is lookShare.
func (c *Cache) lookIsDue(size int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.written += size; c.written <= max(c.most/lookShare, leastLook) {
		return false
	}
	c.written = 0
	return true
}

// replace writes a file aside and renames it.
func replace(path string, text []byte) error {
	aside, err := os.CreateTemp(filepath.Dir(path), "*"+asideEnd)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		aside, err = os.CreateTemp(filepath.Dir(path), "*"+asideEnd)
	}
	if err != nil {
		return err
	}
	_, err = aside.Write(text)
	err = errors.Join(err, aside.Close())
	if err == nil {
		err = os.Rename(aside.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(aside.Name()))
	}
	return nil
}

// touch notes that an entry was asked for. The file's time tells it to other processes and to the next start.
func (c *Cache) touch(file string, size int64) {
	now := time.Now()
	c.mu.Lock()
	stale := c.held.use(file, size+fileBytes, now)
	c.mu.Unlock()
	if stale {
		_ = os.Chtimes(filepath.Join(c.folder, file), time.Time{}, now) // gone since, or another's: it is not worth a word
	}
}

// forget drops an entry that has no file.
func (c *Cache) forget(file string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held.drop(file)
}

// drop removes an entry.
func (c *Cache) drop(file string) {
	c.forget(file)
	c.remove(file)
}

// remove removes a file, which another process may have done.
func (c *Cache) remove(file string) {
	if err := os.Remove(filepath.Join(c.folder, file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.trouble("removing", err)
	}
}

// makeRoom removes the entries asked for least lately until so many bytes fit. Under the lock.
func (c *Cache) makeRoom(bytes int64) {
	for c.held.bytes > c.most-bytes {
		file, ok := c.held.oldest()
		if !ok {
			return
		}
		c.held.drop(file)
		c.remove(file)
	}
}

// trouble logs what went wrong with a file, once for each power of two: a full disk fails a thousand times a second.
func (c *Cache) trouble(doing string, err error) {
	if n := c.troubles.Add(1); n&(n-1) == 0 {
		c.log.Warn("cache on disk", "doing", doing, "error", err, "times", n)
	}
}

// Stats counts what was asked for since the start.
type Stats struct{ Hits, Misses uint64 }

// Stats tells how the cache does.
func (c *Cache) Stats() Stats { return Stats{Hits: c.hits.Load(), Misses: c.misses.Load()} }
