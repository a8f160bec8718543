package grid

import (
	"fmt"
	"math"

	"isobar/geo"
)

// Rotated is a regular grid in rotated coordinates (GRIB2 template 3.1): centres are in those, southPole is where the
// rotated south pole lies on the Earth, and angleDeg the rotation about the new axis. It is Turned.
func Rotated(nx, ny int, centres geo.Box, southPole geo.LonLat, angleDeg float64) (Raster, error) {
	if err := finite(southPole.Lon, southPole.Lat, angleDeg); err != nil {
		return nil, err
	}
	if math.Abs(southPole.Lat) > 90 {
		return nil, invalid("a pole at %v degrees north", southPole.Lat)
	}
	cols, rows, err := regular(nx, ny, centres)
	if err != nil {
		return nil, err
	}
	g := &rotatedGrid{
		planar: planar{cols: cols, ny: ny, top: rows.north, dy: rows.step},
		pole:   geo.LonLat{Lon: western(southPole.Lon), Lat: micro(southPole.Lat)}, angle: western(angleDeg),
	}
	g.id = fmt.Sprintf("rotated:%dx%d:%s:%s", nx, ny,
		list(cols.first, micro(rows.latitude(ny-1)), micro(cols.position(nx-1)), rows.north), list(g.pole.Lon, g.pole.Lat, g.angle))
	g.projection = geo.RotatedPole(g.pole, g.angle)
	g.extent = g.bounds()
	return g, nil
}

// RotatedAbout is a regular grid in coordinates rotated so that their equator and prime meridian meet at centre (NCEP's
// local GRIB2 template 3.32769, GRIB1's 203 and 205). Cells' DX and DY are in degrees, First is on the Earth. It is Turned.
func RotatedAbout(centre geo.LonLat, c Cells) (Raster, error) {
	if err := checkSize(c.NX, c.NY); err != nil {
		return nil, err
	}
	if err := finite(centre.Lon, centre.Lat, c.DX, c.DY, c.First.Lon, c.First.Lat); err != nil {
		return nil, err
	}
	pole, angle := geo.LonLat{Lon: centre.Lon, Lat: centre.Lat - 90}, 0.0
	if centre.Lat < 0 { // such a pole's own meridian is across from the centre
		pole, angle = geo.LonLat{Lon: centre.Lon + 180, Lat: -90 - centre.Lat}, 180
	}
	var first [1]geo.XY
	geo.RotatedPole(pole, angle).Forward(first[:], []geo.LonLat{c.First})
	first[0].X, first[0].Y = first[0].X+c.Shift.X, first[0].Y+c.Shift.Y
	a, b := first[0].X, first[0].X+c.DX*float64(c.NX-1)
	s, n := first[0].Y, first[0].Y+c.DY*float64(c.NY-1)
	return Rotated(c.NX, c.NY, geo.Box{min(a, b), min(s, n), max(a, b), max(s, n)}, pole, angle)
}

// rotatedGrid is planar: its plane is that of rotated longitudes and latitudes.
type rotatedGrid struct {
	planar
	pole  geo.LonLat
	angle float64
}

var (
	_ Raster = (*rotatedGrid)(nil)
	_ Turned = (*rotatedGrid)(nil)
)

// North is, for each cell, the bearing of the rotated north pole, from that of the true one in rotated coordinates.
func (g *rotatedGrid) North(dst []float64, first int) {
	var pole [1]geo.XY
	g.projection.Forward(pole[:], []geo.LonLat{{Lat: 90}})
	sinPole, cosPole := math.Sincos(pole[0].Y * (math.Pi / 180))
	for i := range dst {
		at := g.centre(first + i)
		sin, cos := math.Sincos(at.Y * (math.Pi / 180))
		east, ahead := math.Sincos((pole[0].X - at.X) * (math.Pi / 180))
		dst[i] = -math.Atan2(cosPole*east, cos*sinPole-sin*cosPole*ahead)
	}
}
