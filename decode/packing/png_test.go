package packing_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"testing"

	"isobar/decode/packing"
)

// pngChunk is a chunk of a PNG file.
func pngChunk(kind string, body []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	c = append(append(c, kind...), body...)
	return binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
}

// pngFile writes rows that have their filters' octets already, in IDAT chunks of 1000 octets.
func pngFile(width, height int, depth, kind, interlace byte, rows []byte) []byte {
	var stream bytes.Buffer
	z := zlib.NewWriter(&stream)
	z.Write(rows)
	z.Close()
	head := binary.BigEndian.AppendUint32(nil, uint32(width))
	head = append(binary.BigEndian.AppendUint32(head, uint32(height)), depth, kind, 0, 0, interlace)
	file := append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", head)...)
	file = append(file, pngChunk("tEXt", []byte("Title\x00none"))...)
	for part := range slices.Chunk(stream.Bytes(), 1000) {
		file = append(file, pngChunk("IDAT", part)...)
	}
	return append(file, pngChunk("IEND", nil)...)
}

// filtered puts a filter's octet before each row of pixels, each row its own, as PNG 3 9.2 tells to.
func filtered(rows [][]byte, step int) (out []byte) {
	above := make([]byte, len(rows[0]))
	for i, row := range rows {
		filter := i % 5
		out = append(out, byte(filter))
		for x, v := range row {
			a, b, c := 0, int(above[x]), 0
			if x >= step {
				a, c = int(row[x-step]), int(above[x-step])
			}
			p := a + b - c
			predicted := []int{0, a, b, (a + b) / 2, c}[filter]
			pa, pb, pc := max(p-a, a-p), max(p-b, b-p), max(p-c, c-p)
			switch {
			case filter != 4:
			case pa <= pb && pa <= pc:
				predicted = a
			case pb <= pc:
				predicted = b
			}
			out = append(out, v-byte(predicted))
		}
		above = row
	}
	return out
}

// pngKinds are the images that GRIB messages hold: bits of a sample, colour type, bits of a pixel.
var pngKinds = []struct {
	depth, kind byte
	bits        int
}{{1, 0, 1}, {2, 0, 2}, {4, 0, 4}, {8, 0, 8}, {16, 0, 16}, {8, 4, 16}, {8, 2, 24}, {8, 6, 32}, {16, 4, 32}}

func TestPNGReadsEveryKind(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	for _, k := range pngKinds {
		for _, size := range [][2]int{{1, 1}, {7, 11}, {40, 31}, {3, 1000}, {5000, 2}} {
			width, height := size[0], size[1]
			q := random(r, width*height, k.bits)
			var rows [][]byte
			for row := range slices.Chunk(q, width) {
				rows = append(rows, pack(row, k.bits))
			}
			file := pngFile(width, height, k.depth, k.kind, 0, filtered(rows, (k.bits+7)/8))
			checkPNG(t, fmt.Sprintf("%d by %d pixels of %d bits", width, height, k.bits), file, q, k.bits)
		}
	}
}

func TestPNGReadsInterlacedImages(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 4))
	for _, k := range pngKinds {
		for _, size := range [][2]int{{1, 1}, {2, 3}, {7, 11}, {40, 31}} {
			width, height := size[0], size[1]
			q := random(r, width*height, k.bits)
			var all []byte
			for _, pass := range [][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
				var rows [][]byte
				for y := pass[1]; y < height; y += pass[3] {
					var row []uint64
					for x := pass[0]; x < width; x += pass[2] {
						row = append(row, q[y*width+x])
					}
					rows = append(rows, pack(row, k.bits))
				}
				if len(rows) > 0 && len(rows[0]) > 0 {
					all = append(all, filtered(rows, (k.bits+7)/8)...)
				}
			}
			checkPNG(t, fmt.Sprintf("%d by %d interlaced pixels of %d bits", width, height, k.bits), pngFile(width, height, k.depth, k.kind, 1, all), q, k.bits)
		}
	}
}

func checkPNG(t *testing.T, name string, file []byte, q []uint64, bits int) {
	t.Helper()
	l := packing.Linear{Reference: -3, Binary: 1, Decimal: 1, Bits: bits}
	got := make([]float32, len(q))
	if err := (packing.Values{Template: 41, Header: head(l), Data: file, Count: len(q)}).Unpack(got); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for i, n := range q {
		if want := exact(l, n); got[i] != want {
			t.Fatalf("%s: value %d is %v, want %v", name, i, got[i], want)
		}
	}
}

func TestPNGRefusals(t *testing.T) {
	row := []byte{0, 1, 2, 3}
	good := pngFile(3, 1, 8, 0, 0, row)
	wrong := slices.Clone(good)
	wrong[17]++
	bomb := pngFile(3000, 3000, 8, 0, 0, nil)
	for _, c := range []struct {
		what  string
		file  []byte
		count int
		want  error
	}{
		{"another count", good, 4, packing.ErrBroken},
		{"a wrong checksum", wrong, 3, packing.ErrBroken},
		{"a file cut short", good[:len(good)-20], 3, packing.ErrBroken},
		{"no image", []byte("JPEG"), 3, packing.ErrBroken},
		{"a signature alone", good[:8], 3, packing.ErrBroken},
		{"a filter that is none", pngFile(3, 1, 8, 0, 0, []byte{5, 1, 2, 3}), 3, packing.ErrBroken},
		{"a palette", pngFile(3, 1, 8, 3, 0, row), 3, packing.ErrUnsupported},
		{"pixels of 48 bits", pngFile(1, 1, 16, 2, 0, make([]byte, 7)), 1, packing.ErrUnsupported},
		{"nine million pixels of nothing", bomb, 9000000, packing.ErrBroken},
	} {
		v := packing.Values{Template: 41, Header: head(packing.Linear{Bits: 8}), Data: c.file, Count: c.count}
		refused(t, c.what, v.Unpack(make([]float32, c.count)), c.want)
	}
}
