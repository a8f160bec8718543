// Package webp writes pictures as WebP without loss, with their transparency.
package webp

import (
	"bytes"
	"fmt"
	"image"

	"github.com/HugoSmits86/nativewebp"

	"isobar/encode"
)

// maxSide is the longest side in pixels: VP8L writes it in 14 bits.
const maxSide = 1 << 14

// Format is lossless WebP (RFC 9649). It is smaller than PNG where a picture is no palette, and takes some ten times as long.
func Format() encode.Picture {
	return encode.Picture{Type: "image/webp", Alpha: true, Encode: write, Animate: animate}
}

// write encodes a picture.
func write(img image.Image) ([]byte, error) {
	b := img.Bounds()
	if b.Dx() <= 0 || b.Dy() <= 0 || b.Dx() > maxSide || b.Dy() > maxSide {
		return nil, fmt.Errorf("webp: a picture of %d x %d pixels cannot be written", b.Dx(), b.Dy())
	}
	var out bytes.Buffer
	if err := nativewebp.Encode(&out, encode.Straight(img), nil); err != nil {
		return nil, fmt.Errorf("webp: %w", err)
	}
	return out.Bytes(), nil
}
