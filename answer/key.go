package answer

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"image/color"
	"math"

	"isobar/field"
	"isobar/geo"
	"isobar/sample"
	"isobar/store"
	"isobar/styles"
)

// fingerprint gathers all that an answer is made from, each thing so that it can't run into the next.
type fingerprint []byte

func (f *fingerprint) text(s string) {
	*f = binary.AppendUvarint(*f, uint64(len(s)))
	*f = append(*f, s...)
}

func (f *fingerprint) whole(n int64) { *f = binary.AppendVarint(*f, n) }

func (f *fingerprint) real(v float64) {
	*f = binary.LittleEndian.AppendUint64(*f, math.Float64bits(v))
}

func (f *fingerprint) flag(b bool) {
	if b {
		*f = append(*f, 1)
		return
	}
	*f = append(*f, 0)
}

func (f *fingerprint) color(c color.NRGBA) { *f = append(*f, c.R, c.G, c.B, c.A) }

func (f *fingerprint) maybe(c *color.NRGBA) {
	f.flag(c != nil)
	if c != nil {
		f.color(*c)
	}
}

// field adds a field by name and content.
func (f *fingerprint) field(k field.Key, etag string) {
	f.text(k.Model)
	f.whole(int64(k.Run))
	f.whole(int64(k.Issue))
	f.text(k.Element)
	f.text(string(k.Level.Kind))
	f.real(k.Level.Value)
	f.real(k.Level.To)
	f.whole(int64(k.Member))
	f.whole(int64(k.Valid))
	f.whole(int64(k.Span))
	f.text(etag)
}

// input adds the fields that something is sampled from.
func (f *fingerprint) input(snapshot store.Snapshot, in sample.Input) error {
	f.flag(in.Nearest)
	f.flag(in.Circular)
	f.flag(in.Expr != nil)
	f.whole(int64(len(in.Keys)))
	for _, k := range in.Keys {
		info, ok := snapshot.Info(k)
		if !ok {
			return store.ErrNotFound
		}
		f.field(k, info.ETag)
	}
	return nil
}

// style adds a style by all that it paints with: one made for a range keeps its ID when the range changes.
func (f *fingerprint) style(s *styles.Style) {
	f.text(s.ID)
	f.text(s.Unit)
	f.text(string(s.Kind))
	f.whole(int64(len(s.Stops)))
	for _, stop := range s.Stops {
		f.real(stop.Value)
		f.color(stop.Color)
		f.text(stop.Label)
	}
	f.maybe(s.Under)
	f.maybe(s.Over)
	if len(s.Paint) > 0 {
		f.text(s.Digest())
	}
}

// view adds a view.
func (f *fingerprint) view(v geo.View) {
	f.text(v.Ref.Code)
	for _, edge := range v.Box {
		f.real(edge)
	}
	f.whole(int64(v.Width))
	f.whole(int64(v.Height))
}

// etag is a strong entity tag, quoted (RFC 9110 8.8.3): 128 bits of the SHA-256 of all.
func (f fingerprint) etag() string {
	sum := sha256.Sum256(f)
	var tag [2 + 32]byte
	tag[0], tag[len(tag)-1] = '"', '"'
	hex.Encode(tag[1:], sum[:16])
	return string(tag[:])
}

// snapPixels is how far a box may move so that boxes which clients write in different ways are one picture: their numbers differ in
// the last of 64 bits, by some 1e-12 of a pixel.
const snapPixels = 1e-8

// snapped moves the edges of a view's box by at most half of snapPixels, to multiples of a power of two.
func snapped(v geo.View) geo.View {
	x := snapStep((v.Box[2] - v.Box[0]) / float64(v.Width))
	y := snapStep((v.Box[3] - v.Box[1]) / float64(v.Height))
	v.Box = geo.Box{snap(v.Box[0], x), snap(v.Box[1], y), snap(v.Box[2], x), snap(v.Box[3], y)}
	return v
}

// snapStep is the greatest power of two that is at most snapPixels of a pixel, so that whole degrees and metres stay whole.
func snapStep(pixel float64) float64 {
	_, exponent := math.Frexp(pixel * snapPixels)
	return math.Ldexp(1, exponent-1)
}

func snap(v, step float64) float64 {
	if v = math.Round(v/step) * step; v == 0 {
		return 0 // never the negative one, whose bits differ
	}
	return v
}
