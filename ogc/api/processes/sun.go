package processes

import (
	"math"

	"isobar/field"
	"isobar/geo"
)

// sunUp tells that the sun's upper rim is above the horizon, refraction counted (Astronomical Almanac's low precision formulae, good to
// a hundredth of a degree between 1950 and 2050).
func sunUp(at geo.LonLat, t field.Time) bool {
	const degree, j2000 = math.Pi / 180, 946728000 // 2000-01-01 12:00 UTC
	days := float64(t-j2000) / 86400
	mean := math.Mod(280.460+0.9856474*days, 360)
	anomaly := math.Mod(357.528+0.9856003*days, 360) * degree
	lon := (mean + 1.915*math.Sin(anomaly) + 0.020*math.Sin(2*anomaly)) * degree
	tilt := (23.439 - 0.0000004*days) * degree
	right := math.Atan2(math.Cos(tilt)*math.Sin(lon), math.Cos(lon))
	declination := math.Asin(math.Sin(tilt) * math.Sin(lon))
	sidereal := (280.46061837+360.98564736629*days+at.Lon)*degree - right
	height := math.Asin(math.Sin(at.Lat*degree)*math.Sin(declination) + math.Cos(at.Lat*degree)*math.Cos(declination)*math.Cos(sidereal))
	return height > -0.833*degree
}
