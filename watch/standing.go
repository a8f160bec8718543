package watch

import (
	"context"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/field"
)

// AlertsID is the identity of the alerts' collection.
const AlertsID = "alerts"

var _ feature.Collection = (*Alerts)(nil)

// About implements feature.Collection.
func (s *Alerts) About(ctx context.Context) (feature.About, error) {
	c, err := s.collection(ctx)
	if err != nil {
		return feature.About{}, err
	}
	return c.About(ctx)
}

// Query implements feature.Collection: each alert is a feature where it looks, with how it stands.
func (s *Alerts) Query(ctx context.Context, q feature.Query) (feature.Page, error) {
	c, err := s.collection(ctx)
	if err != nil {
		return feature.Page{}, err
	}
	return c.Query(ctx, q)
}

// Feature implements feature.Collection.
func (s *Alerts) Feature(ctx context.Context, id string) (feature.Feature, error) {
	a, err := s.get(ctx, id)
	if err != nil {
		return feature.Feature{}, err
	}
	return s.feature(ctx, a)
}

// collection is all alerts as they are now.
func (s *Alerts) collection(ctx context.Context) (*feature.Static, error) {
	all, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]feature.Feature, 0, len(all))
	for _, a := range all {
		f, err := s.feature(ctx, a)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	about := feature.About{
		ID: AlertsID, Title: "Alerts", Description: "Standing conditions, looked at when data arrive.",
		Queryables: []feature.Queryable{
			{Name: "title", Type: "string"}, {Name: "owner", Type: "string"}, {Name: "expression", Type: "string"},
			{Name: "active", Title: "Is the condition true?", Type: "boolean"}, {Name: "since", Type: "date-time"},
			{Name: "checked", Type: "date-time"}, {Name: "fired", Title: "How often it fired", Type: "integer"},
			{Name: "firstTime", Title: "When the condition is first true", Type: "date-time"}, {Name: "firstPlace", Type: "string"},
			{Name: "extreme", Title: "Extreme of what the condition bounds", Type: "number"}, {Name: "extremeTime", Type: "date-time"},
		},
	}
	return feature.NewStatic(about, list)
}

// feature is an alert where it looks. Who is told stays unsaid.
func (s *Alerts) feature(ctx context.Context, a *alert) (feature.Feature, error) {
	st, err := s.state(ctx, a)
	if err != nil {
		return feature.Feature{}, err
	}
	props := []feature.Property{
		{Name: "title", Value: a.Title}, {Name: "description", Value: a.Description}, {Name: "owner", Value: a.Owner},
		{Name: "expression", Value: a.Expression}, {Name: "model", Value: a.Model}, {Name: "active", Value: st.Active},
		{Name: "fired", Value: int64(st.Fired)},
	}
	add := func(name string, value any) { props = append(props, feature.Property{Name: name, Value: value}) }
	if !st.Since.IsZero() {
		add("since", field.At(st.Since))
	}
	if !st.Checked.IsZero() {
		add("checked", field.At(st.Checked))
	}
	if st.Trouble != "" {
		add("trouble", st.Trouble)
	}
	for _, seen := range []struct {
		name string
		*Sighting
	}{{"first", st.First}, {"extreme", st.Extreme}} {
		if seen.Sighting == nil {
			continue
		}
		add(seen.name+"Time", seen.Time)
		add(seen.name+"Place", seen.Place)
		if seen.Value != nil {
			add(seen.name, float32(*seen.Value))
		}
	}
	f := feature.Feature{ID: a.ID, Geometry: a.Area, Properties: props}
	if a.Area == nil {
		points := make(geom.MultiPoint, len(a.at))
		for i, p := range a.at {
			points[i] = [2]float64{p.Lon, p.Lat}
		}
		f.Geometry = points
		if len(points) == 1 {
			f.Geometry = geom.Point(points[0])
		}
	}
	return f, nil
}
