package edr

import (
	"slices"
	"strings"

	"isobar/elements"
	"isobar/field"
	"isobar/geo"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/probe"
)

// The parameters of queries.
var (
	// z stands at the path in the API document: EDR 1.0's suite wants it to be required where it stands at an operation, which later
	// versions of the standard forbid.
	z = api.Param{Name: "z", Description: "Levels in the unit of the collection's vertical extent: one, a list, min/max, ../max, Rn/min/step. Left out: all",
		Schema: map[string]any{"type": "string"}, OnPath: true}

	common = []api.Param{
		{Name: "datetime", Description: "Valid times: an instant, start/end, ../end, start/.., a list, Rn/start/period. Left out: all", Schema: map[string]any{"type": "string"}},
		api.TextParam("parameter-name", "Parameters of the collection, with commas; all if left out"),
		api.TextParam("parameter_names", "The same as parameter-name"),
		api.TextParam("crs", "Reference system of the coordinates and of the answer; CRS84 if left out"),
		api.TextParam("reference_time", "The run; each time's freshest if left out"),
		api.TextParam("member", "Members of an ensemble, as of z; all if left out"),
		api.TextParam("units", "Unit that values are given in, of the parameters that it can measure"),
		api.TextParam("interpolation", "Between cells: nearest or bilinear. Left out: as is usual for the parameter"),
		api.TextParam("interpolation-time", "linear: values at a time between two are made of both, and said to be; none is the default"),
	}

	listing = []api.Param{
		api.BoxParam, common[0], common[1], common[2],
		{Name: "limit", Description: "How many places at most", Schema: map[string]any{"type": "integer", "minimum": 1, "maximum": mostPlaces, "default": usualPlaces}},
		{Name: "offset", Description: "How many places are left out before the first", Schema: map[string]any{"type": "integer", "minimum": 0, "default": 0}},
	}
)

// coords is the parameter of a geometry.
func coords(example string) api.Param {
	return required(api.TextParam("coords", "Well Known Text: "+example))
}

func required(p api.Param) api.Param {
	p.Required = true
	return p
}

// resolution is the parameter of a number of positions along an axis.
func resolution(axis string) api.Param {
	return api.Param{Name: "resolution-" + axis, Description: "Positions along " + axis + ", both ends among them; 0: as stored", Schema: map[string]any{"type": "integer", "minimum": 0}}
}

// question is a query as it was read, of one catalogue.
type question struct {
	of        ogc.Collection
	catalogue *layers.Catalogue
	run       *field.Time // nil: for each time the freshest
	instance  bool        // the path names the run
	layers    []*layers.Layer
	times     probe.Times
	timed     bool // datetime is given
	levels    *api.Numbers
	members   *api.Numbers
	unit      string
	space     probe.Space
	linear    bool
	exact     bool // values are to have all their bits, not the digits that count
	ref       geo.Reference
}

// answer reads what all queries have in common, and asks.
func (s *service) answer(ask func(*service, *api.Call, *question) error) func(c *api.Call) error {
	return func(c *api.Call) error {
		catalogue, release := s.Catalogue()
		defer release()
		q, err := s.question(c, catalogue)
		if err == nil {
			err = ask(s, c, q)
		}
		return s.explain(c, err)
	}
}

// question reads what all queries have in common.
func (s *service) question(c *api.Call, catalogue *layers.Catalogue) (q *question, err error) {
	q = &question{catalogue: catalogue}
	if q.of, err = ogc.FindCollection(catalogue, c.Path("collectionId")); err != nil {
		return nil, err
	}
	if err := q.readRun(c); err != nil {
		return nil, err
	}
	q.timed = c.Query.Get("datetime") != ""
	if q.times, err = api.ReadTimes(c.Query.Get("datetime"), c.Now); err != nil {
		return nil, err
	}
	if q.levels, err = api.ReadNumbers("z", c.Query.Get("z")); err != nil {
		return nil, err
	}
	if q.members, err = api.ReadNumbers("member", c.Query.Get("member")); err != nil {
		return nil, err
	}
	if q.ref, err = c.Reference("crs", "CRS:84"); err != nil {
		return nil, err
	}
	if err := q.readWays(c); err != nil {
		return nil, err
	}
	if err := q.readParameters(c); err != nil {
		return nil, err
	}
	return q, q.readUnit(c)
}

// readRun finds the run: of the path, or reference_time.
func (q *question) readRun(c *api.Call) error {
	id := c.Path("instanceId")
	q.instance = id != ""
	if id == "" {
		if id = c.Query.Get("reference_time"); id == "" {
			return nil
		}
	}
	if id == best {
		return nil
	}
	run, ok := findRun(q.of, id)
	switch {
	case ok:
		q.run = &run
		return nil
	case q.instance:
		return unknown("instanceId", "%s has no run %q", q.of.ID, ogc.Clip(id))
	}
	return ogc.Invalid("reference_time", "%s has no run %q", q.of.ID, ogc.Clip(id))
}

// readWays reads how values between cells and times are made.
func (q *question) readWays(c *api.Call) error {
	switch v := strings.ToLower(c.Query.Get("interpolation")); v {
	case "":
	case "nearest":
		q.space = probe.Nearest
	case "bilinear", "linear":
		q.space = probe.Bilinear
	default:
		return ogc.Invalid("interpolation", "interpolation is nearest or bilinear")
	}
	switch v := strings.ToLower(c.Query.Get("interpolation-time")); v {
	case "", "none":
	case "linear":
		q.linear = true
	default:
		return ogc.Invalid("interpolation-time", "interpolation-time is linear or none")
	}
	return nil
}

// readParameters finds the layers: those that are named, or all; of them those that the run has, and that have a level that is asked
// for. A layer without levels of its own goes with all of them if it is named or if the collection has none anyway (/req/edr/z-response).
func (q *question) readParameters(c *api.Call) error {
	all := q.of.Layers
	name, _ := c.Query.First("parameter-name", "parameter_names")
	named := c.Query.List(name)
	for _, n := range named {
		i := slices.IndexFunc(all, func(l *layers.Layer) bool { return n == l.Name || n == fieldName(l) })
		if i < 0 {
			return ogc.Invalid("parameter-name", "parameter-name: %s has no parameter %q", q.of.ID, ogc.Clip(n))
		}
		if !slices.Contains(q.layers, all[i]) {
			q.layers = append(q.layers, all[i])
		}
	}
	if named == nil {
		q.layers = slices.Clone(all)
	}
	leveled := slices.ContainsFunc(all, vertical)
	q.layers = slices.DeleteFunc(q.layers, func(l *layers.Layer) bool {
		if q.run != nil && !slices.Contains(l.Runs, *q.run) {
			return true
		}
		if vertical(l) {
			return len(q.levelsOf(l)) == 0
		}
		return q.levels != nil && named == nil && leveled
	})
	return nil
}

// readUnit takes a unit that can measure one of the parameters at least.
func (q *question) readUnit(c *api.Call) error {
	q.unit = c.Query.Get("units")
	if q.unit == "" || slices.ContainsFunc(q.layers, func(l *layers.Layer) bool { return q.unitOf(l) != "" }) || len(q.layers) == 0 {
		return nil
	}
	return ogc.Invalid("units", "units: none of the parameters can be given in %q", ogc.Clip(q.unit))
}

// unitOf is the unit that a layer's values are asked for in; "": its own.
func (q *question) unitOf(l *layers.Layer) string {
	if q.unit == "" {
		return ""
	}
	if _, ok := elements.Convert(l.Element.Unit, q.unit); ok {
		return q.unit
	}
	if read := elements.ReadUnit(q.unit); read != "" {
		if _, ok := elements.Convert(l.Element.Unit, read); ok {
			return read
		}
	}
	return ""
}

// vertical tells that a layer has levels that can be asked for.
func vertical(l *layers.Layer) bool {
	_, ok := ogc.LevelUnit(l)
	return ok
}

// levelsOf are a layer's levels that are wanted.
func (q *question) levelsOf(l *layers.Layer) (some []field.Level) {
	if !vertical(l) {
		return l.Levels[:min(len(l.Levels), 1)]
	}
	for _, level := range l.Levels {
		if q.levels.Has(l.Elevation(level)) {
			some = append(some, level)
		}
	}
	return some
}

// membersOf are a layer's members that are wanted.
func (q *question) membersOf(l *layers.Layer) (some []int) {
	if len(l.Members) < 2 {
		return l.Members
	}
	for _, m := range l.Members {
		if q.members.Has(float64(m)) {
			some = append(some, m)
		}
	}
	return some
}

// fieldName is a layer's name within its model.
func fieldName(l *layers.Layer) string { return strings.TrimPrefix(l.Name, l.Model.ID+".") }
