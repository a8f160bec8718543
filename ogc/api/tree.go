package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// maxItems is how many entries of a list a page shows.
const maxItems = 200

// branch turns decoded JSON into nodes of a page.
func branch(name string, value any) node {
	switch v := value.(type) {
	case map[string]any:
		if href, ok := v["href"].(string); ok {
			return linkNode(name, v, href)
		}
		n := node{Name: name}
		for _, k := range keys(v) {
			n.Items = append(n.Items, branch(k, v[k]))
		}
		return n
	case []any:
		return list(name, v)
	case nil:
		return node{Name: name, Text: "none"}
	}
	return node{Name: name, Text: fmt.Sprint(value)}
}

// linkNode is an object that leads elsewhere. A template can't be followed.
func linkNode(name string, v map[string]any, href string) node {
	text, _ := v["title"].(string)
	if text == "" {
		text = href
	}
	n := node{Name: name, Text: text}
	if !strings.ContainsAny(href, "{}") {
		n.Link = href
	}
	return n
}

// list is an array: plain values on a line, others one below the other.
func list(name string, v []any) node {
	plain := !slices.ContainsFunc(v, func(e any) bool {
		switch e.(type) {
		case map[string]any, []any:
			return true
		}
		return false
	})
	n := node{Name: name}
	if plain && len(v) <= 8 {
		words := make([]string, len(v))
		for i, e := range v {
			words[i] = fmt.Sprint(e)
		}
		n.Text = strings.Join(words, ", ")
		return n
	}
	for i, e := range v {
		if i == maxItems {
			n.Items = append(n.Items, node{Text: fmt.Sprintf("and %d more", len(v)-maxItems)})
			break
		}
		n.Items = append(n.Items, branch("", e))
	}
	return n
}

// keys are an object's names, what identifies it first.
func keys(v map[string]any) []string {
	rank := map[string]int{"id": 1, "title": 2, "description": 3, "links": 9}
	all := make([]string, 0, len(v))
	for k := range v {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b string) int {
		ra, rb := rank[a], rank[b]
		if ra == 0 {
			ra = 5
		}
		if rb == 0 {
			rb = 5
		}
		if ra != rb {
			return ra - rb
		}
		return strings.Compare(a, b)
	})
	return all
}

// MarshalJSON adds the further members to those of every collection.
func (c CollectionInfo) MarshalJSON() ([]byte, error) {
	type plain CollectionInfo
	body, err := json.Marshal(plain(c))
	if err != nil || len(c.More) == 0 {
		return body, err
	}
	more, err := json.Marshal(c.More)
	if err != nil {
		return nil, err
	}
	return append(append(body[:len(body)-1], ','), more[1:]...), nil
}
