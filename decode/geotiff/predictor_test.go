package geotiff

import (
	"encoding/binary"
	"math"
	"testing"
)

// Two bands of two pixels, taken apart as Photoshop's note has it: the highest bytes of all numbers first, and differences of
// bytes that stand as many apart as there are bands.
func TestFloatingPointPredictorIsUndoneInBothByteOrders(t *testing.T) {
	want := []float32{1.5, -273.15, 1.75, 1e10}
	var line [16]byte
	for i, v := range want {
		bits := math.Float32bits(v)
		for k := range 4 {
			line[k*4+i] = byte(bits >> (24 - 8*k))
		}
	}
	for i := len(line) - 1; i >= 2; i-- {
		line[i] -= line[i-2]
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		l := layout{blockWidth: 2, samples: 2, chunky: true, types: []sample{{32, 3}, {32, 3}}, predictor: 3}
		block := line
		l.undo(block[:], nil, order)
		for i, v := range want {
			if got := math.Float32frombits(order.Uint32(block[4*i:])); got != v {
				t.Errorf("%v: number %d is %v, want %v", order, i, got, v)
			}
		}
	}
}
