package grid

import (
	"math"
	"strconv"
	"strings"

	"isobar/geo"
)

// micro rounds to what an ID holds: a millionth of a degree or metre, GRIB2's resolution; zero has no sign.
func micro(x float64) float64 { return math.Round(x*1e6)/1e6 + 0 }

// milli rounds lengths that were calculated to a millimetre.
func milli(x float64) float64 { return math.Round(x*1e3)/1e3 + 0 }

// finite refuses what no definition may hold.
func finite(numbers ...float64) error {
	for _, x := range numbers {
		if !(math.Abs(x) <= 1e12) {
			return invalid("the number %v", x)
		}
	}
	return nil
}

// western brings a longitude to [-180, 180), rounded to a microdegree.
func western(lonDeg float64) float64 {
	lonDeg = micro(lonDeg - 360*math.Floor((lonDeg+180)/360))
	if lonDeg >= 180 {
		lonDeg = -180
	}
	return lonDeg
}

// list writes numbers as an ID has them.
func list(numbers ...float64) string {
	var b strings.Builder
	for i, x := range numbers {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatFloat(x, 'f', -1, 64))
	}
	return b.String()
}

// figure writes an ellipsoid: its radius, both axes, or "wgs84", which stands for what differs from it by less than a
// millimetre, GRS 80 in all roundings.
func figure(e geo.Ellipsoid) string {
	switch {
	case e == geo.WGS84:
		return "wgs84"
	case e.Major == e.Minor:
		return list(e.Major)
	}
	return list(e.Major, e.Minor)
}

// rounded is an ellipsoid as figure writes it.
func rounded(e geo.Ellipsoid) (geo.Ellipsoid, error) {
	const least, most, flattest = 1e5, 1e8, 0.05 // metres; the series for latitudes do not hold for what is flatter
	if !(e.Minor >= least && e.Major <= most && e.Major >= e.Minor && e.Minor >= e.Major*(1-flattest)) {
		return e, invalid("an Earth of %v by %v m", e.Major, e.Minor)
	}
	if math.Abs(e.Major-geo.WGS84.Major) < 1e-3 && math.Abs(e.Minor-geo.WGS84.Minor) < 1e-3 {
		return geo.WGS84, nil
	}
	return geo.Ellipsoid{Major: milli(e.Major), Minor: milli(e.Minor)}, nil
}
