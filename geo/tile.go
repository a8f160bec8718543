package geo

import "math"

// Tile is the view of an XYZ tile (WebMercatorQuad): zoom 0 is one tile, x grows to the east, y to the south. Tiles beyond the
// square of the world lie where they would.
func Tile(zoom, x, y, size int) View {
	ref, _ := upright("EPSG:3857")
	ref.Code = "EPSG:3857"
	const half = worldWidth / 2
	at := func(i int) float64 { return math.Ldexp(float64(i), -zoom)*worldWidth - half }
	return View{
		Ref: ref, Box: Box{at(x), -at(y + 1), at(x + 1), -at(y)}, Width: size, Height: size,
	}
}

// Pixel is the centre of a pixel.
func (v View) Pixel(x, y int) XY {
	return XY{
		v.Box.MinX() + (float64(x)+0.5)/float64(v.Width)*(v.Box.MaxX()-v.Box.MinX()),
		v.Box.MaxY() - (float64(y)+0.5)/float64(v.Height)*(v.Box.MaxY()-v.Box.MinY()),
	}
}
