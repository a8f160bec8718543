package chunk

import "errors"

// Decoder is scratch memory for decoding one chunk after another.
type Decoder struct {
	numbers scratch
	values  [Cells]float32
}

// Decode decodes the chunk in column cx and row cy of chunks of a level, whose bytes have a checksum, by the rule of its field at that
// level. With keep the values have memory of their own, else they are the decoder's until the next chunk. spareBytes beyond raw's
// length must be readable.
func (d *Decoder) Decode(s Scaling, r *Rule, v *Level, cx, cy int, raw []byte, sum uint32, keep bool) (Decoded, error) {
	if Checksum(raw) != sum {
		return Decoded{}, errors.New("the checksum does not hold")
	}
	w, h := v.Size(cx, cy)
	c := Decoded{values: d.values[:w*h], width: w}
	if keep && !isConstant(raw) {
		c.values = make([]float32, w*h)
	}
	if !s.Quantised {
		r = nil
	}
	constant, value, err := decodeChunk(c.values, raw, w, r, &d.numbers)
	if err != nil {
		return Decoded{}, err
	}
	if constant {
		c.values, c.constant = nil, value
	}
	return c, nil
}
