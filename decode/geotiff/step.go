package geotiff

import "math"

// Step is how far apart the values are that the band can tell: the scale of whole numbers; 0 of others.
func (b *Band) Step() float64 {
	if b.sample().kind == 3 {
		return 0
	}
	return math.Abs(b.Scale)
}
