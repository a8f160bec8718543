package features

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-spatial/geom"

	"isobar/feature"
	"isobar/feature/wkt"
	"isobar/ogc"
	"isobar/ogc/api"
)

// names are the properties of a page: those asked for, else the collection's, then those that its features have besides.
func (a asked) names(about feature.About, page feature.Page) (all []string) {
	if a.properties != nil {
		return a.properties
	}
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			all = append(all, name)
		}
	}
	for _, q := range about.Queryables {
		add(q.Name)
	}
	for i := range page.Features {
		for _, p := range page.Features[i].Properties {
			add(p.Name)
		}
	}
	return all
}

// plain is a value as text: nothing for null, no quotes around texts.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return strings.Trim(string(feature.AppendValue(nil, v)), `"`)
}

// sendCSV writes features as CSV (RFC 4180): identity, time, position, properties. Points have two columns in the order of the system's axes;
// if a geometry is no point, all are well-known text.
func sendCSV(c *api.Call, about feature.About, a asked, page feature.Page) error {
	names := a.names(about, page)
	points := !slices.ContainsFunc(page.Features, func(f feature.Feature) bool {
		_, point := f.Geometry.(geom.Point)
		return f.Geometry != nil && !point
	})
	times := slices.ContainsFunc(page.Features, func(f feature.Feature) bool { return f.Time != nil })
	head := []string{"id"}
	if times {
		head = append(head, "start", "end")
	}
	switch {
	case a.noGeometry:
	case !points:
		head = append(head, "geometry")
	case a.ref.Degrees && a.ref.NorthFirst:
		head = append(head, "lat", "lon")
	case a.ref.Degrees:
		head = append(head, "lon", "lat")
	case a.ref.NorthFirst:
		head = append(head, "y", "x")
	default:
		head = append(head, "x", "y")
	}
	c.Header().Set("Content-Type", typeCSV+"; charset=utf-8; header=present")
	w := csv.NewWriter(c.ResponseWriter)
	w.UseCRLF = true
	_ = w.Write(append(head, names...)) // an error means that the client has left
	for i := range page.Features {
		f := &page.Features[i]
		line := []string{f.ID}
		if times {
			line = append(line, ends(f.Time)...)
		}
		if !a.noGeometry {
			line = append(line, where(a.geometry(f.Geometry), points, digits(a.ref))...)
		}
		for _, name := range names {
			v, _ := f.Property(name)
			line = append(line, plain(v))
		}
		_ = w.Write(line)
	}
	w.Flush()
	return nil
}

// ends are the columns of a time; an open end is empty.
func ends(t *feature.Interval) []string {
	if t == nil {
		return []string{"", ""}
	}
	return []string{strings.Trim(moment(t.Start), "."), strings.Trim(moment(t.End), ".")}
}

// where are the columns of a position.
func where(g geom.Geometry, points bool, digits int) []string {
	if !points {
		return []string{string(wkt.Append(nil, g))}
	}
	p, ok := g.(geom.Point)
	if !ok {
		return []string{"", ""}
	}
	if digits == 0 {
		digits = -1
	}
	return []string{strconv.FormatFloat(p[0], 'f', digits, 64), strconv.FormatFloat(p[1], 'f', digits, 64)}
}

// sendTable writes a page for people.
func sendTable(c *api.Call, about feature.About, a asked, links []api.Link, page feature.Page) error {
	names := a.names(about, page)
	t := api.Table{Head: append([]string{"id", "where"}, names...), Note: fmt.Sprintf("%d features", len(page.Features))}
	if page.Matched >= 0 && len(page.Features) > 0 {
		t.Note = fmt.Sprintf("Features %d to %d of %d", a.query.Offset+1, a.query.Offset+len(page.Features), page.Matched)
	}
	for i := range page.Features {
		f := &page.Features[i]
		row := []api.Cell{{Text: f.ID, Link: itemURL(c.Base, about.ID, f.ID) + "?f=html"}, {Text: short(a.geometry(f.Geometry))}}
		for _, name := range names {
			v, _ := f.Property(name)
			row = append(row, api.Cell{Text: plain(v)})
		}
		t.Rows = append(t.Rows, row)
	}
	return sendPage(c, about.Title, links, t)
}

// sendFeature writes one feature for people.
func sendFeature(c *api.Call, about feature.About, f *feature.Feature, links []api.Link) error {
	t := api.Table{Note: "A feature of " + about.Title, Head: []string{"property", "value"}, Rows: [][]api.Cell{{{Text: "geometry"}, {Text: string(wkt.Append(nil, f.Geometry))}}}}
	if f.Time != nil {
		t.Rows = append(t.Rows, []api.Cell{{Text: "time"}, {Text: strings.Join(ends(f.Time), " / ")}})
	}
	for _, p := range f.Properties {
		t.Rows = append(t.Rows, []api.Cell{{Text: p.Name}, {Text: plain(p.Value)}})
	}
	return sendPage(c, f.ID, links, t)
}

func sendPage(c *api.Call, title string, links []api.Link, t api.Table) error {
	body, err := c.Page(title, links, t)
	if err != nil {
		return err
	}
	ogc.Plain(c.ResponseWriter, api.TypeHTML+"; charset=utf-8", body)
	return nil
}

// short is a geometry in a table's cell.
func short(g geom.Geometry) string {
	const longest = 60
	text := string(wkt.Append(nil, g))
	if len(text) > longest {
		text = text[:longest] + "..."
	}
	return text
}
