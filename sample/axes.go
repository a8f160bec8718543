package sample

import "isobar/geo"

// axes gives the longitude of each pixel column and the latitude of each pixel row; ok is false for a view that is not upright.
func axes(v geo.View) (lonDeg, latDeg []float64, ok bool) {
	if v.Ref.Turn == 0 {
		return nil, nil, false
	}
	at := make([]geo.XY, v.Width+v.Height)
	dx, dy := (v.Box.MaxX()-v.Box.MinX())/float64(v.Width), (v.Box.MaxY()-v.Box.MinY())/float64(v.Height)
	middle := geo.XY{X: (v.Box.MinX() + v.Box.MaxX()) / 2, Y: (v.Box.MinY() + v.Box.MaxY()) / 2}
	for i := range v.Width {
		at[i] = geo.XY{X: v.Box.MinX() + (float64(i)+0.5)*dx, Y: middle.Y}
	}
	for j := range v.Height {
		at[v.Width+j] = geo.XY{X: middle.X, Y: v.Box.MaxY() - (float64(j)+0.5)*dy}
	}
	places := make([]geo.LonLat, len(at))
	v.Ref.Inverse(places, at)
	lonDeg, latDeg = make([]float64, v.Width), make([]float64, v.Height)
	for i := range lonDeg {
		lonDeg[i] = places[i].Lon
	}
	for j := range latDeg {
		latDeg[j] = places[v.Width+j].Lat
	}
	return lonDeg, latDeg, true
}
