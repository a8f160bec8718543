package edr

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"isobar/elements"
	"isobar/encode/covjson"
	"isobar/field"
	"isobar/layers"
	"isobar/ogc"
)

// wgs84 is the system of longitudes and latitudes as EDR wants it told.
const wgs84 = `GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]`

// ucum is the list that units' codes are from.
const ucum = "http://www.opengis.net/def/uom/UCUM/"

// parameter describes a parameter (/req/edr/rc-parameters).
type parameter struct {
	Type        string        `json:"type"`
	ID          string        `json:"id"`
	Description string        `json:"description,omitempty"`
	Label       string        `json:"label"`
	DataType    string        `json:"data-type"` // as EDR 1.0 and 1.1 spell it
	Data12      string        `json:"dataType"`  // as 1.2 does
	Unit        *unit         `json:"unit,omitempty"`
	Observed    observed      `json:"observedProperty"`
	Measured    *measurement  `json:"measurementType,omitempty"`
	GRIB        *gribNumbers  `json:"grib2,omitempty"`
	Extent      *parameterAxe `json:"extent,omitempty"`
}

type unit struct {
	Label  string         `json:"label,omitempty"`
	Symbol covjson.Symbol `json:"symbol"`
}

type observed struct {
	ID    string `json:"id,omitempty"`
	Label string `json:"label"`
}

type measurement struct {
	Method   string `json:"method"`
	Duration string `json:"duration,omitempty"`
}

// gribNumbers are GRIB 2's for a parameter.
type gribNumbers struct {
	Discipline int `json:"discipline"`
	Category   int `json:"category"`
	Number     int `json:"number"`
}

// parameterAxe is the vertical of a parameter among others of a model.
type parameterAxe struct {
	Vertical *vertic `json:"vertical"`
}

// vertic is a vertical extent.
type vertic struct {
	Interval [][]string `json:"interval"`
	Values   []string   `json:"values"`
	VRS      string     `json:"vrs"`
	Name     string     `json:"name,omitempty"`
}

// methods are the statistical processes in CF's words.
var methods = map[elements.Process]string{
	elements.Instant: "instantaneous", elements.Mean: "mean", elements.Sum: "sum", elements.Maximum: "maximum", elements.Minimum: "minimum",
	elements.Difference: "difference", elements.Deviation: "standard_deviation", elements.RootMean: "root_mean_square",
}

// spanOf is how long a layer's values are taken over, of those that are all taken over the same.
func spanOf(l *layers.Layer, p elements.Process) string {
	if p == elements.Instant || len(l.Times) == 0 {
		return ""
	}
	last := l.Times[len(l.Times)-1]
	pick, err := l.Pick(layers.Selection{Time: &layers.TimeChoice{Start: last, End: last}}, last.UTC())
	if err != nil || pick.Span <= 0 {
		return ""
	}
	return ogc.Duration(field.Time(pick.Span))
}

// verticalOf is a layer's vertical extent; nil: it has none.
func verticalOf(l *layers.Layer) *vertic {
	unit, ok := ogc.LevelUnit(l)
	if !ok {
		return nil
	}
	values := make([]float64, len(l.Levels))
	for i, level := range l.Levels {
		values[i] = l.Elevation(level)
	}
	slices.Sort(values)
	v := &vertic{VRS: vrs(l.Levels[0].Kind, unit), Name: strings.TrimSpace(string(l.Levels[0].Kind) + " " + unit)}
	v.Interval, v.Values = [][]string{{ogc.Number(values[0]), ogc.Number(values[len(values)-1])}}, series(values)
	return v
}

// series writes ascending numbers, evenly spaced ones as Rn/min/step.
func series(values []float64) (list []string) {
	if n := len(values); n > 2 {
		step := values[1] - values[0]
		even := true
		for i := 2; i < n; i++ {
			even = even && values[i]-values[i-1] == step
		}
		if even {
			return []string{"R" + strconv.Itoa(n) + "/" + ogc.Number(values[0]) + "/" + ogc.Number(step)}
		}
	}
	for _, v := range values {
		list = append(list, ogc.Number(v))
	}
	return list
}

// vrs is a kind of level as a vertical reference system.
func vrs(kind elements.LevelKind, unit string) string {
	name, up := string(kind), "UP"
	switch kind {
	case elements.Pressure, elements.PressureLay:
		name, up = "Pressure", "DOWN"
	case elements.Height, elements.HeightLayer:
		name = "Height above ground"
	case elements.Altitude:
		name = "Altitude above mean sea level"
	case elements.Depth, elements.SeaDepth:
		name, up = "Depth", "DOWN"
	}
	if unit == "" {
		unit = "1"
	}
	return fmt.Sprintf(`VERTCS[%q,VDATUM[%q],PARAMETER["Vertical_Shift",0.0],UNIT[%q,1.0],AXIS["Up",%s]]`, name, name, unit, up)
}

// whens writes ascending times, evenly spaced ones as Rn/start/period.
func whens(times []field.Time) (list []string) {
	for i := 0; i < len(times); {
		n := 1
		for i+n < len(times) && (n == 1 || times[i+n]-times[i+n-1] == times[i+1]-times[i]) {
			n++
		}
		if n < 3 {
			list = append(list, times[i].String())
			i++
			continue
		}
		list = append(list, "R"+strconv.Itoa(n)+"/"+times[i].String()+"/"+ogc.Duration(times[i+1]-times[i]))
		i += n
	}
	return list
}
