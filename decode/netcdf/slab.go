package netcdf

import (
	"encoding/binary"
	"io"
	"math"
)

// slab is values that lie one after the other in a file.
type slab struct {
	r      io.ReaderAt
	size   int64 // of the file
	begin  int64
	stride int64 // from one to the next along the first dimension; 0: they follow each other
	kind   Type
	order  binary.ByteOrder
	shape  []int
}

// pieceBytes is how much is read at a time.
const pieceBytes = 1 << 16

// read gives a part of the values. It is handed counts that are within the shape and not 0.
func (s slab) read(start, count []int, put func(i int, x float64)) error {
	size := int64(typeSize[s.kind])
	strides := make([]int64, len(s.shape))
	run, whole := 1, true // values that lie together: of the last dimensions as long as all of the next is wanted
	inner, step := len(s.shape), size
	for d := len(s.shape) - 1; d >= 0; d-- {
		strides[d] = step
		step *= int64(s.shape[d])
		if d == 0 && s.stride != 0 {
			strides[0], whole = s.stride, false
		}
		if whole {
			run, inner = run*count[d], d
			whole = count[d] == s.shape[d]
		}
	}
	at := s.begin
	if at < 0 || at > s.size {
		return invalid("values at byte %d of a file of %d", at, s.size)
	}
	for d, k := range start {
		if k > 0 && strides[d] > math.MaxInt64/int64(k)-at {
			return invalid("values beyond the end of the file")
		}
		at += int64(k) * strides[d]
	}
	index := make([]int, inner)
	buffer := make([]byte, min(int64(run)*size, pieceBytes))
	for done := 0; ; done += run {
		if err := s.run(at, run, done, buffer, put); err != nil {
			return err
		}
		d := inner - 1
		for ; d >= 0; d-- {
			if index[d]++; index[d] < count[d] {
				at += strides[d]
				break
			}
			at -= int64(count[d]-1) * strides[d]
			index[d] = 0
		}
		if d < 0 {
			return nil
		}
	}
}

// run reads values that lie together.
func (s slab) run(at int64, n, first int, buffer []byte, put func(i int, x float64)) error {
	size := typeSize[s.kind]
	if at < 0 || at > s.size || int64(n)*int64(size) > s.size-at {
		return invalid("%d values at byte %d of a file of %d bytes", n, at, s.size)
	}
	for n > 0 {
		b := buffer[:min(len(buffer), n*size)]
		if got, err := s.r.ReadAt(b, at); got < len(b) {
			return err
		}
		k := len(b) / size
		for i := range k {
			put(first+i, number(b[i*size:], s.kind, s.order))
		}
		at, n, first = at+int64(len(b)), n-k, first+k
	}
	return nil
}

// number reads a value of a type.
func number(b []byte, t Type, order binary.ByteOrder) float64 {
	switch t {
	case Byte:
		return float64(int8(b[0]))
	case Short:
		return float64(int16(order.Uint16(b)))
	case Int:
		return float64(int32(order.Uint32(b)))
	case Float:
		return float64(math.Float32frombits(order.Uint32(b)))
	case Double:
		return math.Float64frombits(order.Uint64(b))
	case UShort:
		return float64(order.Uint16(b))
	case UInt:
		return float64(order.Uint32(b))
	case Int64:
		return float64(int64(order.Uint64(b)))
	case UInt64:
		return float64(order.Uint64(b))
	}
	return float64(b[0])
}
