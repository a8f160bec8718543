package local

import (
	"errors"
	"os"
	"path/filepath"
)

// disk is what may fail when a disk is full or broken. The zero value is the real one.
type disk struct {
	fail func(what, path string) error // for tests; nil: nothing fails
}

func (d disk) try(what, path string) error {
	if d.fail == nil {
		return nil
	}
	return d.fail(what, path)
}

// writeAt writes to a file at an offset.
func (d disk) writeAt(f *os.File, b []byte, offset int64) error {
	if err := d.try("write", f.Name()); err != nil {
		return err
	}
	_, err := f.WriteAt(b, offset)
	return err
}

// sync makes a file's content durable.
func (d disk) sync(f *os.File) error {
	if err := d.try("sync", f.Name()); err != nil {
		return err
	}
	return f.Sync()
}

// syncFolder makes the names in a folder durable.
func (d disk) syncFolder(path string) error {
	if err := d.try("sync", path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if !foldersSync {
		err = nil
	}
	return errors.Join(err, f.Close())
}

// replace writes a file aside and renames it. With durable its content is safe before; its name is after syncFolder.
func (d disk) replace(path string, text []byte, durable bool) (err error) {
	if err := d.try("create", path); err != nil {
		return err
	}
	aside, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*"+asideEnd)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(aside.Name())
		}
	}()
	err = d.writeAt(aside, text, 0)
	if err == nil {
		err = aside.Chmod(0o644)
	}
	if err == nil && durable {
		err = d.sync(aside)
	}
	if err := errors.Join(err, aside.Close()); err != nil {
		return err
	}
	if err := d.try("rename", path); err != nil {
		return err
	}
	return os.Rename(aside.Name(), path)
}
