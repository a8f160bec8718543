//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly || windows)

package local

import (
	"errors"
	"fmt"
	"os"
)

// foldersSync tells that a folder's names can be made durable.
const foldersSync = false

// tryLock is not offered here: a folder can be served, not written.
func tryLock(f *os.File) (held bool, err error) {
	return false, fmt.Errorf("locking %s: %w", f.Name(), errors.ErrUnsupported)
}
