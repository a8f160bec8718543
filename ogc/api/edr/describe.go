package edr

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"isobar/elements"
	"isobar/encode/covjson"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
)

// dimension is an extent that is no place, time or height.
type dimension struct {
	ID        string     `json:"id"`
	Interval  [][]string `json:"interval"`
	Values    []string   `json:"values"`
	Reference string     `json:"reference"`
}

// parameter describes a layer as a parameter of a collection.
func (s *service) parameter(of ogc.Collection, l *layers.Layer) parameter {
	el := l.Element
	p := parameter{Type: "Parameter", ID: fieldName(l), Description: el.Abstract, Label: l.Title, DataType: "float", Data12: "float", Observed: observed{Label: l.Title}}
	if el.Unit != "" {
		p.Unit = &unit{Label: elements.UnitLabel(el.Unit), Symbol: covjson.Symbol{Value: covjson.Code(el.Unit), Type: ucum}}
	}
	if el.StandardName != "" {
		p.Observed.ID = "http://vocab.nerc.ac.uk/standard_name/" + el.StandardName + "/"
	}
	if s.Elements != nil {
		numbers, ok := s.Elements.Parameter(el.ID)
		if method, known := methods[numbers.Process]; known {
			p.Measured = &measurement{Method: method, Duration: spanOf(l, numbers.Process)}
		}
		if ok {
			p.GRIB = &gribNumbers{numbers.Discipline, numbers.Category, numbers.Number}
			if p.Observed.ID == "" && numbers.Category < 192 && numbers.Number < 192 {
				p.Observed.ID = fmt.Sprintf("http://codes.wmo.int/grib2/codeflag/4.2/%d-%d-%d", numbers.Discipline, numbers.Category, numbers.Number)
			}
		}
	}
	if p.Observed.ID == "" {
		p.Observed.ID = "urn:isobar:element:" + el.ID
	}
	if v := verticalOf(l); v != nil && of.Whole {
		p.Extent = &parameterAxe{v}
	}
	return p
}

// describe adds to a collection what EDR tells of it (OGC 19-086r6, 8.2.3).
func (s *service) describe(base string, of ogc.Collection, into *api.CollectionInfo) {
	at := api.CollectionURL(base, of.ID)
	s.tell(at, of, nil, into)
	into.Links = append(into.Links,
		api.Link{Href: at, Rel: "data", Type: api.TypeJSON, Title: "What this collection can be asked for"},
		api.Link{Href: at + "/instances", Rel: "instances", Type: api.TypeJSON, Title: "Runs"},
	)
}

// tell adds what is the same for a collection and for one of its runs.
func (s *service) tell(at string, of ogc.Collection, run *field.Time, into *api.CollectionInfo) {
	var times []field.Time
	parameters := map[string]parameter{}
	var members []int
	var levels *vertic
	for _, l := range of.Layers {
		if run != nil && !slices.Contains(l.Runs, *run) {
			continue
		}
		parameters[fieldName(l)] = s.parameter(of, l)
		times = append(times, runTimes(l, run)...)
		if len(l.Members) > len(members) {
			members = l.Members
		}
		if v := verticalOf(l); v != nil && (levels == nil || len(l.Levels) > 1 && levels.Name == v.Name && len(v.Values) > len(levels.Values)) {
			levels = v
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	if into.Extent.Temporal != nil && len(times) > 0 {
		into.Extent.Temporal.Interval = [][2]string{{times[0].String(), times[len(times)-1].String()}}
		into.Extent.Temporal.Values = whens(times)
	}
	if levels != nil {
		into.Extent.Vertical = levels
	}
	if custom := customs(of, run, members); custom != nil {
		into.Extent.Custom = custom
	}
	into.Add("keywords", keywords(of))
	into.Add("output_formats", s.formats("cube"))
	into.Add("parameter_names", parameters)
	into.Add("data_queries", s.dataQueries(at, !strings.Contains(at, "/instances/"), levels))
	into.Add("within_units", distanceNames)
}

// customs are the further dimensions: run, and member of an ensemble.
func customs(of ogc.Collection, run *field.Time, members []int) (list []dimension) {
	if runs := runsOfAll(of); run == nil && len(runs) > 0 {
		list = append(list, dimension{
			ID: "reference_time", Interval: [][]string{{runs[0].String(), runs[len(runs)-1].String()}}, Values: whens(runs),
			Reference: "http://www.opengis.net/def/axis/OGC/0/reference_time",
		})
	}
	if n := len(members); n > 1 {
		values := make([]float64, n)
		for i, m := range members {
			values[i] = float64(m)
		}
		list = append(list, dimension{
			ID: "member", Interval: [][]string{{strconv.Itoa(members[0]), strconv.Itoa(members[n-1])}}, Values: series(values),
			Reference: "http://vocab.nerc.ac.uk/standard_name/realization/",
		})
	}
	return list
}

// keywords are what a collection is about.
func keywords(of ogc.Collection) (words []string) {
	for _, l := range of.Layers {
		if theme := l.Element.Theme; theme != "" && !slices.Contains(words, theme) {
			words = append(words, theme)
		}
	}
	return append(words, of.Model.Title)
}

// dataQueries are the kinds of questions that may be asked (/req/edr/rc-data-queries).
func (s *service) dataQueries(at string, whole bool, levels *vertic) map[string]any {
	all := map[string]any{}
	heights := heightNames
	if levels != nil {
		_, unit, _ := strings.Cut(levels.Name, " ")
		heights = append([]string{unit}, slices.DeleteFunc(slices.Clone(heightNames), func(u string) bool { return u == unit })...)
	}
	details := []map[string]string{{"crs": "CRS84", "wkt": wgs84}}
	for _, q := range queries() {
		all[q.name] = map[string]any{"link": s.queryLink(at, q.name, q.title, q.about, details, heights)}
	}
	if s.Places != nil {
		all["locations"] = map[string]any{"link": s.queryLink(at, "locations", "Locations", "Values at named places", details, heights)}
	}
	all["items"] = map[string]any{"link": s.queryLink(at, "items", "Items", "What the collection is made of: runs", details, heights)}
	if whole {
		all["instances"] = map[string]any{"link": map[string]any{
			"href": at + "/instances", "rel": "data", "type": api.TypeJSON, "variables": map[string]any{
				"title": "Runs", "description": "Runs of the model", "query_type": "instances", "output_formats": s.formats("cube"), "default_output_format": formatName(coverageJSON),
			},
		}}
	}
	return all
}

// queryLink is one kind of question.
func (s *service) queryLink(at, name, title, about string, details []map[string]string, heights []string) map[string]any {
	formats := s.formats(name)
	variables := map[string]any{"title": title, "description": about, "query_type": name, "output_formats": formats, "default_output_format": formats[0]}
	if name != "items" {
		variables["crs_details"] = details
	}
	switch name {
	case "radius":
		variables["within_units"] = distanceNames
	case "corridor":
		variables["width_units"], variables["height_units"] = distanceNames, heights
	case "cube":
		variables["height_units"] = heights[:1]
	}
	return map[string]any{"href": at + "/" + name, "rel": "data", "type": s.types(name)[0], "variables": variables}
}

// runsOfAll are the runs of a collection's layers, ascending.
func runsOfAll(of ogc.Collection) (runs []field.Time) {
	for _, l := range of.Layers {
		if !slices.Equal(runs, l.Runs) {
			runs = append(runs, l.Runs...)
		}
	}
	slices.Sort(runs)
	return slices.Compact(runs)
}

// boxOf is where layers lie, all together.
func boxOf(all []*layers.Layer) [4]float64 {
	box := ogc.Geographic(all[0].Extent)
	for _, l := range all[1:] {
		b := ogc.Geographic(l.Extent)
		box = geo.Box{min(box[0], b[0]), min(box[1], b[1]), max(box[2], b[2]), max(box[3], b[3])}
	}
	return box
}
