package chunk

import (
	"encoding/hex"
	"fmt"
	"math/bits"
)

// Digest names content; sums of digests name sets of it.
type Digest [2]uint64

// Plus is a set with one more.
func (d Digest) Plus(e Digest) Digest {
	low, carry := bits.Add64(d[1], e[1], 0)
	high, _ := bits.Add64(d[0], e[0], carry)
	return Digest{high, low}
}

// Minus is a set with one less.
func (d Digest) Minus(e Digest) Digest {
	low, borrow := bits.Sub64(d[1], e[1], 0)
	high, _ := bits.Sub64(d[0], e[0], borrow)
	return Digest{high, low}
}

// String is the digest in 32 hexadecimal digits.
func (d Digest) String() string { return fmt.Sprintf("%016x%016x", d[0], d[1]) }

// MarshalText implements encoding.TextMarshaler.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Digest) UnmarshalText(text []byte) error {
	var b [16]byte
	if n, err := hex.Decode(b[:], text[:min(len(text), 32)]); err != nil || n != 16 || len(text) != 32 {
		return fmt.Errorf("a digest %q", text)
	}
	*d = digestOf(b[:])
	return nil
}
