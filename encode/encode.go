// Package encode lists the formats that pictures leave in.
package encode

import (
	"fmt"
	"image"
)

// ErrUnknownFormat is a picture format that is not offered.
var ErrUnknownFormat = fmt.Errorf("no such format")

// Picture encodes pictures of one media type.
type Picture struct {
	Type   string // media type
	Alpha  bool   // can be transparent
	Encode func(img image.Image) ([]byte, error)
}
