package api

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"isobar/ogc"
)

// pathParam finds the parameters of a path.
var pathParam = regexp.MustCompile(`\{(\w+)\}`)

// openAPI answers the API document: OpenAPI 3.0 as JSON, or as a page.
func (h *Handler) openAPI(c *Call) error {
	t, err := c.Choose([]string{typeOpenAPI, TypeJSON, TypeHTML}, map[string]string{"json": typeOpenAPI, "html": TypeHTML})
	if err != nil {
		return err
	}
	doc := h.describeAPI(c.Base)
	if t != TypeHTML {
		return c.JSON(t, doc)
	}
	body, err := encoded(doc)
	if err != nil {
		return err
	}
	if body, err = page("API", c.Base, doc, body); err != nil {
		return err
	}
	ogc.Document(c.ResponseWriter, c.Request, TypeHTML+"; charset=utf-8", body, documentAge)
	return nil
}

// describeAPI is the API document. It stands alone: nothing in it refers to another document.
func (h *Handler) describeAPI(base string) map[string]any {
	paths := map[string]any{}
	tags := []any{}
	seen := map[string]bool{}
	for _, p := range h.parts {
		for _, o := range p.Operations {
			if !seen[o.Tag] {
				seen[o.Tag] = true
				tags = append(tags, map[string]any{"name": o.Tag})
			}
			item, ok := paths[o.Path].(map[string]any)
			if !ok {
				item = map[string]any{}
				paths[o.Path] = item
			}
			method := "get"
			if o.Method != "" {
				method = strings.ToLower(o.Method)
			}
			described := describeOperation(o)
			if before, ok := item[method].(map[string]any); ok {
				described = both(before, described)
			}
			item[method] = described
			if shared := onPath(o); shared != nil {
				item["parameters"] = shared
			}
		}
	}
	info := map[string]any{"title": h.about.Title, "description": h.about.Abstract, "version": "1.0.0"}
	if h.about.Email != "" || h.about.Person != "" {
		contact := map[string]any{}
		if h.about.Person != "" {
			contact["name"] = h.about.Person
		}
		if h.about.Email != "" {
			contact["email"] = h.about.Email
		}
		info["contact"] = contact
	}
	return map[string]any{
		"openapi": "3.0.3", "info": info, "servers": []any{map[string]any{"url": base}}, "tags": tags, "paths": paths,
		"components": map[string]any{"responses": map[string]any{"Problem": map[string]any{
			"description": "What was wrong, naming the parameter",
			"content":     map[string]any{"application/problem+json": map[string]any{"schema": map[string]any{"type": "object"}}},
		}}},
	}
}

// describeOperation is one operation of the document.
func describeOperation(o Operation) map[string]any {
	params := []any{}
	for _, m := range pathParam.FindAllStringSubmatch(o.Path, -1) {
		params = append(params, map[string]any{"name": m[1], "in": "path", "required": true, "schema": map[string]any{"type": "string"}})
	}
	query := slices.Clip(o.Params)
	if len(o.Types) > 0 {
		query = append(query, formatParam(o))
	}
	for _, p := range query {
		if !p.OnPath && !o.Form {
			params = append(params, describeParam(p))
		}
	}
	content := map[string]any{}
	for _, t := range o.Types {
		schema := map[string]any{"type": "object"}
		if !strings.Contains(t, "json") {
			schema = map[string]any{"type": "string"}
			if strings.HasPrefix(t, "image/") {
				schema["format"] = "binary"
			}
		}
		content[t] = map[string]any{"schema": schema}
	}
	status := o.Status
	if status == 0 {
		status = http.StatusOK
	}
	answer := map[string]any{"description": http.StatusText(status)}
	if len(content) > 0 {
		answer["content"] = content
	}
	described := map[string]any{
		"operationId": o.ID, "summary": o.Summary, "tags": []any{o.Tag}, "parameters": params,
		"responses": map[string]any{
			strconv.Itoa(status): answer,
			"400":                map[string]any{"$ref": "#/components/responses/Problem"},
			"404":                map[string]any{"$ref": "#/components/responses/Problem"},
		},
	}
	if len(o.Body) > 0 {
		bodies := map[string]any{}
		for _, t := range o.Body {
			bodies[t] = map[string]any{"schema": map[string]any{"type": "object"}}
		}
		described["requestBody"] = map[string]any{"required": true, "content": bodies}
	}
	if o.Form {
		described["requestBody"] = describeForm(query)
	}
	return described
}

// describeParam is a parameter of the query.
func describeParam(p Param) map[string]any {
	return map[string]any{
		"name": p.Name, "in": "query", "required": p.Required, "description": p.Description, "style": "form", "explode": false, "schema": p.Schema,
	}
}

// onPath is the parameters that stand at an operation's path; nil: there are none.
func onPath(o Operation) (list []any) {
	for _, p := range o.Params {
		if p.OnPath && !o.Form {
			list = append(list, describeParam(p))
		}
	}
	return list
}

// describeForm is parameters as a body.
func describeForm(params []Param) map[string]any {
	properties, required := map[string]any{}, []any{}
	for _, p := range params {
		properties[p.Name] = p.Schema
		if p.Required {
			required = append(required, p.Name)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	body := map[string]any{"schema": schema}
	return map[string]any{"required": true, "content": map[string]any{TypeForm: body, TypeJSON: body}}
}

// both is an operation that several parts have: the first's, with what the second knows besides.
func both(first, second map[string]any) map[string]any {
	seen := map[string]bool{}
	params, _ := first["parameters"].([]any)
	for _, p := range params {
		seen[nameOf(p)] = true
	}
	more, _ := second["parameters"].([]any)
	for _, p := range more {
		if !seen[nameOf(p)] {
			params = append(params, p)
		}
	}
	first["parameters"] = params
	return first
}

// nameOf tells parameters apart.
func nameOf(param any) string {
	p, _ := param.(map[string]any)
	name, _ := p["name"].(string)
	in, _ := p["in"].(string)
	return in + " " + name
}

// formatParam is the parameter f of an operation.
func formatParam(o Operation) Param {
	short := []any{}
	for _, name := range o.Formats {
		short = append(short, name)
	}
	for _, t := range o.Types {
		if o.Formats != nil {
			break
		}
		_, name, _ := strings.Cut(ogc.MediaType(t), "/")
		name = strings.TrimPrefix(name, "vnd.oai.openapi+")
		short = append(short, name)
	}
	return Param{Name: "f", Description: "The form of the answer, instead of the header Accept", Schema: map[string]any{"type": "string", "enum": short}}
}
