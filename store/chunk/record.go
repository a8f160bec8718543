package chunk

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"isobar/elements"
	"isobar/field"
	"isobar/store"
)

// Record is what the index says of a field.
type Record struct {
	Key            field.Key
	Min, Max, Mean float64
	Missing        int
	Scaling        Scaling
	Span           FileRange
	Sum            uint32 // checksum of the directory
	Original       Original
	Digest         Digest // of key, scaling and content

	ID uint64 // names the field in the cache of chunks; of this process
}

// FileRange is where a field lies.
type FileRange struct {
	File   uint32 // ID
	Offset int64
	Bytes  uint32
}

// Original is the message that is kept behind a field's chunks.
type Original struct {
	Format string // "": none
	Bytes  uint32
	Sum    uint32 // checksum
}

// digestOf takes a digest from the first 16 bytes.
func digestOf(b []byte) Digest {
	return Digest{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

// Seal finds the record's digest: of its key and scaling, its grid and its directory, which holds a checksum of each chunk, and of
// its original, if it has one.
func (r *Record) Seal(grid string, directory []byte) {
	h := sha256.New()
	h.Write(appendKey(nil, &r.Key))
	h.Write(appendScaling(nil, r.Scaling, 0))
	h.Write(binary.AppendUvarint(nil, uint64(len(grid))))
	h.Write([]byte(grid))
	h.Write(directory)
	h.Write(appendOriginal(nil, r.Original))
	r.Digest = digestOf(h.Sum(nil))
}

// An index is blocks, one a publication: a head of blockHead bytes (length of what follows, how many records, checksum of both and
// of what follows), then the records.
const blockHead = 12

// minRecordBytes is the least that a record takes.
const minRecordBytes = 80

// AppendBlock appends a block of records.
func AppendBlock(out []byte, records []*Record) []byte {
	begin := len(out)
	out = append(out, make([]byte, blockHead)...)
	for _, r := range records {
		out = appendRecord(out, r)
	}
	block := out[begin:]
	binary.LittleEndian.PutUint32(block, uint32(len(block)-blockHead))
	binary.LittleEndian.PutUint32(block[4:], uint32(len(records)))
	binary.LittleEndian.PutUint32(block[8:], Checksum(block[blockHead:])^Checksum(block[:8]))
	return out
}

// ParseBlocks reads blocks. Errors wrap store.ErrDamaged.
func ParseBlocks(blocks []byte, names map[string]string, take func(*Record)) error {
	for len(blocks) > 0 {
		if len(blocks) < blockHead {
			return fmt.Errorf("%w: the index ends in a block's head", store.ErrDamaged)
		}
		size, count := binary.LittleEndian.Uint32(blocks), binary.LittleEndian.Uint32(blocks[4:])
		if uint64(size) > uint64(len(blocks)-blockHead) || uint64(count)*minRecordBytes > uint64(size) {
			return fmt.Errorf("%w: the index has a block that can't be", store.ErrDamaged)
		}
		body := blocks[blockHead : blockHead+int(size)]
		if Checksum(body)^Checksum(blocks[:8]) != binary.LittleEndian.Uint32(blocks[8:]) {
			return fmt.Errorf("%w: a checksum in the index does not hold", store.ErrDamaged)
		}
		records := make([]Record, count)
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

// appendScaling writes a scaling; the step of what is not quantised stands where the reference would. There was a 0 before steps were kept.
func appendScaling(out []byte, s Scaling, flags byte) []byte {
	reference := s.Step
	if s.Quantised {
		flags, reference = flags|flagQuantised, s.Reference
	}
	out = appendFloat(append(out, flags), reference)
	return binary.AppendVarint(binary.AppendVarint(out, int64(s.Binary)), int64(s.Decimal))
}

func appendRecord(out []byte, r *Record) []byte {
	out = appendKey(out, &r.Key)
	out = appendFloat(appendFloat(appendFloat(out, r.Min), r.Max), r.Mean)
	out = binary.AppendUvarint(out, uint64(r.Missing))
	flags := byte(0)
	if r.Original.Format != "" {
		flags = flagOriginal
	}
	out = appendScaling(out, r.Scaling, flags)
	out = binary.AppendUvarint(out, uint64(r.Span.File))
	out = binary.AppendUvarint(out, uint64(r.Span.Offset))
	out = binary.AppendUvarint(out, uint64(r.Span.Bytes))
	out = binary.LittleEndian.AppendUint32(out, r.Sum)
	out = binary.BigEndian.AppendUint64(out, r.Digest[0])
	return appendOriginal(binary.BigEndian.AppendUint64(out, r.Digest[1]), r.Original)
}

// appendOriginal tells of an original; nothing of none.
func appendOriginal(out []byte, o Original) []byte {
	if o.Format == "" {
		return out
	}
	out = binary.AppendUvarint(appendText(out, o.Format), uint64(o.Bytes))
	return binary.LittleEndian.AppendUint32(out, o.Sum)
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

func (p *parser) scaling(s *Scaling) (flags byte) {
	if first := p.bytes(1); !p.bad {
		flags = first[0]
	}
	s.Quantised = flags&flagQuantised != 0
	if s.Reference = p.float(); !s.Quantised {
		s.Reference, s.Step = 0, s.Reference
	}
	s.Binary, s.Decimal = int(p.integer()), int(p.integer())
	if !mild(s.Binary) || !mild(s.Decimal) || !(s.Step >= 0 && s.Step <= math.MaxFloat64) || flags > flagQuantised|flagOriginal {
		p.bad = true
	}
	return flags
}

func (p *parser) original(o *Original) {
	o.Format = p.text()
	size := p.unsigned()
	if sum := p.bytes(4); !p.bad {
		o.Sum = binary.LittleEndian.Uint32(sum)
	}
	if o.Format == "" || size == 0 || size > math.MaxUint32 {
		p.bad = true
	}
	o.Bytes = uint32(size)
}

func (p *parser) record(r *Record) {
	p.key(&r.Key)
	r.Min, r.Max, r.Mean = p.float(), p.float(), p.float()
	missing := p.unsigned()
	flags := p.scaling(&r.Scaling)
	file, offset, size := p.unsigned(), p.unsigned(), p.unsigned()
	if missing > math.MaxInt32 || file > math.MaxUint32 || offset > math.MaxInt64/2 || size > math.MaxUint32 {
		p.bad = true
	}
	r.Missing = int(missing)
	r.Span = FileRange{uint32(file), int64(offset), uint32(size)}
	if b := p.bytes(20); !p.bad {
		r.Sum, r.Digest = binary.LittleEndian.Uint32(b), digestOf(b[4:])
	}
	if flags&flagOriginal != 0 {
		p.original(&r.Original)
	}
}
