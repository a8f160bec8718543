package geotiff

import (
	"bytes"
	"testing"
)

func TestASpoolKeepsPiecesInMemoryAndOnDisk(t *testing.T) {
	s := &spool{}
	var pieces []piece
	var want [][]byte
	for n := range 9 {
		b := bytes.Repeat([]byte{byte(n + 1)}, inMemory/4+n)
		p, err := s.put(b)
		if err != nil {
			t.Fatal(err)
		}
		pieces, want = append(pieces, p), append(want, b)
	}
	if s.file == nil || s.held > inMemory {
		t.Errorf("%d bytes are held", s.held)
	}
	for i, p := range pieces {
		var whole, end bytes.Buffer
		if err := s.copy(&whole, p, 0); err != nil {
			t.Fatal(err)
		}
		if err := s.copy(&end, p, p.size-4); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(whole.Bytes(), want[i]) || !bytes.Equal(end.Bytes(), want[i][len(want[i])-4:]) {
			t.Errorf("piece %d differs", i)
		}
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}
