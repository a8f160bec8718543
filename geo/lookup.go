package geo

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnknownCRS is a reference system that is not offered.
var ErrUnknownCRS = errors.New("no such coordinate reference system")

// Lookup finds a reference system by any of its names: "EPSG:3857", "CRS:84", "urn:ogc:def:crs:EPSG::4326",
// "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "[EPSG:4326]", in any case. The error wraps ErrUnknownCRS and names it.
func Lookup(code string) (Reference, error) {
	if r, ok := reference(canonical(code)); ok {
		return r, nil
	}
	return Reference{}, fmt.Errorf("%w %q", ErrUnknownCRS, shortened(code))
}

// shortened keeps a client's text from filling an answer or a log.
func shortened(text string) string {
	const longest = 80
	if runes := []rune(text[:min(len(text), 4*longest)]); len(runes) > longest {
		return string(runes[:longest])
	}
	return text
}

// spellings are the beginnings of names, in capitals, before "EPSG:3857" or "OGC:1.3:CRS84" as slashes or colons divide them:
// OGC 07-092r3 (URN) and OGC 09-048r5 (URI).
var spellings = []string{
	"URN:OGC:DEF:CRS:", "URN:X-OGC:DEF:CRS:", "HTTP://WWW.OPENGIS.NET/DEF/CRS/", "HTTPS://WWW.OPENGIS.NET/DEF/CRS/",
}

// canonical is a name as reference knows it. A version of the registry is not looked at.
func canonical(name string) string {
	const longest = 120
	if len(name) > longest {
		return ""
	}
	name = strings.ToUpper(strings.TrimSpace(name))
	if inner, ok := strings.CutPrefix(name, "["); ok { // a safe CURIE
		name = strings.TrimSuffix(inner, "]")
	}
	for _, start := range spellings {
		rest, ok := strings.CutPrefix(name, start)
		if !ok {
			continue
		}
		parts := strings.Split(strings.ReplaceAll(rest, "/", ":"), ":")
		if len(parts) != 3 {
			return ""
		}
		name = parts[0] + ":" + parts[2]
	}
	switch name {
	case "OGC:CRS84", "CRS84", "CRS:CRS84", "OGC:84":
		return "CRS:84"
	case "EPSG:900913", "EPSG:102100": // older names of the same
		return "EPSG:3857"
	}
	return name
}
