package processes

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"isobar/elements"
	"isobar/field"
	"isobar/layers"
	"isobar/ogc"
	"isobar/ogc/api"
	"isobar/probe"
)

var nan = math.NaN()

// column is what is wanted, and its name in the answer.
type column struct {
	probe.Column
	name string
}

// layers reads collection and parameters: layers of a model or one layer. usual are the parameters if none is named; nil: all.
func (q *question) layers(usual []string) (list []*layers.Layer, err error) {
	id, err := q.text("collection")
	if err != nil {
		return nil, err
	}
	names, err := q.texts("parameters")
	if err != nil {
		return nil, err
	}
	if id == "" {
		if len(names) == 0 {
			return nil, wrong("inputs.collection", "a collection must be named, or parameters by their whole names")
		}
		for i, name := range names {
			l, err := q.catalogue.Layer(name)
			if err != nil {
				return nil, wrong("inputs.parameters["+strconv.Itoa(i)+"]", "there is no %q; without a collection, parameters are named as gfs-0p25.t2m", ogc.Clip(name))
			}
			list = append(list, l)
		}
		return list, nil
	}
	of, err := ogc.FindCollection(q.catalogue, id)
	if err != nil {
		return nil, wrong("inputs.collection", "%v", err)
	}
	strict := len(names) > 0
	if !strict {
		if names = usual; !of.Whole || names == nil {
			return of.Layers, nil
		}
	}
	for i, name := range names {
		k := slices.IndexFunc(of.Layers, func(l *layers.Layer) bool { return name == l.Name || name == ownName(l) })
		switch {
		case k < 0 && strict:
			return nil, wrong("inputs.parameters["+strconv.Itoa(i)+"]", "%s has no parameter %q", of.ID, ogc.Clip(name))
		case k >= 0 && !slices.Contains(list, of.Layers[k]):
			list = append(list, of.Layers[k])
		}
	}
	return list, nil
}

// ownName is a layer's name within its model.
func ownName(l *layers.Layer) string { return strings.TrimPrefix(l.Name, l.Model.ID+".") }

// columns reads levels, members and units, and makes a column of each layer at each of them. all: every level if none is named.
func (q *question) columns(list []*layers.Layer, bearings, all bool) (columns []column, err error) {
	levels, err := q.axis("levels")
	if err != nil {
		return nil, err
	}
	members, err := q.axis("members")
	if err != nil {
		return nil, err
	}
	unit, err := q.units()
	if err != nil {
		return nil, err
	}
	models := map[string]bool{}
	for _, l := range list {
		models[l.Model.ID] = true
	}
	converted := false
	for _, l := range list {
		name := ownName(l)
		if len(models) > 1 {
			name = l.Name
		}
		of, given := unit(l)
		converted = converted || given
		these, err := levelsOf(l, levels, all || q.has("levels"))
		if err != nil {
			return nil, err
		}
		those, err := membersOf(l, members, q.has("members"))
		if err != nil {
			return nil, err
		}
		for _, level := range these {
			for _, member := range those {
				c := column{probe.Column{Layer: l, Level: level, Member: member, Unit: of}, name}
				if level != nil {
					c.name += "-" + ogc.Number(*level)
				}
				if member != nil {
					c.name += "-m" + strconv.Itoa(*member)
				}
				columns = append(columns, c)
				if bearings && l.Element.Unit == "deg" {
					c.Relative, c.name = true, c.name+"-relative"
					columns = append(columns, c)
				}
			}
		}
	}
	if q.has("units") && !converted {
		return nil, wrong("inputs.units", "none of the parameters can be given in it")
	}
	return columns, nil
}

// levelsOf are the levels of a layer that are wanted; one that is nil is its default. Those that are listed are asked for as they are; of an
// interval, or a repeating one, those that there are: one at least.
func levelsOf(l *layers.Layer, wanted *api.Numbers, named bool) (list []*float64, err error) {
	if _, ok := ogc.LevelUnit(l); !ok || !named {
		return []*float64{nil}, nil
	}
	if wanted != nil && wanted.List != nil && !wanted.Repeated {
		for i := range wanted.List {
			list = append(list, &wanted.List[i])
		}
		return list, nil
	}
	for _, level := range l.Levels {
		if at := l.Elevation(level); wanted.Has(at) {
			list = append(list, &at)
		}
	}
	if len(list) == 0 {
		return nil, wrong("inputs.levels", "%s has none of them", l.Name)
	}
	return list, nil
}

// membersOf are the members of a layer that are wanted, as levelsOf.
func membersOf(l *layers.Layer, wanted *api.Numbers, named bool) (list []*int, err error) {
	if len(l.Members) < 2 || !named {
		return []*int{nil}, nil
	}
	if wanted != nil && wanted.List != nil && !wanted.Repeated {
		for _, v := range wanted.List {
			m := int(v)
			list = append(list, &m)
		}
		return list, nil
	}
	for i, m := range l.Members {
		if wanted.Has(float64(m)) {
			list = append(list, &l.Members[i])
		}
	}
	if len(list) == 0 {
		return nil, wrong("inputs.members", "%s has none of them", l.Name)
	}
	return list, nil
}

// units reads units: one for all that it can measure, or an object of parameters' own.
func (q *question) units() (of func(*layers.Layer) (unit string, ok bool), err error) {
	raw, ok := q.inputs["units"]
	if !ok {
		return func(*layers.Layer) (string, bool) { return "", false }, nil
	}
	if raw[0] != '{' {
		unit, err := q.text("units")
		return func(l *layers.Layer) (string, bool) { return convertible(l, unit) }, err
	}
	own := map[string]string{}
	if json.Unmarshal(raw, &own) != nil {
		return nil, wrong("inputs.units", "a unit, or an object of parameters and units, is wanted")
	}
	return func(l *layers.Layer) (string, bool) {
		unit, ok := own[ownName(l)]
		if !ok {
			unit, ok = own[l.Name]
		}
		return unit, ok
	}, nil
}

// convertible is a unit if a layer's values can be given in it.
func convertible(l *layers.Layer, unit string) (string, bool) {
	for _, u := range []string{unit, elements.ReadUnit(unit)} {
		if _, ok := elements.Convert(l.Element.Unit, u); ok && u != "" {
			return u, true
		}
	}
	return "", false
}

// maxTimes bounds a list of times.
const maxTimes = 1000

// times reads datetime: an instant, an interval with "/", or a list; nothing is all times.
func (q *question) times() (t probe.Times, err error) {
	list, err := q.texts("datetime")
	if err != nil {
		return t, err
	}
	const where = "inputs.datetime"
	switch {
	case len(list) > maxTimes:
		return t, wrong(where, "%d times are given, more than %d", len(list), maxTimes)
	case len(list) > 1:
		for i, text := range list {
			choice, err := ogc.ParseTime(text, q.Now())
			if err != nil || choice.Start != choice.End {
				return t, wrong(where+"["+strconv.Itoa(i)+"]", "%q is no instant", ogc.Clip(text))
			}
			t.List = append(t.List, choice.Start)
		}
		return t, nil
	case len(list) == 0:
		return probe.Times{Interval: true}, nil
	}
	t, err = api.ReadTimes(list[0], q.Now())
	return t, told(where, err)
}

// told is a fault of the grammar as the problem of an input.
func told(where string, err error) error {
	var fault *ogc.Fault
	if errors.As(err, &fault) {
		return wrong(where, "%s", fault.Text)
	}
	return err
}

// run reads the run: a time, or "latest", the newest that one of the layers has; nil: for each time the freshest.
func (q *question) run(of []*layers.Layer) (*field.Time, error) {
	text, err := q.text("run")
	if err != nil || text == "" || text == "best" {
		return nil, err
	}
	if text == "latest" {
		newest := field.Time(math.MinInt64)
		for _, l := range of {
			newest = max(newest, l.Runs[len(l.Runs)-1])
		}
		return &newest, nil
	}
	choice, err := ogc.ParseTime(text, q.Now())
	if err != nil || choice.Start != choice.End {
		return nil, wrong("inputs.run", "%q is no run; it is the time that a forecast began, or latest", ogc.Clip(text))
	}
	if !slices.ContainsFunc(of, func(l *layers.Layer) bool { return slices.Contains(l.Runs, choice.Start) }) {
		return nil, wrong("inputs.run", "there is no run of %s", choice.Start)
	}
	return &choice.Start, nil
}

// ways reads how values between cells and times are made.
func (q *question) ways() (space probe.Space, linear bool, err error) {
	word, err := q.choice("interpolation", "nearest", "bilinear")
	if err != nil {
		return space, false, err
	}
	switch word {
	case "nearest":
		space = probe.Nearest
	case "bilinear":
		space = probe.Bilinear
	}
	word, err = q.choice("interpolationTime", "none", "linear")
	return space, word == "linear", err
}

// asked is a question about values at places.
type asked struct {
	places  places
	columns []column
	probe.Request
}

// ask reads what all processes of values at places are told. usual and all are as of layers and columns.
func (q *question) ask(p places, usual []string, all bool) (a asked, err error) {
	of, err := q.layers(usual)
	if err != nil {
		return a, err
	}
	a.places, a.At, a.Told = p, p.at, true
	if a.Bearings, err = q.bearings(p); err != nil {
		return a, err
	}
	if a.columns, err = q.columns(of, a.Bearings != nil, all); err != nil {
		return a, err
	}
	for _, c := range a.columns {
		a.Columns = append(a.Columns, c.Column)
	}
	if a.Times, err = q.times(); err != nil {
		return a, err
	}
	if a.Run, err = q.run(of); err != nil {
		return a, err
	}
	a.Space, a.Linear, err = q.ways()
	return a, err
}

// check says what is wrong with a question, and whether it is too large, before anything is read.
func (q *question) check(a *asked) error {
	limits := q.Probes.Limits()
	if len(a.Columns) > limits.Columns {
		return &probe.CostError{Parameter: "columns", Cost: probe.Cost{Places: len(a.At), Columns: len(a.Columns)}, Got: int64(len(a.Columns)), Limit: int64(limits.Columns)}
	}
	cost, err := probe.Predict(q.Now(), a.Request)
	if err != nil {
		return err
	}
	if cost.Values > limits.Values {
		return &probe.CostError{Parameter: "values", Cost: cost, Got: cost.Values, Limit: limits.Values}
	}
	return nil
}
