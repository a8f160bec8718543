package grib

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// octets reads the octets of a section as the standard counts them, from 1 on. Octets beyond the section's end read as 0 and
// are remembered, so that a template is read first and checked once.
type octets struct {
	b     []byte
	short bool
}

// check is an error if octets were read that are not there.
func (o *octets) check(what string) error {
	if o.short {
		return fmt.Errorf("%w: %s is cut short at %d octets", ErrInvalid, what, len(o.b))
	}
	return nil
}

// from gives count octets from n on.
func (o *octets) from(n, count int) []byte {
	if n < 1 || count < 0 || n-1 > len(o.b)-count {
		o.short = true
		return make([]byte, max(0, min(count, 8)))
	}
	return o.b[n-1 : n-1+count]
}

func (o *octets) u8(n int) int  { return int(o.from(n, 1)[0]) }
func (o *octets) u16(n int) int { return int(binary.BigEndian.Uint16(o.from(n, 2))) }
func (o *octets) u24(n int) int {
	b := o.from(n, 3)
	return int(b[0])<<16 | int(b[1])<<8 | int(b[2])
}
func (o *octets) u32(n int) int { return int(binary.BigEndian.Uint32(o.from(n, 4))) }

// Signed numbers have their sign in the first bit and their magnitude in the rest (regulation 92.1.5).
func (o *octets) i8(n int) int  { return signed(o.u8(n), 8) }
func (o *octets) i16(n int) int { return signed(o.u16(n), 16) }
func (o *octets) i24(n int) int { return signed(o.u24(n), 24) }
func (o *octets) i32(n int) int { return signed(o.u32(n), 32) }

// signed reads the sign bit of a number of so many bits.
func signed(v, bits int) int {
	if top := 1 << (bits - 1); v >= top {
		return top - v
	}
	return v
}

// f32 is an IEEE number.
func (o *octets) f32(n int) float64 { return float64(math.Float32frombits(uint32(o.u32(n)))) }

// ibm32 is a number in the form of the IBM 360: a sign, seven bits of exponent to the base 16, 24 bits of fraction.
func (o *octets) ibm32(n int) float64 {
	v := o.u32(n)
	f := math.Ldexp(float64(v&0xffffff), 4*(v>>24&0x7f-64)-24)
	if v>>31 != 0 {
		return -f
	}
	return f
}

// Values of all bits set are missing (regulation 92.1.4).
const (
	missing8  = 0xff
	missing16 = 0xffff
	missing32 = 0xffffffff
)

// scaled reads a scale factor of one octet and a value of four: value / 10^factor. ok is false where one is missing.
func (o *octets) scaled(n int) (v float64, ok bool) {
	text, ok := o.decimal(n)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}

// decimal is scaled as text: 25 by 3 is "25e-3", which as a number is the float64 next to the decimal fraction.
func (o *octets) decimal(n int) (text string, ok bool) {
	if o.u8(n) == missing8 || o.u32(n+1) == missing32 {
		return "", false
	}
	return strconv.Itoa(o.i32(n+1)) + "e" + strconv.Itoa(-o.i8(n)), true
}
