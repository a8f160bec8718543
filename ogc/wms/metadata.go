package wms

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"isobar/answer"
	"isobar/elements"
	"isobar/field"
	"isobar/layers"
	"isobar/ogc"
	"isobar/styles"
)

// items are what ncWMS' GetMetadata tells, by its parameter ITEM.
var items = map[string]func(*Handler, *request) (any, error){
	"menu": (*Handler).menu, "layerdetails": (*Handler).layerDetails, "minmax": (*Handler).minMax, "timesteps": (*Handler).timeSteps, "animationtimesteps": (*Handler).animationSteps,
}

// getMetadata answers ncWMS' GetMetadata: what the layers are and have, as JSON.
func (h *Handler) getMetadata(w http.ResponseWriter, q *request) error {
	item, ok := items[strings.ToLower(q.Get("item"))]
	if !ok {
		return ogc.Invalid("item", "item %q is none of menu, layerDetails, minmax, timesteps, animationTimesteps", ogc.Clip(q.Get("item")))
	}
	told, err := item(h, q)
	if err != nil {
		return err
	}
	return sendJSON(w, q, told)
}

// sendJSON sends a small document.
func sendJSON(w http.ResponseWriter, q *request, told any) error {
	body, err := json.Marshal(told)
	if err != nil {
		return err
	}
	ogc.Document(w, q.Request, ogc.TypeJSON, append(body, '\n'), capabilitiesAge)
	return nil
}

// menuNode is a model or a layer of the menu.
type menuNode struct {
	Label     string     `json:"label"`
	ID        string     `json:"id,omitempty"`
	Plottable *bool      `json:"plottable,omitempty"`
	Children  []menuNode `json:"children,omitempty"`
}

// menu tells which layers there are, by model.
func (h *Handler) menu(q *request) (any, error) {
	catalogue, release := h.hold()
	defer release()
	root, yes := menuNode{Label: h.about.Title, Children: []menuNode{}}, true
	for _, l := range layersOf(catalogue, q.model) {
		if n := len(root.Children); n == 0 || root.Children[n-1].ID != l.Model.ID {
			root.Children = append(root.Children, menuNode{Label: l.Model.Title, ID: l.Model.ID})
		}
		last := &root.Children[len(root.Children)-1]
		last.Children = append(last.Children, menuNode{Label: l.Title, ID: l.Name, Plottable: &yes})
	}
	return root, nil
}

// named is the layer that LAYERNAME (or LAYER, LAYERS) names; release it when done.
func (h *Handler) named(q *request) (l *layers.Layer, release func(), err error) {
	_, name := q.First("layername", "layer", "layers")
	if name == "" {
		return nil, nil, ogc.Missing("layername")
	}
	if err := q.within(name); err != nil {
		return nil, nil, err
	}
	catalogue, release := h.hold()
	if l, err = catalogue.Layer(name); err != nil {
		release()
		return nil, nil, err
	}
	return l, release, nil
}

// details are what layerDetails tells.
type details struct {
	Title     string                      `json:"title"`
	Units     string                      `json:"units"`
	Box       [4]float64                  `json:"bbox"`
	Range     [2]*float64                 `json:"scaleRange"`
	Bands     int                         `json:"numColorBands"`
	Styles    []string                    `json:"supportedStyles"`
	Axis      *axis                       `json:"zaxis,omitempty"`
	Dates     map[string]map[string][]int `json:"datesWithData"`
	Nearest   string                      `json:"nearestTimeIso"`
	Units2    string                      `json:"timeAxisUnits"`
	Copyright string                      `json:"copyright"`
	More      string                      `json:"moreInfo"`
	Palettes  []string                    `json:"palettes"`
	Palette   string                      `json:"defaultPalette"`
	Log       bool                        `json:"logScaling"`
	Above     string                      `json:"aboveMaxColor"`
	Below     string                      `json:"belowMinColor"`
}

// axis is a layer's levels.
type axis struct {
	Units    string    `json:"units"`
	Positive bool      `json:"positive"`
	Values   []float64 `json:"values"`
}

// layerDetails tells of one layer. Months of datesWithData count from 0, as ncWMS' clients want.
func (h *Handler) layerDetails(q *request) (any, error) {
	l, release, err := h.named(q)
	if err != nil {
		return nil, err
	}
	defer release()
	style := l.Styles[0]
	d := details{
		Title: l.Title, Units: elements.UnitLabel(style.Unit), Box: ogc.Geographic(l.Extent), Bands: styles.MaxBands, Styles: []string{"default-scalar", "raster"},
		Dates: datesOf(l.Times), Nearest: milliseconds(l.DefaultTime(q.now)), Units2: "ISO8601", Copyright: l.Model.Attribution, More: l.Model.URL,
		Palette: style.ID, Above: "extend", Below: "extend",
	}
	for _, s := range l.Styles {
		d.Palettes = append(d.Palettes, s.ID)
	}
	low, high := l.Min, l.Max
	if n := len(style.Stops); n > 0 {
		low, high = style.Stops[0].Value, style.Stops[n-1].Value
	} else if c, ok := elements.Convert(l.Element.Unit, style.Unit); ok {
		low, high = low*c.Scale+c.Offset, high*c.Scale+c.Offset
	}
	d.Range = [2]*float64{finite(low), finite(high)}
	if unit, ok := ogc.LevelUnit(l); ok {
		d.Axis = &axis{Units: unit, Positive: unit == "m"}
		for _, level := range l.Levels {
			d.Axis.Values = append(d.Axis.Values, l.Elevation(level))
		}
	}
	return d, nil
}

// finite is a number that JSON has, or nil.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// datesOf are the days of times: year, month from 0, days.
func datesOf(times []field.Time) map[string]map[string][]int {
	dates := map[string]map[string][]int{}
	for _, t := range times {
		day := t.UTC()
		year, month := strconv.Itoa(day.Year()), strconv.Itoa(int(day.Month())-1)
		if dates[year] == nil {
			dates[year] = map[string][]int{}
		}
		if days := dates[year][month]; len(days) == 0 || days[len(days)-1] != day.Day() {
			dates[year][month] = append(days, day.Day())
		}
	}
	return dates
}

// milliseconds is a time as ncWMS writes it.
func milliseconds(t field.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// minMax tells the range of a field's values: that of the whole field, whatever the box.
func (h *Handler) minMax(q *request) (any, error) {
	choices, err := h.choices(q)
	if err != nil {
		return nil, err
	}
	low, high, _, err := h.answers.Range(q.Context(), choices[0])
	if err != nil {
		return nil, err
	}
	return struct {
		Min *float64 `json:"min"`
		Max *float64 `json:"max"`
	}{finite(ogc.Rounded(low)), finite(ogc.Rounded(high))}, nil
}

// timeSteps tells the times of one day.
func (h *Handler) timeSteps(q *request) (any, error) {
	l, release, err := h.named(q)
	if err != nil {
		return nil, err
	}
	defer release()
	day, err := ogc.ParseTime(q.Get("day"), q.now)
	if err != nil {
		return nil, ogc.Invalid("day", "day %q is no day of the form 2026-11-24", ogc.Clip(q.Get("day")))
	}
	steps := struct {
		Times []string `json:"timesteps"`
	}{[]string{}}
	for _, t := range l.Times {
		if from := day.Start.UTC(); t.UTC().YearDay() == from.YearDay() && t.UTC().Year() == from.Year() {
			steps.Times = append(steps.Times, t.UTC().Format("15:04:05.000Z"))
		}
	}
	return steps, nil
}

// maxAnimation bounds the times of an animation.
const maxAnimation = 1000

// animationSteps tells lists of times between two: all of them, and thinned to one in so many hours.
func (h *Handler) animationSteps(q *request) (any, error) {
	l, release, err := h.named(q)
	if err != nil {
		return nil, err
	}
	defer release()
	ends := [2]layers.TimeChoice{}
	for i, name := range []string{"start", "end"} {
		if ends[i], err = ogc.ParseTime(q.Get(name), q.now); err != nil {
			return nil, ogc.Invalid(name, "%s %q %s", name, ogc.Clip(q.Get(name)), err.Error())
		}
	}
	type step struct {
		Title string `json:"title"`
		Times string `json:"timeString"`
	}
	list := struct {
		Steps []step `json:"timeStrings"`
	}{[]step{}}
	for _, every := range []struct {
		title string
		step  time.Duration
	}{{"All", 0}, {"Every 3 hours", 3 * time.Hour}, {"Every 6 hours", 6 * time.Hour}, {"Every 12 hours", 12 * time.Hour}, {"Daily", 24 * time.Hour}} {
		var times []string
		next := ends[0].Start
		for _, t := range l.Times {
			if t < next || t > ends[1].End {
				continue
			}
			times = append(times, milliseconds(t))
			next = t + field.Time(every.step/time.Second)
		}
		if len(times) == 0 || len(times) > maxAnimation || len(list.Steps) > 0 && len(times) < 2 {
			continue
		}
		list.Steps = append(list.Steps, step{every.title + " (" + strconv.Itoa(len(times)) + " frames)", strings.Join(times, ",")})
	}
	return list, nil
}

// levelsOf is a choice for each of a layer's levels.
func levelsOf(l *layers.Layer, choice answer.LayerChoice) []answer.LayerChoice {
	all := make([]answer.LayerChoice, len(l.Levels))
	for i, level := range l.Levels {
		at := l.Elevation(level)
		all[i] = choice
		all[i].Selection.Level = &at
	}
	return all
}
