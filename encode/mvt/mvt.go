// Package mvt writes map features as Mapbox Vector Tiles 2.1.
package mvt

import (
	"encoding/binary"
	"math"
)

// Type is the media type of a tile.
const Type = "application/vnd.mapbox-vector-tile"

// Extent is how many units a tile's side has here.
const Extent = 4096

// Kind is what a feature's geometry is (MVT 2.1 4.3.4).
type Kind uint8

// The kinds.
const (
	Point   Kind = 1
	Line    Kind = 2
	Polygon Kind = 3
)

// XY is a place in units of a tile, from its upper left corner to the right and down. It may lie beyond the tile.
type XY struct{ X, Y int32 }

// Value is a feature's attribute: a number or a text.
type Value struct {
	Text   string
	Number float64
	IsText bool
}

// Number and Text make values.
func Number(v float64) Value { return Value{Number: v} }

// Text makes a value.
func Text(s string) Value { return Value{Text: s, IsText: true} }

// Tag is an attribute with its name.
type Tag struct {
	Name  string
	Value Value
}

// Feature is a geometry with attributes. Parts are points, lines, or rings: an outer ring (clockwise as seen on a screen) followed by
// its holes (the other way round), each without its first point again at the end.
type Feature struct {
	Kind  Kind
	Tags  []Tag
	Parts [][]XY
}

// Layer is features under a name.
type Layer struct {
	Name     string
	Features []Feature
}

// The numbers of fields in vector_tile.proto, as keys: number<<3 | wire type, which is 0 for whole numbers.
const (
	keyTileLayer    = 3<<3 | 2
	keyName         = 1<<3 | 2
	keyFeature      = 2<<3 | 2
	keyKeys         = 3<<3 | 2
	keyValues       = 4<<3 | 2
	keyExtent       = 5 << 3
	keyVersion      = 15 << 3
	keyTags         = 2<<3 | 2
	keyKind         = 3 << 3
	keyGeometry     = 4<<3 | 2
	keyValueText    = 1<<3 | 2
	keyValueDouble  = 3<<3 | 1
	keyValueInteger = 6 << 3 // sint64
)

// The commands of geometries (MVT 2.1 4.3.1).
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// Encode writes a tile; layers without features are left out (MVT 2.1 4.1: a layer should have one).
func Encode(layers ...Layer) []byte {
	var tile []byte
	for _, l := range layers {
		if len(l.Features) > 0 {
			tile = field(tile, keyTileLayer, l.encode())
		}
	}
	return tile
}

// field appends a field of bytes.
func field(to []byte, key uint64, body []byte) []byte {
	to = binary.AppendUvarint(binary.AppendUvarint(to, key), uint64(len(body)))
	return append(to, body...)
}

// number appends a field of a number.
func number(to []byte, key, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(to, key), v)
}

// dictionary is the names and values of a layer, each once.
type dictionary struct {
	names  map[string]uint64
	values map[Value]uint64
	keys   []string
	all    []Value
}

// encode writes a layer.
func (l *Layer) encode() []byte {
	d := dictionary{names: map[string]uint64{}, values: map[Value]uint64{}}
	b := number(nil, keyVersion, 2)
	b = field(b, keyName, []byte(l.Name))
	for i := range l.Features {
		b = field(b, keyFeature, l.Features[i].encode(&d))
	}
	for _, k := range d.keys {
		b = field(b, keyKeys, []byte(k))
	}
	for _, v := range d.all {
		b = field(b, keyValues, v.encode())
	}
	return number(b, keyExtent, Extent)
}

// tags numbers a feature's attributes.
func (d *dictionary) tags(tags []Tag) (packed []byte) {
	for _, t := range tags {
		k, ok := d.names[t.Name]
		if !ok {
			k = uint64(len(d.keys))
			d.names[t.Name], d.keys = k, append(d.keys, t.Name)
		}
		v, ok := d.values[t.Value]
		if !ok {
			v = uint64(len(d.all))
			d.values[t.Value], d.all = v, append(d.all, t.Value)
		}
		packed = binary.AppendUvarint(binary.AppendUvarint(packed, k), v)
	}
	return packed
}

// encode writes a value: whole numbers are short.
func (v Value) encode() []byte {
	if v.IsText {
		return field(nil, keyValueText, []byte(v.Text))
	}
	const whole = 1 << 53
	if v.Number == math.Trunc(v.Number) && math.Abs(v.Number) < whole {
		n := int64(v.Number)
		return number(nil, keyValueInteger, uint64(n<<1)^uint64(n>>63))
	}
	return binary.LittleEndian.AppendUint64(binary.AppendUvarint(nil, keyValueDouble), math.Float64bits(v.Number))
}

// encode writes a feature.
func (f *Feature) encode(d *dictionary) []byte {
	b := field(nil, keyTags, d.tags(f.Tags))
	b = number(b, keyKind, uint64(f.Kind))
	return field(b, keyGeometry, f.geometry())
}

// geometry writes commands and, as zigzag numbers, the ways from point to point.
func (f *Feature) geometry() (packed []byte) {
	var at XY
	step := func(p XY) {
		packed = binary.AppendUvarint(packed, zigzag(p.X-at.X))
		packed = binary.AppendUvarint(packed, zigzag(p.Y-at.Y))
		at = p
	}
	if f.Kind == Point {
		n := 0
		for _, part := range f.Parts {
			n += len(part)
		}
		packed = binary.AppendUvarint(packed, command(moveTo, n))
	}
	for _, part := range f.Parts {
		if f.Kind == Point {
			for _, p := range part {
				step(p)
			}
			continue
		}
		packed = binary.AppendUvarint(packed, command(moveTo, 1))
		step(part[0])
		packed = binary.AppendUvarint(packed, command(lineTo, len(part)-1))
		for _, p := range part[1:] {
			step(p)
		}
		if f.Kind == Polygon {
			packed = binary.AppendUvarint(packed, command(closePath, 1))
		}
	}
	return packed
}

func command(id, count int) uint64 { return uint64(id&7 | count<<3) }

func zigzag(n int32) uint64 { return uint64(uint32(n<<1) ^ uint32(n>>31)) }
