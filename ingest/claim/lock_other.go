//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly || windows)

package claim

import (
	"errors"
	"os"
)

// tryLock is not offered here.
func tryLock(*os.File) (held bool, err error) { return false, errors.ErrUnsupported }
