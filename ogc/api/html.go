package api

import (
	"bytes"
	"encoding/json"
	"html/template"
)

// pageTemplate shows a document as a tree of terms and values; links are links.
var pageTemplate = template.Must(template.New("page").Parse(`{{define "value"}}{{if .Link}}<a href="{{.Link}}">{{.Text}}</a>{{else if .Items}}<ul>{{range .Items}}<li>{{if .Name}}<b>{{.Name}}</b> {{end}}{{template "value" .}}</li>{{end}}</ul>{{else}}{{.Text}}{{end}}{{end -}}
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b2730}a{color:#075985}ul{padding-left:1.2rem}li{margin:.1rem 0}b{font-weight:600}nav{font-size:.9rem}table{border-collapse:collapse;font-size:.9rem}th,td{text-align:left;padding:.15rem .7rem .15rem 0;border-bottom:1px solid #8884;white-space:nowrap}
@media(prefers-color-scheme:dark){body{background:#12181d;color:#dde5ea}a{color:#7cc4f2}}</style></head>
<body><nav><a href="{{.Base}}/?f=html">Home</a> · <a href="{{.Base}}/collections?f=html">Collections</a> · <a href="{{.Base}}/api?f=html">API</a> · <a href="{{.Base}}/">Map</a></nav>
<h1>{{.Title}}</h1>
{{if .Links}}<h2>Links</h2><ul>{{range .Links}}<li><a href="{{.Href}}">{{if .Title}}{{.Title}}{{else}}{{.Href}}{{end}}</a> <small>{{.Type}}</small></li>{{end}}</ul>{{end}}
{{with .Table}}<p>{{.Note}}</p><div style="overflow-x:auto"><table><thead><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr></thead>
<tbody>{{range .Rows}}<tr>{{range .}}<td>{{if .Link}}<a href="{{.Link}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}</td>{{end}}</tr>
{{end}}</tbody></table></div>{{else}}{{template "value" .Tree}}{{end}}
</body></html>
`))

// node is a part of a document on its page.
type node struct {
	Name, Text, Link string
	Items            []node
}

// page writes a document, given as value and as JSON, as a page for people.
func page(title, base string, value any, body []byte) ([]byte, error) {
	var tree any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	links := linksOf(value)
	if m, ok := tree.(map[string]any); ok && len(links) > 0 {
		delete(m, "links")
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, sheet{title, base, links, branch("", tree), nil})
	return b.Bytes(), err
}

// sheet is what a page shows.
type sheet struct {
	Title, Base string
	Links       []Link
	Tree        node
	Table       *Table
}

// Table is rows under a head, for people.
type Table struct {
	Note string // a line above it
	Head []string
	Rows [][]Cell
}

// Cell is a value of a table; it may lead elsewhere.
type Cell struct{ Text, Link string }

// Page makes a page of a table, beneath links.
func (c *Call) Page(title string, links []Link, t Table) ([]byte, error) {
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, sheet{title, c.Base, links, node{}, &t})
	return b.Bytes(), err
}

// linksOf are the links that a document begins with.
func linksOf(value any) []Link {
	switch v := value.(type) {
	case landing:
		return v.Links
	case CollectionInfo:
		return v.Links
	}
	return nil
}

// Page shows a document, given as JSON, to people, as the handler shows its own. base is how clients reach the server.
func Page(title, base string, doc []byte) ([]byte, error) { return page(title, base, nil, doc) }
