// Package png writes pictures as PNG, palettes as palettes.
package png

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"sync"

	"github.com/klauspost/compress/zlib"

	"isobar/encode"
)

// maxPixels bounds a picture, so that its one IDAT chunk stays below the 2^31 bytes that PNG 3 5.3 allows.
const maxPixels = 1 << 28

// level is fast rather than small: on a tile of 254 colours the default takes ten times as long to save a quarter.
const level = zlib.BestSpeed

// busyShare is up to what share of filtered bytes that equal the one before a palette of 8 bits is compressed by letter frequencies
// alone: on tiles of real fields that takes half the time and is smaller by up to a seventh. Calmer ones have runs, which only matches
// shorten, as have packed ones from row to row.
const busyShare = 0.75

// glance is how far apart the bytes lie that busyShare is estimated from.
const glance = 7

// chunkBytes is how many filtered bytes go to the compressor at once.
const chunkBytes = 1 << 16

// keptBytes is the largest buffer that goes back to the pool.
const keptBytes = 4 << 20

// Colour types of PNG 3 11.2.1.
const (
	truecolour      = 2
	indexed         = 3
	truecolourAlpha = 6
)

// Format is PNG with its own pools. A *image.Paletted stays a palette and takes 8, 4, 2 or 1 bits a pixel, by the number
// of colours it uses; any other picture is written with 8 bits a channel. Equal pictures give equal bytes.
func Format() encode.Picture {
	e := &encoder{}
	return encode.Picture{Type: "image/png", Alpha: true, Encode: e.encode}
}

// encoder keeps what one picture leaves for the next. Safe for concurrent use.
type encoder struct {
	writers sync.Pool // *writer
	plain   plainCache
}

// encode writes a picture.
func (e *encoder) encode(img image.Image) ([]byte, error) {
	b := img.Bounds()
	if b.Dx() <= 0 || b.Dy() <= 0 || b.Dx() > maxPixels/b.Dy() {
		return nil, fmt.Errorf("png: a picture of %d x %d pixels cannot be written", b.Dx(), b.Dy())
	}
	switch p := img.(type) {
	case *image.Paletted:
		return e.paletted(p)
	case *image.NRGBA:
		return e.colours(p)
	}
	flat := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), img, b.Min, draw.Src)
	return e.colours(flat)
}

// paletted writes a picture of palette indexes.
func (e *encoder) paletted(p *image.Paletted) ([]byte, error) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	u, err := usedBy(p)
	if err != nil {
		return nil, err
	}
	if u.n == 1 {
		k := plainKey{w, h, u.palette[0]}
		if b, ok := e.plain.get(k); ok {
			return bytes.Clone(b), nil
		}
		b, err := e.write(w, h, u, p.Pix, p.Stride)
		if err == nil {
			e.plain.put(k, bytes.Clone(b))
		}
		return b, err
	}
	return e.write(w, h, u, p.Pix, p.Stride)
}

// write writes a palette picture whose colours are known.
func (e *encoder) write(w, h int, u used, pix []byte, stride int) ([]byte, error) {
	wr := e.take()
	defer e.give(wr)
	wr.header(w, h, u.bits, indexed)
	wr.palette(u.palette)
	wr.open()
	row := (w*u.bits + 7) / 8
	for y := range h {
		line := pix[y*stride : y*stride+w]
		if u.bits == 8 {
			up := line
			if y > 0 {
				up = pix[(y-1)*stride : (y-1)*stride+w]
			}
			wr.up(line, up, y == 0)
		} else {
			dst := wr.line(row)
			dst[0] = filterNone
			pack(dst[1:], line, &u.remap, u.bits)
		}
	}
	return wr.close()
}

// colours writes a picture of four channels, or of three if none of its pixels is transparent.
func (e *encoder) colours(p *image.NRGBA) ([]byte, error) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	wr := e.take()
	defer e.give(wr)
	at := func(y int) []byte { return p.Pix[y*p.Stride : y*p.Stride+4*w] }
	opaque := p.Opaque()
	kind := truecolourAlpha
	if opaque {
		kind = truecolour
	}
	wr.header(w, h, 8, kind)
	wr.open()
	var last, next []byte
	if opaque {
		last, next = make([]byte, 3*w), make([]byte, 3*w)
	}
	for y := range h {
		line, up := at(y), at(max(y-1, 0))
		if opaque {
			last, next = next, last
			for i := range w {
				copy(next[3*i:3*i+3], line[4*i:4*i+3])
			}
			line, up = next, last
		}
		wr.up(line, up, y == 0)
	}
	return wr.close()
}

// take gives a writer from the pool.
func (e *encoder) take() *writer {
	if w, ok := e.writers.Get().(*writer); ok {
		w.out.Reset()
		return w
	}
	w := &writer{}
	w.matches, _ = zlib.NewWriterLevel(&w.out, level) // the level is a constant, and valid
	return w
}

// give returns a writer, unless it has grown large.
func (e *encoder) give(w *writer) {
	if w.out.Cap() <= keptBytes && cap(w.raw) <= keptBytes {
		e.writers.Put(w)
	}
}

// writer builds one file.
type writer struct {
	out     bytes.Buffer
	raw     []byte       // filtered rows on their way to deflate
	matches *zlib.Writer // compresses what has runs
	letters *zlib.Writer // compresses what has none; nil until it is needed
	deflate *zlib.Writer // one of these; nil until the first rows are there
	bytes   bool         // a pixel is a byte, an index of a palette
	idat    int          // where the data chunk starts
	err     error        // the first error of deflate
}

// header writes signature and IHDR (PNG 3 11.2.1).
func (w *writer) header(width, height, bits, kind int) {
	w.raw, w.err = w.raw[:0], nil
	w.out.WriteString("\x89PNG\r\n\x1a\n")
	var b [13]byte
	binary.BigEndian.PutUint32(b[:], uint32(width))
	binary.BigEndian.PutUint32(b[4:], uint32(height))
	b[8], b[9] = byte(bits), byte(kind)
	w.bytes = bits == 8 && kind == indexed
	w.chunk("IHDR", b[:])
}

// palette writes PLTE, and tRNS as far as there are colours that are not opaque (PNG 3 11.2.2, 11.3.1.1).
func (w *writer) palette(colours []color.NRGBA) {
	var plte [3 * 256]byte
	var trns [256]byte
	clear := 0
	for i, c := range colours {
		plte[3*i], plte[3*i+1], plte[3*i+2], trns[i] = c.R, c.G, c.B, c.A
		if c.A != 255 {
			clear = i + 1
		}
	}
	w.chunk("PLTE", plte[:3*len(colours)])
	if clear > 0 {
		w.chunk("tRNS", trns[:clear])
	}
}

// chunk writes a whole chunk (PNG 3 5.3).
func (w *writer) chunk(name string, data []byte) {
	start := w.begin(name)
	w.out.Write(data)
	w.end(start)
}

// begin starts a chunk whose length is not known yet.
func (w *writer) begin(name string) int {
	start := w.out.Len()
	w.out.WriteString("\x00\x00\x00\x00")
	w.out.WriteString(name)
	return start
}

// end fills in a chunk's length and adds its checksum.
func (w *writer) end(start int) {
	b := w.out.Bytes()[start:]
	binary.BigEndian.PutUint32(b, uint32(len(b)-8))
	w.out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b[4:])))
}

// open starts the picture's data.
func (w *writer) open() {
	w.idat = w.begin("IDAT")
	w.deflate = nil
}

// choose decides by the first rows how all are compressed.
func (w *writer) choose() {
	w.deflate = w.matches
	if w.bytes && busy(w.raw) {
		if w.letters == nil {
			w.letters, _ = zlib.NewWriterLevel(&w.out, zlib.HuffmanOnly) // the level is a constant, and valid
		}
		w.deflate = w.letters
	}
	w.deflate.Reset(&w.out)
}

// busy tells that few filtered bytes equal the one before.
func busy(raw []byte) bool {
	same, n := 0, 0
	for i := 1; i < len(raw); i += glance {
		if raw[i] == raw[i-1] {
			same++
		}
		n++
	}
	return float64(same) <= busyShare*float64(n)
}

// line gives room for a row's filter byte and n bytes.
func (w *writer) line(n int) []byte {
	if len(w.raw)+n+1 > chunkBytes {
		w.flush()
	}
	at := len(w.raw)
	if at+n+1 > cap(w.raw) {
		w.raw = append(make([]byte, 0, max(chunkBytes, n+1)), w.raw...)
	}
	w.raw = w.raw[:at+n+1]
	return w.raw[at:]
}

// flush hands the rows so far to the compressor.
func (w *writer) flush() {
	if w.deflate == nil {
		w.choose()
	}
	if _, err := w.deflate.Write(w.raw); err != nil && w.err == nil {
		w.err = err
	}
	w.raw = w.raw[:0]
}

// close ends the file and gives a copy of it.
func (w *writer) close() ([]byte, error) {
	w.flush()
	if err := w.deflate.Close(); err != nil && w.err == nil {
		w.err = err
	}
	if w.err != nil {
		return nil, fmt.Errorf("png: %w", w.err)
	}
	w.end(w.idat)
	w.chunk("IEND", nil)
	return bytes.Clone(w.out.Bytes()), nil
}
