package local

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"isobar/elements"
	"isobar/field"
	"isobar/store"
)

// record is what the index says of a field.
type record struct {
	key            field.Key
	min, max, mean float64
	missing        int
	scaling        scaling
	span           fileRange
	sum            uint32 // checksum of the directory
	original       original
	digest         digest // of key, scaling and content

	id   uint64   // names the field in the cache of chunks; of this process
	file *segment // where span lies
}

// fileRange is where a field lies.
type fileRange struct {
	file   uint32 // ID
	offset int64
	bytes  uint32
}

// original is the message that is kept behind a field's chunks.
type original struct {
	format string // "": none
	bytes  uint32
	sum    uint32 // checksum
}

// digestOf takes a digest from the first 16 bytes.
func digestOf(b []byte) digest {
	return digest{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

// seal finds the record's digest: of its key and scaling, its grid and its directory, which holds a checksum of each chunk, and of
// its original, if it has one.
func (r *record) seal(grid string, directory []byte) {
	h := sha256.New()
	h.Write(appendKey(nil, &r.key))
	h.Write(appendScaling(nil, r.scaling, 0))
	h.Write(binary.AppendUvarint(nil, uint64(len(grid))))
	h.Write([]byte(grid))
	h.Write(directory)
	h.Write(appendOriginal(nil, r.original))
	r.digest = digestOf(h.Sum(nil))
}

// An index is blocks, one a publication: a head of blockHead bytes (length of what follows, how many records, checksum of both and
// of what follows), then the records.
const blockHead = 12

// minRecordBytes is the least that a record takes.
const minRecordBytes = 80

// appendBlock appends a block of records.
func appendBlock(out []byte, records []*record) []byte {
	begin := len(out)
	out = append(out, make([]byte, blockHead)...)
	for _, r := range records {
		out = appendRecord(out, r)
	}
	block := out[begin:]
	binary.LittleEndian.PutUint32(block, uint32(len(block)-blockHead))
	binary.LittleEndian.PutUint32(block[4:], uint32(len(records)))
	binary.LittleEndian.PutUint32(block[8:], checksum(block[blockHead:])^checksum(block[:8]))
	return out
}

// parseBlocks reads blocks. Errors wrap store.ErrDamaged.
func parseBlocks(blocks []byte, names map[string]string, take func(*record)) error {
	for len(blocks) > 0 {
		if len(blocks) < blockHead {
			return fmt.Errorf("%w: the index ends in a block's head", store.ErrDamaged)
		}
		size, count := binary.LittleEndian.Uint32(blocks), binary.LittleEndian.Uint32(blocks[4:])
		if uint64(size) > uint64(len(blocks)-blockHead) || uint64(count)*minRecordBytes > uint64(size) {
			return fmt.Errorf("%w: the index has a block that can't be", store.ErrDamaged)
		}
		body := blocks[blockHead : blockHead+int(size)]
		if checksum(body)^checksum(blocks[:8]) != binary.LittleEndian.Uint32(blocks[8:]) {
			return fmt.Errorf("%w: a checksum in the index does not hold", store.ErrDamaged)
		}
		records := make([]record, count)
		p := parser{rest: body, names: names}
		for i := range records {
			p.record(&records[i])
			if p.bad {
				return fmt.Errorf("%w: the index has a record that can't be", store.ErrDamaged)
			}
			take(&records[i])
		}
		if len(p.rest) > 0 {
			return fmt.Errorf("%w: the index has more than its records", store.ErrDamaged)
		}
		blocks = blocks[blockHead+int(size):]
	}
	return nil
}

func appendText(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

func appendFloat(out []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
}

func appendKey(out []byte, k *field.Key) []byte {
	out = appendText(appendText(out, k.Model), k.Element)
	out = binary.AppendVarint(binary.AppendVarint(out, int64(k.Run)), int64(k.Issue))
	out = appendText(out, string(k.Level.Kind))
	out = appendFloat(appendFloat(out, k.Level.Value), k.Level.To)
	out = binary.AppendVarint(out, int64(k.Member))
	return binary.AppendVarint(binary.AppendVarint(out, int64(k.Valid)), int64(k.Span))
}

// The flags that a record's scaling begins with.
const (
	flagQuantised = 1
	flagOriginal  = 2 // an original is told of at the record's end
)

func appendScaling(out []byte, s scaling, flags byte) []byte {
	if s.quantised {
		flags |= flagQuantised
	}
	out = appendFloat(append(out, flags), s.reference)
	return binary.AppendVarint(binary.AppendVarint(out, int64(s.binary)), int64(s.decimal))
}

func appendRecord(out []byte, r *record) []byte {
	out = appendKey(out, &r.key)
	out = appendFloat(appendFloat(appendFloat(out, r.min), r.max), r.mean)
	out = binary.AppendUvarint(out, uint64(r.missing))
	flags := byte(0)
	if r.original.format != "" {
		flags = flagOriginal
	}
	out = appendScaling(out, r.scaling, flags)
	out = binary.AppendUvarint(out, uint64(r.span.file))
	out = binary.AppendUvarint(out, uint64(r.span.offset))
	out = binary.AppendUvarint(out, uint64(r.span.bytes))
	out = binary.LittleEndian.AppendUint32(out, r.sum)
	out = binary.BigEndian.AppendUint64(out, r.digest[0])
	return appendOriginal(binary.BigEndian.AppendUint64(out, r.digest[1]), r.original)
}

// appendOriginal tells of an original; nothing of none.
func appendOriginal(out []byte, o original) []byte {
	if o.format == "" {
		return out
	}
	out = binary.AppendUvarint(appendText(out, o.format), uint64(o.bytes))
	return binary.LittleEndian.AppendUint32(out, o.sum)
}

// parser reads records; names keeps one copy of each word.
type parser struct {
	rest  []byte
	names map[string]string
	bad   bool
}

// bytes gives the next n.
func (p *parser) bytes(n uint64) []byte {
	if n > uint64(len(p.rest)) {
		p.bad, p.rest = true, nil
		return nil
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

func (p *parser) text() string {
	b := p.bytes(p.unsigned())
	if known, ok := p.names[string(b)]; ok {
		return known
	}
	word := string(b)
	p.names[word] = word
	return word
}

func (p *parser) unsigned() uint64 {
	v, n := binary.Uvarint(p.rest)
	if n <= 0 {
		p.bad, p.rest = true, nil
		return 0
	}
	p.rest = p.rest[n:]
	return v
}

func (p *parser) integer() int64 {
	v, n := binary.Varint(p.rest)
	if n <= 0 {
		p.bad, p.rest = true, nil
		return 0
	}
	p.rest = p.rest[n:]
	return v
}

func (p *parser) word() uint64 {
	b := p.bytes(8)
	if p.bad {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

func (p *parser) float() float64 { return math.Float64frombits(p.word()) }

func (p *parser) key(k *field.Key) {
	k.Model, k.Element = p.text(), p.text()
	k.Run, k.Issue = field.Time(p.integer()), int(p.integer())
	k.Level.Kind = elements.LevelKind(p.text())
	k.Level.Value, k.Level.To = p.float(), p.float()
	k.Member = int(p.integer())
	k.Valid, k.Span = field.Time(p.integer()), field.Seconds(p.integer())
}

func (p *parser) scaling(s *scaling) (flags byte) {
	if first := p.bytes(1); !p.bad {
		flags = first[0]
	}
	s.quantised = flags&flagQuantised != 0
	s.reference = p.float()
	s.binary, s.decimal = int(p.integer()), int(p.integer())
	if !mild(s.binary) || !mild(s.decimal) || flags > flagQuantised|flagOriginal {
		p.bad = true
	}
	return flags
}

func (p *parser) original(o *original) {
	o.format = p.text()
	size := p.unsigned()
	if sum := p.bytes(4); !p.bad {
		o.sum = binary.LittleEndian.Uint32(sum)
	}
	if o.format == "" || size == 0 || size > math.MaxUint32 {
		p.bad = true
	}
	o.bytes = uint32(size)
}

func (p *parser) record(r *record) {
	p.key(&r.key)
	r.min, r.max, r.mean = p.float(), p.float(), p.float()
	missing := p.unsigned()
	flags := p.scaling(&r.scaling)
	file, offset, size := p.unsigned(), p.unsigned(), p.unsigned()
	if missing > math.MaxInt32 || file > math.MaxUint32 || offset > math.MaxInt64/2 || size > math.MaxUint32 {
		p.bad = true
	}
	r.missing = int(missing)
	r.span = fileRange{uint32(file), int64(offset), uint32(size)}
	if b := p.bytes(20); !p.bad {
		r.sum, r.digest = binary.LittleEndian.Uint32(b), digestOf(b[4:])
	}
	if flags&flagOriginal != 0 {
		p.original(&r.original)
	}
}
