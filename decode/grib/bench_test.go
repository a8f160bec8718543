package grib

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// BenchmarkDecode reads fields of 1440 x 721 points, from the octets of a message to values in the grid's order.
//
// Spatial, ccsds and jpeg2000 are real files of the corpus. The others are packed here from the first one's values, as no file
// of that size is at hand. To measure another decoder on the same messages, give ISOBAR_BENCH_FILES a folder to write them to.
func BenchmarkDecode(b *testing.B) {
	source := firstMessage(b, "../../../shared/judge/data/t2m_025.grib2")
	files := []struct {
		name string
		data []byte
	}{
		{"simple", repack(b, source, 0)},
		{"complex", repack(b, source, 2)},
		{"spatial", source},
		{"png", repack(b, source, 41)},
		{"jpeg2000", firstMessage(b, filepath.Join(shared, "gfs/gfs_20220210_00z_0p25_f024_gh500_jpeg.grib2"))},
		{"ccsds", firstMessage(b, filepath.Join(shared, "ecmwf-opendata/ifs_20260310_00z_0p25_sfc5_ccsds.grib2"))},
		{"ieee", repack(b, source, 4)},
	}
	dst := make([]float32, 1440*721)
	for _, f := range files {
		if folder := os.Getenv("ISOBAR_BENCH_FILES"); folder != "" && f.data != nil {
			if err := os.WriteFile(filepath.Join(folder, f.name+".grib2"), f.data, 0o644); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(f.name, func(b *testing.B) {
			if f.data == nil {
				b.Skip("the corpus is not here: " + shared)
			}
			b.SetBytes(int64(4 * len(dst)))
			b.ReportAllocs()
			for b.Loop() {
				for m, err := range Messages(bytes.NewReader(f.data), int64(len(f.data))) {
					if err != nil {
						b.Fatal(err)
					}
					if err := m.Values(dst); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// firstMessage is the octets of a file's first message, nil where there is no such file.
func firstMessage(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	return data[:binary.BigEndian.Uint64(data[8:])]
}

// repack writes a message's values with another template of section 5.
func repack(tb testing.TB, source []byte, template int) []byte {
	tb.Helper()
	if source == nil {
		return nil
	}
	var m *Message
	for found, err := range Messages(bytes.NewReader(source), int64(len(source))) {
		if err != nil {
			tb.Fatal(err)
		}
		m = found
	}
	ordered := make([]float32, m.Points)
	if err := m.Values(ordered); err != nil {
		tb.Fatal(err)
	}
	values := make([]float32, m.Points)
	for i := range values {
		values[i] = ordered[m.Canonical(i)]
	}
	five, seven := packedAs(tb, template, values, m.Packing)
	var sections [][]byte
	for at := 16; at < len(source)-4; {
		n := int(binary.BigEndian.Uint32(source[at:]))
		s := source[at:][:n]
		switch s[4] {
		case 5:
			s = five
		case 7:
			s = seven
		}
		sections, at = append(sections, s), at+n
	}
	return message2(source[6], sections...)
}

// packedAs is sections 5 and 7.
func packedAs(tb testing.TB, template int, values []float32, p *Packing) (five, seven []byte) {
	q, top := make([]uint32, len(values)), uint32(0)
	for i, v := range values {
		q[i] = uint32(math.Round(math.Ldexp(float64(v)*math.Pow10(p.Decimal)-p.Reference, -p.Binary)))
		top = max(top, q[i])
	}
	width := bits.Len32(top)
	scale := slices.Concat(binary.BigEndian.AppendUint32(nil, math.Float32bits(float32(p.Reference))), sixteen(p.Binary), sixteen(p.Decimal))
	head := func(more ...byte) []byte {
		return section2(5, slices.Concat(be(len(values)), []byte{0, byte(template)}, more)...)
	}
	var w bitWriter
	switch template {
	case 0:
		for _, n := range q {
			w.put(n, width)
		}
		return head(append(scale, byte(width), 0)...), section2(7, w.data...)
	case 2:
		groups, data := grouped(q, width)
		return head(slices.Concat(scale, []byte{byte(width), 0}, groups)...), section2(7, data...)
	case 4:
		var data []byte
		for _, v := range values {
			data = binary.BigEndian.AppendUint32(data, math.Float32bits(v))
		}
		return head(1), section2(7, data...)
	case 41:
		const columns = 1440
		picture := image.NewGray16(image.Rect(0, 0, columns, len(q)/columns))
		for i, n := range q {
			picture.SetGray16(i%columns, i/columns, color.Gray16{Y: uint16(n)})
		}
		var data bytes.Buffer
		if err := png.Encode(&data, picture); err != nil {
			tb.Fatal(err)
		}
		return head(append(scale, 16, 0)...), section2(7, data.Bytes()...)
	}
	tb.Fatalf("template 5.%d is not written here", template)
	return nil, nil
}

// grouped is what template 5.2 adds to 5.0, and section 7, with groups of 24 values.
func grouped(q []uint32, width int) (head, data []byte) {
	const length = 24
	var references, widths []uint32
	for group := range slices.Chunk(q, length) {
		low, high := slices.Min(group), slices.Max(group)
		references, widths = append(references, low), append(widths, uint32(bits.Len32(high-low)))
	}
	n := len(references)
	last := len(q) - (n-1)*length
	head = slices.Concat([]byte{1, 0}, missing(8), be(n), []byte{0, 5}, be(length), []byte{1}, be(last), []byte{0})
	var w bitWriter
	for _, r := range references {
		w.put(r, width)
	}
	w.align()
	for _, n := range widths {
		w.put(n, 5)
	}
	w.align()
	for i, v := range q {
		w.put(v-references[i/length], int(widths[i/length]))
	}
	return head, w.data
}

// bitWriter writes bits, the highest first.
type bitWriter struct {
	data []byte
	free int // bits of the last octet
}

func (w *bitWriter) put(v uint32, width int) {
	for i := width - 1; i >= 0; i-- {
		if w.free == 0 {
			w.data, w.free = append(w.data, 0), 8
		}
		w.free--
		w.data[len(w.data)-1] |= byte(v>>i&1) << w.free
	}
}

func (w *bitWriter) align() { w.free = 0 }

// sixteen is a number of two octets, a negative one with a sign bit.
func sixteen(v int) []byte {
	if v < 0 {
		v = -v | 1<<15
	}
	return binary.BigEndian.AppendUint16(nil, uint16(v))
}

func TestRepackedFieldsHaveTheSameValues(t *testing.T) {
	source, err := os.ReadFile("testdata/aqm_20240516_12z_o3_hi_mercator.grib2")
	if err != nil {
		t.Fatal(err)
	}
	want := unpacked(t, one(t, source))
	for _, template := range []int{0, 2, 4} {
		if got := unpacked(t, one(t, repack(t, source, template))); !alike(got, want) {
			t.Errorf("template 5.%d: other values", template)
		}
	}
}
