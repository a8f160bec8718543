package features

import (
	"context"
	"errors"
	"strings"

	"isobar/feature"
	"isobar/field"
	"isobar/layers"
	"isobar/ogc/api"
)

// crs84URI is CRS84 on the web.
const crs84URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// list describes all collections, each identity once.
func (s *service) list(ctx context.Context, base string) ([]api.CollectionInfo, error) {
	seen, all := map[string]bool{}, []api.CollectionInfo{}
	for _, catalogue := range s.catalogues {
		collections, err := catalogue.Collections(ctx)
		if err != nil {
			return nil, err
		}
		for _, c := range collections {
			about, err := c.About(ctx)
			if errors.Is(err, feature.ErrNotFound) { // gone since
				continue
			}
			if err != nil {
				return nil, err
			}
			if !seen[about.ID] {
				seen[about.ID] = true
				all = append(all, describe(base, about))
			}
		}
	}
	return all, nil
}

func (s *service) describeOne(ctx context.Context, base, id string) (info api.CollectionInfo, ok bool, err error) {
	found, err := s.find(ctx, id)
	if errors.Is(err, layers.ErrUnknownLayer) {
		return info, false, nil
	}
	if err != nil {
		return info, false, err
	}
	about, err := found.About(ctx)
	if err != nil {
		return info, false, explain(err)
	}
	return describe(base, about), true, nil
}

// describe is a collection of features as the standards have it (OGC 17-069r4 7.14, 18-058r1 6.2).
func describe(base string, a feature.About) api.CollectionInfo {
	url := api.CollectionURL(base, a.ID)
	info := api.CollectionInfo{
		ID: a.ID, Title: a.Title, Description: a.Description, Attribution: a.Attribution, ItemType: "feature", DataType: "vector", StorageCRS: crs84URI,
		Extent: api.Extent{Spatial: api.Spatial{CRS: crs84URI, Box: [][4]float64{a.Extent}}},
	}
	if info.Title == "" {
		info.Title = a.ID
	}
	for _, ref := range systems(a) {
		info.CRS = append(info.CRS, api.URI(ref))
	}
	if a.Time != nil {
		info.Extent.Temporal = &api.Temporal{Interval: [][2]string{{moment(a.Time.Start), moment(a.Time.End)}}, TRS: "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}
	}
	info.Links = []api.Link{
		{Href: url + "/items", Rel: "items", Type: typeGeoJSON, Title: "Features as GeoJSON"},
		{Href: url + "/items?f=html", Rel: "items", Type: api.TypeHTML, Title: "Features for people"},
		{Href: url + "/items?f=csv", Rel: "items", Type: typeCSV, Title: "Features as CSV"},
		{Href: url + "/queryables", Rel: relQueryables, Type: typeSchema, Title: "Properties that filters may name"},
		{Href: url + "/schema", Rel: relSchema, Type: typeSchema, Title: "What features hold"},
		{Href: url + "/sortables", Rel: relSortables, Type: typeSchema, Title: "Properties to sort by"},
	}
	if strings.HasPrefix(a.License, "http") {
		info.Links = append(info.Links, api.Link{Href: a.License, Rel: "license", Type: api.TypeHTML, Title: "Licence"})
	} else if a.License != "" {
		info.Add("license", a.License)
	}
	return info
}

// moment is an end of an interval; an open one is two points.
func moment(t field.Time) string {
	if t == feature.Earliest || t == feature.Latest {
		return ".."
	}
	return t.String()
}

// queryables answers what filters may name (OGC 19-079r2 6.2).
func (s *service) queryables(c *api.Call) error {
	return s.properties(c, "/queryables", "Queryables of ", true)
}

// sortables answers what sortby may name.
func (s *service) sortables(c *api.Call) error {
	return s.properties(c, "/sortables", "Sortables of ", false)
}

// schema answers what features hold (OGC API Features Part 5).
func (s *service) schema(c *api.Call) error { return s.properties(c, "/schema", "Schema of ", true) }

func (s *service) properties(c *api.Call, path, title string, geometry bool) error {
	_, about, err := s.opened(c)
	if err != nil {
		return err
	}
	fields := map[string]any{}
	for i, q := range about.Queryables {
		fields[q.Name] = property(q, i+1)
	}
	if geometry {
		fields[cql2Geometry] = map[string]any{"format": "geometry-any", "x-ogc-role": "primary-geometry"}
	}
	doc := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": api.CollectionURL(c.Base, about.ID) + path, "type": "object",
		"title": title + about.Title, "properties": fields, "additionalProperties": false,
	}
	mediaType, err := c.Choose([]string{typeSchema, api.TypeJSON, api.TypeHTML}, map[string]string{"json": typeSchema, "html": api.TypeHTML, "schema+json": typeSchema})
	if err != nil {
		return err
	}
	if mediaType == api.TypeHTML {
		return c.Document(title+about.Title, doc)
	}
	return c.JSON(mediaType, doc)
}

func property(q feature.Queryable, place int) map[string]any {
	p := map[string]any{"type": q.Type, "x-ogc-propertySeq": place}
	if q.Type == "date-time" || q.Type == "date" {
		p["type"], p["format"] = "string", q.Type
	}
	if q.Type == "" {
		delete(p, "type")
	}
	if q.Title != "" {
		p["title"] = q.Title
	}
	if q.Unit != "" {
		p["x-ogc-unit"], p["x-ogc-unitLang"] = q.Unit, "UCUM"
	}
	return p
}
