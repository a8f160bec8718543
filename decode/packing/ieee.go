package packing

import (
	"encoding/binary"
	"math"
)

// Precisions of GRIB2 code table 5.7.
const (
	precision32  = 1
	precision64  = 2
	precision128 = 3
)

// unpackIEEE reads GRIB2 template 5.4: floats as they are.
func unpackIEEE(v Values, dst []float32) error {
	return floats(dst, v.Data, int(v.Header[0]))
}

// floats reads big-endian IEEE floats of a precision.
func floats(dst []float32, data []byte, precision int) error {
	size := 0
	switch precision {
	case precision32:
		size = 4
	case precision64:
		size = 8
	case precision128:
		return unsupported("floats of 128 bits")
	default:
		return broken("precision %d of floats", precision)
	}
	if len(data)/size < len(dst) {
		return broken("%d floats of %d octets in %d", len(dst), size, len(data))
	}
	if size == 8 {
		for i := range dst {
			dst[i] = float32(math.Float64frombits(binary.BigEndian.Uint64(data[8*i:])))
		}
		return nil
	}
	for ; len(dst) >= 8 && len(data) >= 32; dst, data = dst[8:], data[32:] {
		to, from := (*[8]float32)(dst), (*[32]byte)(data)
		to[0] = math.Float32frombits(binary.BigEndian.Uint32(from[0:4]))
		to[1] = math.Float32frombits(binary.BigEndian.Uint32(from[4:8]))
		to[2] = math.Float32frombits(binary.BigEndian.Uint32(from[8:12]))
		to[3] = math.Float32frombits(binary.BigEndian.Uint32(from[12:16]))
		to[4] = math.Float32frombits(binary.BigEndian.Uint32(from[16:20]))
		to[5] = math.Float32frombits(binary.BigEndian.Uint32(from[20:24]))
		to[6] = math.Float32frombits(binary.BigEndian.Uint32(from[24:28]))
		to[7] = math.Float32frombits(binary.BigEndian.Uint32(from[28:32]))
	}
	for i := range dst {
		dst[i] = math.Float32frombits(binary.BigEndian.Uint32(data[4*i:]))
	}
	return nil
}
