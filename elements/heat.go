package elements

import "math"

// heatIndex is how warm the air feels for its humidity: Rothfusz' regression of Steadman's tables (NWS SR 90-23, 1990) with the
// adjustments of the US Weather Prediction Center, in kelvin of kelvin and percent. Where the mean of the simple formula and the
// temperature is below 80 degrees Fahrenheit it is the result; in the cold, below 40, the temperature is.
func heatIndex(kelvin, percent float64) float64 {
	f, r := kelvin*9/5-459.67, min(max(percent, 0), 100)
	if f != f || percent != percent {
		return math.NaN()
	}
	if f <= 40 {
		return kelvin
	}
	feels := (f + 0.5*(f+61+1.2*(f-68)+0.094*r)) / 2
	if feels >= 80 {
		feels = -42.379 + 2.04901523*f + 10.14333127*r - 0.22475541*f*r - 6.83783e-3*f*f - 5.481717e-2*r*r +
			1.22874e-3*f*f*r + 8.5282e-4*f*r*r - 1.99e-6*f*f*r*r
		switch {
		case r < 13 && f >= 80 && f <= 112:
			feels -= (13 - r) / 4 * math.Sqrt((17-math.Abs(f-95))/17)
		case r > 85 && f >= 80 && f <= 87:
			feels += (r - 85) / 10 * (87 - f) / 5
		}
	}
	return (feels + 459.67) * 5 / 9
}
