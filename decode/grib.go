package decode

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"isobar/decode/grib"
	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/grid"
)

// GRIB is the format of forecast files, editions 1 and 2, with padding and bulletin headers between messages.
func GRIB() Format { return Format{Name: "GRIB", Detect: isGRIB, Messages: gribMessages} }

// isGRIB looks for the beginning of a message of an edition that is read, not only at the very first byte.
func isGRIB(head []byte) bool {
	text := string(head)
	for {
		_, after, found := strings.Cut(text, "GRIB")
		if !found || len(after) < 4 {
			return false
		}
		if after[3] == 1 || after[3] == 2 {
			return true
		}
		text = after
	}
}

// errPlaces is what is wrong with fields on grids that are described elsewhere.
var errPlaces = errors.New("the file does not tell the places of its points")

// gribMessages turns the fields of a file into messages.
func gribMessages(r io.ReaderAt, size int64) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		for m, err := range (grib.Reader{MaxPoints: grid.MaxCells}).Messages(r, size) {
			if !yield(fromGRIB(m, err)) {
				return
			}
		}
	}
}

// fromGRIB tells of a field what the house needs.
func fromGRIB(from *grib.Message, err error) (*Message, error) {
	var at *grib.Error
	if errors.As(err, &at) {
		return nil, &MessageError{Number: at.Number, Offset: at.Offset, Err: at.Err}
	}
	if err != nil {
		return nil, err
	}
	m := &Message{
		Number: from.Number, Offset: from.Offset, Level: levelOf(from.Level), Member: memberOf(from.Ensemble), Process: from.GeneratingProcess,
		Run: field.At(from.Reference), Valid: field.At(from.Valid), Span: field.Seconds(from.Interval.Seconds()),
		Grid: from.Grid, GridName: from.GridName, Axis: axisOf(from), GridRelative: from.GridRelative, Unpack: from.Values, Original: from.Original,
		Headers: Headers{
			GridType: from.GridType, GDT: from.GridTemplate, DRT: from.DataTemplate, PDT: from.ProductTemplate,
			NI: from.NI, NJ: from.NJ, Points: from.Points,
		},
	}
	if !from.InOrder() {
		m.Scan = from.Canonical
	}
	if _, ok := from.Reckoned(0); ok {
		m.Place = func(i int) geo.LonLat { at, _ := from.Reckoned(i); return at }
	}
	if p := from.Packing; p != nil {
		m.Packing = &field.Packing{Reference: p.Reference, Binary: p.Binary, Decimal: p.Decimal, Bits: p.Bits}
	}
	m.Bitmap = bitmapOf(from)
	m.Parameter = parameterOf(from, m)
	if m.Grid == nil {
		return m, &MessageError{Number: m.Number, Offset: m.Offset, Err: errPlaces}
	}
	return m, nil
}

// bitmapOf is the bitmap that a field names.
func bitmapOf(m *grib.Message) *Bitmap {
	p, named, needed := m.Predefined()
	if !named {
		return nil
	}
	b := &Bitmap{Name: fmt.Sprintf("%d-%d-%d-%d", p.Edition, p.Centre, p.Number, p.Points), Give: m.SetBitmap}
	if !needed {
		b.Read = m.Bitmap
	}
	return b
}

// axisOf tells the places of a grid described elsewhere: code table 4.2, discipline 0, category 191.
func axisOf(m *grib.Message) Axis {
	const miscellaneous, latitude, longitude = 191, 1, 2
	if m.GridName == "" || m.Edition != 2 || m.Discipline != 0 || m.Category != miscellaneous {
		return NoAxis
	}
	switch m.Parameter {
	case latitude:
		return Latitude
	case longitude:
		return Longitude
	}
	return NoAxis
}

// parameterOf is how the field names its quantity.
func parameterOf(from *grib.Message, m *Message) elements.Parameter {
	p := elements.Parameter{
		Edition: from.Edition, Centre: from.Centre, SubCentre: from.SubCentre, Table: from.Tables, Number: from.Parameter,
		LevelKind: m.Level.Kind, LevelValue: m.Level.Value, Process: processOf(from.Statistic), SpanSeconds: int64(m.Span),
		Ensemble: ensembleOf(from.Ensemble),
	}
	if from.Edition == 2 {
		p.Discipline, p.Category, p.Table = from.Discipline, from.Category, from.LocalTables
	}
	return p
}

// processes are the codes of table 4.10 that have a name here.
var processes = map[int]elements.Process{
	grib.Missing: elements.Instant, 0: elements.Mean, 1: elements.Sum, 2: elements.Maximum, 3: elements.Minimum,
	4: elements.Difference, 5: elements.RootMean, 6: elements.Deviation, 11: elements.Sum,
}

func processOf(code int) elements.Process {
	if p, ok := processes[code]; ok {
		return p
	}
	return elements.Process("stat" + strconv.Itoa(code))
}

// memberOf numbers a member. Members of opposite signs may share a number; those of negative sign stand behind the others.
func memberOf(e grib.Ensemble) int {
	const negative = 2 // code table 4.6
	if e.Kind != grib.Member {
		return 0
	}
	if e.Type == negative {
		return e.Size + e.Member
	}
	return e.Member
}

// derivedNames are the codes of table 4.7, NCEP's own among them.
var derivedNames = map[int]string{
	0: "mean", 1: "wmean", 2: "sd", 3: "nsd", 4: "spread", 5: "lai", 6: "cmean", 7: "iqr", 8: "min", 9: "max",
	192: "mode", 193: "p10", 194: "p50", 195: "p90", 199: "efi",
}

// ensembleOf spells what was made of an ensemble as elements.Parameter wants it.
func ensembleOf(e grib.Ensemble) (name string) {
	switch e.Kind {
	case grib.Derived:
		if name = derivedNames[e.Type]; name == "" {
			name = "derived" + strconv.Itoa(e.Type)
		}
	case grib.Percentile:
		if name = "p" + strconv.Itoa(e.Quantile); e.Of != 100 {
			name = fmt.Sprintf("q%d_%d", e.Quantile, e.Of)
		}
	case grib.Probability:
		name = probabilityOf(e)
	case grib.ErrorField:
		name = "error"
	}
	if e.Relation == 0 && name != "" {
		name += "_anomaly"
	} else if e.Relation > 0 {
		name += "_relation" + strconv.Itoa(e.Relation)
	}
	return name
}

// probabilityOf spells the event of code table 4.9.
func probabilityOf(e grib.Ensemble) string {
	lower, upper := limitOf(e.Lower), limitOf(e.Upper)
	switch e.Type {
	case 0:
		return "prob_lt_" + lower
	case 1:
		return "prob_gt_" + upper
	case 2:
		return "prob_bt_" + lower + "_" + upper
	case 3:
		return "prob_gt_" + lower
	case 4:
		return "prob_lt_" + upper
	case 5:
		return "prob_eq_" + lower
	case 6:
		return "prob_above"
	case 7:
		return "prob_near"
	case 8:
		return "prob_below"
	}
	return strings.TrimRight(fmt.Sprintf("prob%d_%s_%s", e.Type, lower, upper), "_")
}

// limitOf writes a decimal number the shortest way that a name can hold: "254e-4" is 0.0254.
func limitOf(decimal string) string {
	v, err := strconv.ParseFloat(decimal, 64)
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(strconv.FormatFloat(v, 'f', -1, 64), "+", "")
}
