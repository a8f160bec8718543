package geotiff

import (
	"fmt"
	"strconv"
	"strings"

	"isobar/coverage"
	"isobar/encode"
	"isobar/geo"
	"isobar/grid"
)

// The GeoKeys (GeoTIFF 1.1, annex B; parameters of projections by their names of 1.0, 6.2.3).
const (
	keyModel        = 1024
	keyRaster       = 1025
	keyCitation     = 1026
	keyGeographic   = 2048
	keyGeogCitation = 2049
	keyDatum        = 2050
	keyAngularUnit  = 2054
	keyEllipsoid    = 2056
	keySemiMajor    = 2057
	keySemiMinor    = 2058
	keyProjected    = 3072
	keyProjCitation = 3073
	keyProjection   = 3074
	keyTransform    = 3075
	keyLinearUnit   = 3076
	keyParallel1    = 3078
	keyParallel2    = 3079
	keyOriginLon    = 3080
	keyOriginLat    = 3081
	keyFalseX       = 3082
	keyFalseY       = 3083
	keyConeLon      = 3084
	keyConeLat      = 3085
	keyConeX        = 3086
	keyConeY        = 3087
	keyCentreLon    = 3088
	keyCentreLat    = 3089
	keyScale        = 3092
	keyPoleLon      = 3095

	userDefined = 32767
	projected   = 1
	geographic  = 2
	pixelIsArea = 1
	degree      = 9102
	metre       = 9001
	wgs84       = 4326
)

// key is a GeoKey: a short number, or a double, or text.
type key struct {
	id     int
	number int
	double float64
	text   string
	kind   byte // 'n', 'd', 't'
}

type keys []key

func (k *keys) number(id, n int)         { *k = append(*k, key{id: id, number: n, kind: 'n'}) }
func (k *keys) double(id int, v float64) { *k = append(*k, key{id: id, double: v, kind: 'd'}) }
func (k *keys) citation(id int, text string) {
	*k = append(*k, key{id: id, text: strings.ReplaceAll(text, "|", "/") + "|", kind: 't'})
}

// keysOf are the keys of a coverage's system, ascending.
func keysOf(s *coverage.Source) (keys, error) {
	var k keys
	if s.Ref.Degrees && s.Ref.Code != "" {
		k.number(keyModel, geographic)
		k.number(keyRaster, pixelIsArea)
		k.number(keyGeographic, epsg(s.Ref.Code, wgs84))
		k.number(keyAngularUnit, degree)
		return k, nil
	}
	if s.Ref.Code != "" {
		code := epsg(s.Ref.Code, 0)
		if code == 0 {
			return nil, unfit("the system " + s.Ref.Code)
		}
		k.number(keyModel, projected)
		k.number(keyRaster, pixelIsArea)
		k.citation(keyCitation, s.Ref.Title)
		k.number(keyProjected, code)
		k.number(keyLinearUnit, metre)
		return k, nil
	}
	return ownKeys(s.Native)
}

// epsg is the number of "EPSG:3857", or another.
func epsg(code string, other int) int {
	n, err := strconv.Atoi(strings.TrimPrefix(code, "EPSG:"))
	if err != nil {
		return other
	}
	return n
}

func unfit(what string) error {
	return fmt.Errorf("GeoTIFF %w %s: ask for a coordinate system", encode.ErrUnfit, what)
}

// transforms are the numbers of projections (GeoTIFF 1.0, 6.3.3.3).
var transforms = map[string]int{"transverse": 1, "mercator": 7, "lambert": 8, "azimuthal": 10, "albers": 11, "polar": 15}

// ownKeys describe a grid's own system by its parameters.
func ownKeys(n *grid.Native) (keys, error) {
	transform, known := transforms[n.Kind]
	if !known {
		return nil, unfit("coordinates of the kind " + n.Kind)
	}
	var k keys
	k.number(keyModel, projected)
	k.number(keyRaster, pixelIsArea)
	k.citation(keyCitation, "the model's "+n.Kind+" map")
	if n.Earth == geo.WGS84 {
		k.number(keyGeographic, wgs84)
		k.number(keyAngularUnit, degree)
	} else {
		k.number(keyGeographic, userDefined)
		k.citation(keyGeogCitation, "a model's Earth")
		k.number(keyDatum, userDefined)
		k.number(keyAngularUnit, degree)
		k.number(keyEllipsoid, userDefined)
		k.double(keySemiMajor, n.Earth.Major)
		k.double(keySemiMinor, n.Earth.Minor)
	}
	k.number(keyProjected, userDefined)
	k.citation(keyProjCitation, "the model's "+n.Kind+" map")
	k.number(keyProjection, userDefined)
	k.number(keyTransform, transform)
	k.number(keyLinearUnit, metre)
	k.parameters(n)
	return k, nil
}

// parameters are those of a projection; they ascend.
func (k *keys) parameters(n *grid.Native) {
	p := n.Params
	switch n.Kind {
	case "lambert":
		k.double(keyParallel1, p[1])
		k.double(keyParallel2, p[2])
		k.double(keyConeLon, p[0])
		k.double(keyConeLat, p[1])
		k.double(keyConeX, 0)
		k.double(keyConeY, 0)
	case "albers":
		k.double(keyParallel1, p[1])
		k.double(keyParallel2, p[2])
		k.double(keyOriginLon, p[0])
		k.double(keyOriginLat, p[1])
		k.double(keyFalseX, 0)
		k.double(keyFalseY, 0)
	case "mercator":
		k.double(keyParallel1, p[0])
		k.double(keyOriginLon, 0)
		k.double(keyOriginLat, 0)
		k.double(keyFalseX, 0)
		k.double(keyFalseY, 0)
	case "polar":
		lat := p[2]
		if p[0] != 0 {
			lat = -lat
		}
		k.double(keyOriginLat, lat)
		k.double(keyFalseX, 0)
		k.double(keyFalseY, 0)
		k.double(keyScale, 1)
		k.double(keyPoleLon, p[1])
	case "azimuthal":
		k.double(keyFalseX, 0)
		k.double(keyFalseY, 0)
		k.double(keyCentreLon, p[0])
		k.double(keyCentreLat, p[1])
	case "transverse":
		k.double(keyOriginLon, p[0])
		k.double(keyOriginLat, p[1])
		k.double(keyFalseX, 0)
		k.double(keyFalseY, 0)
		k.double(keyScale, p[2])
	}
}

// directory turns keys into the three tags that hold them.
func (k keys) directory() (short []uint16, doubles []float64, text string) {
	short = []uint16{1, 1, 0, uint16(len(k))}
	for _, e := range k {
		switch e.kind {
		case 'n':
			short = append(short, uint16(e.id), 0, 1, uint16(e.number))
		case 'd':
			short = append(short, uint16(e.id), tagGeoDoubles, 1, uint16(len(doubles)))
			doubles = append(doubles, e.double)
		case 't':
			short = append(short, uint16(e.id), tagGeoText, uint16(len(e.text)), uint16(len(text)))
			text += e.text
		}
	}
	return short, doubles, text
}
