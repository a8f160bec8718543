package webp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"time"

	"isobar/encode"
)

// Bits of VP8X (RFC 9649 2.7.1) and ANMF (2.7.1.1).
const (
	flagAnimation = 0x02
	flagAlpha     = 0x10
	doNotBlend    = 0x02 // a frame replaces what was there, its transparency too
)

// mostDelay is the longest a frame can be shown: 24 bits of milliseconds.
const mostDelay = 1<<24 - 1

// errForm is what the encoder should never give.
var errForm = errors.New("webp: the encoder gave no VP8L")

// animate writes a file of frames, each lossless, in the extended form (RFC 9649 2.7).
func animate(frames []image.Image, delay time.Duration) ([]byte, error) {
	width, height, err := encode.CheckFrames(frames)
	if err != nil {
		return nil, fmt.Errorf("webp: %w", err)
	}
	out := append([]byte(nil), "RIFF\x00\x00\x00\x00WEBP"...)
	head := []byte{flagAnimation | flagAlpha, 0, 0, 0}
	head = append24(append24(head, width-1), height-1)
	out = chunk(out, "VP8X", head)
	out = chunk(out, "ANIM", make([]byte, 6)) // transparent ground, loops for ever
	ms := min(max(int(delay.Milliseconds()), 1), mostDelay)
	for _, f := range frames {
		file, err := write(f)
		if err != nil {
			return nil, err
		}
		data, ok := bitstream(file)
		if !ok {
			return nil, errForm
		}
		frame := append24(append24(nil, 0), 0) // at the upper left
		frame = append24(append24(append24(frame, width-1), height-1), ms)
		frame = append(frame, doNotBlend)
		out = chunk(out, "ANMF", chunk(frame, "VP8L", data))
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

// bitstream finds the VP8L data of a simple or extended file.
func bitstream(file []byte) (data []byte, ok bool) {
	const header = 12
	for at := header; at+8 <= len(file); {
		n := int(binary.LittleEndian.Uint32(file[at+4:]))
		if n < 0 || n > len(file)-at-8 {
			return nil, false
		}
		if string(file[at:at+4]) == "VP8L" {
			return file[at+8 : at+8+n], true
		}
		at += 8 + n + n&1
	}
	return nil, false
}

// chunk appends a chunk, padded to an even length.
func chunk(to []byte, name string, data []byte) []byte {
	to = binary.LittleEndian.AppendUint32(append(to, name...), uint32(len(data)))
	to = append(to, data...)
	if len(data)&1 == 1 {
		to = append(to, 0)
	}
	return to
}

// append24 appends the lower 24 bits of a number.
func append24(to []byte, n int) []byte { return append(to, byte(n), byte(n>>8), byte(n>>16)) }
