package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"isobar/ingest/folder"
)

// errChanged is a file that is no longer what it was when its headers were read.
var errChanged = errors.New("file changed while it was read")

// source is a file that is open only while someone uses it, so that messages may be kept for later without a descriptor.
type source struct {
	folder.File

	mu     sync.Mutex
	file   *os.File
	users  int
	failed error // the first error that was the system's, not the content's
}

// use keeps the file open until the matching release.
func (s *source) use() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users++
}

func (s *source) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.users == 0 && s.file != nil {
		s.file.Close() // it was only read
		s.file = nil
	}
}

// Name is the file's path: formats that hold no time look for one there.
func (s *source) Name() string { return s.Path }

// ReadAt reads a part of the file; it must be in use.
func (s *source) ReadAt(p []byte, offset int64) (int, error) {
	file, err := s.open()
	if err != nil {
		return 0, err
	}
	n, err := file.ReadAt(p, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		s.fail(err)
	}
	return n, err
}

// open opens the file unless it is open, and makes sure that it is still the same.
func (s *source) open() (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		return s.file, nil
	}
	file, err := os.Open(s.Path)
	if err != nil {
		s.failed = errors.Join(s.failed, err)
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && (info.Size() != s.Size || !info.ModTime().Equal(s.Modified)) {
		err = fmt.Errorf("%s: %w", s.Path, errChanged)
	}
	if err != nil {
		s.failed = errors.Join(s.failed, err)
		file.Close()
		return nil, err
	}
	s.file = file
	return file, nil
}

func (s *source) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = err
	}
}

// trouble is the system's error, if there was one, or that the file has changed: then it is to be read again.
func (s *source) trouble() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now, ok := folder.Look(s.Path); s.failed == nil && (!ok || !now.Same(s.File)) {
		return errChanged
	}
	return s.failed
}

// headLength is how much of a file's start formats are told by.
const headLength = 4096

// head is the file's first bytes, and a hash of its first and last: with path, size and time of change it tells that a file
// is the one that was read, without reading all of it.
func (s *source) head() (head []byte, ends string, err error) {
	s.use()
	defer s.release()
	head = make([]byte, min(headLength, s.Size))
	tail := make([]byte, len(head))
	for _, part := range []struct {
		to []byte
		at int64
	}{{head, 0}, {tail, s.Size - int64(len(tail))}} {
		if _, err := s.ReadAt(part.to, part.at); err != nil && !errors.Is(err, io.EOF) {
			return nil, "", err
		}
	}
	sum := sha256.Sum256(append(append([]byte{}, head...), tail...))
	return head, hex.EncodeToString(sum[:8]), nil
}
