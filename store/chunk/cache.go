package chunk

import (
	"math/bits"
	"sync"
)

// The parts of a cached chunk's name: the record's ID, the chunk's number or directoryChunk.
const (
	chunkBits      = 24
	DirectoryChunk = 1<<chunkBits - 1
)

// cachedBytes is what a cached chunk weighs beside its values.
const cachedBytes = 160

// shardBytes is how much memory is worth a lock of its own.
const shardBytes = 4 << 20

// maxShards bounds how many locks there are.
const maxShards = 64

// Decoded is a chunk's values, or a field's directory. It is never changed.
type Decoded struct {
	values    []float32 // nil: all are constant
	constant  float32
	width     int
	Directory []byte
}

func (d *Decoded) bytes() int64 {
	return cachedBytes + 4*int64(len(d.values)) + int64(len(d.Directory))
}

// Cache keeps decoded chunks, up to a number of bytes. Which one goes is found as by the hand of a clock: the first that was not used
// since the hand passed it. What is new counts as not used, so that a long series does not drive out what maps use.
type Cache struct {
	shards []shard
	shift  uint
}

// shard is the part of the chunks whose names have a hash in common.
type shard struct {
	mu    sync.Mutex
	at    map[uint64]int // place of a name
	slots []slot
	free  []int
	hand  int
	held  int64
	limit int64
}

type slot struct {
	name  uint64
	chunk *Decoded // nil: free
	used  bool
}

// NewCache makes a cache; with no bytes it is nil and keeps nothing.
func NewCache(limit int64) *Cache {
	if limit <= 0 {
		return nil
	}
	n := 1 << (bits.Len64(uint64(min(max(limit/shardBytes, 1), maxShards))) - 1)
	c := &Cache{shards: make([]shard, n), shift: uint(64 - bits.Len(uint(n-1)))}
	for i := range c.shards {
		c.shards[i].at, c.shards[i].limit = map[uint64]int{}, limit/int64(n)
	}
	return c
}

// Name names a chunk of a record.
func Name(record uint64, chunk int) uint64 { return record<<chunkBits | uint64(chunk) }

func (c *Cache) shard(name uint64) *shard {
	const golden = 0x9e3779b97f4a7c15
	return &c.shards[name*golden>>c.shift]
}

// Get finds a chunk, or nil.
func (c *Cache) Get(name uint64) *Decoded {
	if c == nil {
		return nil
	}
	s := c.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.at[name]
	if !ok {
		return nil
	}
	s.slots[i].used = true
	return s.slots[i].chunk
}

// Put keeps a chunk.
func (c *Cache) Put(name uint64, d *Decoded) {
	if c == nil {
		return
	}
	s := c.shard(name)
	size := d.bytes()
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.at[name]; ok || size > s.limit {
		return
	}
	for s.held+size > s.limit {
		s.evict()
	}
	i := len(s.slots)
	if n := len(s.free); n > 0 {
		i, s.free = s.free[n-1], s.free[:n-1]
		s.slots[i] = slot{name: name, chunk: d}
	} else {
		s.slots = append(s.slots, slot{name: name, chunk: d})
	}
	s.at[name] = i
	s.held += size
}

// evict lets the hand go round to a chunk that was not used.
func (s *shard) evict() {
	for {
		i := s.hand
		s.hand = (s.hand + 1) % len(s.slots)
		at := &s.slots[i]
		switch {
		case at.chunk == nil:
		case at.used:
			at.used = false
		default:
			s.held -= at.chunk.bytes()
			delete(s.at, at.name)
			*at = slot{}
			s.free = append(s.free, i)
			return
		}
	}
}
