package ingest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"isobar/decode"
)

// maxBitmaps is how many predefined bitmaps are held at once; more are read again from the folder.
const maxBitmaps = 16

// bitmapName is what a bitmap's name has in front where files wait for it.
const bitmapName = "bitmap "

// bitmaps knows the bitmaps that messages name by number: from messages that carry the bits besides, before or after. What was
// learnt is kept in the data folder, as places are.
type bitmaps struct {
	folder string // "": only remembered
	known  map[string][]byte
}

func newBitmaps(folder string) bitmaps { return bitmaps{folder, map[string][]byte{}} }

// give gives a message the bitmap that it names, and tells whether its values can be read now. One that carries it is learnt from;
// another waits until one that does was read.
func (b *bitmaps) give(p *places, r *reading, m *decode.Message) (ready bool, err error) {
	bits, err := b.find(m.Bitmap.Name)
	switch {
	case err != nil:
		return false, err
	case m.Bitmap.Read != nil && bits == nil:
		return true, b.learn(p, m)
	case m.Bitmap.Read != nil:
		return true, nil
	case bits == nil:
		p.wait(r, bitmapName+m.Bitmap.Name)
		return false, nil
	}
	return true, m.Bitmap.Give(bits)
}

// learn takes a bitmap from a message, and lets the files be read again that waited for it.
func (b *bitmaps) learn(p *places, m *decode.Message) error {
	name := m.Bitmap.Name
	bits, err := m.Bitmap.Read(nil)
	if err == nil && b.path(name) != "" {
		err = save(b.path(name), bits)
	}
	if err != nil {
		return fmt.Errorf("bitmap %s: %w", name, err)
	}
	b.remember(name, bits)
	p.arrived(bitmapName + name)
	return nil
}

func (b *bitmaps) remember(name string, bits []byte) {
	if len(b.known) >= maxBitmaps {
		clear(b.known)
	}
	b.known[name] = bits
}

// path is the file of a bitmap; "": it is not kept.
func (b *bitmaps) path(name string) string {
	if b.folder == "" || len(name) > 100 || strings.Trim(name, "0123456789-") != "" {
		return ""
	}
	return filepath.Join(b.folder, name)
}

// find gives a bitmap that was learnt, now or in an earlier life; nil: it was not.
func (b *bitmaps) find(name string) ([]byte, error) {
	if bits := b.known[name]; bits != nil {
		return bits, nil
	}
	path := b.path(name)
	if path == "" {
		return nil, nil
	}
	bits, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		b.remember(name, bits)
	}
	return bits, err
}
