package geotiff

import (
	"encoding/binary"
	"math"
)

// The tags (TIFF 6, GeoTIFF 1.1, GDAL's own).
const (
	tagSubfile       = 254
	tagWidth         = 256
	tagHeight        = 257
	tagBits          = 258
	tagCompression   = 259
	tagPhotometric   = 262
	tagSamples       = 277
	tagPlanar        = 284
	tagSoftware      = 305
	tagPredictor     = 317
	tagTileWidth     = 322
	tagTileHeight    = 323
	tagTileOffsets   = 324
	tagTileCounts    = 325
	tagExtraSamples  = 338
	tagSampleFormat  = 339
	tagPixelScale    = 33550
	tagTiepoint      = 33922
	tagGeoKeys       = 34735
	tagGeoDoubles    = 34736
	tagGeoText       = 34737
	tagGDALMetadata  = 42112
	tagGDALNoData    = 42113
	typeASCII        = 2
	typeShort        = 3
	typeLong         = 4
	typeDouble       = 12
	typeLong8        = 16
	planarSeparate   = 2
	formatFloat      = 3
	compressNone     = 1
	compressDeflate  = 8
	minIsBlack       = 1
	reducedImage     = 1
	classicEntry     = 12
	bigEntry         = 20
	classicLimit     = math.MaxUint32 - 1<<20
	softwareName     = "Isobar"
	byteOrderMark    = "II"
	classicHeader    = 8
	bigHeader        = 16
	classicMagic     = 42
	bigMagic         = 43
	classicCountSize = 2
	bigCountSize     = 8
)

// entry is a tag of a directory; its value is little endian.
type entry struct {
	tag, kind uint16
	count     int
	value     []byte
}

// directory is an image file directory whose tags ascend.
type directory []entry

func (d *directory) shorts(tag uint16, v ...uint16) {
	b := make([]byte, 0, 2*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, x)
	}
	*d = append(*d, entry{tag, typeShort, len(v), b})
}

func (d *directory) long(tag uint16, v uint32) {
	*d = append(*d, entry{tag, typeLong, 1, binary.LittleEndian.AppendUint32(nil, v)})
}

func (d *directory) doubles(tag uint16, v ...float64) {
	b := make([]byte, 0, 8*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	*d = append(*d, entry{tag, typeDouble, len(v), b})
}

func (d *directory) ascii(tag uint16, text string) {
	*d = append(*d, entry{tag, typeASCII, len(text) + 1, append([]byte(text), 0)})
}

// repeated is n times the same short.
func (d *directory) repeated(tag uint16, v uint16, n int) {
	all := make([]uint16, n)
	for i := range all {
		all[i] = v
	}
	d.shorts(tag, all...)
}

// offsets are positions in the file, or counts of bytes.
func (d *directory) offsets(tag uint16, v []int64, big bool) {
	if !big {
		b := make([]byte, 0, 4*len(v))
		for _, x := range v {
			b = binary.LittleEndian.AppendUint32(b, uint32(x))
		}
		*d = append(*d, entry{tag, typeLong, len(v), b})
		return
	}
	b := make([]byte, 0, 8*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	*d = append(*d, entry{tag, typeLong8, len(v), b})
}

// length is how many bytes a directory and what it points at take.
func (d directory) length(big bool) int64 {
	inline, size := 4, classicCountSize+classicEntry*len(d)+4
	if big {
		inline, size = 8, bigCountSize+bigEntry*len(d)+8
	}
	n := int64(size)
	for _, e := range d {
		if len(e.value) > inline {
			n += int64(len(e.value)+7) &^ 7
		}
	}
	return (n + 7) &^ 7
}

// bytes is a directory that lies at a position of a file; next is where the following one lies, 0 for the last.
func (d directory) bytes(at, next int64, big bool) []byte {
	le := binary.LittleEndian
	inline, head := 4, classicCountSize+classicEntry*len(d)+4
	if big {
		inline, head = 8, bigCountSize+bigEntry*len(d)+8
	}
	out := make([]byte, 0, d.length(big))
	if big {
		out = le.AppendUint64(out, uint64(len(d)))
	} else {
		out = le.AppendUint16(out, uint16(len(d)))
	}
	var behind []byte
	start := (at + int64(head) + 7) &^ 7
	for _, e := range d {
		out = le.AppendUint16(out, e.tag)
		out = le.AppendUint16(out, e.kind)
		if big {
			out = le.AppendUint64(out, uint64(e.count))
		} else {
			out = le.AppendUint32(out, uint32(e.count))
		}
		value := e.value
		if len(value) > inline {
			position := uint64(start) + uint64(len(behind))
			behind = append(behind, value...)
			behind = append(behind, make([]byte, -len(behind)&7)...)
			value = le.AppendUint64(nil, position)[:inline]
		}
		out = append(out, value...)
		out = append(out, make([]byte, inline-len(value))...)
	}
	if big {
		out = le.AppendUint64(out, uint64(next))
	} else {
		out = le.AppendUint32(out, uint32(next))
	}
	out = append(out, make([]byte, start-at-int64(len(out)))...)
	out = append(out, behind...)
	return append(out, make([]byte, d.length(big)-int64(len(out)))...)
}
