package mongo

import (
	"container/list"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"isobar/store/chunk"
)

// blockCache keeps documents that never change: in memory, and in a folder, each up to a number of bytes. What was not used for longest goes.
// A folder belongs to one process at a time; what several write there is still right, only not counted.
type blockCache struct {
	memory recent
	disk   recent
	dir    string
	mu     sync.Mutex
}

// recent is a list of what is there, what was used last at its front.
type recent struct {
	limit, held int64
	at          map[string]*list.Element
	order       *list.List
}

// entry is something kept.
type entry struct {
	name string
	size int64
	data []byte // nil: on disk
}

// blockOverhead is what an entry weighs beside its data.
const blockOverhead = 200

// partEnd ends the names of files that are not whole yet.
const partEnd = ".part"

func newRecent(limit int64) recent {
	return recent{limit: limit, at: map[string]*list.Element{}, order: list.New()}
}

// newBlockCache opens the folder, if there is one, and finds what is in it.
func newBlockCache(memory int64, dir string, disk int64) (*blockCache, error) {
	c := &blockCache{memory: newRecent(memory), disk: newRecent(disk), dir: dir}
	if dir == "" {
		return c, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	type file struct {
		name string
		size int64
		used time.Time
	}
	var files []file
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == filepath.Clean(dir) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		if filepath.Ext(path) == partEnd {
			os.Remove(path)
			return nil
		}
		files = append(files, file{filepath.Base(filepath.Dir(path)) + d.Name(), info.Size(), info.ModTime()})
		return nil
	})
	slices.SortFunc(files, func(a, b file) int { return a.used.Compare(b.used) })
	for _, f := range files {
		c.forget(c.disk.add(&entry{name: f.name, size: f.size}))
	}
	return c, err
}

// add puts an entry in front and takes out those that there is no more room for.
func (r *recent) add(e *entry) (out []*entry) {
	if _, ok := r.at[e.name]; ok || e.size > r.limit {
		return nil
	}
	r.at[e.name] = r.order.PushFront(e)
	r.held += e.size
	for r.held > r.limit {
		last := r.order.Back()
		gone := last.Value.(*entry)
		r.remove(gone.name)
		out = append(out, gone)
	}
	return out
}

func (r *recent) remove(name string) {
	if at, ok := r.at[name]; ok {
		r.held -= at.Value.(*entry).size
		r.order.Remove(at)
		delete(r.at, name)
	}
}

// use finds an entry and moves it to the front.
func (r *recent) use(name string) *entry {
	at, ok := r.at[name]
	if !ok {
		return nil
	}
	r.order.MoveToFront(at)
	return at.Value.(*entry)
}

// fileName is the name of a document on disk.
func fileName(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

func (c *blockCache) path(name string) string { return filepath.Join(c.dir, name[:2], name[2:]) }

// get finds a document, or nil.
func (c *blockCache) get(id string) []byte {
	c.mu.Lock()
	if e := c.memory.use(id); e != nil {
		c.mu.Unlock()
		return e.data
	}
	if c.dir == "" {
		c.mu.Unlock()
		return nil
	}
	name := fileName(id)
	there := c.disk.use(name) != nil
	c.mu.Unlock()
	if !there {
		return nil
	}
	data := c.load(name)
	c.mu.Lock()
	defer c.mu.Unlock()
	if data == nil {
		c.disk.remove(name)
		return nil
	}
	c.memory.add(&entry{id, int64(len(data)) + blockOverhead, data})
	return data
}

// load reads a file; nil if it is not what was written. Its time tells later that it was used.
func (c *blockCache) load(name string) []byte {
	path := c.path(name)
	text, err := os.ReadFile(path)
	if err != nil || len(text) < 4 || binary.LittleEndian.Uint32(text) != chunk.Checksum(text[4:]) {
		os.Remove(path)
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now)
	return padded(text[4:])
}

// put keeps a document. That a file can't be written is no one's loss.
func (c *blockCache) put(id string, data []byte) {
	c.mu.Lock()
	c.memory.add(&entry{id, int64(len(data)) + blockOverhead, data})
	name := fileName(id)
	_, there := c.disk.at[name]
	c.mu.Unlock()
	if c.dir == "" || there {
		return
	}
	text := append(binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(data)), chunk.Checksum(data)), data...)
	if writeAside(c.path(name), text) != nil {
		return
	}
	c.mu.Lock()
	out := c.disk.add(&entry{name: name, size: int64(len(text))})
	c.mu.Unlock()
	c.forget(out)
}

// forget removes files.
func (c *blockCache) forget(out []*entry) {
	for _, e := range out {
		os.Remove(c.path(e.name))
	}
}

// writeAside writes a file whole or not at all.
func writeAside(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "*"+partEnd)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
