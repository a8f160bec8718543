package disk

import (
	"cmp"
	"container/list"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// index is what the folder holds, by name and by when it was asked for. The zero value is empty.
type index struct {
	byName map[string]*list.Element
	order  *list.List // of *file, the latest first; nil: empty
	bytes  int64
}

// file is one entry's file.
type file struct {
	name    string
	bytes   int64
	touched time.Time // the file's own time, as far as is known
}

// use notes an entry as the latest, with the size it has now. It tells that the file's own time is out of date.
func (x *index) use(name string, bytes int64, now time.Time) (stale bool) {
	if e, ok := x.byName[name]; ok {
		f, _ := e.Value.(*file)
		x.bytes += bytes - f.bytes
		f.bytes = bytes
		if stale = now.Sub(f.touched) > touchedEvery; stale {
			f.touched = now
		}
		x.order.MoveToFront(e)
		return stale
	}
	if x.byName == nil {
		x.byName, x.order = map[string]*list.Element{}, list.New()
	}
	x.byName[name] = x.order.PushFront(&file{name, bytes, now})
	x.bytes += bytes
	return false
}

// drop takes an entry off the list, if it is on it.
func (x *index) drop(name string) {
	if e, ok := x.byName[name]; ok {
		f, _ := x.order.Remove(e).(*file)
		delete(x.byName, name)
		x.bytes -= f.bytes
	}
}

// oldest is the entry that was asked for least lately.
func (x *index) oldest() (name string, ok bool) {
	if len(x.byName) == 0 {
		return "", false
	}
	e := x.order.Back()
	f, _ := e.Value.(*file)
	return f.name, true
}

// look reads the folder again: what other processes put is added, what they removed goes. Own order stays; theirs is by the files'
// times. Only who looks waits for the disk.
func (c *Cache) look() {
	found := c.walk()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.merge(found)
	c.makeRoom(0)
}

// walk lists the folder's entries, and sweeps what writers that ended left aside.
func (c *Cache) walk() (found []file) {
	now := time.Now()
	err := filepath.WalkDir(c.folder, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil { // gone meanwhile
			return nil
		}
		if strings.HasSuffix(path, asideEnd) {
			if now.Sub(info.ModTime()) > abandonedAfter {
				_ = os.Remove(path) // another process may have been faster
			}
			return nil
		}
		if name, err := filepath.Rel(c.folder, path); err == nil && isName(name) {
			found = append(found, file{name, info.Size() + fileBytes, info.ModTime()})
		}
		return nil
	})
	if err != nil {
		c.trouble("looking through the folder", err)
	}
	return found
}

// merge brings what was found into the order. Under the lock.
func (c *Cache) merge(found []file) {
	own := map[string]bool{}
	var next index
	slices.SortStableFunc(found, func(a, b file) int { return cmp.Compare(a.touched.UnixNano(), b.touched.UnixNano()) })
	for i := range found {
		f := found[i]
		if _, known := c.held.byName[f.name]; known {
			own[f.name] = true
		} else {
			next.use(f.name, f.bytes, f.touched)
		}
	}
	if c.held.order == nil {
		c.held = next
		return
	}
	for e := c.held.order.Back(); e != nil; e = e.Prev() { // own ones are later than what others put and nobody here asked for
		if f, _ := e.Value.(*file); own[f.name] || time.Since(f.touched) < justNow {
			next.use(f.name, f.bytes, f.touched)
		}
	}
	c.held = next
}

// justNow is how long a file may take from being noted to being there.
const justNow = 10 * time.Second

// isName tells entries from what somebody else keeps in the folder.
func isName(name string) bool {
	const nameBytes = 2 + 1 + 62
	if len(name) != nameBytes || name[2] != filepath.Separator {
		return false
	}
	return strings.Trim(name[:2]+name[3:], "0123456789abcdef") == ""
}
