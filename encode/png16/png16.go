// Package png16 writes one field of a coverage as a grey picture of 16 bits, for those who paint numbers themselves.
package png16

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strconv"

	"github.com/klauspost/compress/zlib"

	"isobar/coverage"
	"isobar/encode"
)

// Missing is the pixel of a value that is missing; others are from 1 to Top.
const (
	Missing = 0
	Top     = 65535
)

// Scale tells values from pixels: value = offset + scale*pixel. It depends on all that is published of the element, so pictures of
// different times have the same. The pixel Missing has no value.
func Scale(s *coverage.Source) (scale, offset float64) {
	low, high := s.Variables[0].Layer.Min, s.Variables[0].Layer.Max
	if !(low <= high) || math.IsInf(high-low, 0) {
		low, high = 0, 1
	}
	if low == high {
		high = low + 1
	}
	scale = (high - low) / (Top - 1)
	return scale, low - scale
}

// Format is PNG of 16 bits. Scale and offset stand in text chunks too.
func Format() encode.Coverage {
	return encode.Coverage{
		Name: "png16", Type: "image/png; depth=16", Extension: ".png", Check: check,
		Size: func(s *coverage.Source) (int64, bool) { return 256 + 2*s.Cells(), false },
		Encode: func(ctx context.Context, w io.Writer, s *coverage.Source) error {
			if err := check(s); err != nil {
				return err
			}
			return write(ctx, w, s)
		},
	}
}

func check(s *coverage.Source) error {
	if n := s.Bands(); n != 1 {
		return fmt.Errorf("PNG %w %d fields: one", encode.ErrUnfit, n)
	}
	return nil
}

// chunk writes one (PNG 5.3).
func chunk(w io.Writer, kind string, body []byte) error {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, len(body)+12), uint32(len(body)))
	b = append(append(b, kind...), body...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	_, err := w.Write(b)
	return err
}

// pixels writes what it is given as IDAT chunks.
type pixels struct{ w io.Writer }

func (p pixels) Write(b []byte) (int, error) { return len(b), chunk(p.w, "IDAT", b) }

// write gives the picture, some rows at a time.
func write(ctx context.Context, out io.Writer, s *coverage.Source) error {
	scale, offset := Scale(s)
	if _, err := io.WriteString(out, "\x89PNG\r\n\x1a\n"); err != nil {
		return err
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(s.Width()))
	head = binary.BigEndian.AppendUint32(head, uint32(s.Height()))
	head = append(head, 16, 0, 0, 0, 0) // bits, grey
	if err := chunk(out, "IHDR", head); err != nil {
		return err
	}
	for _, t := range [][2]string{{"Values-Scale", number(scale)}, {"Values-Offset", number(offset)}, {"Values-Missing", strconv.Itoa(Missing)}} {
		if err := chunk(out, "tEXt", []byte(t[0]+"\x00"+t[1])); err != nil {
			return err
		}
	}
	packed := bufio.NewWriterSize(pixels{out}, 1<<16)
	z, err := zlib.NewWriterLevel(packed, 3)
	if err != nil {
		return err
	}
	if err := rows(ctx, z, s, scale, offset); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := packed.Flush(); err != nil {
		return err
	}
	return chunk(out, "IEND", nil)
}

// rows writes filtered rows: differences from the row above (PNG 9.2, filter Up).
func rows(ctx context.Context, z io.Writer, s *coverage.Source, scale, offset float64) error {
	w, step := s.Width(), s.Rows()
	values, above, line := make([]float32, step*w), make([]byte, 2*w), make([]byte, 2*w)
	filtered := make([]byte, 2*w+1)
	for row := 0; row < s.Height(); row += step {
		n := min(step, s.Height()-row)
		if err := s.Read(ctx, 0, 0, 1, row, n, values[:n*w]); err != nil {
			return err
		}
		for j := range n {
			for i, v := range values[j*w : (j+1)*w] {
				binary.BigEndian.PutUint16(line[2*i:], pixel(v, scale, offset))
			}
			filtered[0] = 2
			for i, b := range line {
				filtered[i+1] = b - above[i]
			}
			above, line = line, above
			if _, err := z.Write(filtered); err != nil {
				return err
			}
		}
	}
	return nil
}

// pixel is that of a value; what lies beyond the range is at its end.
func pixel(v float32, scale, offset float64) uint16 {
	if v != v {
		return Missing
	}
	return uint16(min(max(math.Round((float64(v)-offset)/scale), Missing+1), Top))
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
