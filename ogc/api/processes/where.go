package processes

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/feature/wkt"
	"isobar/geo"
	"isobar/ogc"
)

// places are where values are wanted, and what is known of each.
type places struct {
	features []feature.Feature
	at       []geo.LonLat
}

// places reads the inputs features and coords, of which one must be given. A feature's geometry is a point.
func (q *question) places(ctx context.Context) (p places, err error) {
	name := "features"
	switch {
	case q.has("features") && q.has("coords"):
		return p, wrong("inputs.coords", "features are given already")
	case q.has("features"):
		p.features, err = q.features(ctx, "features")
	case q.has("coords"):
		name = "coords"
		p.features, err = q.coords(name)
	default:
		return p, wrong("inputs.features", "features or coords must be given")
	}
	if err != nil {
		return p, err
	}
	if most := q.Probes.Limits().Places; len(p.features) > most {
		return p, crowded(name, len(p.features), most, "%d places are too many: no more than %d are taken at once")
	}
	p.at = make([]geo.LonLat, len(p.features))
	for i := range p.features {
		at, ok := point(p.features[i].Geometry)
		if !ok {
			where := "inputs.coords"
			if name == "features" {
				where = fmt.Sprintf("inputs.features[%d].geometry", i)
			}
			return p, wrong(where, "a place is a point within the latitudes of the Earth")
		}
		p.at[i] = at
	}
	if len(p.at) == 0 {
		return p, wrong("inputs.features", "there are none")
	}
	return p, nil
}

// crowded is the problem of more places than are taken at once.
func crowded(input string, n, most int, format string) *problem {
	return &problem{Type: "about:blank", Status: http.StatusRequestEntityTooLarge, Parameter: "inputs." + input, Detail: fmt.Sprintf(format, n, most), Cost: &cost{Places: n}, Limit: int64(most)}
}

// place reads places of which there is one.
func (q *question) place(ctx context.Context) (places, error) {
	p, err := q.places(ctx)
	if err == nil && len(p.at) != 1 {
		return p, wrong("inputs.coords", "one place is wanted, not %d", len(p.at))
	}
	return p, err
}

// point is where a point lies.
func point(g geom.Geometry) (at geo.LonLat, ok bool) {
	p, ok := feature.Flat(g).(geom.Point)
	at = geo.LonLat{Lon: p[0], Lat: p[1]}
	return at, ok && at.Lat >= -90 && at.Lat <= 90 && at.Lon-at.Lon == 0
}

// coords reads well-known text: its points, or the corners of a line.
func (q *question) coords(name string) (list []feature.Feature, err error) {
	text, err := q.text(name)
	if err != nil {
		return nil, err
	}
	g, err := wkt.Parse(text)
	if err != nil {
		return nil, wrong("inputs."+name, "%v", err)
	}
	points := [][2]float64{}
	switch g := feature.Flat(g).(type) {
	case geom.Point:
		points = append(points, g)
	case geom.MultiPoint:
		points = g
	case geom.LineString:
		points = g
	default:
		return nil, wrong("inputs."+name, "POINT, MULTIPOINT or LINESTRING is wanted")
	}
	for _, p := range points {
		list = append(list, feature.Feature{Geometry: geom.Point(p)})
	}
	return list, nil
}

// features reads GeoJSON, or what refers to a collection of ours: its identity, or {"href": ...} of it.
func (q *question) features(ctx context.Context, name string) ([]feature.Feature, error) {
	raw := q.inputs[name]
	if raw[0] == '"' {
		id, err := q.text(name)
		if err != nil {
			return nil, err
		}
		return q.referred(ctx, name, id)
	}
	const most = 4096
	if len(raw) < most {
		var link struct {
			Href string `json:"href"`
		}
		if json.Unmarshal(raw, &link) == nil && link.Href != "" {
			return q.referred(ctx, name, link.Href)
		}
	}
	list, err := feature.Read(bytes.NewReader(raw), feature.DefaultLimits)
	if err == nil {
		return list, nil
	}
	if errors.Is(err, feature.ErrTooMany) {
		return nil, crowded(name, feature.DefaultLimits.Features+1, min(q.Probes.Limits().Places, feature.DefaultLimits.Features), "%d places or more are too many: no more than %d are taken at once")
	}
	if !errors.Is(err, feature.ErrInvalid) {
		return nil, err
	}
	where, why, _ := strings.Cut(strings.TrimPrefix(err.Error(), feature.ErrInvalid.Error()+": "), ": ")
	switch {
	case strings.HasPrefix(where, "features") && name == "features":
		where = "inputs." + where
	case why == "" || strings.Contains(where, " "):
		where, why = "inputs."+name, where+" "+why
	default:
		where = "inputs." + name + "." + where
	}
	return nil, wrong(where, "%s", strings.TrimSpace(why))
}

// referred reads a collection of ours: by its identity or its address, which may choose by bbox and limit. Other servers are not asked.
func (q *question) referred(ctx context.Context, name, ref string) ([]feature.Feature, error) {
	id, query := ref, feature.Query{}
	if strings.ContainsAny(ref, "/?") {
		rest, ours := strings.CutPrefix(ref, q.base)
		if !ours && !strings.HasPrefix(ref, "/") {
			return nil, wrong("inputs."+name+".href", "only collections of this server are read: %s/collections/...", q.base)
		}
		u, err := url.Parse(rest)
		if err != nil {
			return nil, wrong("inputs."+name+".href", "%q is no address", ogc.Clip(ref))
		}
		path := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(u.Path, "/collections/"), "/"), "/items")
		if !strings.HasPrefix(u.Path, "/collections/") || strings.Contains(path, "/") {
			return nil, wrong("inputs."+name+".href", "%q is no collection of features", ogc.Clip(ref))
		}
		id = path
		if err := narrow(&query, u.Query(), "inputs."+name+".href"); err != nil {
			return nil, err
		}
	}
	for _, c := range q.Features {
		found, err := c.Collection(ctx, id)
		if errors.Is(err, feature.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		page, err := found.Query(ctx, query)
		return page.Features, err
	}
	return nil, wrong("inputs."+name, "there is no collection of features %q", ogc.Clip(id))
}

// narrow reads the query of a reference.
func narrow(q *feature.Query, given url.Values, where string) error {
	for name := range given {
		text := given.Get(name)
		switch name {
		case "bbox":
			var b [4]float64
			parts := strings.Split(text, ",")
			for i := range b {
				if len(parts) != 4 {
					return wrong(where, "bbox has 4 numbers")
				}
				v, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
				if err != nil || v-v != 0 {
					return wrong(where, "bbox: %q is no number", ogc.Clip(parts[i]))
				}
				b[i] = v
			}
			box := geo.Box(b)
			q.Box = &box
		case "limit":
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return wrong(where, "limit: %q is no number from 1 on", ogc.Clip(text))
			}
			q.Limit = n
		case "f":
		default:
			return wrong(where, "%s can't be told in a reference; bbox and limit can", ogc.Clip(name))
		}
	}
	return nil
}

// bearings are the values of a property of each place, in degrees; nil: none is named.
func (q *question) bearings(p places) ([]float64, error) {
	name, err := q.text("bearingProperty")
	if err != nil || name == "" {
		return nil, err
	}
	list := make([]float64, len(p.features))
	any := false
	for i := range p.features {
		v, _ := p.features[i].Property(name)
		switch v := v.(type) {
		case int64:
			list[i], any = float64(v), true
		case float64:
			list[i], any = v, true
		case nil:
			list[i] = nan
		default:
			return nil, wrong(fmt.Sprintf("inputs.features[%d].properties.%s", i, name), "a bearing is a number")
		}
	}
	if !any {
		return nil, wrong("inputs.bearingProperty", "no feature has a property %q", ogc.Clip(name))
	}
	return list, nil
}
