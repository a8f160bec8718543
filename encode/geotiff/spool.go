package geotiff

import (
	"errors"
	"io"
	"os"
	"slices"
	"sync"
)

// inMemory is how much of a file is kept in memory; the rest goes to disk.
const inMemory = 32 << 20

// spool keeps pieces until all their sizes are known: the directories, which name them, stand before them.
type spool struct {
	mu   sync.Mutex
	size int64 // of all pieces
	held int64 // of those in memory
	file *os.File
	end  int64 // of the file
}

// piece is bytes in a spool: in memory, or a part of its file.
type piece struct {
	memory   []byte
	at, size int64
}

// put adds a piece. It may be called by several at once.
func (s *spool) put(b []byte) (piece, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := piece{at: s.end, size: int64(len(b))}
	s.size += p.size
	if s.held+p.size <= inMemory {
		s.held += p.size
		p.memory = slices.Clone(b)
		return p, nil
	}
	if s.file == nil {
		f, err := os.CreateTemp("", "isobar-coverage-*")
		if err != nil {
			return p, err
		}
		s.file = f
		_ = os.Remove(f.Name()) // its bytes stay until it is closed; where that can't be, close removes it
	}
	n, err := s.file.Write(b)
	s.end += int64(n)
	return p, err
}

// copy writes a piece from a byte on.
func (s *spool) copy(w io.Writer, p piece, from int64) error {
	if p.memory != nil {
		_, err := w.Write(p.memory[from:])
		return err
	}
	_, err := io.Copy(w, io.NewSectionReader(s.file, p.at+from, p.size-from))
	return err
}

// close lets go of what the spool holds.
func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if removed := os.Remove(s.file.Name()); removed != nil && !errors.Is(removed, os.ErrNotExist) && err == nil {
		err = removed
	}
	return err
}
