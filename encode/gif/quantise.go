package gif

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"

	"isobar/encode"
)

// maxColours is how many colours a palette has beside nothing.
const maxColours = 255

// shades is how many steps a channel is counted in: 32.
const (
	shadeBits = 5
	shades    = 1 << shadeBits
)

// cell is one of the 32768 cells of the colour cube: how many pixels fall in it, and their sums.
type cell struct {
	at         int
	n          int
	sum        [3]int
	red, green uint8
	blue       uint8
}

// quantised paints frames with the colours that suit all of them: the cells of the cube are split at medians (Heckbert 1982).
func quantised(frames []image.Image) (pages []*image.Paletted, palette color.Palette) {
	flats := make([]*image.NRGBA, len(frames))
	counts := make([]cell, shades*shades*shades)
	for i, f := range frames {
		flats[i] = encode.Straight(f)
		count(flats[i], counts)
	}
	var cells []cell
	for i := range counts {
		if c := &counts[i]; c.n > 0 {
			c.at, c.red, c.green, c.blue = i, uint8(i>>(2*shadeBits)), uint8(i>>shadeBits&(shades-1)), uint8(i&(shades-1))
			cells = append(cells, *c)
		}
	}
	palette = color.Palette{color.NRGBA{}}
	var index [shades * shades * shades]uint8
	for _, box := range split(cells) {
		var sum [3]int
		n := 0
		for _, c := range box {
			n += c.n
			for k := range sum {
				sum[k] += c.sum[k]
			}
			index[c.at] = uint8(len(palette))
		}
		palette = append(palette, color.NRGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255})
	}
	for _, f := range flats {
		page := blank(f, palette)
		for i := range page.Pix {
			if p := f.Pix[4*i : 4*i+4]; p[3] >= opaqueFrom {
				page.Pix[i] = index[cellOf(p)]
			}
		}
		pages = append(pages, page)
	}
	return pages, palette
}

// cellOf is where in the cube a colour lies.
func cellOf(p []byte) int {
	const drop = 8 - shadeBits
	return int(p[0]>>drop)<<(2*shadeBits) | int(p[1]>>drop)<<shadeBits | int(p[2]>>drop)
}

// count adds a frame's pixels.
func count(f *image.NRGBA, counts []cell) {
	for i := range f.Rect.Dx() * f.Rect.Dy() {
		p := f.Pix[4*i : 4*i+4]
		if p[3] < opaqueFrom {
			continue
		}
		c := &counts[cellOf(p)]
		c.n++
		for k := range c.sum {
			c.sum[k] += int(p[k])
		}
	}
}

// split cuts the box of most pixels times extent at its median, until there are as many as colours.
func split(cells []cell) (boxes [][]cell) {
	if len(cells) == 0 {
		return nil
	}
	boxes = [][]cell{cells}
	for len(boxes) < maxColours {
		best, weight := -1, 0
		for i, b := range boxes {
			if _, reach := longest(b); reach > 0 && len(b) > 1 {
				if w := pixels(b) * reach; w > weight {
					best, weight = i, w
				}
			}
		}
		if best < 0 {
			return boxes
		}
		low, high := halves(boxes[best])
		boxes[best] = low
		boxes = append(boxes, high)
	}
	return boxes
}

// halves cuts a box across its longest side, where the pixels on either side are nearest to half of them.
func halves(b []cell) (low, high []cell) {
	side, _ := longest(b)
	slices.SortFunc(b, func(x, y cell) int {
		return cmp.Or(cmp.Compare(x.channel(side), y.channel(side)), cmp.Compare(x.at, y.at))
	})
	all, n, cut, off := pixels(b), 0, 1, math.MaxInt
	for i := 1; i < len(b); i++ {
		n += b[i-1].n
		if b[i].channel(side) == b[i-1].channel(side) {
			continue
		}
		if d := max(2*n-all, all-2*n); d < off {
			cut, off = i, d
		}
	}
	return b[:cut], b[cut:]
}

// channel is a cell's place along an axis of the cube.
func (c *cell) channel(k int) uint8 { return [3]uint8{c.red, c.green, c.blue}[k] }

// longest is the axis along which a box reaches farthest, and how far.
func longest(b []cell) (axis, reach int) {
	for k := range 3 {
		low, high := uint8(shades-1), uint8(0)
		for i := range b {
			v := b[i].channel(k)
			low, high = min(low, v), max(high, v)
		}
		if r := int(high) - int(low); r > reach {
			axis, reach = k, r
		}
	}
	return axis, reach
}

// pixels is how many fall in a box.
func pixels(b []cell) (n int) {
	for i := range b {
		n += b[i].n
	}
	return n
}
