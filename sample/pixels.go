package sample

import "isobar/geo"

// pixelsAt are the positions of a band, pixel by pixel.
type pixelsAt struct {
	*plan
	at []geo.XY
}

var _ positions = (*pixelsAt)(nil)

// span implements positions.
func (p *pixelsAt) span(r rect) (xs, ys interval, seam float64, ok bool) {
	first, second, ys := none, none, none
	half, period := p.half()
	for y := r.y0; y < r.y1; y++ {
		for _, c := range p.at[y*p.view.Width+r.x0 : y*p.view.Width+r.x1] {
			if c.X != c.X {
				continue
			}
			first.add(c.X)
			if c.X < half {
				c.X += period
			}
			second.add(c.X)
			ys.add(c.Y)
		}
	}
	xs, seam = p.narrower(first, second)
	return xs, ys, seam, xs.min <= xs.max
}

// gather implements positions.
func (p *pixelsAt) gather(r rect, w window, nearest bool, cells [][]float32, stride int, out [][]float32) {
	for k, o := range out {
		src := cells[k]
		for j := r.y0; j < r.y1; j++ {
			at := p.at[j*p.view.Width+r.x0 : j*p.view.Width+r.x1]
			line := o[j*stride+r.x0 : j*stride+r.x1]
			if nearest {
				for i, c := range at {
					line[i] = w.nearest(c, src)
				}
				continue
			}
			for i, c := range at {
				line[i] = w.bilinear(c, src)
			}
		}
	}
}

// values samples a window at some positions of level 0.
func (w *window) values(s slot, at []geo.XY, some []int32, src []float32) {
	switch {
	case s.in.Nearest:
		for _, i := range some {
			s.out[i] = w.nearest(at[i], src)
		}
	case s.in.circular():
		for _, i := range some {
			s.out[i] = w.direction(at[i], src)
		}
	default:
		for _, i := range some {
			s.out[i] = w.bilinear(at[i], src)
		}
	}
}

// nearest is the value of the cell that holds a position.
func (w *window) nearest(at geo.XY, src []float32) float32 {
	if at.X != at.X {
		return missing
	}
	return src[min(int(w.row(at.Y)+0.5), w.NY-1)*w.NX+min(int(w.column(at.X)+0.5), w.NX-1)]
}

// bilinear is the value between the four cells around a position.
func (w *window) bilinear(at geo.XY, src []float32) float32 {
	if at.X != at.X {
		return missing
	}
	x, y := w.column(at.X), w.row(at.Y)
	left, up := max(min(int(x), w.NX-2), 0), max(min(int(y), w.NY-2), 0)
	right, down := min(left+1, w.NX-1), min(up+1, w.NY-1)
	upper, lower := src[up*w.NX:(up+1)*w.NX], src[down*w.NX:(down+1)*w.NX]
	return mix(upper[left], upper[right], lower[left], lower[right], float32(x-float64(left)), float32(y-float64(up)))
}
