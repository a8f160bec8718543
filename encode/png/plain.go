package png

import (
	"image/color"
	"sync"
)

// maxPlain bounds how many one-colour pictures are kept: a few sizes of tile in a few colours.
const maxPlain = 64

// plainKey names a picture of one colour.
type plainKey struct {
	w, h   int
	colour color.NRGBA
}

// plainCache keeps the files of one-colour pictures: a tile beside a regional grid, or all in one class, is drawn often.
type plainCache struct {
	mu    sync.Mutex
	files map[plainKey][]byte
}

// get finds a file. It is not to be written to.
func (c *plainCache) get(k plainKey) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, ok := c.files[k]
	return b, ok
}

// put keeps a file, in place of any other if there are many.
func (c *plainCache) put(k plainKey, b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.files == nil {
		c.files = map[plainKey][]byte{}
	}
	if len(c.files) >= maxPlain {
		for old := range c.files {
			delete(c.files, old)
			break
		}
	}
	c.files[k] = b
}
