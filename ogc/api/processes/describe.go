package processes

import (
	"net/url"
	"strconv"

	"isobar/ogc/api"
)

// version is that of the processes' inputs and outputs.
const version = "1.0.0"

// summary is a process in a list (processSummary.yaml).
func (d *door) summary(base string, p *process) map[string]any {
	controls, transmission := []string{"sync-execute"}, []string{byValue}
	if d.jobs != nil {
		controls, transmission = append(controls, "async-execute", "dismiss"), append(transmission, byReference)
	}
	at := base + "/processes/" + url.PathEscape(p.id)
	return map[string]any{
		"id": p.id, "title": p.title, "description": p.description, "version": version, "keywords": p.keywords,
		"jobControlOptions": controls, "outputTransmission": transmission,
		"links": []api.Link{
			{Href: at, Rel: "self", Type: api.TypeJSON, Title: "This process"}, {Href: at + "?f=html", Rel: "alternate", Type: api.TypeHTML, Title: "This process for people"},
			{Href: at + "/execution", Rel: relation + "execute", Type: api.TypeJSON, Title: "Do this process"},
		},
	}
}

// description is a process whole (process.yaml).
func (d *door) description(base string, p *process) map[string]any {
	doc := d.summary(base, p)
	inputs, outputs := map[string]any{}, map[string]any{}
	for _, in := range p.inputs {
		least, most := 0, max(in.most, 1)
		if in.required {
			least = 1
		}
		one := map[string]any{"title": in.title, "schema": in.schema, "minOccurs": least, "maxOccurs": most}
		if in.description != "" {
			one["description"] = in.description
		}
		inputs[in.name] = one
	}
	for _, out := range p.outputs {
		one := map[string]any{"title": out.title, "schema": out.described()}
		if out.description != "" {
			one["description"] = out.description
		}
		outputs[out.name] = one
	}
	doc["inputs"], doc["outputs"] = inputs, outputs
	return doc
}

// described is an output's schema: one of those of its media types.
func (o *output) described() map[string]any {
	if len(o.types) == 0 {
		return o.schema
	}
	var all []any
	for _, t := range o.types {
		one := map[string]any{"type": "string", "contentMediaType": t}
		if isJSON(t) {
			one["type"] = "object"
		}
		if t == typePNG {
			one["contentEncoding"] = "binary"
		}
		all = append(all, one)
	}
	if len(all) == 1 {
		return all[0].(map[string]any)
	}
	return map[string]any{"oneOf": all}
}

// processes answers the list (OGC 18-062r2 7.8).
func (d *door) processes(c *api.Call) error {
	limit, offset, err := paging(c)
	if err != nil {
		return err
	}
	var some []any
	for i := offset; i < len(d.all) && len(some) < limit; i++ {
		some = append(some, d.summary(c.Base, d.all[i]))
	}
	if some == nil {
		some = []any{}
	}
	return c.Document("Processes", map[string]any{"processes": some, "links": pageLinks(c, "/processes", limit, offset, len(d.all))})
}

// process answers what a process is (OGC 18-062r2 7.9).
func (d *door) process(c *api.Call) error {
	p, ok := d.find(c.Path("processId"))
	if !ok {
		return d.refuse(c, noProcess(c.Path("processId")))
	}
	return c.Document(p.title, d.description(c.Base, p))
}

// paging reads which part of a list is wanted.
func paging(c *api.Call) (limit, offset int, err error) {
	if limit, err = c.Query.Whole("limit", usualPage, 1, 1<<31-1); err != nil {
		return 0, 0, err
	}
	offset, err = c.Query.Whole("offset", 0, 0, 1<<31-1)
	return min(limit, maxPage), offset, err
}

// pageLinks lead to a page itself, its other form, and the pages beside it.
func pageLinks(c *api.Call, path string, limit, offset, matched int) []api.Link {
	links := c.Self(path)
	at := func(offset int) string {
		query := url.Values{}
		for name, values := range c.Query {
			query[queryNames(name)] = values
		}
		query.Set("limit", strconv.Itoa(limit))
		query.Set("offset", strconv.Itoa(offset))
		return c.Base + path + "?" + query.Encode()
	}
	if offset+limit < matched {
		links = append(links, api.Link{Href: at(offset + limit), Rel: "next", Type: api.TypeJSON, Title: "The next page"})
	}
	if offset > 0 {
		links = append(links, api.Link{Href: at(max(offset-limit, 0)), Rel: "prev", Type: api.TypeJSON, Title: "The page before"})
	}
	return links
}

// queryNames spells a parameter, whose name was folded, as the standard does.
func queryNames(folded string) string {
	switch folded {
	case "processid":
		return "processID"
	case "minduration":
		return "minDuration"
	case "maxduration":
		return "maxDuration"
	}
	return folded
}
