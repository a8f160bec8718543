package api

import (
	"net/http"
	"net/url"
	"strings"

	"isobar/ogc"
)

// CollectionsParam is the parameter that chooses what a map of several collections shows.
var CollectionsParam = TextParam("collections", "Collections from the bottom up, with commas: names, or addresses of /collections/{collectionId}")

// Collections reads the parameter collections: names, or addresses of collections of this server (OGC API Maps 1.0, requirement 11).
// Without it the first collection there is is chosen. At most most may be named.
func (c *Call) Collections(hold ogc.Hold, most int) ([]string, error) {
	names := c.Query.List("collections")
	if len(names) > most {
		return nil, ogc.Invalid("collections", "%d collections are more than the %d of one map", len(names), most)
	}
	catalogue, release := hold()
	defer release()
	for i, name := range names {
		names[i] = shown(catalogue, c.local(name))
	}
	if len(names) > 0 {
		return names, nil
	}
	if all := catalogue.Layers(); len(all) > 0 {
		return []string{all[0].Name}, nil
	}
	return nil, &ogc.Fault{Status: http.StatusNotFound, Code: ogc.LayerNotDefined, Locator: "collections", Text: "there are no collections yet"}
}

// Mapped is the layer that a map of the collection of the path shows: itself, or a model's first. "" if the path names none.
func (c *Call) Mapped(hold ogc.Hold) string {
	name := c.Path("collectionId")
	if name == "" {
		return ""
	}
	catalogue, release := hold()
	defer release()
	return shown(catalogue, name)
}

// shown is the layer that stands for a collection on maps. What there is not stays as it is.
func shown(catalogue ogc.Catalogue, name string) string {
	if of, err := ogc.FindCollection(catalogue, name); err == nil {
		return of.Layers[0].Name
	}
	return name
}

// local is the name of a collection that is named by its address here.
func (c *Call) local(name string) string {
	rest, ours := strings.CutPrefix(name, c.Base+"/collections/")
	if !ours {
		return name
	}
	if decoded, err := url.PathUnescape(rest); err == nil {
		return decoded
	}
	return rest
}
