package decode

import (
	"errors"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"

	"isobar/decode/cf"
	"isobar/decode/netcdf"
	"isobar/elements"
	"isobar/field"
)

// NetCDF is the format of files with variables by the Climate and Forecast conventions: each variable is a field at each of its
// times, levels and members.
func NetCDF() Format {
	return Format{Name: "NetCDF", Detect: netcdf.Detect, Messages: netcdfMessages}
}

// netcdfMessages turns fields into messages. A field whose time or places are not told comes both as a message and as an error.
func netcdfMessages(r io.ReaderAt, size int64) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		file, err := netcdf.Open(r, size)
		if err != nil {
			yield(nil, &MessageError{Err: err})
			return
		}
		centre := centreOf(file)
		units := map[*netcdf.Var]string{}
		number := 0
		for group := range file.Each() {
			for _, err := range group.Broken {
				if number++; !yield(nil, &MessageError{Number: number, Err: err}) {
					return
				}
			}
		}
		for f, err := range fieldsOf(file) {
			number++
			if err != nil {
				err = &MessageError{Number: number, Err: err}
			}
			var m *Message
			if f != nil {
				m = fromField(f, units)
				m.Number = number
				if m.Parameter.Centre = centre; errors.Is(err, cf.ErrTime) && copied(m, textOf(f.Var)) {
					err = nil
				}
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

// fieldsOf are the fields of a file's groups.
func fieldsOf(file *netcdf.File) iter.Seq2[*cf.Field, error] {
	return func(yield func(*cf.Field, error) bool) {
		for group := range file.Each() {
			for f, err := range cf.Fields(group) {
				if !yield(f, err) {
					return
				}
			}
		}
	}
}

// fromField tells of a field what the house needs.
func fromField(f *cf.Field, units map[*netcdf.Var]string) *Message {
	m := &Message{
		Level: f.Level, Run: f.Run, Valid: f.Valid, Span: f.Span, Member: f.Member, Grid: f.Grid, GridRelative: f.GridRelative, Unpack: f.Values,
		Headers: Headers{GridType: f.GridType, GDT: -1, DRT: -1, PDT: -1, NI: f.NX, NJ: f.NY, Points: f.Len()},
	}
	if f.GridType == "unstructured_grid" {
		m.Headers.NI, m.Headers.NJ = 0, 0
	}
	if !f.InOrder() {
		m.Scan = f.Canonical
	}
	switch f.Var.Type {
	case netcdf.Byte, netcdf.UByte, netcdf.Short, netcdf.UShort, netcdf.Int, netcdf.UInt, netcdf.Int64, netcdf.UInt64:
		m.Quantum = math.Abs(f.Var.Attrs.Number("scale_factor", 1))
	}
	p := &m.Parameter
	p.Name, p.Unit, p.Process, p.SpanSeconds = f.Name, f.Unit, f.Process, int64(f.Span)
	attrs := f.Var.Attrs
	if l, ok := copiedLevel(attrs.Text("GRIB_SHORT_NAME")); ok {
		m.Level = levelOr(m.Level, l)
	}
	if is, ok := habits[f.Name]; ok && !f.Standard {
		p.Name, m.Level = is.name, levelOr(m.Level, is.level)
	} else if is, ok := copiedQuantity(attrs.Text("GRIB_name")+attrs.Text("GRIB_ELEMENT"), m.Level.Kind); ok && !f.Standard {
		p.Name, p.Process = is.name, is.process
	}
	if m.Level.Kind == "" {
		m.Level = levelOfNames(f)
	}
	if unit := attrs.Text("GRIB_UNIT"); p.Unit == "" && unit != "" {
		p.Unit = strings.Trim(unit, "[]")
	}
	p.LevelKind, p.LevelValue = m.Level.Kind, m.Level.Value
	unit, known := units[f.Var]
	if !known {
		if unit = p.Unit; disguised(p.Name, unit, func() ([]float32, error) {
			values := make([]float32, f.Len())
			return values, f.Values(values)
		}) {
			unit = "degC"
		}
		units[f.Var] = unit
	}
	p.Unit = unit
	return m
}

// textOf gives attributes as text, numbers too: GDAL writes times as such.
func textOf(v *netcdf.Var) func(name string) string {
	return func(name string) string {
		if n := v.Attrs.Numbers(name); len(n) > 0 {
			return strconv.FormatFloat(n[0], 'f', -1, 64)
		}
		return v.Attrs.Text(name)
	}
}

func levelOr(l, other field.Level) field.Level {
	if l.Kind == "" {
		return other
	}
	return l
}

// levelOfNames is a level that a variable's names tell: x_wind_10m.
func levelOfNames(f *cf.Field) field.Level {
	for _, name := range []string{f.Var.Name, f.Var.Attrs.Text("long_name")} {
		if l, ok := levelIn(name); ok {
			return l
		}
	}
	return field.Level{}
}

// habit is a variable's name that many files have without a standard name.
type habit struct {
	name  string
	level field.Level
}

func metres(v float64) field.Level { return field.Level{Kind: elements.Height, Value: v, To: v} }

// habits are those of NCEP's reanalyses, of WRF and of ECMWF's files; elements' own names are known anyway.
var habits = map[string]habit{
	"air": {name: "air_temperature"}, "uwnd": {name: "eastward_wind"}, "vwnd": {name: "northward_wind"}, "hgt": {name: "geopotential_height"},
	"slp": {name: "air_pressure_at_mean_sea_level"}, "rhum": {name: "relative_humidity"}, "shum": {name: "specific_humidity"},
	"omega": {name: "lagrangian_tendency_of_air_pressure"}, "prate": {name: "precipitation_flux"}, "pres": {name: "air_pressure"},
	"U": {name: "eastward_wind"}, "V": {name: "northward_wind"}, "T": {name: "air_temperature"}, "Z3": {name: "geopotential_height"},
	"T2": {"air_temperature", metres(2)}, "U10": {"eastward_wind", metres(10)}, "V10": {"northward_wind", metres(10)},
	"tas": {"air_temperature", metres(2)}, "uas": {"eastward_wind", metres(10)}, "vas": {"northward_wind", metres(10)}, "psl": {name: "air_pressure_at_mean_sea_level"},
	"2t": {"air_temperature", metres(2)}, "2d": {"dew_point_temperature", metres(2)}, "10u": {"eastward_wind", metres(10)}, "10v": {"northward_wind", metres(10)},
	"t2m": {"air_temperature", metres(2)}, "d2m": {"dew_point_temperature", metres(2)}, "u10": {"eastward_wind", metres(10)}, "v10": {"northward_wind", metres(10)},
}

// makers are centres (WMO common code table C-11) by words of the attribute "institution".
var makers = []struct {
	word   string
	centre int
}{
	{"ECMWF", 98}, {"European Centre for Medium-Range", 98}, {"KNMI", 99}, {"Norwegian Meteorological", 88}, {"met.no", 88}, {"MET Norway", 88},
	{"DWD", 78}, {"Deutscher Wetterdienst", 78}, {"Meteo-France", 84}, {"Météo-France", 84}, {"Met Office", 74}, {"NCEP", 7}, {"NWS", 7},
	{"Danish Meteorological", 94}, {"SMHI", 82}, {"Finnish Meteorological", 86}, {"Japan Meteorological", 34}, {"Canadian Meteorological", 54},
}

// centreOf is who made a file, as far as it tells.
func centreOf(f *netcdf.File) int {
	for _, name := range []string{"institution", "Institution", "GRIB_centreDescription", "source"} {
		text := f.Attrs.Text(name)
		for _, m := range makers {
			if strings.Contains(text, m.word) {
				return m.centre
			}
		}
	}
	return missingCentre
}
