package wcs

import (
	"fmt"
	"slices"
	"strings"

	"isobar/grid"
	"isobar/ogc"
)

// describesOwn tells that a name is how the coverages' own system is described, also where a careless client left its pluses to be read as
// blanks, as QGIS does.
func (o offer) describesOwn(name string) bool {
	n, ok := grid.NativeOf(o.layers[0].Grid)
	if !ok {
		return false
	}
	words := func(s string) []string { return strings.Fields(strings.ReplaceAll(s, "+", " ")) }
	own := words(projString(&n))
	return len(own) > 0 && slices.Equal(words(name), own)
}

// projString describes a grid's own system in the words of PROJ; "" where there are none. Params are in the order that grid.Native
// tells.
func projString(n *grid.Native) string {
	p := func(i int) string {
		if i < len(n.Params) {
			return ogc.Number(n.Params[i])
		}
		return "0"
	}
	earth := fmt.Sprintf("+a=%s +b=%s +units=m +no_defs", ogc.Number(n.Earth.Major), ogc.Number(n.Earth.Minor))
	var words []string
	switch n.Kind {
	case "rotated": // the southern pole's longitude and latitude, and the angle
		if len(n.Params) < 3 {
			return ""
		}
		words = []string{"+proj=ob_tran +o_proj=longlat +o_lon_p=" + ogc.Number(0-n.Params[2]), "+o_lat_p=" + ogc.Number(-n.Params[1]), "+lon_0=" + p(0), "+R=6371229 +no_defs"}
	case "lambert":
		words = []string{"+proj=lcc", "+lat_0=" + p(1), "+lon_0=" + p(0), "+lat_1=" + p(1), "+lat_2=" + p(2), earth}
	case "albers":
		words = []string{"+proj=aea", "+lat_0=" + p(1), "+lon_0=" + p(0), "+lat_1=" + p(1), "+lat_2=" + p(2), earth}
	case "mercator":
		words = []string{"+proj=merc", "+lat_ts=" + p(0), "+lon_0=0", earth}
	case "azimuthal":
		words = []string{"+proj=laea", "+lat_0=" + p(1), "+lon_0=" + p(0), earth}
	case "polar": // 1 in the south, the upright longitude, the parallel that is true, north positive for both
		sign := ""
		if p(0) != "0" {
			sign = "-"
		}
		words = []string{"+proj=stere", "+lat_0=" + sign + "90", "+lat_ts=" + sign + p(2), "+lon_0=" + p(1), earth}
	case "transverse":
		words = []string{"+proj=tmerc", "+lat_0=" + p(1), "+lon_0=" + p(0), "+k=" + p(2), earth}
	case "geostationary":
		words = []string{"+proj=geos", "+h=" + p(1), "+lon_0=" + p(0), "+sweep=y", earth}
	case "geostationaryx":
		words = []string{"+proj=geos", "+h=" + p(1), "+lon_0=" + p(0), "+sweep=x", earth}
	}
	return strings.Join(words, " ")
}
