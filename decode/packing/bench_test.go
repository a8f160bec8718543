package packing_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"isobar/decode/packing"
)

// The size of the field that is measured: 0.25 degrees of the globe.
const (
	benchColumns = 1440
	benchRows    = 721
	benchCount   = benchColumns * benchRows
)

// benchWave is integers of 14 bits, smooth with some noise.
func benchWave() []int64 {
	r, q := rand.New(rand.NewPCG(5, 8)), make([]int64, benchCount)
	for i := range q {
		x, y := float64(i%benchColumns), float64(i/benchColumns)
		q[i] = int64(8000+4000*math.Sin(x/100)*math.Cos(y/70)) + r.Int64N(40)
	}
	return q
}

func unsigned(q []int64) []uint64 {
	u := make([]uint64, len(q))
	for i, n := range q {
		u[i] = uint64(n)
	}
	return u
}

func benchUnpack(b *testing.B, unpack func([]float32) error) {
	b.Helper()
	dst := make([]float32, benchCount)
	b.SetBytes(4 * benchCount)
	b.ReportAllocs()
	for b.Loop() {
		if err := unpack(dst); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSimple(b *testing.B) {
	q := unsigned(benchWave())
	for _, bits := range []int{14, 16, 24} {
		v := packing.Values{Header: head(packing.Linear{Reference: -20, Decimal: 2, Bits: bits}), Data: pack(q, bits), Count: benchCount}
		b.Run(map[int]string{14: "14 bits", 16: "16 bits", 24: "24 bits"}[bits], func(b *testing.B) { benchUnpack(b, v.Unpack) })
	}
}

func BenchmarkComplex(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 9))
	for _, c := range []struct {
		name              string
		order, management int
	}{{"no differences", 0, 0}, {"first order", 1, 0}, {"second order", 2, 0}, {"second order, missing values", 2, 1}} {
		q := benchWave()
		if c.management > 0 {
			for i := range q {
				if i/997%3 == 1 {
					q[i] = lost
				}
			}
		}
		p := groupPacker{linear: packing.Linear{Reference: -20, Decimal: 2, Bits: 14}, lengths: cut(r, benchCount), order: c.order, management: c.management, descriptors: 2}
		v := p.pack(q)
		b.Run(c.name, func(b *testing.B) { benchUnpack(b, v.Unpack) })
	}
}

func BenchmarkIEEE(b *testing.B) {
	var data []byte
	for _, n := range benchWave() {
		data = binary.BigEndian.AppendUint32(data, math.Float32bits(float32(n)))
	}
	benchUnpack(b, packing.Values{Template: 4, Header: []byte{1}, Data: data, Count: benchCount}.Unpack)
}

func BenchmarkPNG(b *testing.B) {
	img := image.NewGray16(image.Rect(0, 0, benchColumns, benchRows))
	for i, n := range benchWave() {
		binary.BigEndian.PutUint16(img.Pix[2*i:], uint16(n))
	}
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		b.Fatal(err)
	}
	benchUnpack(b, packing.Values{Template: 41, Header: head(packing.Linear{Bits: 14}), Data: file.Bytes(), Count: benchCount}.Unpack)
}

func BenchmarkLogarithm(b *testing.B) {
	h := append(head(packing.Linear{Binary: -12, Bits: 16}), 0, 0, 0, 0)
	benchUnpack(b, packing.Values{Template: 61, Header: h, Data: pack(unsigned(benchWave()), 16), Count: benchCount}.Unpack)
}

func BenchmarkRunLength(b *testing.B) {
	var data []byte
	for i, left := 0, benchCount; left > 0; i++ {
		run := min(left, 1+i%60)
		data = append(data, byte(i%4))
		if run > 1 {
			data = append(data, byte(3+run))
		}
		left -= run
	}
	benchUnpack(b, packing.Values{Template: 200, Header: levelHeader(8, 3, 10, 20, 30), Data: data, Count: benchCount}.Unpack)
}

func BenchmarkSecondOrder(b *testing.B) {
	q := unsigned(benchWave())
	var rows [][]uint64
	for y := range benchRows {
		rows = append(rows, q[y*benchColumns:(y+1)*benchColumns])
	}
	s := secondOrder(packing.Linear{Bits: 14}, secondaryBitmap|manyWidths, rows, func(i int) bool { return i%20 == 0 })
	benchUnpack(b, packing.Values1{Section: s, Count: benchCount}.Unpack)
}

func BenchmarkSpectral(b *testing.B) {
	const truncation = 1020 // about as many coefficients as the others have values
	count := (truncation + 1) * (truncation + 2)
	h := append(binary.BigEndian.AppendUint32(head(packing.Linear{Bits: 16}), 5e5), 0, 20, 0, 20, 0, 20, 0, 0, 1, 206, 1)
	v := packing.Values{Template: 51, Header: h, Data: make([]byte, 4*count), Count: count, Truncation: truncation}
	dst := make([]float32, count)
	b.SetBytes(int64(4 * count))
	for b.Loop() {
		if err := v.Unpack(dst); err != nil {
			b.Fatal(err)
		}
	}
}
