package processes

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"github.com/go-spatial/geom"

	"isobar/elements"
	"isobar/feature"
	"isobar/feature/wkt"
	"isobar/field"
	"isobar/geo"
	"isobar/ogc"
	"isobar/probe"
	"isobar/render/chart"
)

// Inputs of pictures.
var (
	width  = input{name: "width", title: "Width of a picture in pixels", schema: map[string]any{"type": "integer", "minimum": 200, "maximum": 4096, "default": 800}}
	height = input{name: "height", title: "Height of a picture in pixels", description: "As it needs if left out", schema: map[string]any{"type": "integer", "minimum": 100, "maximum": 4096}}
	theme  = input{name: "theme", title: "Theme of a picture", schema: words("light", "light", "dark")}
)

// drawn are all formats of values along something.
var drawn = []string{typeCoverage, typeGeoJSON, typeCSV, typeSVG, typePNG}

// timeseries gives values at a place along time.
func timeseries() *process {
	return &process{
		id: "timeseries", title: "Values along time", keywords: []string{"time series", "chart"}, description: "Values at one place along time: as CoverageJSON, GeoJSON or CSV, or drawn.",
		inputs:  columnsOf(width, height, theme),
		outputs: []output{{name: "result", title: "Values, or a chart of them", types: drawn}},
		prepare: func(ctx context.Context, q *question) (work, error) {
			p, err := q.place(ctx)
			if err != nil {
				return nil, err
			}
			return q.along(p, false, func(v *answer, f *chart.Figure) { v.overTime(f) })
		},
	}
}

// profile gives values at a place along height.
func profile() *process {
	return &process{
		id: "profile", title: "Values along height", keywords: []string{"profile", "sounding", "chart"}, description: "Values at one place and time on all levels: as CoverageJSON, GeoJSON or CSV, or drawn.",
		inputs:  columnsOf(width, height, theme),
		outputs: []output{{name: "result", title: "Values, or a chart of them", types: drawn}},
		prepare: func(ctx context.Context, q *question) (work, error) {
			p, err := q.place(ctx)
			if err != nil {
				return nil, err
			}
			return q.along(p, true, func(v *answer, f *chart.Figure) { v.overHeight(f) })
		},
	}
}

// transect gives values along a line.
func transect() *process {
	in := columnsOf(
		input{name: "points", title: "How many points", description: "At equal distances along great circles, the ends among them", schema: map[string]any{"type": "integer", "minimum": 2, "maximum": mostPoints, "default": usualPoints}},
		width, height, theme)
	in[0].schema, in[0].description = map[string]any{"type": "object", "format": "geojson-feature"}, "A GeoJSON feature of a line"
	in[1].description = "Instead of features: LINESTRING"
	return &process{
		id: "transect", title: "Values along a line", keywords: []string{"transect", "section", "chart"}, description: "Values at one time along a line on the Earth: as CoverageJSON, GeoJSON or CSV, or drawn.",
		inputs:  in,
		outputs: []output{{name: "result", title: "Values, or a chart of them", types: drawn}},
		prepare: func(ctx context.Context, q *question) (work, error) {
			line, err := q.line(ctx)
			if err != nil {
				return nil, err
			}
			n, err := q.number("points", usualPoints, 2, mostPoints)
			if err != nil {
				return nil, err
			}
			p, far := walk(line, int(n))
			return q.along(p, false, func(v *answer, f *chart.Figure) { v.overDistance(f, far) })
		},
	}
}

// How many points a line has.
const (
	usualPoints = 100
	mostPoints  = 2000
)

// line reads the one line of coords or features.
func (q *question) line(ctx context.Context) (geom.LineString, error) {
	name := "coords"
	var g geom.Geometry
	switch {
	case q.has("coords"):
		text, err := q.text("coords")
		if err != nil {
			return nil, err
		}
		if g, err = wkt.Parse(text); err != nil {
			return nil, wrong("inputs.coords", "%v", err)
		}
	case q.has("features"):
		name = "features"
		list, err := q.features(ctx, "features")
		if err != nil {
			return nil, err
		}
		if len(list) != 1 {
			return nil, wrong("inputs.features", "one line is wanted, not %d features", len(list))
		}
		g = list[0].Geometry
	default:
		return nil, wrong("inputs.coords", "a line must be given")
	}
	line, ok := feature.Flat(g).(geom.LineString)
	if !ok || len(line) < 2 {
		return nil, wrong("inputs."+name, "LINESTRING is wanted")
	}
	for i, p := range line {
		if !(p[1] >= -90 && p[1] <= 90) || p[0]-p[0] != 0 {
			return nil, wrong(fmt.Sprintf("inputs.%s[%d]", name, i), "%v is no place on Earth", p)
		}
	}
	return line, nil
}

// walk gives points at equal distances along a line, whose parts are great circles, and how far each is from the start, in metres.
func walk(line geom.LineString, n int) (p places, far []float64) {
	sums := make([]float64, len(line))
	for i := 1; i < len(line); i++ {
		sums[i] = sums[i-1] + feature.Distance(at(line[i-1]), at(line[i]))
	}
	whole, leg := sums[len(sums)-1], 1
	for k := range n {
		want := whole * float64(k) / float64(n-1)
		for leg < len(line)-1 && sums[leg] < want {
			leg++
		}
		share := 0.0
		if length := sums[leg] - sums[leg-1]; length > 0 {
			share = min((want-sums[leg-1])/length, 1)
		}
		here := between(at(line[leg-1]), at(line[leg]), share)
		p.at, far = append(p.at, here), append(far, want)
		p.features = append(p.features, feature.Feature{Geometry: geom.Point{here.Lon, here.Lat}, Properties: []feature.Property{{Name: "distance", Value: math.Round(want)}}})
	}
	return p, far
}

func at(p [2]float64) geo.LonLat { return geo.LonLat{Lon: p[0], Lat: p[1]} }

// between is a place on the great circle from one to another.
func between(a, b geo.LonLat, share float64) geo.LonLat {
	const degree = math.Pi / 180
	unit := func(p geo.LonLat) [3]float64 {
		sinLat, cosLat := math.Sincos(p.Lat * degree)
		sinLon, cosLon := math.Sincos(p.Lon * degree)
		return [3]float64{cosLat * cosLon, cosLat * sinLon, sinLat}
	}
	u, v := unit(a), unit(b)
	angle := math.Acos(max(min(u[0]*v[0]+u[1]*v[1]+u[2]*v[2], 1), -1))
	if share <= 0 || angle < 1e-9 {
		return a
	}
	if share >= 1 {
		return b
	}
	f, g := math.Sin((1-share)*angle), math.Sin(share*angle)
	x, y, z := f*u[0]+g*v[0], f*u[1]+g*v[1], f*u[2]+g*v[2]
	return geo.LonLat{Lon: math.Atan2(y, x) / degree, Lat: math.Atan2(z, math.Hypot(x, y)) / degree}
}

// along reads values and writes or draws them.
func (q *question) along(p places, levels bool, draw func(v *answer, f *chart.Figure)) (work, error) {
	a, err := q.ask(p, nil, levels)
	if err != nil {
		return nil, err
	}
	if !q.has("datetime") && (levels || len(p.at) > 1) {
		a.Times = probe.Times{} // the usual one
	}
	figure, err := q.figure()
	if err != nil {
		return nil, err
	}
	if err := q.check(&a); err != nil {
		return nil, err
	}
	return q.drawn(a, figure, draw), nil
}

// drawn is the work of a chart: the values, in their own format or as draw lays them out on a figure.
func (q *question) drawn(a asked, figure chart.Figure, draw func(v *answer, f *chart.Figure)) work {
	return func(ctx context.Context, progress func(int, string)) ([]result, error) {
		v, err := q.values(ctx, a, "", progress)
		if err != nil {
			return nil, err
		}
		if q.format != typeSVG && q.format != typePNG {
			return []result{v.result(q.format)}, nil
		}
		draw(v, &figure)
		r, err := picture(figure, q.format)
		return []result{r}, err
	}
}

// figure reads what all charts have in common.
func (q *question) figure() (f chart.Figure, err error) {
	w, err := q.number("width", 800, 200, 4096)
	if err != nil {
		return f, err
	}
	h, err := q.number("height", 0, 100, 4096)
	if err != nil {
		return f, err
	}
	word, err := q.choice("theme", "light", "dark")
	f.Width, f.Height = int(w), int(h)
	if word == "dark" {
		f.Theme = chart.Dark
	}
	return f, err
}

// picture draws a chart: before it is sent, as it may be none.
func picture(f chart.Figure, format string) (result, error) {
	var b bytes.Buffer
	draw := chart.SVG
	if format == typePNG {
		draw = chart.PNG
	}
	err := draw(&b, f)
	return bytesOf("result", format, func() ([]byte, error) { return b.Bytes(), nil }), err
}

// shown is a column's values as people read them, and the unit's name.
func shown(s *probe.Series, values []float32) (list []float64, unit string) {
	unit, c := s.Unit, elements.Conversion{Scale: 1}
	if el := s.Column.Layer.Element; s.Column.Unit == "" && el.DisplayUnit != "" {
		if to, ok := elements.Convert(s.Unit, el.DisplayUnit); ok {
			unit, c = el.DisplayUnit, to
		}
	}
	list = make([]float64, len(values))
	for i, v := range values {
		list[i] = float64(v)*c.Scale + c.Offset
	}
	return list, elements.UnitLabel(unit)
}

// named is where and when, for a chart's head.
func (v *answer) named(f *chart.Figure) {
	place := v.At[0]
	f.Title = coordinates(place)
	for _, name := range []string{"name", "title", "id"} {
		if p, ok := v.places.features[0].Property(name); ok {
			if text, ok := p.(string); ok && text != "" {
				f.Title = text
				break
			}
		}
	}
	f.Subtitle = v.Series[0].Column.Layer.Model.Title
	if len(v.Series[0].Runs) > 0 {
		f.Subtitle += ", run of " + v.Series[0].Runs[0].UTC().Format("2006-01-02 15:04 UTC")
	}
}

// coordinates is a place for people.
func coordinates(p geo.LonLat) string {
	ns, ew := "N", "E"
	if p.Lat < 0 {
		ns = "S"
	}
	if p.Lon < 0 {
		ew = "W"
	}
	return fmt.Sprintf("%.2f° %s, %.2f° %s", math.Abs(p.Lat), ns, math.Abs(p.Lon), ew)
}

// overTime draws each column along time: those of one unit in one panel.
func (v *answer) overTime(f *chart.Figure) {
	v.named(f)
	f.Across = chart.Axis{Time: true}
	for i := range v.Series {
		s := &v.Series[i]
		y, unit := shown(s, s.Values)
		v.panel(f, unit, chart.Series{Name: v.label(i), X: seconds(s.Times), Y: y})
	}
}

// overHeight draws each column of a layer along its levels, at the first time.
func (v *answer) overHeight(f *chart.Figure) {
	v.named(f)
	lines := map[string]int{}
	pressure := false
	for i := range v.Series {
		s := &v.Series[i]
		if s.Column.Level == nil || len(s.Times) == 0 {
			continue
		}
		x, unit := shown(s, s.At(0, v.Places))
		z := *s.Column.Level
		if s.Level.Kind == elements.Pressure {
			z, pressure = z/100, true
		}
		name := s.Column.Layer.Name
		k, ok := lines[name]
		if !ok {
			k = len(f.Panels)
			lines[name] = k
			f.Panels = append(f.Panels, chart.Panel{Across: &chart.Axis{Unit: unit}, Series: []chart.Series{{Name: s.Column.Layer.Title}}})
		}
		line := &f.Panels[k].Series[0]
		line.X, line.Y = append(line.X, x[0]), append(line.Y, z)
		f.Subtitle = s.Column.Layer.Model.Title + ", " + s.Times[0].UTC().Format("2006-01-02 15:04 UTC")
	}
	const tall = 320
	if f.Height == 0 {
		f.Height = min(60+tall*max(len(f.Panels), 1), 4096)
	}
	for i := range f.Panels {
		f.Panels[i].Up = chart.Axis{Unit: "m"}
		if pressure {
			f.Panels[i].Up = chart.Axis{Unit: "hPa", Reversed: true}
		}
	}
}

// overDistance draws each column along a line, at the first time.
func (v *answer) overDistance(f *chart.Figure, far []float64) {
	v.named(f)
	f.Title = coordinates(v.At[0]) + " to " + coordinates(v.At[len(v.At)-1])
	f.Across = chart.Axis{Unit: "km"}
	km := make([]float64, len(far))
	for i := range far {
		km[i] = far[i] / 1000
	}
	for i := range v.Series {
		s := &v.Series[i]
		if len(s.Times) == 0 {
			continue
		}
		y, unit := shown(s, s.At(0, v.Places))
		v.panel(f, unit, chart.Series{Name: v.label(i), X: km, Y: y})
	}
}

// label is a column's name for people.
func (v *answer) label(i int) string {
	s := &v.Series[i]
	text := s.Column.Layer.Title
	if s.Column.Level != nil {
		text += " " + ogc.Number(*s.Column.Level)
	}
	if s.Column.Member != nil {
		text += fmt.Sprintf(" (%d)", s.Member)
	}
	return text
}

// panel puts a series into the panel of its unit.
func (v *answer) panel(f *chart.Figure, unit string, s chart.Series) {
	for i := range f.Panels {
		if f.Panels[i].Up.Unit == unit && len(f.Panels[i].Series) < 8 {
			f.Panels[i].Series = append(f.Panels[i].Series, s)
			return
		}
	}
	f.Panels = append(f.Panels, chart.Panel{Up: chart.Axis{Unit: unit}, Series: []chart.Series{s}})
}

// seconds are times along an axis.
func seconds(times []field.Time) []float64 {
	list := make([]float64, len(times))
	for i, t := range times {
		list[i] = float64(t)
	}
	return list
}
