//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package claim

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// tryLock takes a file until it is closed, or finds that another has it.
func tryLock(f *os.File) (held bool, err error) {
	for {
		switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return false, nil
		default:
			return err == nil, err
		}
	}
}
