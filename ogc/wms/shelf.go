package wms

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// shelfRoom bounds how many capabilities documents are kept: two versions of the protocol by a few names of the server.
const shelfRoom = 8

// shelfKey is all that a capabilities document is made from.
type shelfKey struct {
	version   version
	catalogue string
	base      string
	minute    int64 // defaults follow the clock
}

// document is a finished capabilities document.
type document struct {
	body []byte
	etag string // weak: the document may be compressed on its way
}

// shelf keeps the newest documents. The zero value is empty. Safe for concurrent use.
type shelf struct {
	mu   sync.Mutex
	docs map[shelfKey]document
}

// get finds a document.
func (s *shelf) get(k shelfKey) (document, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.docs[k]
	return d, ok
}

// put keeps a document; when the shelf is full it is cleared, as what fills it is mostly out of date.
func (s *shelf) put(k shelfKey, body []byte) document {
	sum := sha256.Sum256(body)
	d := document{body, `W/"` + hex.EncodeToString(sum[:8]) + `"`}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.docs == nil || len(s.docs) >= shelfRoom {
		s.docs = map[shelfKey]document{}
	}
	s.docs[k] = d
	return d
}
