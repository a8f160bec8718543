package geotiff

import (
	"context"
	"math"
	"sync"

	"golang.org/x/sync/errgroup"
)

// image is one level of the file: the full size, or an overview.
type image struct {
	width, height         int
	tileWidth, tileHeight int
	tiles                 []piece // band by band, row by row
	next                  int     // tile to be packed
	strip                 []float32
	half                  []float32 // a strip of the next level
	rows                  int       // in strip
}

// down is how many tiles lie one below the other.
func (m *image) down() int { return (m.height + m.tileHeight - 1) / m.tileHeight }

// room is the strip's memory for a number of rows.
func (m *image) room(rows int) []float32 {
	if m.strip == nil {
		m.strip = make([]float32, min(m.tileHeight, m.height)*m.width)
	}
	return m.strip[:rows*m.width]
}

// across is how many tiles lie side by side.
func (m *image) across() int { return (m.width + m.tileWidth - 1) / m.tileWidth }

// images are the full size and overviews of half the size each, until one tile holds all, with room for the tiles of all bands.
func images(width, height, bands int, o Options) []*image {
	fit := func(n, most int) int { return min((n+15)/16*16, most) }
	var all []*image
	for {
		m := &image{width: width, height: height, tileWidth: fit(width, o.TileWidth), tileHeight: fit(height, o.TileHeight)}
		m.tiles = make([]piece, m.across()*m.down()*bands)
		all = append(all, m)
		if o.NoOverviews || width <= o.TileWidth && height <= o.TileHeight {
			return all
		}
		width, height = (width+1)/2, (height+1)/2
	}
}

// writer cuts bands into tiles of all levels, which are packed by several at once and put into a spool.
type writer struct {
	options Options
	images  []*image
	spool   *spool
	near    bool // overviews of categories: no means
	packing *errgroup.Group
	packers *sync.Pool
}

// add takes rows of a band in order.
func (w *writer) add(ctx context.Context, level int, rows []float32) error {
	m := w.images[level]
	for len(rows) > 0 {
		n := min(len(rows)/m.width, m.tileHeight-m.rows)
		copy(m.room(m.rows + n)[m.rows*m.width:], rows[:n*m.width])
		m.rows, rows = m.rows+n, rows[n*m.width:]
		if m.rows == m.tileHeight {
			if err := w.flush(ctx, level); err != nil {
				return err
			}
		}
	}
	return nil
}

// end writes what is left of a band.
func (w *writer) end(ctx context.Context) error {
	for level := range w.images {
		if w.images[level].rows > 0 {
			if err := w.flush(ctx, level); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush packs a row of tiles, and gives its half to the next level. An odd row at the end stands for itself.
func (w *writer) flush(ctx context.Context, level int) error {
	m := w.images[level]
	if err := ctx.Err(); err != nil {
		return err
	}
	w.tiles(m)
	rows := m.rows
	m.rows = 0
	if level+1 == len(w.images) {
		return nil
	}
	if m.half == nil {
		m.half = make([]float32, (m.tileHeight+1)/2*((m.width+1)/2))
	}
	return w.add(ctx, level+1, halved(m.half, m.strip[:rows*m.width], m.width, w.near))
}

// tiles has the tiles of a strip packed. The strip may be overwritten when it returns.
func (w *writer) tiles(m *image) {
	for i := range m.across() {
		p, _ := w.packers.Get().(*packer)
		tile, into := m.tile(p, i), &m.tiles[m.next]
		m.next++
		w.packing.Go(func() error { // waits for one of those at work
			defer w.packers.Put(p)
			b, err := p.pack(tile, m.tileWidth, w.options)
			if err != nil {
				return err
			}
			*into, err = w.spool.put(b)
			return err
		})
	}
}

// tile cuts a tile from the strip. Beyond the image's edge it repeats the edge, which packs well; readers do not look there.
func (m *image) tile(p *packer, i int) []float32 {
	if cap(p.tile) < m.tileWidth*m.tileHeight {
		p.tile = make([]float32, m.tileWidth*m.tileHeight)
	}
	out := p.tile[:m.tileWidth*m.tileHeight]
	from := i * m.tileWidth
	n := min(m.tileWidth, m.width-from)
	for j := range m.tileHeight {
		line := out[j*m.tileWidth : (j+1)*m.tileWidth]
		if j >= m.rows {
			copy(line, out[(j-1)*m.tileWidth:j*m.tileWidth])
			continue
		}
		copy(line, m.strip[j*m.width+from:j*m.width+from+n])
		for k := n; k < m.tileWidth; k++ {
			line[k] = line[n-1]
		}
	}
	return out
}

// halved writes the mean of each two by two values, those that are missing left out; or the first of them.
func halved(dst, src []float32, width int, near bool) []float32 {
	height := len(src) / width
	w, h := (width+1)/2, (height+1)/2
	dst = dst[:w*h]
	for j := range h {
		upper := src[2*j*width : (2*j+1)*width]
		lower := upper
		if 2*j+1 < height {
			lower = src[(2*j+1)*width : (2*j+2)*width]
		}
		line := dst[j*w : (j+1)*w]
		for i := range line {
			k := min(2*i+1, width-1)
			if near {
				line[i] = upper[2*i]
				continue
			}
			v := (upper[2*i] + upper[k] + lower[2*i] + lower[k]) / 4
			if v != v {
				v = mean(upper[2*i], upper[k], lower[2*i], lower[k])
			}
			line[i] = v
		}
	}
	return dst
}

// mean is that of values that are not missing.
func mean(values ...float32) float32 {
	sum, n := float32(0), 0
	for _, v := range values {
		if v == v {
			sum += v
			n++
		}
	}
	if n == 0 {
		return float32(math.NaN())
	}
	return sum / float32(n)
}
