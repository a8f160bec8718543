package gateway

import (
	"net/http"
	"strings"

	"isobar/auth"
)

// Wide tells of requests that may be about collections which they do not name: maps of what the server chooses, styles from elsewhere
// that name layers. names are what Asked found.
func Wide(r *http.Request, names []string) bool {
	if parameter(r, "sld") != "" {
		return true
	}
	root, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return len(names) == 0 && (root == "map" || root == "coverage" || root == "styles" && strings.Contains(rest, "/map"))
}

// Private keeps an answer that not everybody may have out of caches that many share. It is called when all other headers are there.
func Private(h http.Header) {
	if v := h.Get("Cache-Control"); v == "" {
		h.Set("Cache-Control", "private")
	} else {
		h.Set("Cache-Control", strings.ReplaceAll(v, "public", "private"))
	}
	h.Add("Vary", "Authorization, X-API-Key, Cookie")
}

// allowed tells whether someone may read all that a request is about, with the layers of models; denied names what not. restricted:
// not everybody may.
func (g *Gateway) allowed(r *http.Request, p auth.Principal, names []string) (restricted bool, denied string) {
	guard := g.options.Guard
	if guard.Open() || r.Method == http.MethodOptions {
		return false, ""
	}
	v := g.pool.view.Load()
	asked := names
	for _, name := range names {
		id, _ := v.known(name)
		asked = append(asked[:len(asked):len(asked)], id)
		for other := range v.by {
			if strings.HasPrefix(other, id+".") {
				asked = append(asked, other)
			}
		}
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/collections/"); ok { // one that is new is not known yet
		id, _, _ := strings.Cut(rest, "/")
		asked = append(asked, id)
	}
	if Wide(r, names) {
		for id := range v.by {
			asked = append(asked, id)
		}
	}
	for _, id := range asked {
		if !guard.MayRead(auth.Principal{}, id) {
			restricted = true
		}
		if !guard.MayRead(p, id) {
			return true, id
		}
	}
	return restricted, ""
}
