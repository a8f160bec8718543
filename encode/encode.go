// Package encode lists the formats that pictures leave in.
package encode

import (
	"fmt"
	"image"
	"time"
)

// ErrUnknownFormat is a picture format that is not offered.
var ErrUnknownFormat = fmt.Errorf("no such format")

// Picture encodes pictures of one media type.
type Picture struct {
	Type   string // media type
	Alpha  bool   // can be transparent
	Encode func(img image.Image) ([]byte, error)
	// Animate encodes pictures of one size that follow one another, each shown for delay, from the first again after the last; nil:
	// the format knows no motion.
	Animate func(frames []image.Image, delay time.Duration) ([]byte, error)
}

// ErrFrames is an animation of no frames, or of frames of several sizes.
var ErrFrames = fmt.Errorf("frames that make no animation")

// CheckFrames gives the size that all frames have. The error wraps ErrFrames.
func CheckFrames(frames []image.Image) (width, height int, err error) {
	if len(frames) == 0 {
		return 0, 0, fmt.Errorf("%w: there are none", ErrFrames)
	}
	size := frames[0].Bounds().Size()
	for i, f := range frames {
		if got := f.Bounds().Size(); got != size || size.X <= 0 || size.Y <= 0 {
			return 0, 0, fmt.Errorf("%w: frame %d is %d x %d pixels, the first %d x %d", ErrFrames, i, got.X, got.Y, size.X, size.Y)
		}
	}
	return size.X, size.Y, nil
}
