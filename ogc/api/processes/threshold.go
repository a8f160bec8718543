package processes

import (
	"context"
	"io"

	"isobar/feature"
	"isobar/ogc"
	"isobar/probe"
)

// threshold tells when an expression is true.
func threshold() *process {
	return &process{
		id: "threshold", title: "When a condition is true", keywords: []string{"threshold", "condition", "alert"},
		description: "The times during which an expression of a model's elements is true at places: ws10 > 15, or (t2m < 273.15) * (tp > 0). Values are in SI.",
		inputs: []input{
			features, coords, {name: "collection", title: "Model", description: "gfs-0p25", schema: text, required: true},
			{name: "when", title: "Condition", description: "ws10 > 15; of several, all: (ws10 > 15) * (t2m < 273.15)", schema: text, required: true},
			datetime, run, interpolation,
			{name: "interpolationTime", title: "Between times", description: "linear: a condition of instants turns where the difference of its sides, taken as linear, is zero", schema: words("none", "none", "linear")},
		},
		outputs: []output{{name: "result", title: "The places with their times", types: []string{typeGeoJSON}}},
		prepare: prepareThreshold,
	}
}

func prepareThreshold(ctx context.Context, q *question) (work, error) {
	p, err := q.places(ctx)
	if err != nil {
		return nil, err
	}
	when, err := q.text("when")
	if err != nil {
		return nil, err
	}
	condition, err := probe.ParseCondition(when)
	if err != nil {
		return nil, err
	}
	id, err := q.text("collection")
	if err != nil {
		return nil, err
	}
	of, err := ogc.FindCollection(q.catalogue, id)
	if err != nil {
		return nil, err
	}
	r := probe.ThresholdRequest{Condition: condition, Model: of.Model.ID, At: p.at}
	if _, err := condition.Columns(q.catalogue, r.Model, nil); err != nil {
		return nil, wrong("inputs.when", "%v", err)
	}
	if r.Times, err = q.times(); err != nil {
		return nil, err
	}
	if r.Run, err = q.run(of.Layers); err != nil {
		return nil, err
	}
	if r.Space, r.Linear, err = q.ways(); err != nil {
		return nil, err
	}
	return func(ctx context.Context, progress func(int, string)) ([]result, error) {
		progress(0, "reading")
		t, err := q.Probes.Threshold(ctx, q.catalogue, q.Now(), r)
		if err != nil {
			return nil, err
		}
		return []result{{output: "result", mediaType: typeGeoJSON, write: func(to io.Writer) error { return truths(to, when, p, t) }}}, nil
	}, nil
}

// truths writes places with the times that the condition is true at.
func truths(to io.Writer, when string, p places, t probe.Truths) error {
	times := make([]any, len(t.Times))
	for i, at := range t.Times {
		times[i] = at
	}
	w := feature.NewWriter(to, feature.Form{}, feature.Property{Name: "when", Value: when}, feature.Property{Name: "forecastTime", Value: times})
	for i := range p.features {
		f, truth := p.features[i], &t.Places[i]
		intervals := make([]any, len(truth.Intervals))
		for k, while := range truth.Intervals {
			intervals[k] = []any{while.Start, while.End}
		}
		f.Properties = append(append([]feature.Property(nil), f.Properties...),
			feature.Property{Name: "true", Value: truth.True > 0}, feature.Property{Name: "intervals", Value: intervals}, feature.Property{Name: "seconds", Value: int64(truth.Total)},
			feature.Property{Name: "timesTrue", Value: int64(truth.True)}, feature.Property{Name: "timesKnown", Value: int64(truth.Known)})
		if len(truth.Intervals) > 0 {
			f.Time = &feature.Interval{Start: truth.Intervals[0].Start, End: truth.Intervals[len(truth.Intervals)-1].End}
		}
		if err := w.Write(&f); err != nil {
			return err
		}
	}
	return w.Close()
}
