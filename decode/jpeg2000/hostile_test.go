package jpeg2000

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"runtime"
	"testing"
)

// maxTestSamples is how large an image the tests take memory for.
const maxTestSamples = 1 << 20

// try decodes what may be no codestream, and tells how many bytes were allocated besides the image.
func try(data []byte) (allocated uint64, err error) {
	h, err := ReadHeader(data)
	if err != nil || h.Width > maxTestSamples || h.Height > maxTestSamples || h.Width*h.Height > maxTestSamples {
		return 0, err
	}
	dst := make([]int32, h.Width*h.Height)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = Decode(dst, data)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, err
}

// mutate changes a stream in one to four places.
func mutate(r *rand.Rand, data, other []byte) []byte {
	b := append([]byte(nil), data...)
	for range 1 + r.IntN(4) {
		at := r.IntN(len(b))
		if r.IntN(2) == 0 {
			at = r.IntN(min(len(b), 150)) // the headers
		}
		switch r.IntN(5) {
		case 0:
			b[at] ^= 1 << r.IntN(8)
		case 1:
			b[at] = byte(r.Uint32())
		case 2:
			b[at] = []byte{0, 0xFF, 0x7F, 0x80, 1}[r.IntN(5)]
		case 3:
			if at > 0 {
				b = b[:at]
			}
		case 4:
			from := r.IntN(len(other))
			copy(b[at:], other[from:])
		}
	}
	return b
}

func TestMutatedStreamsAreBounded(t *testing.T) {
	all := streams(t)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		s := all[r.IntN(len(all))]
		data := mutate(r, s.data, all[r.IntN(len(all))].data)
		if got, err := try(data); got > 64<<20 {
			t.Errorf("mutation %d of %s: %d bytes allocated (%v)", i, s.file, got, err)
		}
	}
}

// edited gives a stream with the 32-bit numbers of its SIZ segment changed: x1 y1 x0 y0 tw th tx ty.
func edited(data []byte, fields map[int]uint32) []byte {
	b := append([]byte(nil), data...)
	for i, v := range fields {
		binary.BigEndian.PutUint32(b[8+4*i:], v)
	}
	return b
}

func TestStreamsThatAskForTooMuchAreRefused(t *testing.T) {
	plain := streams(t)[0]
	cod := func(at int, v byte) []byte {
		b := append([]byte(nil), plain.data...)
		for i := range b {
			if b[i] == 0xFF && b[i+1] == markCOD&0xFF {
				b[i+at] = v
				return b
			}
		}
		t.Fatal("no COD")
		return nil
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":                        {nil, ErrCorrupt},
		"a marker":                       {[]byte{0xFF, 0x4F, 0xFF, 0x51}, ErrTruncated},
		"an image of 2^32 x 2^32":        {edited(plain.data, map[int]uint32{0: 1<<32 - 1, 1: 1<<32 - 1, 4: 1<<32 - 1, 5: 1<<32 - 1}), ErrSize},
		"more tiles than there can be":   {edited(plain.data, map[int]uint32{0: 1 << 20, 1: 1 << 20, 4: 1, 5: 1}), ErrCorrupt},
		"tiles that aren't there":        {edited(plain.data, map[int]uint32{4: 1, 5: 1}), ErrTruncated},
		"tiles of no size":               {edited(plain.data, map[int]uint32{4: 0}), ErrCorrupt},
		"an image that ends at its edge": {edited(plain.data, map[int]uint32{2: 64, 3: 48}), ErrCorrupt},
		"a first tile beside the image":  {edited(plain.data, map[int]uint32{4: 5, 2: 6}), ErrCorrupt},
		"33 levels":                      {cod(9, 33), ErrCorrupt},
		"code-blocks of 2^18":            {cod(10, 16), ErrCorrupt},
		"65535 layers":                   {cod(7, 0xFF), ErrTruncated},
		"a progression of another part":  {cod(5, 5), ErrCorrupt},
		"high-throughput code-blocks":    {cod(12, 0x40), ErrUnsupported},
		"a JP2 file without codestream":  {jp2Signature, ErrTruncated},
		"a JP2 file with a huge box":     {append(append([]byte(nil), jp2Signature...), 0xFF, 0, 0, 0, 'j', 'p', '2', 'c'), ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			dst := make([]int32, plain.header.Width*plain.header.Height)
			if err := Decode(dst, c.data); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// FuzzDecode tries that no bytes make the decoder panic, run for ever or take memory out of proportion.
func FuzzDecode(f *testing.F) {
	for _, s := range streams(f) {
		f.Add(s.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := try(data); got > 64<<20+200*uint64(len(data)) {
			t.Errorf("%d bytes allocated (%v)", got, err)
		}
	})
}
