package local

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// foldersSync tells that a folder's names can be made durable.
const foldersSync = false

// tryLock takes a file for this process alone, until it is closed, or finds that another has it.
func tryLock(f *os.File) (held bool, err error) {
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}
