package grib_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/bits"
	"slices"
	"testing"
)

// Quantisation of what is packed here: hundredths, from a whole reference on.
const (
	packDecimal = 2
	packScale   = 100
)

// repack gives a model's first field other values in another packing.
func repack(b *testing.B, model []byte, name string, values []float32, columns int) []byte {
	b.Helper()
	reference := float32(math.Floor(float64(slices.Min(values))) * packScale)
	q := make([]uint64, len(values))
	for i, v := range values {
		q[i] = uint64(math.Round(float64(v)*packScale - float64(reference)))
	}
	width := bits.Len64(slices.Max(q))
	head := binary.BigEndian.AppendUint32(nil, math.Float32bits(reference))
	head = append(head, 0, 0, 0, packDecimal, byte(width), 0)
	switch name {
	case "simple":
		return withValues(model, len(q), 0, head, pack(q, width))
	case "complex":
		groups, data := inGroups(q, width)
		return withValues(model, len(q), 2, append(head, groups...), data)
	case "png":
		return withValues(model, len(q), 41, head, pixels(b, q, columns))
	case "ieee":
		data := []byte{}
		for _, v := range values {
			data = binary.BigEndian.AppendUint32(data, math.Float32bits(v))
		}
		return withValues(model, len(q), 4, []byte{1}, data)
	}
	b.Fatalf("no packer for %s", name)
	return nil
}

// withValues replaces sections 5 to 7 of a message of one field.
func withValues(model []byte, count, template int, header, data []byte) []byte {
	at := 16
	for model[at+4] != 5 {
		at += int(binary.BigEndian.Uint32(model[at:]))
	}
	m := slices.Clone(model[:at])
	five := binary.BigEndian.AppendUint32(nil, uint32(count))
	five = binary.BigEndian.AppendUint16(five, uint16(template))
	for i, s := range [][]byte{append(five, header...), {255}, data} {
		m = binary.BigEndian.AppendUint32(m, uint32(len(s)+5))
		m = append(append(m, byte(5+i)), s...)
	}
	m = append(m, "7777"...)
	binary.BigEndian.PutUint64(m[8:], uint64(len(m)))
	return m
}

// pack writes integers of one width.
func pack(q []uint64, width int) []byte {
	w := packer{}
	for _, n := range q {
		w.put(n, width)
	}
	return w.data
}

// packer writes bits, the highest first.
type packer struct {
	data []byte
	used int // bits
}

func (w *packer) put(n uint64, width int) {
	for i := width - 1; i >= 0; i-- {
		if w.used&7 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[w.used>>3] |= byte(n>>i&1) << (7 - w.used&7)
		w.used++
	}
}

// inGroups packs groups of 32 integers (GRIB2 templates 5.2 from octet 22 on, and 7.2).
func inGroups(q []uint64, width int) (header, data []byte) {
	const size = 32
	var references, widths []uint64
	body := packer{}
	for group := range slices.Chunk(q, size) {
		low := slices.Min(group)
		w := bits.Len64(slices.Max(group) - low)
		references, widths = append(references, low), append(widths, uint64(w))
		for _, n := range group {
			body.put(n-low, w)
		}
	}
	header = append([]byte{1, 0}, make([]byte, 8)...)
	header = binary.BigEndian.AppendUint32(header, uint32(len(references)))
	header = append(header, 0, 6)
	header = append(binary.BigEndian.AppendUint32(header, size), 1)
	header = append(binary.BigEndian.AppendUint32(header, uint32(len(q)-size*(len(references)-1))), 0)
	return header, slices.Concat(pack(references, width), pack(widths, 6), body.data)
}

// pixels writes an image of gray pixels of 16 bits.
func pixels(b *testing.B, q []uint64, columns int) []byte {
	b.Helper()
	img := image.NewGray16(image.Rect(0, 0, columns, len(q)/columns))
	for i, n := range q {
		img.SetGray16(i%columns, i/columns, color.Gray16{Y: uint16(n)})
	}
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		b.Fatal(err)
	}
	return file.Bytes()
}
