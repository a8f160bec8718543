package claim

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// tryLock takes a file until it is closed, or finds that another has it.
func tryLock(f *os.File) (held bool, err error) {
	// Far behind the content: Windows keeps others from reading what is locked.
	at := windows.Overlapped{OffsetHigh: 1 << 30}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}
