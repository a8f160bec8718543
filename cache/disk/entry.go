package disk

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

	"isobar/cache"
)

// errBroken is a file that is no entry, or not all of it, or another key's.
var errBroken = errors.New("the entry is broken")

// magic begins an entry's file; its last digit is the form's number. Behind it stand the CRC-32C of all that follows, the lengths of
// key and type, the key, the type, the body.
const magic = "isobar-answer-1\n"

const headBytes = len(magic) + 3*4

// castagnoli is the polynomial that processors compute.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sealedBytes is the length of an entry's file.
func sealedBytes(key string, e cache.Entry) int64 {
	return int64(headBytes) + int64(len(key)) + int64(len(e.Type)) + int64(len(e.Body))
}

// seal writes an entry.
func seal(key string, e cache.Entry) []byte {
	text := make([]byte, 0, sealedBytes(key, e))
	text = append(text, magic...)
	text = binary.LittleEndian.AppendUint32(text, 0)
	text = binary.LittleEndian.AppendUint32(text, uint32(len(key)))
	text = binary.LittleEndian.AppendUint32(text, uint32(len(e.Type)))
	text = append(text, key...)
	text = append(text, e.Type...)
	text = append(text, e.Body...)
	binary.LittleEndian.PutUint32(text[len(magic):], crc32.Checksum(text[len(magic)+4:], castagnoli))
	return text
}

// open reads an entry; ok is false if the file is broken or of another key. The body is a part of text.
func open(text []byte, key string) (e cache.Entry, ok bool) {
	if len(text) < headBytes || string(text[:len(magic)]) != magic {
		return e, false
	}
	rest := text[len(magic):]
	if binary.LittleEndian.Uint32(rest) != crc32.Checksum(rest[4:], castagnoli) {
		return e, false
	}
	keyBytes, typeBytes := uint64(binary.LittleEndian.Uint32(rest[4:])), uint64(binary.LittleEndian.Uint32(rest[8:]))
	rest = rest[12:]
	if keyBytes+typeBytes > uint64(len(rest)) || string(rest[:keyBytes]) != key {
		return e, false
	}
	return cache.Entry{Type: string(rest[keyBytes : keyBytes+typeBytes]), Body: rest[keyBytes+typeBytes:]}, true
}
