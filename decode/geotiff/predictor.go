package geotiff

import "encoding/binary"

// undo takes the predictor off a block, row by row. It gives back the buffer it used.
func (l *layout) undo(block, spare []byte, order binary.ByteOrder) []byte {
	line := l.lineBytes(0) // all bands are of one type: see checkPredictor
	if l.predictor == 1 || line == 0 {
		return spare
	}
	if l.predictor == 3 {
		spare = sized(spare, line)
	}
	for ; len(block) >= line; block = block[line:] {
		if l.predictor == 3 {
			l.undoFloat(block[:line], spare, order)
		} else {
			l.undoDifference(block[:line], order)
		}
	}
	return spare
}

// undoDifference adds each number to the one before it of the same band (TIFF 6.0 section 14).
func (l *layout) undoDifference(line []byte, order binary.ByteOrder) {
	step := l.pixelBits(0) / 8
	switch l.types[0].bits {
	case 8:
		for i := step; i < len(line); i++ {
			line[i] += line[i-step]
		}
	case 16:
		for i := step; i < len(line); i += 2 {
			order.PutUint16(line[i:], order.Uint16(line[i:])+order.Uint16(line[i-step:]))
		}
	case 32:
		for i := step; i < len(line); i += 4 {
			order.PutUint32(line[i:], order.Uint32(line[i:])+order.Uint32(line[i-step:]))
		}
	case 64:
		for i := step; i < len(line); i += 8 {
			order.PutUint64(line[i:], order.Uint64(line[i:])+order.Uint64(line[i-step:]))
		}
	}
}

// undoFloat adds bytes, and puts together what stands apart: first the highest bytes of all numbers of the row, then the next
// (Adobe Photoshop TIFF technical note 3).
func (l *layout) undoFloat(line, spare []byte, order binary.ByteOrder) {
	apart := l.blockSamples()
	for i := apart; i < len(line); i++ {
		line[i] += line[i-apart]
	}
	copy(spare, line)
	size := l.types[0].bits / 8
	n := len(line) / size
	little := order == binary.ByteOrder(binary.LittleEndian)
	for k := range size {
		at := k
		if little {
			at = size - 1 - k
		}
		for i, b := range spare[k*n : (k+1)*n] {
			line[i*size+at] = b
		}
	}
}
