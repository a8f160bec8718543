package mvt

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"testing"
)

// message reads the fields of a message: numbers as uint64, the rest as bytes.
func message(t *testing.T, b []byte, each func(number uint64, v uint64, body []byte)) {
	t.Helper()
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		b = b[n:]
		switch key & 7 {
		case 0:
			v, n := binary.Uvarint(b)
			b = b[n:]
			each(key>>3, v, nil)
		case 1:
			each(key>>3, binary.LittleEndian.Uint64(b), nil)
			b = b[8:]
		case 2:
			length, n := binary.Uvarint(b)
			b = b[n:]
			each(key>>3, 0, b[:length])
			b = b[length:]
		default:
			t.Fatalf("wire type %d", key&7)
		}
	}
}

// decode reads a tile back.
func decode(t *testing.T, b []byte) (layers []Layer) {
	message(t, b, func(number, _ uint64, body []byte) {
		var l Layer
		var keys []string
		var values []Value
		var raw [][]byte
		message(t, body, func(number, v uint64, body []byte) {
			switch number {
			case 1:
				l.Name = string(body)
			case 2:
				raw = append(raw, body)
			case 3:
				keys = append(keys, string(body))
			case 4:
				message(t, body, func(number, v uint64, body []byte) {
					switch number {
					case 1:
						values = append(values, Text(string(body)))
					case 3:
						values = append(values, Number(math.Float64frombits(v)))
					case 6:
						values = append(values, Number(float64(int64(v>>1)^-int64(v&1))))
					}
				})
			case 5:
				if v != Extent {
					t.Errorf("extent %d", v)
				}
			case 15:
				if v != 2 {
					t.Errorf("version %d", v)
				}
			}
		})
		for _, f := range raw {
			l.Features = append(l.Features, feature(t, f, keys, values))
		}
		layers = append(layers, l)
	})
	return layers
}

// feature reads one feature.
func feature(t *testing.T, b []byte, keys []string, values []Value) (f Feature) {
	message(t, b, func(number, v uint64, body []byte) {
		var list []uint64
		for len(body) > 0 {
			n, used := binary.Uvarint(body)
			list, body = append(list, n), body[used:]
		}
		switch number {
		case 2:
			for i := 0; i < len(list); i += 2 {
				f.Tags = append(f.Tags, Tag{keys[list[i]], values[list[i+1]]})
			}
		case 3:
			f.Kind = Kind(v)
		case 4:
			var at XY
			for len(list) > 0 {
				id, n := list[0]&7, list[0]>>3
				list = list[1:]
				if id == moveTo && (f.Kind != Point || len(f.Parts) == 0) {
					f.Parts = append(f.Parts, nil)
				}
				if id == closePath {
					continue
				}
				for range n {
					at.X += int32(list[0]>>1) ^ -int32(list[0]&1)
					at.Y += int32(list[1]>>1) ^ -int32(list[1]&1)
					list = list[2:]
					last := len(f.Parts) - 1
					f.Parts[last] = append(f.Parts[last], at)
				}
			}
		}
	})
	return f
}

func TestTilesReadBackAsTheyWereWritten(t *testing.T) {
	want := []Layer{
		{Name: "isobands", Features: []Feature{
			{Polygon, []Tag{{"low", Number(-5)}, {"high", Number(2.5)}, {"unit", Text("°C")}}, [][]XY{{{0, 0}, {4096, 0}, {4096, 4096}, {0, 4096}}, {{10, 10}, {10, 20}, {20, 20}}}},
			{Polygon, []Tag{{"low", Number(2.5)}, {"high", Number(10)}, {"unit", Text("°C")}}, [][]XY{{{-64, -64}, {5, -64}, {5, 5}}}},
		}},
		{Name: "isolines", Features: []Feature{{Line, []Tag{{"value", Number(1e300)}}, [][]XY{{{-100, 2000}, {4196, 3}, {4, 4}}, {{1, 1}, {2, 1}}}}}},
		{Name: "places", Features: []Feature{{Point, nil, [][]XY{{{7, 8}, {-9, 10}}}}}},
	}
	got := decode(t, Encode(append(want, Layer{Name: "empty"})...))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestNothingIsAnEmptyTile(t *testing.T) {
	if b := Encode(Layer{Name: "a"}); len(b) != 0 {
		t.Errorf("%d bytes", len(b))
	}
}

// The example of MVT 2.1 4.3.5.5: a polygon of two outer rings, the second with a hole.
func ExampleFeature() {
	f := Feature{Kind: Polygon, Parts: [][]XY{
		{{0, 0}, {10, 0}, {10, 10}, {0, 10}},
		{{11, 11}, {20, 11}, {20, 20}, {11, 20}},
		{{13, 13}, {13, 17}, {17, 17}, {17, 13}},
	}}
	fmt.Println(f.geometry())
	// Output: [9 0 0 26 20 0 0 20 19 0 15 9 22 2 26 18 0 0 18 17 0 15 9 4 13 26 0 8 8 0 0 7 15]
}
