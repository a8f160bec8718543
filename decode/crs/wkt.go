package crs

import (
	"strconv"
	"strings"
)

// node is a keyword of well-known text with what stands in its brackets.
type node struct {
	keyword string
	words   []string // texts and numbers
	nodes   []node
}

// maxDepth bounds brackets in brackets.
const maxDepth = 32

// WKT reads a projected system, or one in degrees, as well-known text: of the first version in the manners of OGC and ESRI, and of the second
// (ISO 19162) as far as it names projections alike. A definition of PROJ's that is added to it counts for more.
func WKT(text string) (System, error) {
	if len(text) > 4*maxText {
		return System{}, unknown("a well-known text of %d characters", len(text))
	}
	n, _, ok := readNode(text, 0)
	if !ok {
		return System{}, unknown("the well-known text %.40q", text)
	}
	if inner := n.find("PROJCS", "PROJCRS", "PROJECTEDCRS", "BASEPROJCRS"); inner != nil { // that of a compound system
		n = *inner
	} else if n.find("GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS", "BASEGEOGCRS") != nil {
		return System{}, nil
	}
	if e := n.find("EXTENSION"); e != nil && len(e.words) == 2 && e.words[0] == "PROJ4" {
		return PROJ(e.words[1])
	}
	text, ok = n.proj()
	if id := n.identity(); !ok && id != 0 {
		return EPSG(id)
	}
	if !ok {
		return System{}, unknown("the projection of %.60q", n.name())
	}
	return PROJ(text)
}

// readNode reads KEYWORD["text", 1.5, OTHER[...]].
func readNode(text string, depth int) (n node, rest string, ok bool) {
	at := strings.IndexAny(text, "[(")
	if at < 0 || depth > maxDepth {
		return n, "", false
	}
	n.keyword = strings.ToUpper(strings.TrimSpace(text[:at]))
	for rest = text[at+1:]; ; {
		rest = strings.TrimLeft(rest, " \t\r\n,")
		if rest == "" {
			return n, "", false
		}
		switch end := strings.IndexAny(rest, ",[()]\""); {
		case rest[0] == ']' || rest[0] == ')':
			return n, rest[1:], true
		case rest[0] == '"':
			word, after, closed := strings.Cut(rest[1:], `"`)
			if !closed {
				return n, "", false
			}
			n.words, rest = append(n.words, word), after
		case end > 0 && (rest[end] == '[' || rest[end] == '('):
			inner, after, ok := readNode(rest, depth+1)
			if !ok {
				return n, "", false
			}
			n.nodes, rest = append(n.nodes, inner), after
		case end > 0:
			n.words, rest = append(n.words, strings.TrimSpace(rest[:end])), rest[end:]
		default:
			return n, "", false
		}
	}
}

// find is the node itself, or the first within it, of one of some keywords.
func (n *node) find(keywords ...string) *node {
	for _, k := range keywords {
		if n.keyword == k {
			return n
		}
	}
	for i := range n.nodes {
		if found := n.nodes[i].find(keywords...); found != nil {
			return found
		}
	}
	return nil
}

// name is a node's first word.
func (n *node) name() string {
	if n == nil || len(n.words) == 0 {
		return ""
	}
	return n.words[0]
}

// number is a node's k-th word.
func (n *node) number(k int) (float64, bool) {
	if n == nil || k >= len(n.words) {
		return 0, false
	}
	v, err := strconv.ParseFloat(n.words[k], 64)
	return v, err == nil
}

// identity is the code of the EPSG registry that the whole system has; 0: none.
func (n *node) identity() int {
	for i := range n.nodes {
		if id := &n.nodes[i]; (id.keyword == "AUTHORITY" || id.keyword == "ID") && id.name() == "EPSG" {
			code, _ := id.number(1)
			return int(code)
		}
	}
	return 0
}

// plain is a name without what writers differ in.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

// methods are PROJ's words for projections.
var methods = map[string]string{
	"lambertconformalconic": "lcc", "lambertconformalconic1sp": "lcc", "lambertconformalconic2sp": "lcc",
	"lambertconicconformal1sp": "lcc", "lambertconicconformal2sp": "lcc",
	"polarstereographic": "stere", "polarstereographicvarianta": "stere", "polarstereographicvariantb": "stere", "stereographic": "stere",
	"stereographicnorthpole": "stere", "stereographicsouthpole": "stere", "obliquestereographic": "sterea", "doublestereographic": "sterea",
	"transversemercator": "tmerc", "gausskruger": "tmerc",
	"mercator": "merc", "mercator1sp": "merc", "mercator2sp": "merc", "mercatorvarianta": "merc", "mercatorvariantb": "merc",
	"mercatorauxiliarysphere": "webmerc", "popularvisualisationpseudomercator": "webmerc",
	"albers": "aea", "albersconicequalarea": "aea", "albersequalarea": "aea", "albersequalareaconic": "aea",
	"lambertazimuthalequalarea": "laea", "lambertazimuthalequalareaspherical": "laea",
	"equirectangular": "eqc", "platecarree": "eqc", "equidistantcylindrical": "eqc", "equidistantcylindricalspherical": "eqc",
	"cylindricalequalarea": "cea", "lambertcylindricalequalarea": "cea", "lambertcylindricalequalareaspherical": "cea",
	"sinusoidal": "sinu", "equidistantconic": "eqdc", "azimuthalequidistant": "aeqd", "modifiedazimuthalequidistant": "aeqd",
	"gnomonic": "gnom", "orthographic": "ortho", "swissobliquecylindrical": "somerc",
	"geostationarysatellite": "geos", "geostationarysatellitesweepy": "geos", "geostationarysatellitesweepx": "geos +sweep=x",
}

// arguments are PROJ's words for parameters.
var arguments = map[string]string{
	"latitudeoforigin": "lat_0", "latitudeofcenter": "lat_0", "latitudeofnaturalorigin": "lat_0", "latitudeoffalseorigin": "lat_0",
	"latitudeofprojectioncentre": "lat_0", "centralparallel": "lat_0",
	"centralmeridian": "lon_0", "longitudeofcenter": "lon_0", "longitudeoforigin": "lon_0", "longitudeofnaturalorigin": "lon_0",
	"longitudeoffalseorigin": "lon_0", "longitudeofprojectioncentre": "lon_0",
	"standardparallel1": "lat_1", "latitudeof1ststandardparallel": "lat_1", "latitudeofstandardparallel": "lat_1",
	"standardparallel2": "lat_2", "latitudeof2ndstandardparallel": "lat_2",
	"scalefactor": "k", "scalefactoratnaturalorigin": "k", "scalefactoratprojectioncentre": "k",
	"falseeasting": "x_0", "eastingatfalseorigin": "x_0", "eastingatprojectioncentre": "x_0",
	"falsenorthing": "y_0", "northingatfalseorigin": "y_0", "northingatprojectioncentre": "y_0",
	"satelliteheight": "h", "height": "h", "option": "option",
}

// proj writes the system as a definition of PROJ's.
func (n *node) proj() (text string, ok bool) {
	name := plain(n.find("PROJECTION", "METHOD").name())
	method, ok := methods[name]
	if !ok {
		return "", false
	}
	values := map[string]float64{}
	n.parameters(values)
	unit := 1.0
	for i := range n.nodes { // the last one is that of coordinates
		if of := n.nodes[i].find("LENGTHUNIT", "UNIT"); of != nil && n.nodes[i].keyword != "GEOGCS" && n.nodes[i].keyword != "BASEGEOGCRS" &&
			n.nodes[i].keyword != "CONVERSION" {
			if v, ok := of.number(1); ok && v > 0 {
				unit = v
			}
		}
	}
	switch method {
	case "stere":
		if sign := strings.Contains(name, "south"); sign || strings.Contains(name, "north") || strings.Contains(name, "polar") {
			first, parallel := values["lat_1"]
			if !parallel && name != "polarstereographicvarianta" && values["lat_0"] != 0 && values["lat_0"] != 90 && values["lat_0"] != -90 {
				first, parallel = values["lat_0"], true // the first version: the origin's latitude is that of true lengths
			}
			if values["lat_0"] = 90; sign || first < 0 {
				values["lat_0"] = -90
			}
			if parallel {
				values["lat_ts"] = first
			}
		}
		delete(values, "lat_1")
	case "merc", "webmerc", "eqc", "cea":
		if first, ok := values["lat_1"]; ok {
			values["lat_ts"] = first
			delete(values, "lat_1")
		}
	case "lcc":
		if _, ok := values["lat_1"]; !ok {
			values["lat_1"] = values["lat_0"]
		}
	case "geos":
		if values["option"] == 1 { // ESRI's
			method += " +sweep=x"
		}
	}
	delete(values, "option")
	values["x_0"], values["y_0"] = values["x_0"]*unit, values["y_0"]*unit
	var b strings.Builder
	b.WriteString("+proj=" + method)
	for _, key := range []string{"lat_0", "lon_0", "lat_1", "lat_2", "lat_ts", "k", "x_0", "y_0", "h"} {
		if v, ok := values[key]; ok {
			b.WriteString(" +" + key + "=" + strconv.FormatFloat(v, 'g', -1, 64))
		}
	}
	b.WriteString(" +to_meter=" + strconv.FormatFloat(unit, 'g', -1, 64))
	figure := n.find("SPHEROID", "ELLIPSOID")
	a, known := figure.number(1)
	if inverse, _ := figure.number(2); !known || a <= 0 {
		b.WriteString(" +ellps=WGS84")
	} else if a := strconv.FormatFloat(a, 'g', -1, 64); inverse == 0 || method == "webmerc" {
		b.WriteString(" +R=" + a)
	} else {
		b.WriteString(" +a=" + a + " +rf=" + strconv.FormatFloat(inverse, 'g', -1, 64))
	}
	return b.String(), true
}

// parameters collects the projection's, by PROJ's names.
func (n *node) parameters(values map[string]float64) {
	for i := range n.nodes {
		p := &n.nodes[i]
		if p.keyword != "PARAMETER" {
			p.parameters(values)
			continue
		}
		if key, ok := arguments[plain(p.name())]; ok {
			if v, ok := p.number(1); ok {
				values[key] = v
			}
		}
	}
}
