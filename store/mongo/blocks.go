package mongo

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"isobar/store/chunk"
)

// A block is a square of neighbouring chunks of a level, or of a grid of one row a run of them; the coarse levels are in one block
// together. A tile lies in four to six of them, mostly, and a series reads one of each field: some 10 kB, 70 kB at most, or 300 kB of coarse
// levels. Larger blocks were measured slower in both.
const (
	blockSide = 2
	blockRow  = blockSide * blockSide
	coarse    = 16 // chunks
)

// blocks is how a layout's chunks lie in blocks.
type blocks struct {
	of, place []int32   // by chunk: its block, and which of the block's chunks it is
	chunks    [][]int32 // by block
}

// newBlocks groups the chunks of a layout.
func newBlocks(l *chunk.Layout) *blocks {
	b := &blocks{of: make([]int32, l.Chunks), place: make([]int32, l.Chunks)}
	for n := range l.Levels {
		v := &l.Levels[n]
		if left := l.Chunks - v.First; n > 0 && left <= coarse {
			b.add(v.First, 1, left, left)
			break
		}
		width, height := blockSide, blockSide
		if v.Down == 1 {
			width, height = blockRow, 1
		}
		for y := 0; y < v.Down; y += height {
			for x := 0; x < v.Across; x += width {
				b.add(v.First+y*v.Across+x, min(height, v.Down-y), min(width, v.Across-x), v.Across)
			}
		}
	}
	return b
}

// add makes a block of rows of chunks.
func (b *blocks) add(first, rows, width, across int) {
	block := int32(len(b.chunks))
	var members []int32
	for y := range rows {
		for x := range width {
			number := first + y*across + x
			b.of[number], b.place[number] = block, int32(len(members))
			members = append(members, int32(number))
		}
	}
	b.chunks = append(b.chunks, members)
}

// cut cuts a field, as chunk.Coder gives it, into the bytes of its blocks: for each chunk where it ends and its checksum, then the chunks.
func (b *blocks) cut(e *chunk.Encoded) [][]byte {
	directory, body := e.Bytes[:e.Directory], e.Bytes[e.Directory:]
	all := make([][]byte, len(b.chunks))
	for i, members := range b.chunks {
		head := len(members) * chunk.EntryBytes
		size := head
		for _, number := range members {
			begin, end := rangeOf(directory, int(number))
			size += int(end - begin)
		}
		block := make([]byte, head, size)
		for k, number := range members {
			begin, end := rangeOf(directory, int(number))
			block = append(block, body[begin:end]...)
			binary.LittleEndian.PutUint32(block[k*chunk.EntryBytes:], uint32(len(block)-head))
			copy(block[k*chunk.EntryBytes+4:], directory[int(number)*chunk.EntryBytes+4:][:4])
		}
		all[i] = block
	}
	return all
}

// rangeOf is where a chunk lies behind a directory.
func rangeOf(directory []byte, number int) (begin, end uint32) {
	if number > 0 {
		begin = binary.LittleEndian.Uint32(directory[(number-1)*chunk.EntryBytes:])
	}
	return begin, binary.LittleEndian.Uint32(directory[number*chunk.EntryBytes:])
}

// find finds a chunk and its checksum in the bytes of its block.
func (b *blocks) find(block []byte, number int) (raw []byte, sum uint32, err error) {
	place, head := int(b.place[number]), len(b.chunks[b.of[number]])*chunk.EntryBytes
	if len(block) < head {
		return nil, 0, fmt.Errorf("a block of %d bytes", len(block))
	}
	begin, end := rangeOf(block[:head], place)
	if begin > end || int(end) > len(block)-head {
		return nil, 0, fmt.Errorf("a block's chunk from %d to %d of %d", begin, end, len(block)-head)
	}
	return block[head+int(begin) : head+int(end)], binary.LittleEndian.Uint32(block[place*chunk.EntryBytes+4:]), nil
}

// originalPart is how much of an original message one document holds.
const originalPart = 4 << 20

// fieldID is what the identities of a field's documents begin with: the run's home, which writer put it, the how manieth.
func fieldID(home string, r *chunk.Record) string {
	return home + "." + strconv.FormatUint(uint64(r.Span.File), 10) + "." + strconv.FormatInt(r.Span.Offset, 10) + "."
}

// blockID is the identity of a field's block.
func blockID(home string, r *chunk.Record, block int32) string {
	return fieldID(home, r) + strconv.Itoa(int(block))
}

// originalIDs are those of a field's original message.
func originalIDs(home string, r *chunk.Record) (ids []string) {
	for at := 0; at < int(r.Original.Bytes); at += originalPart {
		ids = append(ids, fieldID(home, r)+"o"+strconv.Itoa(at/originalPart))
	}
	return ids
}

// documentIDs are those of all a field's documents.
func (b *blocks) documentIDs(home string, r *chunk.Record) (ids []string) {
	for block := range b.chunks {
		ids = append(ids, blockID(home, r, int32(block)))
	}
	return append(ids, originalIDs(home, r)...)
}
