package grib

import (
	"math"

	"isobar/geo"
)

// told is what headers say of a lat-lon grid, for those who reckon places from it point by point.
type told struct {
	lon, lat  span        // as stored
	southPole *geo.LonLat // of a rotated grid
	turnDeg   float64
}

// Reckoned gives the place of the i-th point in the order of the file as ecCodes 2.28 reckons it, to the last digit that it
// prints, for comparisons. It differs from the place in Grid where headers round: rows are counted by the increment, which a
// file rounds to 10^-6 degrees or worse, except for the last one; places of rotated grids are rounded to 24 bits of 10^-6
// degrees; of a satellite's view, the first row always is the northernmost. ok is false for grids where there is no such difference,
// and for fields that ecCodes doesn't read.
func (m *Message) Reckoned(i int) (at geo.LonLat, ok bool) {
	const runLength = 200
	if m.GridType == spaceView && m.layout.northwards && i >= 0 && i < m.Points {
		return m.northFirst(i), true
	}
	t := m.told
	if t == nil || m.layout.rows != nil || m.DataTemplate == runLength || m.NI < 1 || m.NJ < 1 || i < 0 || i >= m.Points || m.GridType == regularGG {
		return at, false
	}
	cell := m.layout.canonical(i)
	column, row := cell%m.NI, cell/m.NI
	if m.layout.westwards {
		column = m.NI - 1 - column
	}
	if m.layout.northwards {
		row = m.NJ - 1 - row
	}
	at = geo.LonLat{Lon: t.column(column, m.layout.westwards), Lat: t.row(row, m.layout.northwards)}
	if t.southPole != nil {
		return t.unrotated(at), true
	}
	return at, true
}

// northFirst is where the i-th point of a raster would lie if its rows went southwards.
func (m *Message) northFirst(i int) geo.LonLat {
	cell := m.layout.canonical(i)
	column, row := cell%m.NI, cell/m.NI
	var at [1]geo.LonLat
	m.Grid.Places(at[:], (m.NJ-1-row)*m.NI+column)
	return at[0]
}

// row is the latitude of a row as stored: by the step, unless that is missing or leads elsewhere than the last row.
func (t *told) row(j int, up bool) float64 {
	s := t.lat
	end := s.lastLatitude(up)
	switch {
	case j == s.n-1:
		return end
	case math.Abs(s.stepped(s.n-1, up)-end) < s.step/10:
		return s.stepped(j, up)
	}
	return s.first + float64(j)*(end-s.first)/float64(s.n-1)
}

// column is the longitude of a column as stored: evenly between first and last.
func (t *told) column(i int, westwards bool) float64 {
	s := t.lon
	if s.n == 1 {
		return s.first
	}
	if westwards {
		length := span{n: s.n, first: s.last, last: s.first, step: s.step}.lastLongitude() - s.last
		return s.first - float64(i)*length/float64(s.n-1)
	}
	return s.first + float64(i)*(s.lastLongitude()-s.first)/float64(s.n-1)
}

// unrotated is where a place of a rotated grid lies on the Earth.
func (t *told) unrotated(at geo.LonLat) geo.LonLat {
	turned := [1]geo.XY{{X: at.Lon, Y: at.Lat}}
	var place [1]geo.LonLat
	geo.RotatedPole(*t.southPole, 0).Inverse(place[:], turned[:])
	return geo.LonLat{Lon: singly(place[0].Lon) - t.turnDeg, Lat: singly(place[0].Lat)}
}

// singly rounds to millionths, in single precision, in the turn around Greenwich.
func singly(deg float64) float64 {
	deg -= 360 * math.Round(deg/360)
	return math.Round(float64(float32(deg*1e6))) / 1e6
}
