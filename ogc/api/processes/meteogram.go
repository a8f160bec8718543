package processes

import (
	"context"
	"image/color"

	"isobar/field"
	"isobar/geo"
	"isobar/probe"
	"isobar/render/chart"
)

// weather are the elements of a meteogram, as far as a model has them.
var weather = []string{
	"t2m", "d2m", "aptmp2m", "tp", "tp_3h", "sf", "prate", "ws10", "gust", "u10", "v10", "msl", "tcc", "tcc_mean", "lcc", "mcc", "hcc",
}

// Colours of a meteogram.
var (
	rainBlue = color.NRGBA{0x2b, 0x7b, 0xba, 0xff}
	cloudy   = color.NRGBA{0x8a, 0x94, 0x9e, 0xff}
)

// meteogram draws the weather of a place.
func meteogram() *process {
	return &process{
		id: "meteogram", title: "Meteogram", keywords: []string{"meteogram", "chart", "weather"},
		description: "The weather at one place along time: temperature, rain, wind, pressure and clouds, as far as the model has them; drawn, or the values of it.",
		inputs: []input{
			features, coords, {name: "collection", title: "Model", description: "gfs-0p25", schema: text, required: true}, parameters, datetime, run, units, interpolation,
			{name: "title", title: "Title, such as the place's name", schema: text}, width, height, theme,
		},
		outputs: []output{{name: "result", title: "The chart, or its values", types: []string{typeSVG, typePNG, typeCoverage, typeGeoJSON, typeCSV}}},
		prepare: prepareMeteogram,
	}
}

func prepareMeteogram(ctx context.Context, q *question) (work, error) {
	p, err := q.place(ctx)
	if err != nil {
		return nil, err
	}
	a, err := q.ask(p, weather, false)
	if err != nil {
		return nil, err
	}
	if len(a.Columns) == 0 {
		return nil, wrong("inputs.collection", "it has nothing that a meteogram shows")
	}
	title, err := q.text("title")
	if err != nil {
		return nil, err
	}
	figure, err := q.figure()
	if err != nil {
		return nil, err
	}
	if err := q.check(&a); err != nil {
		return nil, err
	}
	return q.drawn(a, figure, func(v *answer, f *chart.Figure) {
		v.weather(f)
		if title != "" {
			f.Title = title
		}
	}), nil
}

// weather lays a meteogram out. What is none of its elements is drawn below, by unit.
func (v *answer) weather(f *chart.Figure) {
	v.named(f)
	f.Across = chart.Axis{Time: true}
	f.Shades = nights(v.At[0], v.times())
	found, used := map[string]int{}, map[int]bool{}
	for i := range v.Series {
		if len(v.Series[i].Times) > 0 {
			found[v.columns[i].name] = i
		}
	}
	line := func(name string, s chart.Series) (chart.Series, string, bool) {
		i, ok := found[name]
		if !ok {
			return s, "", false
		}
		used[i] = true
		y, unit := shown(&v.Series[i], v.Series[i].Values)
		s.X, s.Y = seconds(v.Series[i].Times), y
		if s.Name == "" {
			s.Name = v.label(i)
		}
		if s.Kind == chart.Bars && len(v.Series[i].Spans) > 0 {
			s.Before = float64(v.Series[i].Spans[len(v.Series[i].Spans)-1])
		}
		return s, unit, true
	}
	panel := func(up chart.Axis, kinds map[string]chart.Series, names ...string) {
		p := chart.Panel{Up: up}
		for _, name := range names {
			if s, unit, ok := line(name, kinds[name]); ok && (p.Up.Unit == "" || p.Up.Unit == unit) {
				p.Up.Unit = unit
				p.Series = append(p.Series, s)
			}
		}
		if len(p.Series) > 0 {
			f.Panels = append(f.Panels, p)
		}
	}
	cloud := chart.Series{Kind: chart.Filled, Color: cloudy}
	panel(chart.Axis{}, map[string]chart.Series{"d2m": {Dashed: true}}, "t2m", "aptmp2m", "d2m")
	rain := "tp"
	if i, ok := found["tp_3h"]; ok { // sums since the run's start say little
		if k, also := found["tp"]; !also || len(v.Series[i].Times) >= len(v.Series[k].Times) {
			rain = "tp_3h"
		}
		used[found["tp"]] = true
	}
	panel(chart.Axis{Zero: true, Least: 1}, map[string]chart.Series{rain: {Kind: chart.Bars, Color: rainBlue}, "sf": {Kind: chart.Bars}, "prate": {Kind: chart.Bars, Color: rainBlue}}, rain, "sf")
	if _, ok := found[rain]; !ok {
		panel(chart.Axis{Zero: true}, map[string]chart.Series{"prate": {Kind: chart.Filled, Color: rainBlue}}, "prate")
	}
	panel(chart.Axis{Zero: true}, map[string]chart.Series{"gust": {Dashed: true}}, "ws10", "gust")
	v.barbs(f, found, used)
	panel(chart.Axis{}, nil, "msl")
	panel(chart.Axis{From: 0, To: 100}, map[string]chart.Series{"tcc": cloud, "tcc_mean": cloud, "lcc": {}, "mcc": {}, "hcc": {}}, "tcc", "tcc_mean", "lcc", "mcc", "hcc")
	for i := range v.Series {
		if s := &v.Series[i]; !used[i] && len(s.Times) > 0 && v.columns[i].name != "prate" {
			y, unit := shown(s, s.Values)
			v.panel(f, unit, chart.Series{Name: v.label(i), X: seconds(s.Times), Y: y})
		}
	}
}

// barbs draws the wind as barbs, if both its components are there.
func (v *answer) barbs(f *chart.Figure, found map[string]int, used map[int]bool) {
	east, ok := found["u10"]
	north, also := found["v10"]
	if !ok || !also || len(v.Series[east].Times) != len(v.Series[north].Times) {
		return
	}
	used[east], used[north] = true, true
	s := chart.Series{Kind: chart.Barbs, X: seconds(v.Series[east].Times), U: metres(&v.Series[east]), V: metres(&v.Series[north]), South: v.At[0].Lat < 0}
	f.Panels = append(f.Panels, chart.Panel{Title: "Wind at 10 m", Series: []chart.Series{s}})
}

// metres are a component of the wind in its own unit, m/s.
func metres(s *probe.Series) []float64 {
	list := make([]float64, len(s.Values))
	for i, x := range s.Values {
		list[i] = float64(x)
	}
	return list
}

// nights are the times between sunset and sunrise, to some minutes: where the sun is by its mean longitude and the Earth's tilt.
func nights(at geo.LonLat, times []field.Time) (dark [][2]float64) {
	if len(times) < 2 {
		return nil
	}
	const step = 600
	from, to := times[0]-12*3600, times[len(times)-1]+12*3600
	if to-from > 40*86400 {
		return nil
	}
	begun := field.Time(0)
	for t := from; t <= to; t += step {
		switch up := sunUp(at, t); {
		case !up && begun == 0:
			begun = t
		case up && begun != 0:
			dark = append(dark, [2]float64{float64(begun), float64(t)})
			begun = 0
		}
	}
	if begun != 0 {
		dark = append(dark, [2]float64{float64(begun), float64(to)})
	}
	return dark
}
