package decode

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"time"

	"isobar/decode/cf"
	"isobar/decode/geotiff"
	"isobar/decode/grib"
	"isobar/elements"
	"isobar/field"
)

// GeoTIFF is the format of rasters: each band is a field. Time and quantity come from the metadata that GDAL writes, else from
// the file's name.
func GeoTIFF() Format {
	return Format{Name: "GeoTIFF", Detect: geotiff.Detect, Messages: geotiffMessages}
}

// errTime is what is wrong with fields that no time is told of.
var errTime = errors.New("neither the file nor its name tells a time")

// geotiffMessages turns bands into messages. A field whose time is not told comes both as a message and as an error.
func geotiffMessages(r io.ReaderAt, size int64) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		images, err := geotiff.Open(r, size)
		if err != nil && !yield(nil, &MessageError{Err: err}) {
			return
		}
		number, name := 0, fileName(r)
		for _, image := range images {
			for _, band := range image.Bands {
				number++
				m, err := fromBand(band, name)
				m.Number = number
				if err != nil {
					err = &MessageError{Number: number, Err: err}
				}
				if !yield(m, err) {
					return
				}
			}
		}
	}
}

// fromBand tells of a band what the house needs.
func fromBand(b *geotiff.Band, file string) (*Message, error) {
	m := &Message{Grid: b.Image.Grid, Unpack: b.Values, Quantum: b.Step(), Headers: Headers{
		GridType: b.Image.GridType, GDT: -1, DRT: -1, PDT: -1, NI: b.Image.Width, NJ: b.Image.Height, Points: b.Image.Width * b.Image.Height,
	}}
	if !b.Image.InOrder() {
		m.Scan = b.Image.Canonical
	}
	m.Level = bandLevel(b, file)
	bandParameter(m, b, file)
	if b.Image.GridErr != nil {
		return m, fmt.Errorf("%w: %w", errPlaces, b.Image.GridErr)
	}
	return m, bandTime(m, b, file)
}

// item is a band's, or else the image's.
func item(b *geotiff.Band, names ...string) string {
	for _, name := range names {
		if v := strings.TrimSpace(b.Items[name]); v != "" {
			return v
		}
		if v := strings.TrimSpace(b.Image.Items[name]); v != "" {
			return v
		}
	}
	return ""
}

// copied are the times that GDAL copies from GRIB.
func copied(m *Message, get func(name string) string) bool {
	valid, ok := gdalTime(get("GRIB_VALID_TIME"))
	if !ok {
		return false
	}
	m.Valid, m.Run = valid, valid
	if run, ok := gdalTime(get("GRIB_REF_TIME")); ok {
		m.Run = run
	}
	switch m.Parameter.Process {
	case elements.Sum, elements.Maximum, elements.Minimum:
		m.Span = copiedSpan(get("GRIB_ELEMENT"))
		m.Parameter.SpanSeconds = int64(m.Span)
	}
	return true
}

// copiedSpan is how far a statistic reaches back: GDAL writes the hours of an accumulation behind its element, "APCP06".
func copiedSpan(element string) field.Seconds {
	hours, err := strconv.Atoi(strings.TrimLeft(element, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if err != nil || hours < 0 || hours > 9999 {
		return 0
	}
	return field.Seconds(hours * 3600)
}

// bandTime reads the times that GDAL copies from GRIB or NetCDF; or those of the file's name, of which the first of two is the
// run; or when the picture was made.
func bandTime(m *Message, b *geotiff.Band, file string) error {
	if copied(m, func(name string) string { return item(b, name) }) {
		return nil
	}
	if x, err := strconv.ParseFloat(item(b, "NETCDF_DIM_time"), 64); err == nil {
		if t, err := cf.Time(item(b, "time#units"), item(b, "time#calendar"), x); err == nil {
			m.Run, m.Valid = t, t
			return nil
		}
	}
	if times := timesInName(file); len(times) > 0 {
		m.Run, m.Valid = field.At(times[0]), field.At(times[len(times)-1])
		return nil
	}
	if t, err := time.Parse("2006:01:02 15:04:05", item(b, "TIFFTAG_DATETIME")); err == nil {
		m.Run, m.Valid = field.At(t), field.At(t)
		return nil
	}
	return errTime
}

// gdalTime reads "1470117600 sec UTC".
func gdalTime(text string) (field.Time, bool) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return 0, false
	}
	v, err := strconv.ParseInt(words[0], 10, 64)
	const last = 1 << 37 // the year 6325
	return field.Time(v), err == nil && v > -last && v < last
}

// surfaceCodes are GDAL's for the surfaces of code table 4.5.
var surfaceCodes = map[string]int{
	"SFC": 1, "CBL": 2, "CTL": 3, "0DEG": 4, "ADCL": 5, "MWSL": 6, "TRO": 7, "NTAT": 8, "SEAB": 9, "TMPL": 20, "ISBL": 100, "ISBY": 100, "MSL": 101,
	"GPML": 102, "GPMY": 102, "HTGL": 103, "HTGY": 103, "SIGL": 104, "SIGY": 104, "HYBL": 105, "HYBY": 105, "DBLL": 106, "DBLY": 106,
	"THEL": 107, "THEY": 107, "SPDL": 108, "SPDY": 108, "PVL": 109, "EtaL": 111, "MIXL": 117, "DBSL": 160, "EATM": 200, "EATML": 10,
}

// copiedLevel reads "85000-ISBL" and "100000-85000-ISBY".
func copiedLevel(text string) (field.Level, bool) {
	words := strings.Split(text, "-")
	code, ok := surfaceCodes[words[len(words)-1]]
	if !ok {
		return field.Level{}, false
	}
	l := grib.Level{First: grib.Surface{Type: code}, Second: grib.Surface{Type: grib.Missing}}
	if v, err := strconv.ParseFloat(words[0], 64); err == nil {
		l.First.Value, l.First.HasValue = v, true
	}
	if v, err := strconv.ParseFloat(words[len(words)/2], 64); err == nil && len(words) == 3 {
		l.Second = grib.Surface{Type: code, Value: v, HasValue: true}
	}
	return levelOf(l), true
}

// bandLevel is the level that GDAL copies from GRIB or NetCDF; or one that names tell.
func bandLevel(b *geotiff.Band, file string) field.Level {
	if l, ok := copiedLevel(item(b, "GRIB_SHORT_NAME")); ok {
		return l
	}
	if l, ok := bandDimension(b); ok {
		return l
	}
	for _, name := range []string{b.Description, item(b, "name"), item(b, "NETCDF_VARNAME"), item(b, "long_name"), file} {
		if l, ok := levelIn(name); ok {
			return l
		}
	}
	switch upper := strings.ToUpper(file); {
	case strings.Contains(upper, "GROUND_OR_WATER_SURFACE"):
		return field.Level{Kind: elements.Surface}
	case strings.Contains(upper, "MEAN_SEA_LEVEL"):
		return field.Level{Kind: elements.MeanSea}
	}
	return field.Level{}
}

// bandDimension reads a level that GDAL copies from NetCDF: NETCDF_DIM_level=850, level#units=millibars.
func bandDimension(b *geotiff.Band) (field.Level, bool) {
	for key, text := range b.Items {
		name, ok := strings.CutPrefix(key, "NETCDF_DIM_")
		x, err := strconv.ParseFloat(text, 64)
		if !ok || err != nil || x-x != 0 {
			continue
		}
		unit := elements.ReadUnit(item(b, name+"#units"))
		if conv, ok := elements.Convert(unit, "Pa"); ok && unit != "" {
			return field.Level{Kind: elements.Pressure, Value: x * conv.Scale, To: x * conv.Scale}, true
		}
		if conv, ok := elements.Convert(unit, "m"); ok && unit != "" {
			return field.Level{Kind: elements.Height, Value: x * conv.Scale, To: x * conv.Scale}, true
		}
	}
	return field.Level{}, false
}

// numberedUnit is a unit with a factor in an image's description: "Unit=0.1(mm)".
var numberedUnit = regexp.MustCompile(`\bUnit=([0-9.]+)\(([^)]+)\)`)

// bandParameter finds what the band is of.
func bandParameter(m *Message, b *geotiff.Band, file string) {
	p := &m.Parameter
	p.Centre, p.SubCentre = gdalCentre(item(b, "GRIB_IDS"))
	p.LevelKind, p.LevelValue = m.Level.Kind, m.Level.Value
	p.Unit = strings.Trim(item(b, "GRIB_UNIT", "units"), "[]")
	if p.Unit == "" {
		p.Unit = b.Unit
	}
	if at := numberedUnit.FindStringSubmatch(b.Image.Items["TIFFTAG_IMAGEDESCRIPTION"]); at != nil && p.Unit == "" {
		if scale, err := strconv.ParseFloat(at[1], 64); err == nil && b.Scale == 1 && scale > 0 {
			p.Unit, m.Unpack = at[2], turned(b, scale, 0)
		}
	}
	if is, ok := copiedQuantity(item(b, "GRIB_ELEMENT"), p.LevelKind); ok {
		p.Name, p.Process = is.name, is.process
	} else if numbers, ok := gdalNumbers(b); ok {
		p.Edition, p.Discipline, p.Category, p.Number = 2, numbers[0], numbers[1], numbers[2]
		if p.Unit == "C" { // rows have it in kelvin; GDAL turns it
			m.Unpack = turned(b, 1, 273.15)
		}
		return
	} else {
		p.Name, p.Process = nameOfBand(b, file)
		if is, ok := habits[p.Name]; ok {
			p.Name, m.Level = is.name, levelOr(m.Level, is.level)
			p.LevelKind, p.LevelValue = m.Level.Kind, m.Level.Value
		}
	}
	if disguised(p.Name, p.Unit, func() ([]float32, error) {
		values := make([]float32, m.Headers.Points)
		return values, b.Values(values)
	}) {
		p.Unit = "degC"
	}
}

// copiedQuantity is what an element of GRIB's stands for: "TMP", "APCP06".
func copiedQuantity(element string, at elements.LevelKind) (quantity, bool) {
	is, ok := abbreviations[strings.TrimRight(element, "0123456789")]
	if is.name == "air_pressure" && at == elements.Surface {
		is.name = "surface_air_pressure"
	}
	return is, ok
}

// nameOfBand is a standard name, or the first name that there is.
func nameOfBand(b *geotiff.Band, file string) (string, elements.Process) {
	if name := item(b, "standard_name"); name != "" {
		return name, elements.Instant
	}
	for _, name := range []string{item(b, "NETCDF_VARNAME"), item(b, "name"), b.Description, file} {
		if is, ok := quantityIn(name); ok {
			return is.name, is.process
		}
	}
	for _, name := range []string{item(b, "NETCDF_VARNAME"), item(b, "name"), b.Description} {
		if name != "" {
			return name, elements.Instant
		}
	}
	name := plainName(file)
	if len(b.Image.Bands) > 1 || name == "" {
		name = strings.TrimPrefix(name+"-band"+strconv.Itoa(b.Number), "-")
	}
	return name, elements.Instant
}

// gdalNumbers are discipline, category and number of GRIB 2 where GDAL copies them: "0(Meteorological)" and the product's template.
func gdalNumbers(b *geotiff.Band) (n [3]int, ok bool) {
	words := strings.Fields(item(b, "GRIB_PDS_TEMPLATE_NUMBERS"))
	if len(words) < 2 || item(b, "GRIB_PDS_PDTN") == "" {
		return n, false
	}
	discipline, _, _ := strings.Cut(item(b, "GRIB_DISCIPLINE"), "(")
	if discipline == "" {
		discipline = "0"
	}
	for i, text := range []string{discipline, words[0], words[1]} {
		v, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || v < 0 || v > 255 {
			return n, false
		}
		n[i] = v
	}
	return n, true
}

// missingCentre is GRIB's number for none.
const missingCentre = 255

// gdalCentre reads "CENTER=7(US-NCEP) SUBCENTER=0 ...".
func gdalCentre(text string) (centre, sub int) {
	centre = missingCentre
	for word := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(word, "=")
		value, _, _ = strings.Cut(value, "(")
		v, err := strconv.Atoi(value)
		if err != nil || v < 0 || v > 65535 {
			continue
		}
		switch key {
		case "CENTER":
			centre = v
		case "SUBCENTER":
			sub = v
		}
	}
	return centre, sub
}

// turned gives values times a scale plus an offset.
func turned(b *geotiff.Band, scale, offset float64) func([]float32) error {
	return func(dst []float32) error {
		err := b.Values(dst)
		for i, v := range dst {
			dst[i] = float32(float64(v)*scale + offset)
		}
		return err
	}
}
