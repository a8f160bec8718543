package wms

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"isobar/elements"
	"isobar/encode"
	"isobar/ogc"
	"isobar/render"
	"isobar/render/chart"
)

// typeSVG is the media type of charts that are no pixels.
const typeSVG = render.SVG

// The least and largest side of a chart, in pixels, and how wide and high a profile is where nothing is said.
const (
	leastChart    = 96
	profileWidth  = 480
	profileHeight = 560
)

// chartSize reads CHART_WIDTH and CHART_HEIGHT; WIDTH and HEIGHT are the map's that I and J lie on.
func (h *Handler) chartSize(q *request) (width, height int, err error) {
	if width, err = q.Whole("chart_width", 0, leastChart, h.about.MaxWidth); err != nil {
		return 0, 0, err
	}
	height, err = q.Whole("chart_height", 0, leastChart, h.about.MaxHeight)
	return width, height, err
}

// sendChart sends tables as a picture, on dark ground with DARK=true.
func (h *Handler) sendChart(w http.ResponseWriter, q *request, format string, tables []table) error {
	figure := figureOf(tables)
	width, height, err := h.chartSize(q)
	if err != nil {
		return err
	}
	if width > 0 {
		figure.Width = width
	}
	if height > 0 {
		figure.Height = height
	}
	if q.True("dark") {
		figure.Theme = chart.Dark
	}
	var body []byte
	if format == typeSVG {
		var b bytes.Buffer
		if err := chart.SVG(&b, figure); err != nil {
			return err
		}
		body = b.Bytes()
	} else {
		img, err := chart.Draw(figure)
		if err != nil {
			return err
		}
		if body, err = h.pictureFormat(format).Encode(img); err != nil {
			return err
		}
	}
	ogc.Document(w, q.Request, format, body, capabilitiesAge)
	return nil
}

// chartFormat is the format of a picture, if it is one that charts are drawn in.
func (h *Handler) chartFormat(mediaType string) bool {
	return mediaType == typeSVG || slices.ContainsFunc(h.pictures, func(p encode.Picture) bool { return p.Type == mediaType })
}

// figureOf is a chart of tables that are alike: along time, up through the levels, or along a line. What has one unit shares a panel.
func figureOf(tables []table) chart.Figure {
	f := chart.Figure{Title: titleOf(tables), Subtitle: subtitleOf(tables)}
	profile := tables[0].Levels != nil
	switch {
	case tables[0].Times != nil:
		f.Across.Time = true
	case profile:
		f.Width, f.Height = profileWidth, profileHeight
	default:
		f.Across = chart.Axis{Title: "Distance", Unit: "km"}
	}
	panels := map[string]int{}
	for _, t := range tables {
		unit := elements.UnitLabel(t.Unit)
		key := unit + "\n" + t.Depth
		i, ok := panels[key]
		if !ok {
			i = len(f.Panels)
			panels[key] = i
			p := chart.Panel{Up: chart.Axis{Unit: unit}}
			if profile {
				p.Up, p.Across = levelAxis(&t), &chart.Axis{Unit: unit, Round: true}
			}
			f.Panels = append(f.Panels, p)
		}
		if len(tables) == 1 { // the title says it
			t.Title = ""
		}
		f.Panels[i].Series = append(f.Panels[i].Series, seriesOf(&t, f.Panels[i].Up.Unit))
	}
	return f
}

// pascalPerHecto is why pressure is shown in hPa.
const pascalPerHecto = 100

// levelAxis is the axis up of a profile.
func levelAxis(t *table) chart.Axis {
	a := chart.Axis{Title: "Level", Unit: elements.UnitLabel(t.Depth)}
	switch t.Depth {
	case "Pa":
		a.Title, a.Unit, a.Reversed = "Pressure", "hPa", true
		for _, v := range t.Levels {
			a.Ticks = append(a.Ticks, v/pascalPerHecto)
		}
		a.Log = len(a.Ticks) > 1 && math.Min(t.Levels[0], t.Levels[len(t.Levels)-1]) > 0
	case "m":
		a.Title = "Height"
	case "1", "":
		a.Unit, a.Reversed = "", true // model levels are counted from the top
	}
	return a
}

// seriesOf is a table's values: a line, with a dot at each level of a profile.
func seriesOf(t *table, upUnit string) chart.Series {
	values := make([]float64, len(t.Values))
	for i, v := range t.Values {
		if values[i] = math.NaN(); v != nil {
			values[i] = *v
		}
	}
	s := chart.Series{Name: t.Title}
	switch {
	case t.Times != nil:
		s.Y = values
		for _, text := range t.Times {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil { // it was written by field.Time
				return chart.Series{}
			}
			s.X = append(s.X, float64(at.Unix()))
		}
	case t.Levels != nil:
		s.X = values
		for _, v := range t.Levels {
			if upUnit == "hPa" {
				v /= pascalPerHecto
			}
			s.Y = append(s.Y, v)
		}
		s.Dots = true
	default:
		s.Y = values
		for _, v := range t.Line {
			s.X = append(s.X, v.Distance)
		}
	}
	return s
}

// titleOf names what a chart shows.
func titleOf(tables []table) string {
	if len(tables) == 1 {
		return tables[0].Title
	}
	switch {
	case tables[0].Times != nil:
		return "Time series"
	case tables[0].Levels != nil:
		return "Profile"
	}
	return "Transect"
}

// subtitleOf tells where, when and of which run, where the tables agree.
func subtitleOf(tables []table) string {
	t := &tables[0]
	var parts []string
	switch {
	case t.Lon != nil && t.Lat != nil:
		parts = append(parts, degrees(*t.Lat, "N", "S")+" "+degrees(*t.Lon, "E", "W"))
	case len(t.Line) > 0:
		a, b := t.Line[0], t.Line[len(t.Line)-1]
		parts = append(parts, degrees(a.Lat, "N", "S")+" "+degrees(a.Lon, "E", "W")+" to "+degrees(b.Lat, "N", "S")+" "+degrees(b.Lon, "E", "W"))
	}
	if level := levelOf(tables); level != "" {
		parts = append(parts, level)
	}
	if t.Time != "" {
		parts = append(parts, written(t.Time))
	}
	run := t.Run
	for i := range t.Runs {
		if run = t.Runs[0]; t.Runs[i] != run {
			run = ""
			break
		}
	}
	if run != "" {
		parts = append(parts, "run of "+written(run))
	}
	return strings.Join(parts, " · ")
}

// levelOf is the level of all tables; "": they have none, or not the same.
func levelOf(tables []table) string {
	t := &tables[0]
	for i := range tables {
		if o := &tables[i]; o.Level == nil || *o.Level != *t.Level || o.Depth != t.Depth {
			return ""
		}
	}
	switch t.Depth {
	case "Pa":
		return ogc.Number(*t.Level/pascalPerHecto) + " hPa"
	case "1", "":
		return "level " + ogc.Number(*t.Level)
	}
	return ogc.Number(*t.Level) + " " + elements.UnitLabel(t.Depth)
}

// degrees writes an angle to a hundredth of a degree.
func degrees(v float64, plus, minus string) string {
	if v < 0 {
		v, plus = -v, minus
	}
	return fmt.Sprintf("%.2f° %s", v, plus)
}

// written is a time as people write it.
func written(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return at.UTC().Format("2006-01-02 15:04") + " UTC"
}
