package main

import (
	"bytes"
	"errors"
	"math"
	"time"
)

// message is one message of GRIB edition 1: an indicator of 8 octets, the product definition, grid and bitmap where there are some, and the data.
type message []byte

// messages cuts a file.
func messages(file []byte) (all []message, err error) {
	for len(file) > 0 {
		if len(file) < 36 || string(file[:4]) != "GRIB" || file[7] != 1 {
			return nil, errors.New("not a file of GRIB edition 1")
		}
		n := three(file[4:])
		if n < 36 || n > len(file) {
			return nil, errors.New("a message has no end")
		}
		all, file = append(all, file[:n:n]), file[n:]
	}
	return all, nil
}

func three(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }

// product is the product definition section.
func (m message) product() []byte { return m[8:] }

// hours is the step at which the field is valid or its span ends (time range indicators 0, 2 to 5 and 10, unit: hours).
func (m message) hours() int {
	p := m.product()
	switch p[20] {
	case 10:
		return int(p[18])<<8 | int(p[19])
	case 2, 3, 4, 5:
		return int(p[19])
	}
	return int(p[18])
}

// of gives a copy of the message with another run, and with another generating process unless that is 0.
func (m message) of(run time.Time, process byte) message {
	m = bytes.Clone(m)
	p := m.product()
	if process != 0 {
		p[5] = process
	}
	year := run.Year() - 1
	p[12], p[24] = byte(year%100+1), byte(year/100+1) // years of a century are 1 to 100
	p[13], p[14], p[15], p[16] = byte(run.Month()), byte(run.Day()), byte(run.Hour()), byte(run.Minute())
	return m
}

// raised gives a copy whose values all are higher, by a part of the range that their packing spans.
func (m message) raised(part float64) message {
	m = bytes.Clone(m)
	at := 8 + three(m[8:])
	for _, flag := range []byte{0x80, 0x40} { // grid, bitmap
		if m.product()[7]&flag != 0 {
			at += three(m[at:])
		}
	}
	d := m[at:]
	scale := float64(int(d[4]&0x7f)<<8 | int(d[5]))
	if d[4]&0x80 != 0 {
		scale = -scale
	}
	span := (math.Exp2(float64(d[10])) - 1) * math.Exp2(scale)
	copy(d[6:10], hexadecimal(reference(d[6:10])+part*math.Max(span, 1)))
	return m
}

// reference reads a number of base 16: sign, exponent, 24 bits.
func reference(b []byte) float64 {
	v := float64(three(b[1:])) * math.Pow(16, float64(int(b[0]&0x7f)-64-6))
	if b[0]&0x80 != 0 {
		v = -v
	}
	return v
}

// hexadecimal writes it.
func hexadecimal(v float64) []byte {
	if v == 0 {
		return make([]byte, 4)
	}
	sign := byte(0)
	if v < 0 {
		sign, v = 0x80, -v
	}
	exponent := 64
	for v >= 1 {
		v, exponent = v/16, exponent+1
	}
	for v < 1.0/16 {
		v, exponent = v*16, exponent-1
	}
	n := int(v * (1 << 24))
	return []byte{sign | byte(exponent), byte(n >> 16), byte(n >> 8), byte(n)}
}
