package wcs

import (
	"strings"

	"isobar/ogc"
)

// translate says a request in XML (OGC 09-148r1, and the extensions' schemas) as the parameters that mean the same. The error is a
// *ogc.Fault.
func translate(root *node) (ogc.Query, error) {
	q := ogc.Query{"request": {root.name}}
	for _, name := range []string{"service", "version", "updatesequence"} {
		if v, ok := root.attributes[name]; ok {
			q[name] = []string{v}
		}
	}
	t := translator{q: q}
	for _, c := range root.children {
		t.element(c)
	}
	return q, t.err
}

// translator gathers parameters; the first error stays.
type translator struct {
	q   ogc.Query
	err error
}

func (t *translator) add(name string, values ...string) { t.q[name] = append(t.q[name], values...) }

// joined adds to a parameter that is a list.
func (t *translator) joined(name string, values ...string) {
	list := strings.Join(values, ",")
	if old := t.q[name]; len(old) > 0 {
		list = old[0] + "," + list
	}
	t.q[name] = []string{list}
}

// element is a child of the request or of its extension.
func (t *translator) element(n *node) {
	switch strings.ToLower(n.name) {
	case "acceptversions":
		t.joined("acceptversions", n.all("Version")...)
	case "sections":
		t.joined("sections", n.all("Section")...)
	case "acceptformats":
		t.joined("acceptformats", n.all("OutputFormat")...)
	case "coverageid":
		t.joined("coverageid", n.text)
	case "identifier", "identifiers":
		t.joined("identifiers", n.text)
	case "coverage":
		t.joined("coverage", n.text)
	case "dimensiontrim":
		t.subset(n.value("Dimension"), "("+t.bound(n.value("TrimLow"))+","+t.bound(n.value("TrimHigh"))+")")
	case "dimensionslice":
		t.subset(n.value("Dimension"), "("+t.bound(n.value("SlicePoint"))+")")
	case "format", "mediatype":
		t.add(strings.ToLower(n.name), n.text)
	case "extension":
		for _, c := range n.children {
			t.extension(c)
		}
	}
}

// subset adds a trim or a slice.
func (t *translator) subset(axis, bounds string) { t.add("subset", axis+bounds) }

// bound is a position as SUBSET writes it.
func (t *translator) bound(text string) string {
	switch {
	case text == "":
		return open
	case strings.Contains(text, `"`):
		text = strings.Trim(text, `"`)
		if strings.Contains(text, `"`) && t.err == nil {
			t.err = syntax("subset", "%q is no position", ogc.Clip(text))
		}
	}
	return `"` + text + `"`
}

// extension is one extension's element.
func (t *translator) extension(n *node) {
	switch strings.ToLower(n.name) {
	case "scalebyfactor":
		t.add("scalefactor", n.value("scaleFactor"))
	case "scaleaxesbyfactor":
		t.axes("scaleaxes", n, "scaleFactor")
	case "scaletosize":
		t.axes("scalesize", n, "targetSize")
	case "scaletoextent":
		for _, c := range n.children {
			t.add("scaleextent", c.value("axis")+"("+c.value("low")+":"+c.value("high")+")")
		}
	case "scaling": // a wrapper that some clients write
		for _, c := range n.children {
			t.extension(c)
		}
	case "interpolation":
		t.interpolation(n)
	case "rangesubset":
		t.fields(n)
	case "subsettingcrs", "outputcrs":
		t.add(strings.ToLower(n.name), n.text)
	case "crs", "getcoveragecrs":
		for _, c := range n.children {
			t.extension(c)
		}
	case "parameters": // of the GeoTIFF extension
		for _, c := range n.children {
			t.add("geotiff:"+strings.ToLower(c.name), c.text)
		}
	}
}

// axes are scales of several axes.
func (t *translator) axes(parameter string, n *node, value string) {
	for _, c := range n.children {
		t.add(parameter, c.value("axis")+"("+c.value(value)+")")
	}
}

// interpolation is one method for all axes, or one each (OGC 12-049, 7).
func (t *translator) interpolation(n *node) {
	if v := n.value("globalInterpolation"); v != "" {
		t.add("interpolation", v)
	}
	for _, list := range n.children {
		for _, c := range list.children {
			if axis, method := c.value("axis"), c.value("interpolationMethod"); axis != "" || method != "" {
				t.joined("interpolationperaxis", axis+","+method)
			}
		}
	}
}

// fields are the fields of a range subset, single ones and intervals (OGC 12-040, 7).
func (t *translator) fields(n *node) {
	for _, item := range n.children {
		for _, c := range item.children {
			if strings.EqualFold(c.name, "rangeInterval") {
				t.joined("rangesubset", c.value("startComponent")+":"+c.value("endComponent"))
			} else {
				t.joined("rangesubset", c.text)
			}
		}
	}
}
