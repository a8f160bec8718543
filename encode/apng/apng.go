// Package apng writes pictures that follow one another as animated PNG (PNG 3, clause 4.9).
package apng

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"time"

	"github.com/klauspost/compress/zlib"

	"isobar/encode"
	"isobar/encode/png"
)

// maxPixels bounds all frames together, so that lengths stay within the 2^31 bytes of PNG 3 5.3.
const maxPixels = 1 << 28

// Colour types (PNG 3 11.2.1) and the filters of rows (9.2).
const (
	indexed         = 3
	truecolourAlpha = 6
	filterNone      = 0
	filterUp        = 2
)

// Format is animated PNG with transparency. Frames of one palette stay palettes; one picture alone is a plain PNG.
func Format() encode.Picture {
	return encode.Picture{Type: "image/apng", Alpha: true, Encode: png.Format().Encode, Animate: animate}
}

// animate writes a file. Programs that know no APNG show the first frame.
func animate(frames []image.Image, delay time.Duration) ([]byte, error) {
	width, height, err := encode.CheckFrames(frames)
	if err != nil {
		return nil, fmt.Errorf("apng: %w", err)
	}
	if width > maxPixels/height/len(frames) {
		return nil, fmt.Errorf("apng: %d frames of %d x %d pixels cannot be written", len(frames), width, height)
	}
	w := &writer{width: width, height: height, channels: 4, ms: uint16(min(max(delay.Milliseconds(), 1), 1<<16-1))}
	if w.deflate, err = zlib.NewWriterLevel(&w.packed, zlib.BestSpeed); err != nil {
		return nil, fmt.Errorf("apng: %w", err)
	}
	palette, one := shared(frames)
	w.header(palette, one, len(frames))
	for i, f := range frames {
		if err := w.frame(i, f, one); err != nil {
			return nil, fmt.Errorf("apng: frame %d: %w", i, err)
		}
	}
	w.chunk("IEND", nil)
	return w.out.Bytes(), nil
}

// shared is the palette that all frames have; ok is false if they have none or several.
func shared(frames []image.Image) (palette color.Palette, ok bool) {
	for i, f := range frames {
		p, is := f.(*image.Paletted)
		if !is || len(p.Palette) == 0 || len(p.Palette) > 256 {
			return nil, false
		}
		if i == 0 {
			palette = p.Palette
		} else if encode.Colours(p.Palette) != encode.Colours(palette) {
			return nil, false
		}
		for y := range f.Bounds().Dy() {
			for _, c := range p.Pix[y*p.Stride : y*p.Stride+f.Bounds().Dx()] {
				if int(c) >= len(palette) {
					return nil, false
				}
			}
		}
	}
	return palette, true
}

// writer builds one file.
type writer struct {
	out           bytes.Buffer
	packed        bytes.Buffer // the frame's data
	deflate       *zlib.Writer
	row           []byte
	width, height int
	channels      int
	ms            uint16
	sequence      uint32 // of fcTL and fdAT together (PNG 3 11.3.6)
}

// header writes what comes before the first frame.
func (w *writer) header(palette color.Palette, one bool, frames int) {
	w.out.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(w.width))
	head = binary.BigEndian.AppendUint32(head, uint32(w.height))
	kind := byte(truecolourAlpha)
	if one {
		kind, w.channels = indexed, 1
	}
	w.chunk("IHDR", append(head, 8, kind, 0, 0, 0))
	w.chunk("acTL", binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(frames)), 0)) // for ever
	if !one {
		return
	}
	colours := encode.Colours(palette)
	var plte, trns []byte
	for i := range palette {
		c := colours[i]
		plte, trns = append(plte, c.R, c.G, c.B), append(trns, c.A)
	}
	w.chunk("PLTE", plte)
	w.chunk("tRNS", bytes.TrimRight(trns, "\xff"))
}

// frame writes a frame's control and data: IDAT for the first, which is the picture of those that know no more.
func (w *writer) frame(i int, f image.Image, one bool) error {
	control := binary.BigEndian.AppendUint32(nil, w.next())
	for _, n := range []int{w.width, w.height, 0, 0} {
		control = binary.BigEndian.AppendUint32(control, uint32(n))
	}
	control = binary.BigEndian.AppendUint16(control, w.ms)
	control = binary.BigEndian.AppendUint16(control, 1000)
	w.chunk("fcTL", append(control, 0, 0)) // nothing is cleared, and the frame replaces what was there
	w.packed.Reset()
	if i > 0 {
		w.packed.Write(binary.BigEndian.AppendUint32(nil, w.next()))
	}
	if err := w.pixels(f, one); err != nil {
		return err
	}
	name := "IDAT"
	if i > 0 {
		name = "fdAT"
	}
	w.chunk(name, w.packed.Bytes())
	return nil
}

// pixels compresses a frame's rows.
func (w *writer) pixels(f image.Image, one bool) error {
	pix, stride := flat(f, one)
	w.deflate.Reset(&w.packed)
	n := w.width * w.channels
	if cap(w.row) < n+1 {
		w.row = make([]byte, n+1)
	}
	w.row = w.row[:n+1]
	for y := range w.height {
		line := pix[y*stride : y*stride+n]
		w.row[0] = filterNone
		copy(w.row[1:], line)
		if y > 0 {
			w.row[0] = filterUp
			for x, above := range pix[(y-1)*stride : (y-1)*stride+n] {
				w.row[1+x] -= above
			}
		}
		if _, err := w.deflate.Write(w.row); err != nil {
			return err
		}
	}
	return w.deflate.Close()
}

// flat is a frame's bytes, as indices or as straight colours.
func flat(f image.Image, one bool) (pix []byte, stride int) {
	if p, ok := f.(*image.Paletted); ok && one {
		return p.Pix, p.Stride
	}
	n := encode.Straight(f)
	return n.Pix, n.Stride
}

// next numbers fcTL and fdAT.
func (w *writer) next() uint32 {
	w.sequence++
	return w.sequence - 1
}

// chunk writes a chunk (PNG 3 5.3); an empty tRNS is left out.
func (w *writer) chunk(name string, data []byte) {
	if len(data) == 0 && name == "tRNS" {
		return
	}
	w.out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
	start := w.out.Len()
	w.out.WriteString(name)
	w.out.Write(data)
	w.out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(w.out.Bytes()[start:])))
}
