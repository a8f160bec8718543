// Package elements knows the quantities that forecasts are made of: their names here, in GRIB and in CF, their units, how to
// interpolate and how to derive them. They are rows of YAML.
package elements

// LevelKind is what a level is measured by. Kinds without a value ("surface") have Level.Value 0.
type LevelKind string

// The kinds of level that have a name of their own; a file's other surface types are "type<N>" (GRIB2 code table 4.5).
const (
	Surface     LevelKind = "surface"       // ground or water surface
	Height      LevelKind = "height"        // m above ground
	Altitude    LevelKind = "altitude"      // m above mean sea level
	MeanSea     LevelKind = "msl"           // mean sea level
	Pressure    LevelKind = "pressure"      // Pa
	PressureLay LevelKind = "pressurelayer" // between two pressures, Pa
	HeightLayer LevelKind = "heightlayer"   // between two heights above ground, m
	Depth       LevelKind = "depth"         // m below land surface
	SeaDepth    LevelKind = "seadepth"      // m below sea surface
	ModelLevel  LevelKind = "model"         // hybrid or generalized vertical level, numbered
	Sigma       LevelKind = "sigma"         // sigma value
	SigmaLayer  LevelKind = "sigmalayer"    //
	Theta       LevelKind = "theta"         // isentropic, K
	PV          LevelKind = "pv"            // potential vorticity, K m2 kg-1 s-1
	Isotherm    LevelKind = "isotherm"      // K
	Freezing    LevelKind = "freezing"      // 0 degC isotherm
	Tropopause  LevelKind = "tropopause"
	MaxWind     LevelKind = "maxwind"
	CloudBase   LevelKind = "cloudbase"
	CloudTop    LevelKind = "cloudtop"
	LowCloud    LevelKind = "lowcloud"
	MiddleCloud LevelKind = "middlecloud"
	HighCloud   LevelKind = "highcloud"
	Boundary    LevelKind = "boundary"   // planetary boundary layer
	Atmosphere  LevelKind = "atmosphere" // entire atmosphere, as one layer or level
	TopOfAtmos  LevelKind = "top"        // nominal top of atmosphere
	Sea         LevelKind = "sea"        // sea surface, as a level of its own in wave models
)

// Process is what was done over an interval (GRIB2 code table 4.10).
type Process string

// The statistical processes.
const (
	Instant    Process = ""
	Mean       Process = "mean"
	Sum        Process = "sum" // accumulation
	Maximum    Process = "max"
	Minimum    Process = "min"
	Difference Process = "diff" // end less start
	Deviation  Process = "sd"
	RootMean   Process = "rms"
)

// Parameter is how a file names a quantity. GRIB 1 has Edition 1, Table (section 1 octet 4), Number; GRIB 2 has
// Discipline, Category, Number, and Table is the local tables version.
type Parameter struct {
	Edition, Centre, SubCentre, Table int
	Discipline, Category, Number      int
	LevelKind                         LevelKind
	LevelValue                        float64 // Pa, m; 0 if the kind has no value
	Process                           Process
	SpanSeconds                       int64
	// Ensemble is "" for a plain field or a member; else a product over members or thresholds, spelled so that it can
	// stand in a name: "mean", "spread", "p10" (percentile), "prob_gt_0.0254", "prob_lt_273.15", "prob_bt_1_5".
	Ensemble string
	// Name is how a file without such numbers names the quantity: a CF standard name, or a name of its own. "": by numbers.
	Name string
	// Unit is that of the file's values, in any spelling, where a file that gives names says so.
	Unit string
}

// Interpolation is how an element is sampled between grid points.
type Interpolation string

// The interpolations.
const (
	Linear   Interpolation = "linear"   // continuous quantities: bilinear
	Nearest  Interpolation = "nearest"  // categories, flags
	Circular Interpolation = "circular" // directions in degrees: bilinear as unit vectors
)

// Element is a quantity with a name.
type Element struct {
	ID            string // letters, digits, '_', '-', '.': the second part of a layer's name
	Title         string // for people: "Temperature at 2 m"
	Abstract      string
	Theme         string        // group in lists: "Temperature", "Wind", "Rain and snow", ...
	Unit          string        // the unit of stored values: SI, UCUM spelling ("K", "m/s", "kg/m2", "%", "1")
	DisplayUnit   string        // what people read by default ("degC", "kt", "hPa", "mm")
	Interpolation Interpolation //
	Style         string        // default style's ID; "" = chosen by range
	StandardName  string        // CF
	LevelKind     LevelKind     //
	Known         bool          // false: made from a file's numbers
	Sum           bool          // amounts over a span of time, which add up
	// Vector partner: for u the v and for v the u, as element IDs; "" for scalars. U tells which of the two this is.
	Partner string
	U       bool
}

// Reading is what a row says of a file's parameter beyond its element.
type Reading struct {
	// Unit is the unit of the file's values. It differs from the element's where makers differ (metres of water for kg/m2).
	Unit string
	// LevelKind and LevelValue say where the field lies if the parameter's number tells that and not the file's level
	// (ECMWF's 10u lies on "surface" in GRIB 1). Otherwise they are the parameter's own.
	LevelKind  LevelKind
	LevelValue float64
}

// Derivation makes an element from others after sampling (speed from interpolated u and v, never interpolated speeds).
type Derivation struct {
	Element Element
	Inputs  []string // stored element IDs, in the order Expr.Eval wants them
	Expr    *Expression
}
