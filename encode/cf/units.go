package cf

import (
	"fmt"
	"strings"

	"isobar/elements"
	"isobar/geo"
)

// spellings are units that UDUNITS spells in a way of its own.
var spellings = map[string]string{
	"degC": "degree_Celsius", "Cel": "degree_Celsius", "degF": "degree_Fahrenheit", "[degF]": "degree_Fahrenheit", "deg": "degree", "%": "%", "1": "1",
	"[ppth]": "1e-3", "[ppm]": "1e-6", "[ppb]": "1e-9", "[psu]": "1e-3", "dB[Z]": "dBZ", "dB": "dB", "DU": "2.1415e-5 kg m-2", "PVU": "1e-6 K m2 kg-1 s-1",
	"10*-5/s": "1e-5 s-1", "[kn_i]": "knot", "kt": "knot", "mph": "mile hour-1", "[mi_i]/h": "mile hour-1", "gpm": "m", "gpdam": "10 m", "um": "um",
	"ug/m3": "ug m-3", "ug/kg": "ug kg-1", "inHg": "inHg", "d": "day", "h": "hour", "min": "minute",
}

// leaps tells that no leap seconds are counted in times (CF-1.11 4.4): models know none.
var leaps = Text("units_metadata", "leap_seconds: none")

// onScale tells of a temperature that it is one, not a difference of two (CF-1.11 3.1.2); "" of anything else. Of elements that
// people read in kelvins and CF has no name for, it is not known.
func onScale(el elements.Element) string {
	switch {
	case el.Unit != "K" && el.Unit != "degC":
		return ""
	case el.DisplayUnit == el.Unit && el.StandardName == "":
		return "temperature: unknown"
	}
	return "temperature: on_scale"
}

// Unit is a unit in UDUNITS' spelling, given ours: "kg/m2/s" is "kg m-2 s-1". "" is a number without one.
func Unit(unit string) string {
	if text, ok := spellings[unit]; ok {
		return text
	}
	above, below, _ := strings.Cut(unit, "/")
	var words []string
	for word := range strings.SplitSeq(above, ".") {
		if word != "1" && word != "" {
			words = append(words, word)
		}
	}
	if below != "" {
		for word := range strings.FieldsFuncSeq(below, func(r rune) bool { return r == '/' || r == '.' }) {
			base := strings.TrimRight(word, "0123456789")
			power := word[len(base):]
			if power == "" {
				power = "1"
			}
			if long, ok := spellings[base]; ok {
				base = long
			}
			words = append(words, base+"-"+power)
		}
	}
	return strings.Join(words, " ")
}

// zone describes the zones of UTM.
func zone(code string) (attrs []Attr, earth geo.Ellipsoid, ok bool) {
	var n int
	if _, err := fmt.Sscanf(code, "EPSG:%d", &n); err != nil {
		return nil, earth, false
	}
	series, zone := n/100, n%100
	if zone < 1 || zone > 60 || series != 326 && series != 327 && series != 258 {
		return nil, earth, false
	}
	north := 0.0
	if series == 327 {
		north = 1e7
	}
	return []Attr{
		Text("grid_mapping_name", "transverse_mercator"), number("longitude_of_central_meridian", float64(6*zone-183)), number("latitude_of_projection_origin", 0),
		number("scale_factor_at_central_meridian", 0.9996), number("false_easting", 500000), number("false_northing", north),
	}, geo.WGS84, true
}
