package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"isobar/decode"
	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// maxASCII bounds a file: each value takes two bytes at least.
const maxASCII = 64 << 20

// asciiGrid is the format of ASCII grids (ESRI): six lines of headers, then rows from the north. What they hold and when it is valid stands
// in the file's name: t2m_20261125T06Z.asc.
func asciiGrid() decode.Format {
	return decode.Format{
		Name:   "ASCII grid",
		Detect: func(head []byte) bool { return bytes.HasPrefix(bytes.ToLower(head), []byte("ncols")) },
		Messages: func(r io.ReaderAt, size int64) iter.Seq2[*decode.Message, error] {
			return func(yield func(*decode.Message, error) bool) { yield(readASCII(r, size)) }
		},
	}
}

// readASCII reads the one field of a file.
func readASCII(r io.ReaderAt, size int64) (*decode.Message, error) {
	if size > maxASCII {
		return nil, fmt.Errorf("%d bytes; at most %d are read", size, maxASCII)
	}
	head, _, err := headASCII(r, size)
	if err != nil {
		return nil, err
	}
	nx, ny, step := int(head["ncols"]), int(head["nrows"]), head["cellsize"]
	west, south := head["xllcorner"]+step/2, head["yllcorner"]+step/2 // of the outermost cells' centres
	g, err := grid.LatLon(nx, ny, geo.Box{west, south, west + float64(nx-1)*step, south + float64(ny-1)*step})
	if err != nil {
		return nil, err
	}
	m := &decode.Message{Number: 1, Grid: g, Headers: decode.Headers{GridType: "regular_ll", GDT: -1, DRT: -1, PDT: -1, NI: nx, NJ: ny, Points: g.Len()}}
	if m.Parameter, m.Level, m.Valid, err = fromName(r); err != nil {
		return m, err
	}
	m.Run = m.Valid
	m.Unpack = func(dst []float32) error {
		_, words, err := headASCII(r, size)
		if err != nil {
			return err
		}
		for i := range dst {
			words.Scan()
			v, err := strconv.ParseFloat(words.Text(), 32)
			if err != nil {
				return fmt.Errorf("value %d: %w", i, err)
			}
			if dst[i] = float32(v); v == head["nodata_value"] {
				dst[i] = float32(math.NaN())
			}
		}
		return nil
	}
	return m, nil
}

// headASCII reads the headers, and gives the words behind them.
func headASCII(r io.ReaderAt, size int64) (head map[string]float64, words *bufio.Scanner, err error) {
	words, head = bufio.NewScanner(io.NewSectionReader(r, 0, size)), map[string]float64{}
	words.Split(bufio.ScanWords)
	for range 6 {
		words.Scan()
		name := strings.ToLower(words.Text())
		words.Scan()
		v, err := strconv.ParseFloat(words.Text(), 64)
		if err != nil {
			return nil, nil, fmt.Errorf("header %.20q: %w", name, err)
		}
		head[name] = v
	}
	return head, words, nil
}

// fromName tells what stands in a file's name. In this format that is temperature at 2 m.
func fromName(r io.ReaderAt) (p elements.Parameter, l field.Level, at field.Time, err error) {
	named, ok := r.(interface{ Name() string })
	if !ok {
		return p, l, at, fmt.Errorf("a file without a name tells no time")
	}
	what, when, _ := strings.Cut(strings.TrimSuffix(path.Base(named.Name()), ".asc"), "_")
	if what != "t2m" {
		return p, l, at, fmt.Errorf("%.20q is not known", what)
	}
	t, err := time.Parse("20060102T15Z", when)
	p = elements.Parameter{Name: "air_temperature", Unit: "K", LevelKind: elements.Height, LevelValue: 2}
	return p, field.Level{Kind: elements.Height, Value: 2}, field.At(t), err
}
