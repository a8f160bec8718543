package elements

import "strings"

// place is what there is to know of a kind of level.
type place struct {
	phrase string // after a title: "Temperature at the tropopause"
	valued bool   // its levels have values: they are a dimension
}

// noLevel stands in names for a field without a level.
const noLevel = "none"

// places lists the kinds of level that titles can speak of; others are named by their numbers.
var places = map[LevelKind]place{
	Surface:     {phrase: "at the surface"},
	Height:      {phrase: "above ground", valued: true},
	Altitude:    {phrase: "above mean sea level", valued: true},
	MeanSea:     {phrase: "at mean sea level"},
	Pressure:    {phrase: "on pressure levels", valued: true},
	PressureLay: {phrase: "between pressure levels", valued: true},
	HeightLayer: {phrase: "between heights above ground", valued: true},
	Depth:       {phrase: "below ground", valued: true},
	SeaDepth:    {phrase: "below the sea surface", valued: true},
	ModelLevel:  {phrase: "on model levels", valued: true},
	Sigma:       {phrase: "on sigma levels", valued: true},
	SigmaLayer:  {phrase: "between sigma levels", valued: true},
	Theta:       {phrase: "on isentropic levels", valued: true},
	PV:          {phrase: "on surfaces of potential vorticity", valued: true},
	Isotherm:    {phrase: "at isotherms", valued: true},
	Freezing:    {phrase: "at the 0 °C isotherm"},
	Tropopause:  {phrase: "at the tropopause"},
	MaxWind:     {phrase: "at the level of maximum wind"},
	CloudBase:   {phrase: "at cloud base"},
	CloudTop:    {phrase: "at cloud top"},
	LowCloud:    {phrase: "of low cloud"},
	MiddleCloud: {phrase: "of middle cloud"},
	HighCloud:   {phrase: "of high cloud"},
	Boundary:    {phrase: "in the boundary layer"},
	Atmosphere:  {phrase: "of the whole atmosphere"},
	TopOfAtmos:  {phrase: "at the top of the atmosphere"},
	Sea:         {phrase: "at the sea surface"},
	"":          {},
	// GRIB2 code table 4.5, kinds that have no name of their own; 200 and above are NCEP's.
	"type0":   {},
	"type5":   {phrase: "at the lifted condensation level"},
	"type11":  {phrase: "at the base of cumulonimbus"},
	"type12":  {phrase: "at the top of cumulonimbus"},
	"type14":  {phrase: "at the level of free convection"},
	"type16":  {phrase: "at the equilibrium level"},
	"type25":  {phrase: "at the echo top", valued: true},
	"type18":  {phrase: "from a mixed layer's parcel", valued: true},
	"type17":  {phrase: "from the most unstable parcel"},
	"type108": {phrase: "at pressures above ground", valued: true},
	"type111": {phrase: "on eta levels", valued: true},
	"type117": {phrase: "in the mixed layer", valued: true},
	"type151": {phrase: "on soil levels", valued: true},
	"type152": {phrase: "on ice levels", valued: true},
	"type162": {phrase: "at the bottom of lakes"},
	"type166": {phrase: "in the mixing layer"},
	"type174": {phrase: "at the top of the ice"},
	"type204": {phrase: "at the highest freezing level of the troposphere"},
	"type241": {phrase: "in order of size", valued: true},
	"type215": {phrase: "at the cloud ceiling"},
	"type242": {phrase: "at the base of convective cloud"},
	"type243": {phrase: "at the top of convective cloud"},
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

// valued tells whether levels of a kind have values. Kinds that have no name here may.
func (k LevelKind) valued() bool {
	p, named := places[k]
	return p.valued || !named
}

// words are what a kind of level adds to a title: a blank and its phrase, or nothing.
func (k LevelKind) words() string {
	if phrase := k.phrase(); phrase != "" {
		return " " + phrase
	}
	return ""
}

// phrase says where a kind of level is, for titles; "": nowhere that is known.
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
