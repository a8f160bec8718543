package processes

import (
	"context"
	"errors"
	"time"

	"isobar/feature"
	"isobar/ogc/api"
	"isobar/places/kept"
)

// Schemas of inputs that several processes have.
var (
	text    = map[string]any{"type": "string"}
	texts   = map[string]any{"oneOf": []any{text, map[string]any{"type": "array", "items": text}}}
	numbers = map[string]any{"oneOf": []any{map[string]any{"type": "number"}, text, map[string]any{"type": "array", "items": map[string]any{"type": "number"}}}}
	truth   = map[string]any{"type": "boolean", "default": false}
)

// words is the schema of a choice.
func words(usual string, all ...any) map[string]any {
	s := map[string]any{"type": "string", "enum": all}
	if usual != "" {
		s["default"] = usual
	}
	return s
}

// Inputs that several processes have.
var (
	features = input{name: "features", title: "Places", description: "A GeoJSON FeatureCollection of points, or a collection of this server: its identity, or {\"href\": \".../collections/airports/items?bbox=...\"}",
		schema: map[string]any{"oneOf": []any{map[string]any{"type": "object", "format": "geojson-feature-collection"}, text}}}
	coords = input{name: "coords", title: "Places as well-known text", description: "Instead of features: POINT, MULTIPOINT or LINESTRING", schema: text}

	collection = input{name: "collection", title: "Model or layer", description: "gfs-0p25, or gfs-0p25.t2m", schema: text}
	parameters = input{name: "parameters", title: "Elements", description: "As a list or with commas; all of the collection if left out", schema: texts, most: 200}
	run        = input{name: "run", title: "Run", description: "When the forecast began, or latest; for each time the freshest if left out", schema: text}
	datetime   = input{name: "datetime", title: "Times", description: "An instant, an interval start/end (.. is an open end), start/end/PT3H, R5/start/PT3H, or a list; all times if left out", schema: texts, most: maxTimes}
	levels     = input{name: "levels", title: "Levels", description: "In Pa or m: a number, a list, min/max (.. is an open end), R5/min/step, or all; each element's usual one if left out", schema: numbers, most: 1000}
	members    = input{name: "members", title: "Members of an ensemble", description: "A number, a list, min/max, or all; the first if left out", schema: numbers, most: 1000}
	units      = input{name: "units", title: "Units", description: "One unit, or an object of elements' units: {\"t2m\": \"degC\"}", schema: map[string]any{"oneOf": []any{text, map[string]any{"type": "object"}}}}

	interpolation     = input{name: "interpolation", title: "Between cells", description: "As is usual for the element if left out", schema: words("", "nearest", "bilinear")}
	interpolationTime = input{name: "interpolationTime", title: "Between times", description: "linear: a value at a time between two is made of both", schema: words("none", "none", "linear")}
	bearingProperty   = input{name: "bearingProperty", title: "Property of a bearing", description: "A feature's property in degrees from north; directions are given relative to it, too", schema: text}
)

// columnsOf are the inputs of what is asked at places.
func columnsOf(more ...input) []input {
	return append([]input{features, coords, collection, parameters, datetime, run, levels, members, units, interpolation, interpolationTime}, more...)
}

// probeProcess gives values at many places.
func probeProcess() *process {
	return &process{
		id: "probe", title: "Values at places", keywords: []string{"probe", "values", "points"},
		description: "Values of a forecast's elements at places and times, as features with the values (one for each place, with lists; or one for each place and time), as CoverageJSON or as CSV. Thousands of places are fine.",
		inputs: columnsOf(bearingProperty,
			input{name: "shape", title: "Shape of features", description: "arrays: one for each place, values as lists; compact: the same, with the times once for all; single: one for each place and time. Left out: single for one time, and of what is kept if that is not too many features", schema: words("", arrays, compact, single)},
			input{name: "store", title: "Keep the result", description: "As a collection of features; the answer is where it is. For those who may write", schema: truth},
			input{name: "title", title: "Title of what is kept", schema: text},
			input{name: "keep", title: "How long it is kept, in hours", schema: map[string]any{"type": "number", "minimum": leastKept, "maximum": mostKept, "default": usualKept}},
		),
		outputs: []output{{name: "result", title: "Values", types: []string{typeGeoJSON, typeCoverage, typeCSV}}},
		prepare: prepareProbe,
	}
}

// How long results are kept, in hours.
const (
	leastKept, usualKept, mostKept = 0.1, 24, 24 * 366
)

func prepareProbe(ctx context.Context, q *question) (work, error) {
	p, err := q.places(ctx)
	if err != nil {
		return nil, err
	}
	a, err := q.ask(p, nil, false)
	if err != nil {
		return nil, err
	}
	shape, err := q.choice("shape", arrays, compact, single)
	if err != nil {
		return nil, err
	}
	title, err := q.text("title")
	if err != nil {
		return nil, err
	}
	keep, err := q.number("keep", usualKept, leastKept, mostKept)
	if err != nil {
		return nil, err
	}
	if _, err := q.truth("store"); err != nil {
		return nil, err
	}
	if err := q.check(&a); err != nil {
		return nil, err
	}
	return func(ctx context.Context, progress func(int, string)) ([]result, error) {
		v, err := q.values(ctx, a, shape, progress)
		if err != nil {
			return nil, err
		}
		if q.keep != "" {
			r, err := q.store(ctx, v, title, time.Duration(keep*float64(time.Hour)))
			return []result{r}, err
		}
		return []result{v.result(q.format)}, nil
	}, nil
}

// values reads what is asked.
func (q *question) values(ctx context.Context, a asked, shape string, progress func(int, string)) (*answer, error) {
	progress(0, "reading")
	r, err := q.Probes.Probe(ctx, q.catalogue, q.Now(), a.Request)
	if err != nil {
		return nil, err
	}
	progress(70, "writing")
	v := &answer{asked: a, Result: r, shape: shape}
	if shape == "" {
		v.shape = arrays
		one := !a.Times.Interval && len(v.times()) == 1
		// What is kept is asked by value and time, which lists do not allow.
		if one || q.keep != "" && len(v.At)*len(v.times()) <= kept.MaxFeatures {
			v.shape = single
		}
	}
	return v, nil
}

// store keeps values as a collection of features. A job that is begun anew puts its own in place of what it left.
func (q *question) store(ctx context.Context, v *answer, title string, life time.Duration) (r result, err error) {
	if n := v.count(); n > kept.MaxFeatures {
		return r, wrong("inputs.shape", "%d features are too many to be kept: no more than %d are", n, kept.MaxFeatures)
	}
	all := make([]feature.Feature, 0, v.count())
	for f := range v.features() {
		all = append(all, *f)
	}
	if title == "" {
		title = "Values at " + v.identity(0)
		if len(v.At) > 1 {
			title += " and other places"
		}
	}
	about := feature.About{ID: q.keep, Title: title, Description: "Values that a probe gave"}
	expires := q.Now().Add(life)
	err = q.Kept.Create(ctx, about, all, expires)
	if errors.Is(err, feature.ErrExists) {
		if err = q.Kept.Drop(ctx, q.keep); err == nil {
			err = q.Kept.Create(ctx, about, all, expires)
		}
	}
	if err != nil {
		return r, err
	}
	at := api.CollectionURL(q.base, q.keep)
	return value("result", map[string]any{
		"href": at + "/items", "rel": "items", "type": typeGeoJSON, "title": title, "collection": q.keep, "numberMatched": len(all), "expires": expires.UTC().Format(time.RFC3339),
	}), nil
}
