package elements

import "strings"

// place is what is said of a kind of level in names and titles.
type place struct {
	phrase string // after a title: "Temperature at the tropopause"; "" if a title needs none
}

// noLevel stands in names for a field without a level.
const noLevel = "none"

// places lists the kinds of level that titles can speak of; others are named by their numbers.
var places = map[LevelKind]place{
	Surface:     {"at the surface"},
	Height:      {"above ground"},
	Altitude:    {"above mean sea level"},
	MeanSea:     {"at mean sea level"},
	Pressure:    {"on pressure levels"},
	PressureLay: {"between pressure levels"},
	HeightLayer: {"between heights above ground"},
	Depth:       {"below ground"},
	SeaDepth:    {"below the sea surface"},
	ModelLevel:  {"on model levels"},
	Sigma:       {"on sigma levels"},
	SigmaLayer:  {"between sigma levels"},
	Theta:       {"on isentropic levels"},
	PV:          {"on surfaces of potential vorticity"},
	Isotherm:    {"at isotherms"},
	Freezing:    {"at the 0 °C isotherm"},
	Tropopause:  {"at the tropopause"},
	MaxWind:     {"at the level of maximum wind"},
	CloudBase:   {"at cloud base"},
	CloudTop:    {"at cloud top"},
	LowCloud:    {"of low cloud"},
	MiddleCloud: {"of middle cloud"},
	HighCloud:   {"of high cloud"},
	Boundary:    {"in the boundary layer"},
	Atmosphere:  {"of the whole atmosphere"},
	TopOfAtmos:  {"at the top of the atmosphere"},
	Sea:         {"at the sea surface"},
	"":          {"without a level"},
	// GRIB2 code table 4.5, kinds that have no name of their own; 200 and above are NCEP's.
	"type5":   {"at the lifted condensation level"},
	"type11":  {"at the base of cumulonimbus"},
	"type12":  {"at the top of cumulonimbus"},
	"type14":  {"at the level of free convection"},
	"type16":  {"at the equilibrium level"},
	"type25":  {"at the echo top"},
	"type18":  {"from a mixed layer's parcel"},
	"type17":  {"from the most unstable parcel"},
	"type108": {"at pressures above ground"},
	"type111": {"on eta levels"},
	"type117": {"in the mixed layer"},
	"type151": {"on soil levels"},
	"type152": {"on ice levels"},
	"type166": {"in the mixing layer"},
	"type174": {"at the top of the ice"},
	"type204": {"at the highest freezing level of the troposphere"},
	"type241": {"in order of size"},
	"type215": {"at the cloud ceiling"},
	"type242": {"at the base of convective cloud"},
	"type243": {"at the top of convective cloud"},
}

// suffix is a kind as it stands in names.
func (k LevelKind) suffix() string {
	if k == "" {
		return noLevel
	}
	return string(k)
}

// missingLevel is a file's way to say that there is no level (GRIB2 code table 4.5).
const missingLevel = "type255"

// kindOf is the kind that a name's part stands for. Only kinds of the contract, type<N> and type<N>-<M> are parts of names.
func kindOf(suffix string) (LevelKind, bool) {
	if suffix == noLevel {
		return "", true
	}
	if _, known := places[LevelKind(suffix)]; known && suffix != "" {
		return LevelKind(suffix), true
	}
	types, typed := strings.CutPrefix(suffix, "type")
	first, second, layer := strings.Cut(types, "-")
	return LevelKind(suffix), typed && suffix != missingLevel && isNumber(first) && (!layer || isNumber(second))
}

// safeKind is a kind that can stand in a name.
func safeKind(k LevelKind) LevelKind {
	if _, ok := kindOf(k.suffix()); ok {
		return k
	}
	return ""
}

// phrase says where a kind of level is, for titles.
func (k LevelKind) phrase() string {
	if p, ok := places[k]; ok {
		return p.phrase
	}
	return "at levels of type " + strings.TrimPrefix(string(k), "type")
}

// isNumber tells whether text is a short run of digits, without a leading zero that a name would not keep.
func isNumber(text string) bool {
	if text == "" || len(text) > 9 || len(text) > 1 && text[0] == '0' {
		return false
	}
	return strings.Trim(text, "0123456789") == ""
}
