package geotiff

import (
	"errors"
	"io"
	"os"
	"sync"
)

// inMemory is how much of a file is kept in memory before it goes to disk.
const inMemory = 32 << 20

// spool keeps pieces until all their sizes are known: the directories, which name them, stand before them.
type spool struct {
	mu     sync.Mutex
	memory []byte
	file   *os.File
	size   int64
}

// piece is where bytes lie in a spool.
type piece struct{ at, size int64 }

// put adds a piece. It may be called by several at once.
func (s *spool) put(b []byte) (piece, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := piece{s.size, int64(len(b))}
	s.size += p.size
	if s.file == nil && len(s.memory)+len(b) <= inMemory {
		s.memory = append(s.memory, b...)
		return p, nil
	}
	if s.file == nil {
		f, err := os.CreateTemp("", "isobar-coverage-*")
		if err != nil {
			return p, err
		}
		s.file = f
		_ = os.Remove(f.Name()) // its bytes stay until it is closed; where that can't be, close removes it
		if _, err := f.Write(s.memory); err != nil {
			return p, err
		}
		s.memory = nil
	}
	_, err := s.file.Write(b)
	return p, err
}

// copy writes a piece.
func (s *spool) copy(w io.Writer, p piece) error {
	if s.file == nil {
		_, err := w.Write(s.memory[p.at : p.at+p.size])
		return err
	}
	_, err := io.Copy(w, io.NewSectionReader(s.file, p.at, p.size))
	return err
}

// close lets go of what the spool holds.
func (s *spool) close() error {
	s.memory = nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if removed := os.Remove(s.file.Name()); removed != nil && !errors.Is(removed, os.ErrNotExist) && err == nil {
		err = removed
	}
	return err
}
