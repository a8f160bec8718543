package wms

import (
	"bytes"
	"context"
	"encoding/csv"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"isobar/answer"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
)

// typeCSV is the media type of comma-separated values.
const typeCSV = "text/csv"

// table is what a graph shows: a column by which it runs, and one of values for each layer.
type table struct {
	Layer  string     `json:"layer"`
	Title  string     `json:"title"`
	Unit   string     `json:"unit"`
	Lon    *float64   `json:"longitude,omitempty"`
	Lat    *float64   `json:"latitude,omitempty"`
	Time   string     `json:"time,omitempty"`
	Run    string     `json:"reference_time,omitempty"`
	Times  []string   `json:"times,omitempty"`
	Runs   []string   `json:"reference_times,omitempty"`
	Level  *float64   `json:"elevation,omitempty"`
	Levels []float64  `json:"elevations,omitempty"`
	Depth  string     `json:"elevation_unit,omitempty"`
	Line   []vertex   `json:"line,omitempty"`
	Values []*float64 `json:"values"`
}

// vertex is a place of a transect and how far along it lies.
type vertex struct {
	Lon      float64 `json:"longitude"`
	Lat      float64 `json:"latitude"`
	Distance float64 `json:"distance_km"`
}

// add puts a value at the end.
func (t *table) add(v float64) { t.Values = append(t.Values, finite(ogc.Rounded(v))) }

// on notes the level of all values, of a layer whose levels have a value.
func (t *table) on(l *layers.Layer, level field.Level) {
	if unit, ok := ogc.LevelUnit(l); ok {
		t.Level, t.Depth = finite(l.Elevation(level)), unit
	}
}

// tableFormat is the form that a graph is told in: as a picture, which it is if nothing is said, as ncWMS has it, or as JSON or CSV.
func (h *Handler) tableFormat(q *request) (string, error) {
	_, asked := q.First("info_format", "format")
	switch f := ogc.MediaType(asked); {
	case f == "":
		return h.pictures[0].Type, nil
	case f == ogc.TypeJSON, f == "text/json":
		return ogc.TypeJSON, nil
	case f == typeCSV, h.chartFormat(f):
		return f, nil
	case f == "image/jpg" && h.chartFormat("image/jpeg"):
		return "image/jpeg", nil
	}
	return "", &ogc.Fault{Status: http.StatusBadRequest, Code: ogc.InvalidFormat, Locator: "info_format", Text: "info_format " + strconv.Quote(ogc.Clip(asked)) + " is none of application/json, text/csv, image/svg+xml and the formats of maps"}
}

// spot reads which layers are asked for, and where: QUERY_LAYERS or LAYERS at I and J of a map, as GetFeatureInfo has them.
func (h *Handler) spot(q *request) (choices []answer.LayerChoice, at geo.LonLat, err error) {
	if q.Get("query_layers") == "" {
		q.Query["query_layers"] = q.Query["layers"]
	}
	if q.Get("layers") == "" {
		q.Query["layers"] = q.Query["query_layers"]
	}
	if choices, err = h.queried(q); err != nil {
		return nil, at, err
	}
	view, err := h.view(q)
	if err != nil {
		return nil, at, err
	}
	at, err = place(q, view)
	return choices, at, err
}

// getTimeseries answers ncWMS' GetTimeseries: values at a place at all times of TIME, or all there are.
func (h *Handler) getTimeseries(w http.ResponseWriter, q *request) error {
	format, err := h.tableFormat(q)
	if err != nil {
		return err
	}
	choices, at, err := h.spot(q)
	if err != nil {
		return err
	}
	for i := range choices {
		choices[i].Selection.Interval = true
	}
	values, err := h.answers.Values(q.Context(), answer.ValuesRequest{Layers: choices, At: at})
	if err != nil {
		return err
	}
	var tables []table
	for _, v := range values {
		t := newTable(v, at)
		for _, x := range v.At {
			t.on(v.Layer, x.Pick.Level)
			t.Times, t.Runs = append(t.Times, x.Pick.Valid.String()), append(t.Runs, x.Pick.Run.String())
			t.add(x.Value)
		}
		tables = append(tables, t)
	}
	return h.sendTables(w, q, format, tables)
}

// newTable is an empty table of a layer at a place.
func newTable(v answer.Values, at geo.LonLat) table {
	return table{Layer: v.Layer.Name, Title: v.Layer.Title, Unit: v.Unit, Lon: finite(math.Round(at.Lon*1e6) / 1e6), Lat: finite(math.Round(at.Lat*1e6) / 1e6), Values: []*float64{}}
}

// getVerticalProfile answers ncWMS' GetVerticalProfile: values at a place and time at all levels of a layer.
func (h *Handler) getVerticalProfile(w http.ResponseWriter, q *request) error {
	format, err := h.tableFormat(q)
	if err != nil {
		return err
	}
	choices, at, err := h.spot(q)
	if err != nil {
		return err
	}
	var tables []table
	for _, choice := range choices {
		catalogue, release := h.hold()
		l, err := catalogue.Layer(choice.Name)
		if err != nil {
			release()
			return err
		}
		levels := levelsOf(l, choice)
		release()
		var t table
		for some := range slices.Chunk(levels, h.about.LayerLimit) { // so many at once
			values, err := h.answers.Values(q.Context(), answer.ValuesRequest{Layers: some, At: at})
			if err != nil {
				return err
			}
			for i, v := range values {
				if t.Layer == "" {
					t = newTable(v, at)
					t.Depth, _ = ogc.LevelUnit(l)
				}
				for _, x := range v.At[:1] {
					t.Time, t.Run = x.Pick.Valid.String(), x.Pick.Run.String()
					t.Levels = append(t.Levels, *some[i].Selection.Level)
					t.add(x.Value)
				}
			}
		}
		tables = append(tables, t)
	}
	return h.sendTables(w, q, format, tables)
}

// transectPlaces is how many places of a line are read.
const transectPlaces = 200

// getTransect answers ncWMS' GetTransect: values of a layer along LINESTRING in CRS, "x y, x y, ..." in the order of axes that BBOX has.
func (h *Handler) getTransect(w http.ResponseWriter, q *request) error {
	format, err := h.tableFormat(q)
	if err != nil {
		return err
	}
	if q.Get("layers") == "" {
		q.Query["layers"] = append(q.Query["query_layers"], q.Query["layer"]...)
	}
	choices, err := h.choices(q)
	if err != nil {
		return err
	}
	line, err := q.line()
	if err != nil {
		return err
	}
	at := along(line, transectPlaces)
	places := make([]geo.LonLat, len(at))
	for i, v := range at {
		places[i] = geo.LonLat{Lon: v.Lon, Lat: v.Lat}
	}
	var tables []table
	for _, choice := range choices {
		p, err := h.answers.Path(q.Context(), answer.PathRequest{Layer: choice, At: places})
		if err != nil {
			return err
		}
		t := table{Layer: p.Layer.Name, Title: p.Layer.Title, Unit: p.Unit, Time: p.Pick.Valid.String(), Run: p.Pick.Run.String(), Line: at}
		t.on(p.Layer, p.Pick.Level)
		for _, v := range p.Values {
			t.add(v)
		}
		tables = append(tables, t)
	}
	return h.sendTables(w, q, format, tables)
}

// sendTables sends the numbers, all tables in one document.
func (h *Handler) sendTables(w http.ResponseWriter, q *request, format string, tables []table) error {
	if err := context.Cause(q.Context()); err != nil {
		return err
	}
	switch {
	case format == ogc.TypeJSON:
		return sendJSON(w, q, tables)
	case format != typeCSV:
		return h.sendChart(w, q, format, tables)
	}
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	for i, t := range tables {
		if i > 0 {
			_ = out.Write(nil) // an empty line between layers
		}
		t.csv(out)
	}
	out.Flush()
	if err := out.Error(); err != nil { // into memory
		return err
	}
	ogc.Document(w, q.Request, typeCSV+"; charset=utf-8", b.Bytes(), capabilitiesAge)
	return nil
}

// csv writes a table: the columns by which it runs, then the values. A missing value is empty.
func (t *table) csv(out *csv.Writer) {
	value := t.Layer
	if t.Unit != "" {
		value += " (" + t.Unit + ")"
	}
	names := []string{"time", "reference_time", "longitude", "latitude"}
	switch {
	case t.Line != nil:
		names = append(names, "distance_km")
	case t.Levels != nil:
		names = append(names, strings.TrimSuffix("elevation ("+t.Depth+")", " ()"))
	}
	_ = out.Write(append(names, value))
	for i, v := range t.Values {
		time, run, place, further := t.Time, t.Run, vertex{}, []string{}
		if t.Lon != nil && t.Lat != nil {
			place.Lon, place.Lat = *t.Lon, *t.Lat
		}
		switch {
		case t.Times != nil:
			time, run = t.Times[i], t.Runs[i]
		case t.Line != nil:
			place = t.Line[i]
			further = []string{ogc.Number(place.Distance)}
		case t.Levels != nil:
			further = []string{ogc.Number(t.Levels[i])}
		}
		text := ""
		if v != nil {
			text = ogc.Number(*v)
		}
		_ = out.Write(append(append([]string{time, run, ogc.Number(place.Lon), ogc.Number(place.Lat)}, further...), text))
	}
}
